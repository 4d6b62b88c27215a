"""What decides which packages root installs: the paths, and what is not worth asking."""

from __future__ import annotations

from casemate.host.edges.packages import edges
from tests.host.tree import tree


def paths(text):
    return [(trust.path, trust.folder) for trust in edges(tree(text).host())]


def test_folders_and_what_is_loose_in_them():
    """Each folder is asked about, and a file in it only when it is not plainly root's."""
    text = "# file: /etc/apt/trusted.gpg.d/a.asc 0644\nx\n# file: /etc/apt/trusted.gpg.d/b.asc 0666\nx\n"
    assert paths(text) == [("/etc/apt/trusted.gpg.d", True), ("/etc/apt/trusted.gpg.d/b.asc", False)]


def test_keys_that_sources_name():
    """A key elsewhere is asked about, with the line that names it; a key within a stanza is no path."""
    text = (
        "# file: /etc/apt/sources.list\ndeb [signed-by=/opt/k.gpg] https://a/ b\n"
        "# file: /etc/apt/sources.list.d/b.sources\nURIs: https://b/\nSigned-By:\n -----BEGIN PGP-----\n"
    )
    found = [t for t in edges(tree(text).host()) if t.path == "/opt/k.gpg"]
    assert [(fact.path, fact.line) for trust in found for fact in trust.via] == [("/etc/apt/sources.list", 1)]


def test_a_local_source_is_trusted_only_without_signatures():
    """With them, the folder decides nothing."""
    assert ("/srv/d", True) in paths("# file: /etc/apt/sources.list\ndeb [trusted=yes] file:///srv/d ./\n")
    assert ("/srv/d", True) not in paths("# file: /etc/apt/sources.list\ndeb file:///srv/d ./\n")
