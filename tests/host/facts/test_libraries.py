"""Where programs look for their libraries, and how the loader is set up."""

import pytest

from casemate.host.facts.elf import parse
from casemate.host.facts.libraries import expanded, libraries
from casemate.host.facts.loader import loader
from tests.host.elves import build
from tests.host.tree import tree


def seen(text: str, path: str, *, secure: bool = False):
    return [
        (place.path, place.folder, place.missing, place.relative)
        for place in libraries(tree(text).host(), path, secure=secure)
    ]


def test_folders_in_their_order_until_the_library_is_found():
    """An earlier folder without the library is where one could be put; a later one is not asked."""
    text = (
        "# folder: /opt/a\n# elf: /opt/b/libx.so kind=lib needed=\n# folder: /opt/c\n"
        "# elf: /opt/run 0755 rpath=/opt/none:/opt/a:/opt/b:/opt/c needed=libx.so\n"
    )
    assert seen(text, "/opt/run") == [
        ("/opt/none/libx.so", False, True, False),
        ("/opt/a", True, False, False),
        ("/opt/b/libx.so", False, False, False),
    ]


def test_rpath_counts_for_the_libraries_of_libraries_and_not_beside_runpath():
    """ld.so(8): DT_RPATH of the loading object is inherited, and is ignored where DT_RUNPATH is there."""
    text = (
        "# elf: /opt/a/libx.so kind=lib needed=liby.so\n# folder: /opt/r\n"
        "# elf: /opt/run 0755 rpath=/opt/a needed=libx.so\n# elf: /opt/both 0755 rpath=/opt/a runpath=/opt/r needed=libx.so\n"
    )
    assert seen(text, "/opt/run") == [("/opt/a/libx.so", False, False, False), ("/opt/a", True, False, False)]
    assert seen(text, "/opt/both") == [("/opt/r", True, False, False)]


def test_a_circle_of_libraries_ends():
    """Each is read once."""
    text = (
        "# elf: /opt/a/libx.so kind=lib needed=liby.so rpath=/opt/a\n# elf: /opt/a/liby.so kind=lib needed=libx.so rpath=/opt/a\n"
        "# elf: /opt/run 0755 rpath=/opt/a needed=libx.so\n"
    )
    assert {place[0] for place in seen(text, "/opt/run")} == {"/opt/a/libx.so", "/opt/a/liby.so"}


def test_default_folders_and_empty_entries():
    """Default folders are the loader's own affair; an empty entry is the caller's folder, an empty RPATH is none."""
    assert seen("# elf: /opt/run 0755 runpath=/usr/lib/x86_64-linux-gnu\n", "/opt/run") == []
    assert seen("# elf: /opt/run 0755 rpath=:/usr/lib needed=a.so\n", "/opt/run") == [("", False, False, True)]
    assert seen("# elf: /opt/run 0755 rpath=\n", "/opt/run") == []


def test_a_loader_of_ones_own_is_a_place_too():
    """The interpreter that the program names."""
    text = "# elf: /opt/run 0755 interpreter=/opt/ld.so needed=\n# file: /opt/ld.so 0755\n"
    assert seen(text, "/opt/run") == [("/opt/ld.so", False, False, False)]


@pytest.mark.parametrize(
    ("entry", "secure", "interpreter", "out"),
    [
        ("$ORIGIN/../lib", False, "/lib64/ld-linux-x86-64.so.2", "/opt/bin/../lib"),
        ("${ORIGIN}", False, "/lib64/ld-linux-x86-64.so.2", "/opt/bin"),
        ("$ORIGINAL", False, "/lib64/ld-linux-x86-64.so.2", "$ORIGINAL"),
        ("/opt/$LIB/$PLATFORM", False, "/lib64/ld-linux-x86-64.so.2", "/opt/lib64/x86_64"),
        ("$ORIGIN/../lib", True, "/lib64/ld-linux-x86-64.so.2", None),
        ("$ORIGIN/../../usr/lib/x", True, "/lib64/ld-linux-x86-64.so.2", "/opt/bin/../../usr/lib/x"),
        ("$ORIGIN/../lib", True, "/lib/ld-musl-x86_64.so.1", "/opt/bin/../lib"),
        ("/opt/lib", True, "/lib64/ld-linux-x86-64.so.2", "/opt/lib"),
    ],
)
def test_names_in_an_entry(entry: str, secure: bool, interpreter: str, out: str | None):
    """$ORIGIN, $LIB, $PLATFORM; what is left out for programs that run as more than their caller."""
    program = parse(build(interpreter=interpreter), "/opt/bin/run")
    assert program is not None
    assert expanded(entry, program, secure=secure) == out


def test_the_configuration_of_the_loader():
    """Includes with patterns, also of one that includes itself; comments, old types, hwcap lines, relative folders."""
    host = tree(
        "# file: /etc/ld.so.conf 0644\ninclude ld.so.conf.d/*.conf\n/opt/one # here\n/opt/two=libc6\nhwcap 1 x\nrelative/lib\n"
        "include /etc/ld.so.conf\n# file: /etc/ld.so.conf.d/a.conf 0644\n/opt/three/\n# file: /etc/ld.so.conf.d/b.off 0644\n/no\n"
        "# file: /etc/ld.so.preload 0644\n/opt/a.so:/opt/b.so libc.so # /opt/no.so\n"
    ).host()
    setup = host.once(loader)
    assert [(f.path, f.file, f.line) for f in setup.folders] == [
        ("/opt/one", "/etc/ld.so.conf", 2),
        ("/opt/two", "/etc/ld.so.conf", 3),
        ("/opt/three", "/etc/ld.so.conf.d/a.conf", 1),
    ]
    assert [f.path for f in setup.files] == ["/etc/ld.so.conf", "/etc/ld.so.conf.d/a.conf"]
    assert [f.path for f in setup.patterns] == ["/etc/ld.so.conf.d"]
    assert [f.path for f in setup.preloaded] == ["/opt/a.so", "/opt/b.so", "libc.so"]
    assert [loss.what for loss in host.fs.losses] == ["/etc/ld.so.conf:5"]
