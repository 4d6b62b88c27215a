"""`match`: patterns as comparisons, calls of isinstance and len, lookups and branches."""

from languages.python.support import graph


def match(pattern: str) -> list[str]:
    """The graph of a function that returns True if its parameter matches."""
    return graph(f"def f(v):\n match v:\n  case {pattern}: return True")


def test_a_literal_is_compared() -> None:
    """None, True and False by identity, numbers and strings by equality."""
    assert match("1") == [
        "0:",
        "  3 %0 = COMPARE v == 1",
        "  3 BRANCH %0 -> 1 else 2",
        "1:",
        "  3 RETURN True",
        "2:",
        "  STOP",
    ]
    assert match("None") == [
        "0:",
        "  3 %0 = COMPARE v is None",
        "  3 BRANCH %0 -> 1 else 2",
        "1:",
        "  3 RETURN True",
        "2:",
        "  STOP",
    ]
    assert match("-1") == [
        "0:",
        "  3 %0 = COMPARE v == -1",
        "  3 BRANCH %0 -> 1 else 2",
        "1:",
        "  3 RETURN True",
        "2:",
        "  STOP",
    ]
    assert match("'a' 'b'") == [
        "0:",
        "  3 %0 = COMPARE v == 'ab'",
        "  3 BRANCH %0 -> 1 else 2",
        "1:",
        "  3 RETURN True",
        "2:",
        "  STOP",
    ]


def test_a_name_captures_and_an_underscore_does_not() -> None:
    """Both match anything, so that no later case is reached."""
    assert match("x") == [
        "0:",
        "  3 x = MOVE v",
        "  3 RETURN True",
    ]
    assert match("_") == [
        "0:",
        "  3 RETURN True",
    ]


def test_a_dotted_name_is_compared() -> None:
    """It is looked up."""
    assert match("a.b") == [
        "0:",
        "  3 %0 = GLOBAL a",
        "  3 %1 = ATTR %0 .b",
        "  3 %2 = COMPARE v == %1",
        "  3 BRANCH %2 -> 1 else 2",
        "1:",
        "  3 RETURN True",
        "2:",
        "  STOP",
    ]


def test_alternatives_lead_to_one_place() -> None:
    """Each that misses goes to the next."""
    assert match("1 | -2 | None") == [
        "0:",
        "  3 %0 = COMPARE v == 1",
        "  3 BRANCH %0 -> 3 else 1",
        "1:",
        "  3 %1 = COMPARE v == -2",
        "  3 BRANCH %1 -> 3 else 2",
        "2:",
        "  3 %2 = COMPARE v is None",
        "  3 BRANCH %2 -> 3 else 4",
        "3:",
        "  3 RETURN True",
        "4:",
        "  STOP",
    ]


def test_as_binds_what_matched() -> None:
    """After the pattern."""
    assert match("1 | 2 as x") == [
        "0:",
        "  3 %0 = COMPARE v == 1",
        "  3 BRANCH %0 -> 2 else 1",
        "1:",
        "  3 %1 = COMPARE v == 2",
        "  3 BRANCH %1 -> 2 else 3",
        "2:",
        "  3 x = MOVE v",
        "  3 RETURN True",
        "3:",
        "  STOP",
    ]


def test_a_sequence_is_measured_and_indexed() -> None:
    """A star makes its length a minimum and itself a SLICE."""
    assert match("[1, x]") == [
        "0:",
        "  3 %0 = GLOBAL len",
        "  3 %1 = CALL %0(v)",
        "  3 %2 = COMPARE %1 == 2",
        "  3 BRANCH %2 -> 1 else 3",
        "1:",
        "  3 %3 = INDEX v 0",
        "  3 %4 = COMPARE %3 == 1",
        "  3 BRANCH %4 -> 2 else 3",
        "2:",
        "  3 %5 = INDEX v 1",
        "  3 x = MOVE %5",
        "  3 RETURN True",
        "3:",
        "  STOP",
    ]
    assert match("[a, *b, c]") == [
        "0:",
        "  3 %0 = GLOBAL len",
        "  3 %1 = CALL %0(v)",
        "  3 %2 = COMPARE %1 >= 2",
        "  3 BRANCH %2 -> 1 else 2",
        "1:",
        "  3 %3 = INDEX v 0",
        "  3 a = MOVE %3",
        "  3 %4 = SLICE v 1 -1 None",
        "  3 b = MOVE %4",
        "  3 %5 = INDEX v -1",
        "  3 c = MOVE %5",
        "  3 RETURN True",
        "2:",
        "  STOP",
    ]
    assert match("a, *_") == [
        "0:",
        "  3 %0 = GLOBAL len",
        "  3 %1 = CALL %0(v)",
        "  3 %2 = COMPARE %1 >= 1",
        "  3 BRANCH %2 -> 1 else 2",
        "1:",
        "  3 %3 = INDEX v 0",
        "  3 a = MOVE %3",
        "  3 %4 = SLICE v 1 None None",
        "  3 RETURN True",
        "2:",
        "  STOP",
    ]


def test_parentheses_only_group() -> None:
    """A comma makes the sequence."""
    assert match("(1)") == match("1")
    assert match("(1,)") == match("[1]")


