"""Strings, f-strings, implicit concatenation and backticks."""

from languages.python.support import code


def test_a_string_is_a_constant() -> None:
    """Its escapes evaluated, its prefix obeyed."""
    assert code(r"f('a\tb', r'\t', u'x', b'\x00', rb'\x00', '''a''', 'é')") == [
        "%0 = GLOBAL f",
        "%1 = CALL %0('a\\tb', '\\\\t', 'x', b'\\x00', b'\\\\x00', 'a', 'é')",
    ]


def test_a_string_alone_is_nothing() -> None:
    """A docstring or comment; an f-string is evaluated."""
    assert code("'doc'\n'other'") == []
    assert code("f'{x}'") == [
        "%0 = GLOBAL x",
        "%1 = FORMAT [%0]",
    ]


def test_neighbours_are_one_constant() -> None:
    """Whatever their quotes and prefixes."""
    assert code("x = 'a' \"b\" r'\\c'") == ["SETGLOBAL x 'ab\\\\c'"]
    assert code("x = b'a' b'b'") == ["SETGLOBAL x b'ab'"]


def test_an_f_string_is_its_parts() -> None:
    """Literal pieces are constants, doubled braces single."""
    assert code("x = f'a{b}{{c}}{d.e}'") == [
        "%0 = GLOBAL b",
        "%1 = GLOBAL d",
        "%2 = ATTR %1 .e",
        "%3 = FORMAT ['a', %0, '{c}', %2]",
        "SETGLOBAL x %3",
    ]


def test_an_f_string_without_values_is_a_constant() -> None:
    """There is nothing to format."""
    assert code("x = f'a{{}}'") == ["SETGLOBAL x 'a{}'"]


def test_conversions_and_specifications_are_the_calls_that_they_stand_for() -> None:
    """Of repr, str, ascii and format; a specification may hold values itself."""
    assert code("x = f'{a!r}{b:>10}{c!s:{w}.{p}}'") == [
        "%0 = GLOBAL a",
        "%1 = GLOBAL repr",
        "%2 = CALL %1(%0)",
        "%3 = GLOBAL b",
        "%4 = GLOBAL format",
        "%5 = CALL %4(%3, '>10')",
        "%6 = GLOBAL c",
        "%7 = GLOBAL str",
        "%8 = CALL %7(%6)",
        "%9 = GLOBAL w",
        "%10 = GLOBAL p",
        "%11 = FORMAT [%9, '.', %10]",
        "%12 = GLOBAL format",
        "%13 = CALL %12(%8, %11)",
        "%14 = FORMAT [%2, %5, %13]",
        "SETGLOBAL x %14",
    ]


def test_the_equals_sign_shows_the_source() -> None:
    """The value is its repr, unless it is formatted."""
    assert code("x = f'{a + 1 = }'") == [
        "%0 = GLOBAL a",
        "%1 = BINARY %0 + 1",
        "%2 = GLOBAL repr",
        "%3 = CALL %2(%1)",
        "%4 = FORMAT ['a + 1 = ', %3]",
        "SETGLOBAL x %4",
    ]
    assert code("x = f'{a=:>3}'") == [
        "%0 = GLOBAL a",
        "%1 = GLOBAL format",
        "%2 = CALL %1(%0, '>3')",
        "%3 = FORMAT ['a=', %2]",
        "SETGLOBAL x %3",
    ]


def test_neighbours_of_an_f_string_are_its_pieces() -> None:
    """In front and behind; a brace of theirs is a brace."""
    assert code("x = 'a{' f'{b}' 'c' f'd{e}'") == [
        "%0 = GLOBAL b",
        "%1 = GLOBAL e",
        "%2 = FORMAT ['a{', %0, 'cd', %1]",
        "SETGLOBAL x %2",
    ]


def test_f_strings_nest() -> None:
    """In values and in specifications."""
    assert code("x = f'{f\"<{a}>\"}'") == [
        "%0 = GLOBAL a",
        "%1 = FORMAT ['<', %0, '>']",
        "%2 = FORMAT [%1]",
        "SETGLOBAL x %2",
    ]


def test_backticks_are_a_repr() -> None:
    """Of the names that they hold."""
    assert code("x = `a`") == [
        "%0 = GLOBAL a",
        "%1 = FORMAT [%0]",
        "%2 = GLOBAL repr",
        "%3 = CALL %2(%1)",
        "SETGLOBAL x %3",
    ]


def test_a_huge_literal_is_empty() -> None:
    """Over 64 KiB it is not kept."""
    assert code(f"x = '{'a' * 70_000}'") == ["SETGLOBAL x ''"]
    assert code(f"x = '{'a' * 40_000}' '{'b' * 40_000}'") == ["SETGLOBAL x ''"]


def test_a_lone_surrogate_is_replaced() -> None:
    """It could not be written to any report."""
    assert code(r"x = '\ud800'") == ["SETGLOBAL x '\ufffd'"]
