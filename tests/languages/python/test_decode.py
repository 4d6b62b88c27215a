"""Source encodings: PEP 263."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.languages.python.decode import decode
from casemate.model.outcome import Reason


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (b"", ""),
        (b"x = 1\n", "x = 1\n"),
        ("x = 'é'\n".encode(), "x = 'é'\n"),
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        (b"\xef\xbb\xbf# coding: utf-8\n", "# coding: utf-8\n"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "# -*- coding: latin-1 -*-\nx = 'é'\n"),
        (b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n", None),
        (b"\n# coding=iso-8859-15\nx = '\xa4'", "\n# coding=iso-8859-15\nx = '€'"),
        (b"# coding: koi8-r\n# \xc1", "# coding: koi8-r\n# а"),
        (b"# coding: utf-8\nx = 1", "# coding: utf-8\nx = 1"),
    ],
)
def test_text_is_read_in_its_encoding(source: bytes, text: str | None) -> None:
    """By byte order mark, by a comment in the first two lines, else UTF-8; what comes out is UTF-8."""
    expected = text if text is not None else source.decode("cp1252")
    assert decode(source) == expected.encode()


def test_a_comment_in_the_third_line_declares_nothing() -> None:
    """It is a comment."""
    assert decode(b"\n\n# coding: latin-1\nx = '\xe9'\n") == (
        Reason.ENCODING, "'utf-8' codec can't decode byte 0xe9 in position 25: invalid continuation byte",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("source", "reason", "detail"),
    [
        (b"x\0y", Reason.NOT_TEXT, "NUL byte at offset 1"),
        ("x = 1".encode("utf-16"), Reason.NOT_TEXT, "NUL byte at offset 3"),
        (b"# coding: no-such\n", Reason.ENCODING, "unknown encoding: no-such"),
        (b"# coding: rot13\nx", Reason.ENCODING, None),
        (b"# coding: hex\nx", Reason.ENCODING, None),
        (b"# coding: punycode\nx", Reason.ENCODING, "encoding 'punycode' is not read"),
        (b"# coding: idna\nx", Reason.ENCODING, "encoding 'idna' is not read"),
        (b"# coding: ascii\nx = '\xe9'", Reason.ENCODING, None),
    ],
)
def test_what_cannot_be_read_says_why(source: bytes, reason: Reason, detail: str | None) -> None:
    """Binary content is not text; an unknown or violated encoding is named."""
    found = decode(source)
    assert isinstance(found, tuple)
    assert found[0] == reason
    assert found[1]
    assert detail is None or detail in found[1]


@settings(deadline=None, derandomize=True)
@given(
    st.binary(max_size=60), st.sampled_from([b"", b"# coding: latin-1\n", b"# coding: shift_jis\n", b"\xef\xbb\xbf"])
)
def test_what_is_decoded_is_utf_8(data: bytes, head: bytes) -> None:
    """Whatever it was before."""
    found = decode(head + data)
    if isinstance(found, bytes):
        found.decode()
        assert b"\0" not in found
