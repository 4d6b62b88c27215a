"""Comprehensions are loops in the function that they stand in, with variables of their own."""

from languages.python.support import graph, lowered


def test_a_list_comprehension_appends() -> None:
    """The header takes an element, the condition branches back, the element is appended."""
    assert graph("def f(a): return [x.y for x in a if x]") == [
        "0:",
        "  1 %0 = SEQUENCE list []",
        "  -> 1",
        "1:",
        "  1 %1 = ITER a",
        "  1 BRANCH %1 -> 2 else 4",
        "2:",
        "  1 x#1 = MOVE %1",
        "  1 BRANCH x#1 -> 3 else 1",
        "3:",
        "  1 %2 = ATTR x#1 .y",
        "  1 INVOKE %0 .append(%2)",
        "  -> 1",
        "4:",
        "  1 RETURN %0",
    ]


def test_a_set_comprehension_adds_and_a_dict_comprehension_stores() -> None:
    """Into a set and a mapping made first."""
    assert graph("def f(a): return {x for x in a}") == [
        "0:",
        "  1 %0 = SEQUENCE set []",
        "  -> 1",
        "1:",
        "  1 %1 = ITER a",
        "  1 BRANCH %1 -> 2 else 3",
        "2:",
        "  1 x#1 = MOVE %1",
        "  1 INVOKE %0 .add(x#1)",
        "  -> 1",
        "3:",
        "  1 RETURN %0",
    ]
    assert graph("def f(a): return {k: v for k, v in a}") == [
        "0:",
        "  1 %0 = MAPPING {}",
        "  -> 1",
        "1:",
        "  1 %1 = ITER a",
        "  1 BRANCH %1 -> 2 else 3",
        "2:",
        "  1 k#1 = INDEX %1 0",
        "  1 v#1 = INDEX %1 1",
        "  1 SETINDEX %0 k#1 v#1",
        "  -> 1",
        "3:",
        "  1 RETURN %0",
    ]


def test_a_generator_expression_is_as_a_list() -> None:
    """Its elements are what matters."""
    assert graph("def f(a): return (x for x in a)") == graph("def f(a): return [x for x in a]")


def test_clauses_nest() -> None:
    """The inner loop goes back to the outer one."""
    assert graph("def f(a): return [y for x in a for y in x]") == [
        "0:",
        "  1 %0 = SEQUENCE list []",
        "  -> 1",
        "1:",
        "  1 %1 = ITER a",
        "  1 BRANCH %1 -> 2 else 5",
        "2:",
        "  1 x#1 = MOVE %1",
        "  -> 3",
        "3:",
        "  1 %2 = ITER x#1",
        "  1 BRANCH %2 -> 4 else 1",
        "4:",
        "  1 y#1 = MOVE %2",
        "  1 INVOKE %0 .append(y#1)",
        "  -> 3",
        "5:",
        "  1 RETURN %0",
    ]


def test_variables_are_renamed() -> None:
    """They clash neither with the function's nor with each other's, and the first iterable is outside."""
    assert graph("def f(x):\n y = [x for x in x]\n z = [x for x in y]\n return x") == [
        "0:",
        "  2 %0 = SEQUENCE list []",
        "  -> 1",
        "1:",
        "  2 %1 = ITER x",
        "  2 BRANCH %1 -> 2 else 3",
        "2:",
        "  2 x#1 = MOVE %1",
        "  2 INVOKE %0 .append(x#1)",
        "  -> 1",
        "3:",
        "  2 y = MOVE %0",
        "  3 %2 = SEQUENCE list []",
        "  -> 4",
        "4:",
        "  3 %3 = ITER y",
        "  3 BRANCH %3 -> 5 else 6",
        "5:",
        "  3 x#2 = MOVE %3",
        "  3 INVOKE %2 .append(x#2)",
        "  -> 4",
        "6:",
        "  3 z = MOVE %2",
        "  4 RETURN x",
    ]


def test_an_assignment_expression_binds_in_the_function() -> None:
    """Not in the comprehension."""
    assert "out = MOVE x#1" in " ".join(graph("def f(a):\n b = [out := x for x in a]\n return out"))


def test_a_lambda_captures_the_renamed_variable() -> None:
    """As a free variable of that name."""
    module = lowered("def f(a): return [lambda: x for x in a]")
    assert [function.free for function in module.functions] == [(), (), ("x#1",)]


def test_names_of_a_module_stay_out_of_its_comprehensions() -> None:
    """A comprehension's variable is not bound by the module."""
    module = lowered("y = [x for x in z]")
    assert module.names == (("y", ("value",)),)


def test_a_comprehension_of_python_2_may_list_its_elements() -> None:
    """Without parentheses: they are a tuple."""
    assert graph("def f(): return [x for x in 1, 2]") == graph("def f(): return [x for x in (1, 2)]")