def test_a_mapping_is_looked_up() -> None:
    """Each key is tested first; the rest is a copy."""
    assert match("{'k': x, 1: None, **rest}") == [
        "0:",
        "  3 %0 = COMPARE 'k' in v",
        "  3 BRANCH %0 -> 1 else 4",
        "1:",
        "  3 %1 = INDEX v 'k'",
        "  3 x = MOVE %1",
        "  3 %2 = COMPARE 1 in v",
        "  3 BRANCH %2 -> 2 else 4",
        "2:",
        "  3 %3 = INDEX v 1",
        "  3 %4 = COMPARE %3 is None",
        "  3 BRANCH %4 -> 3 else 4",
        "3:",
        "  3 %5 = GLOBAL dict",
        "  3 %6 = CALL %5(v)",
        "  3 rest = MOVE %6",
        "  3 RETURN True",
        "4:",
        "  STOP",
    ]


def test_a_key_may_be_a_dotted_name() -> None:
    """It is looked up once, for the test and for the value."""
    assert match("{a.b: x}") == [
        "0:",
        "  3 %0 = GLOBAL a",
        "  3 %1 = ATTR %0 .b",
        "  3 %2 = COMPARE %1 in v",
        "  3 BRANCH %2 -> 1 else 2",
        "1:",
        "  3 %3 = INDEX v %1",
        "  3 x = MOVE %3",
        "  3 RETURN True",
        "2:",
        "  STOP",
    ]


def test_a_class_is_an_isinstance() -> None:
    """Attributes by name; a position is an INDEX, as `__match_args__` is not known."""
    assert match("a.B(x, c=1, d=-2)") == [
        "0:",
        "  3 %0 = GLOBAL a",
        "  3 %1 = ATTR %0 .B",
        "  3 %2 = GLOBAL isinstance",
        "  3 %3 = CALL %2(v, %1)",
        "  3 BRANCH %3 -> 1 else 4",
        "1:",
        "  3 %4 = INDEX v 0",
        "  3 x = MOVE %4",
        "  3 %5 = ATTR v .c",
        "  3 %6 = COMPARE %5 == 1",
        "  3 BRANCH %6 -> 2 else 4",
        "2:",
        "  3 %7 = ATTR v .d",
        "  3 %8 = COMPARE %7 == -2",
        "  3 BRANCH %8 -> 3 else 4",
        "3:",
        "  3 RETURN True",
        "4:",
        "  STOP",
    ]


def test_the_position_of_a_built_in_class_is_the_subject() -> None:
    """PEP 634 has a list of them."""
    assert match("str(x)") == [
        "0:",
        "  3 %0 = GLOBAL str",
        "  3 %1 = GLOBAL isinstance",
        "  3 %2 = CALL %1(v, %0)",
        "  3 BRANCH %2 -> 1 else 2",
        "1:",
        "  3 x = MOVE v",
        "  3 RETURN True",
        "2:",
        "  STOP",
    ]


def test_a_guard_is_a_branch() -> None:
    """Names are bound before it."""
    assert match("x if x > 1") == [
        "0:",
        "  3 x = MOVE v",
        "  3 %0 = COMPARE x > 1",
        "  3 BRANCH %0 -> 1 else 2",
        "1:",
        "  3 RETURN True",
        "2:",
        "  STOP",
    ]


def test_cases_are_tried_in_order() -> None:
    """A case that misses goes to the next, the last one behind."""
    assert graph("def f(v):\n match v:\n  case 1: a()\n  case 2: b()\n c()") == [
        "0:",
        "  3 %0 = COMPARE v == 1",
        "  3 BRANCH %0 -> 1 else 2",
        "1:",
        "  3 %1 = GLOBAL a",
        "  3 %2 = CALL %1()",
        "  -> 4",
        "2:",
        "  4 %3 = COMPARE v == 2",
        "  4 BRANCH %3 -> 3 else 4",
        "3:",
        "  4 %4 = GLOBAL b",
        "  4 %5 = CALL %4()",
        "  -> 4",
        "4:",
        "  5 %6 = GLOBAL c",
        "  5 %7 = CALL %6()",
        "  STOP",
    ]


def test_several_subjects_are_a_tuple() -> None:
    """And several patterns a sequence."""
    assert graph("def f(v, w):\n match v, w:\n  case 1, x: a(x)") == [
        "0:",
        "  2 %0 = SEQUENCE tuple [v, w]",
        "  3 %1 = GLOBAL len",
        "  3 %2 = CALL %1(%0)",
        "  3 %3 = COMPARE %2 == 2",
        "  3 BRANCH %3 -> 1 else 3",
        "1:",
        "  3 %4 = INDEX %0 0",
        "  3 %5 = COMPARE %4 == 1",
        "  3 BRANCH %5 -> 2 else 3",
        "2:",
        "  3 %6 = INDEX %0 1",
        "  3 x = MOVE %6",
        "  3 %7 = GLOBAL a",
        "  3 %8 = CALL %7(x)",
        "  -> 3",
        "3:",
        "  STOP",
    ]
