"""Escapes: what a target wrote cannot act on whoever looks at it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate.evidence.escape import visible


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[2J", r"\x1b[2J"),
        ("a\r\nb\tc", r"a\x0d\x0ab\x09c"),
        ("\x9b31m", r"\x9b31m"),
        ("admin\u202e\u2066 // \u2069", r"admin\u202e\u2066 // \u2069"),
        ("a\u200bb\ufeff", r"a\u200bb\ufeff"),
        ("name-\udcff.py", r"name-\xff.py"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\U000e0041"),
    ],
)
def test_what_acts_on_a_terminal_or_hides_is_spelled_out(raw, shown):
    """Controls, direction overrides, invisible characters and undecodable bytes become escapes."""
    assert visible(raw) == shown


@pytest.mark.parametrize("text", ["", "naïve Größe 名前 عربى", "‹redacted› → …", r"already \x1b"])
def test_ordinary_text_of_any_script_is_left_alone(text):
    """Right-to-left letters are text; only the controls of direction are not."""
    assert visible(text) == text


@given(st.text())
def test_nothing_unsafe_is_left(text):
    """No control, format character, separator of lines or surrogate survives, and escaping again changes nothing."""
    shown = visible(text)
    kinds = {unicodedata.category(c) for c in shown if c not in "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f"}
    assert not kinds & {"Cc", "Cs", "Zl", "Zp"}
    assert visible(shown) == shown
