"""Literals have the values that CPython gives them."""

import ast
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.languages.python import literals

PREFIXES = ["", "r", "b", "rb", "Rb", "u", "B", "R"]
PIECES = st.sampled_from(
    [
        "a",
        "é",
        "\\",
        "n",
        "\\n",
        "\\x41",
        "\\101",
        "\\u00e9",
        "\\U0001F600",
        "\\N{BULLET}",
        "\\\n",
        "\\'",
        '\\"',
        "0",
        "{",
        " ",
    ]
)


def value(text: str) -> str | bytes:
    """The value of a literal as front ends see it: one character per byte."""
    return literals.string(text.encode().decode("latin-1"))


@settings(deadline=None, derandomize=True)
@given(st.sampled_from(PREFIXES), st.sampled_from(["'", '"', "'''", '"""']), st.lists(PIECES, max_size=8).map("".join))
def test_strings_are_as_python_evaluates_them(prefix: str, quote: str, body: str) -> None:
    """Every prefix, quote and escape; what Python refuses is not asked for."""
    text = prefix + quote + body + quote
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            expected = ast.literal_eval(text)
        except (SyntaxError, ValueError):
            return
    assert value(text) == expected


@settings(deadline=None, derandomize=True)
@given(
    st.one_of(
        st.integers(0, 10**40).flatmap(
            lambda n: st.sampled_from([str(n), hex(n), oct(n), bin(n), f"{n:_}", hex(n).upper()])
        ),
        st.floats(0, allow_nan=False, allow_infinity=False).map(repr),
        st.sampled_from(["1.", ".5", "1e5", "1E-5", "1_0.0_1", "0", "00", "1_000"]),
    )
)
def test_numbers_are_as_python_evaluates_them(text: str) -> None:
    """Every base and form."""
    found = literals.number(text)
    assert (found, type(found)) == (ast.literal_eval(text), type(ast.literal_eval(text)))


@pytest.mark.parametrize(("text", "number"), [("0777", 511), ("10L", 10), ("0xFFl", 255), ("0", 0)])
def test_numbers_of_python_2(text: str, number: int) -> None:
    """Octal without its letter, and long ones."""
    assert literals.number(text) == number


@pytest.mark.parametrize("text", ["1j", "2.5J", "9" * 5000, "08"])
def test_what_has_no_value_that_is_followed_is_empty(text: str) -> None:
    """Complex, huge and broken numbers."""
    assert literals.number(text) == ""


def test_strings_of_python_2() -> None:
    """Raw ones may be Unicode."""
    assert value("ur'\\d'") == "\\d"


def test_line_ends_are_one_character() -> None:
    """As Python reads its source."""
    assert value("'''a\r\nb\rc'''") == "a\nb\nc"


@pytest.mark.parametrize("text", ["'\\ud800'", "'\\U00110000'"])
def test_what_is_no_character_is_replaced(text: str) -> None:
    """It could not be written to a report."""
    assert value(text) == "\ufffd"


def test_an_unknown_character_name_stays() -> None:
    """As it was written."""
    assert value("'\\N{NO SUCH NAME}'") == "\\N{NO SUCH NAME}"


def test_a_literal_may_have_64_kib() -> None:
    """A longer one is empty."""
    assert len(value("'" + "a" * (literals.LIMIT - 2) + "'")) == literals.LIMIT - 2
    assert value("'" + "a" * (literals.LIMIT - 1) + "'") == ""
