"""Sources and settings of apt: two formats of sources, nested settings, what is left out."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.host.facts.apt import apt_settings, apt_sources
from tests.host.tree import tree


def test_one_line_sources():
    """Options stand in brackets behind the type; a bracket of a CD-ROM's name is none."""
    host = tree(
        "# file: /etc/apt/sources.list\ndeb [ arch=amd64,i386  Trusted=yes ] http://a/ b c # x\n"
        "deb cdrom:[Debian 12]/ b c\n\n nonsense\ndeb-src http://c/ b\n"
    ).host()
    found = host.once(apt_sources)
    assert [(s.uris, s.line, s.is_on("trusted")) for s in found] == [
        (("http://a/",), 1, True),
        (("cdrom:[Debian",), 2, False),
        (("http://c/",), 5, False),
    ]
    assert [loss.what for loss in host.fs.losses] == ["/etc/apt/sources.list:4"]


def test_stanzas():
    """Fields go on over indented lines, comments stand between, stanzas that are off are none."""
    host = tree(
        "# file: /etc/apt/sources.list.d/a.sources\n# file of a vendor\nTypes: deb\nURIs: http://a/\n# why\n http://b/\n"
        "Signed-By:\n -----BEGIN PGP\n .\nTRUSTED: Yes\n\n\nTypes: deb\nURIs: http://c/\nEnabled: no\n"
    ).host()
    (found,) = host.once(apt_sources)
    assert (found.uris, found.line, found.lines["trusted"], found.is_on("trusted")) == (
        ("http://a/", "http://b/"),
        2,
        9,
        True,
    )


def values(text):
    return [
        (s.key, s.value, s.line) for s in tree("# file: /etc/apt/apt.conf.d/50x\n" + text).host().once(apt_settings)
    ]


def test_settings_in_blocks_and_lines():
    """A block's name goes before the keys in it; a list takes several values."""
    text = 'A::B "1"; // x\nC\n{\n  D { E "2"; };\n  F:: "3";\n  G { "4"; "5"; };\n};\n/* H "6";\n I "7"; */ # J "8";\nK "9";\n'
    assert values(text) == [
        ("a::b", "1", 1),
        ("c::d::e", "2", 4),
        ("c::f::", "3", 5),
        ("c::g::", "4", 6),
        ("c::g::", "5", 6),
        ("k", "9", 10),
    ]


def test_a_later_setting_takes_the_place_of_an_earlier_one():
    """Within a file, over files, and by #clear."""
    assert values('A "1";\na "2";\nB "1";\n#clear B;\n') == [("a", "2", 2)]
    host = tree(
        '# file: /etc/apt/apt.conf.d/50x\nA "1";\n# file: /etc/apt/apt.conf\nA "0";\n'
        '# file: /etc/apt/apt.conf.d/50y.dpkg-old\nA "3";\n'
    ).host()
    assert [(s.value, s.path) for s in host.once(apt_settings)] == [("0", "/etc/apt/apt.conf")]


@settings(max_examples=60)
@given(st.text(alphabet='Aa:{};" \n/*#clear[]=', max_size=80))
def test_any_text_is_read(text):
    """No text of a settings or sources file stops the readers."""
    values(text)
    tree(f"# file: /etc/apt/sources.list\n{text}\n# file: /etc/apt/sources.list.d/a.sources\n{text}\n").host().once(
        apt_sources
    )
