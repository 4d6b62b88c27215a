"""Relative URI references of paths, as RFC 3986 wants them."""

from urllib.parse import unquote_to_bytes, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate.evidence.uri import percent_encoded


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("src/a b/ü.py", "src/a%20b/%C3%BC.py"),
        ("c:/x.py", "c%3A/x.py"),
        ("100%/q?.py#f", "100%25/q%3F.py%23f"),
        ("bad-\udcff.py", "bad-%FF.py"),
        ("lone-\ud800.py", "lone-%ED%A0%80.py"),
    ],
)
def test_paths_are_percent_encoded(path, uri):
    """Spaces, delimiters, other scripts, undecodable bytes; a colon would be taken for a scheme."""
    assert percent_encoded(path) == uri


@given(st.text(min_size=1).filter(lambda text: not text.startswith("/")))
def test_a_reference_leads_back_to_the_path(path):
    """Nothing is lost, nothing is taken for a scheme, a host, a query or a fragment."""
    uri = percent_encoded(path)
    assert urlsplit(uri)[:2] == ("", "")
    assert urlsplit(uri).path == uri
    data = unquote_to_bytes(uri)
    assert path in (data.decode("utf-8", "surrogateescape"), data.decode("utf-8", "surrogatepass"))
