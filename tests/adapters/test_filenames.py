"""File names as text that every output can hold, and back."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.adapters.filenames import original, shown


@pytest.mark.parametrize(
    ("name", "form"),
    [
        (b"a.py", "a.py"),
        ("é☃.py".encode(), "é☃.py"),
        (b"\xff.py", "\\xff.py"),
        (b"a\\b.py", "a\\b.py"),
        (b"\\xff.py", "\\x5cxff.py"),
        (b"\\xfg.py", "\\xfg.py"),
        (b"\\\\x41", "\\\\x5cx41"),
        (b"a\nb.py", "a\nb.py"),
    ],
)
def test_forms(name, form):
    """Names that are UTF-8 stand as they are; other bytes, and what looks like an escape, are escaped."""
    assert shown(os.fsdecode(name)) == form
    assert os.fsencode(original(form)) == name


@settings(deadline=None)
@given(st.one_of(st.binary(), st.text(alphabet="\\x5cf").map(str.encode)))
def test_every_name_has_one_form(name):
    """Any bytes become text that can be encoded, from which the same bytes come back."""
    form = shown(os.fsdecode(name))
    form.encode("utf-8")
    assert os.fsencode(original(form)) == name
