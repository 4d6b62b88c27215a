"""Assignment, augmented assignment and deletion, to every kind of target."""

from languages.python.support import code, graph, lowered


def test_a_value_is_computed_into_its_variable() -> None:
    """There is a MOVE only where the value stands elsewhere already."""
    assert code("def f(a):\n x = a + 1\n y = x\n z = 1") == [
        "x = BINARY a + 1",
        "y = MOVE x",
        "z = MOVE 1",
    ]


def test_a_module_binds_names_by_setglobal() -> None:
    """Its names are not locals of its body."""
    assert code("x = 1\ny = x") == [
        "SETGLOBAL x 1",
        "%0 = GLOBAL x",
        "SETGLOBAL y %0",
    ]


def test_attributes_and_subscripts_are_stored_to() -> None:
    """The value is evaluated first, then the object and the key; a slice is a `slice` object."""
    assert code("a().b = c; a[0] = c; a[1:2] = c; a[i, j] = c") == [
        "%0 = GLOBAL c",
        "%1 = GLOBAL a",
        "%2 = CALL %1()",
        "SETATTR %2 .b %0",
        "%3 = GLOBAL c",
        "%4 = GLOBAL a",
        "SETINDEX %4 0 %3",
        "%5 = GLOBAL c",
        "%6 = GLOBAL a",
        "%7 = GLOBAL slice",
        "%8 = CALL %7(1, 2, None)",
        "SETINDEX %6 %8 %5",
        "%9 = GLOBAL c",
        "%10 = GLOBAL a",
        "%11 = GLOBAL i",
        "%12 = GLOBAL j",
        "%13 = SEQUENCE tuple [%11, %12]",
        "SETINDEX %10 %13 %9",
    ]


def test_several_targets_share_one_value() -> None:
    """From left to right."""
    assert code("def f(g): a = b.c = d[0] = g()") == [
        "%0 = CALL g()",
        "a = MOVE %0",
        "%1 = GLOBAL b",
        "SETATTR %1 .c %0",
        "%2 = GLOBAL d",
        "SETINDEX %2 0 %0",
    ]


def test_unpacking_is_by_constant_index() -> None:
    """What is starred is a SLICE; what follows it is counted from the end."""
    assert code("def f(v): a, (b, [c]) = v") == [
        "a = INDEX v 0",
        "%1 = INDEX v 1",
        "b = INDEX %1 0",
        "%3 = INDEX %1 1",
        "c = INDEX %3 0",
    ]
    assert code("def f(v): a, *b, c = v") == [
        "a = INDEX v 0",
        "b = SLICE v 1 -1 None",
        "c = INDEX v -1",
    ]
    assert code("def f(v): *a, = v") == ["a = SLICE v 0 None None"]
    assert code("def f(v): a, *b.c, d[0] = v") == [
        "a = INDEX v 0",
        "%1 = SLICE v 1 -1 None",
        "%2 = GLOBAL b",
        "SETATTR %2 .c %1",
        "%3 = INDEX v -1",
        "%4 = GLOBAL d",
        "SETINDEX %4 0 %3",
    ]


def test_parentheses_around_one_target_only_group() -> None:
    """Brackets, or a comma, unpack."""
    assert code("def f(v): (a) = v") == ["a = MOVE v"]
    assert code("def f(v): (a): int = v") == ["a = MOVE v"]
    assert code("def f(v):\n with v as (a): pass") == ["a = ENTER v"]
    assert graph("def f(v):\n for (a) in v: pass") == graph("def f(v):\n for a in v: pass")
    assert code("def f(v): [a] = v") == code("def f(v): (a,) = v") == ["a = INDEX v 0"]


def test_a_display_is_unpacked_pairwise() -> None:
    """Without a tuple in between; variables are read before any is written."""
    assert code("def f(a, b): a, b = b, a") == [
        "%0 = MOVE b",
        "%1 = MOVE a",
        "a = MOVE %0",
        "b = MOVE %1",
    ]
    assert code("def f(g): a, b = g(), 1") == [
        "a = CALL g()",
        "b = MOVE 1",
    ]


def test_a_display_of_another_length_is_unpacked_as_a_value() -> None:
    """So is one with a star."""
    assert code("def f(a): b, c = *a, 1") == [
        "%0 = SEQUENCE tuple [*a, 1]",
        "b = INDEX %0 0",
        "c = INDEX %0 1",
    ]
    assert code("def f(a): b, *c = 1, 2, 3") == [
        "%0 = SEQUENCE tuple [1, 2, 3]",
        "b = INDEX %0 0",
        "c = SLICE %0 1 None None",
    ]


def test_an_annotation_alone_does_nothing() -> None:
    """With a value it is an assignment."""
    assert code("def f():\n a: int\n b: int = 1") == ["b = MOVE 1"]


def test_augmented_assignment_evaluates_its_target_once() -> None:
    """Object and key are evaluated before the value."""
    assert code("def f(a, b): a += b") == ["a = BINARY a += b"]
    assert code("f().a -= g()") == [
        "%0 = GLOBAL f",
        "%1 = CALL %0()",
        "%2 = ATTR %1 .a",
        "%3 = GLOBAL g",
        "%4 = CALL %3()",
        "%5 = BINARY %2 -= %4",
        "SETATTR %1 .a %5",
    ]
    assert code("f()[h()] **= g()") == [
        "%0 = GLOBAL f",
        "%1 = CALL %0()",
        "%2 = GLOBAL h",
        "%3 = CALL %2()",
        "%4 = INDEX %1 %3",
        "%5 = GLOBAL g",
        "%6 = CALL %5()",
        "%7 = BINARY %4 **= %6",
        "SETINDEX %1 %3 %7",
    ]
    assert code("x //= 1") == [
        "%0 = GLOBAL x",
        "%1 = BINARY %0 //= 1",
        "SETGLOBAL x %1",
    ]


def test_deletion() -> None:
    """Of a variable a DELETE; of keys and attributes the method calls that they are."""
    assert code("def f(a, b): del a, b.c, b[0], (b[1:2], [b])") == [
        "DELETE a",
        "INVOKE b .__delattr__('c')",
        "INVOKE b .__delitem__(0)",
        "%0 = GLOBAL slice",
        "%1 = CALL %0(1, 2, None)",
        "INVOKE b .__delitem__(%1)",
        "DELETE b",
    ]


def test_a_class_body_binds_in_its_scope() -> None:
    """Its names are variables of its body and names of the class."""
    module = lowered("class A:\n x = 1\n y = x")
    assert code("class A:\n x = 1\n y = x") == [
        "x = MOVE 1",
        "y = MOVE x",
    ]
    assert module.classes[0].names == (("x", ("value",)), ("y", ("value",)))


def test_targets_of_loops_and_of_with() -> None:
    """Any target will do."""
    assert graph("def f(a):\n for a.b, c[0] in a: pass") == [
        "0:",
        "  -> 1",
        "1:",
        "  2 %0 = ITER a",
        "  2 BRANCH %0 -> 2 else 3",
        "2:",
        "  2 %1 = INDEX %0 0",
        "  2 SETATTR a .b %1",
        "  2 %2 = INDEX %0 1",
        "  2 %3 = GLOBAL c",
        "  2 SETINDEX %3 0 %2",
        "  -> 1",
        "3:",
        "  STOP",
    ]
    assert code("with a as (b, c.d): pass") == [
        "%0 = GLOBAL a",
        "%1 = ENTER %0",
        "%2 = INDEX %1 0",
        "SETGLOBAL b %2",
        "%3 = INDEX %1 1",
        "%4 = GLOBAL c",
        "SETATTR %4 .d %3",
    ]
