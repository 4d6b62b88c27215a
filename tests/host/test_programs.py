"""Which program a file is, and what it lets its caller do."""

from __future__ import annotations

import pytest

from casemate.host.programs import LOAD, READ, SHELL, WRITE, base_name, escapes, identify, raised
from tests.host.tree import ELF, tree


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("/usr/bin/python3.11", "python"),
        ("perl5.36.0", "perl"),
        ("vim.basic", "vim"),
        ("lua5.4", "lua"),
        ("php8.2", "php"),
        ("/lib64/ld-linux-x86-64.so.2", "ld.so"),
        ("base64", "base64"),
        ("7z", "7z"),
        ("my-report", "my-report"),
    ],
)
def test_a_version_in_the_name_does_not_hide_a_program(name: str, known: str):
    """Versions and variants are taken off; a name that has none stays."""
    assert base_name(name) == known


def test_a_suid_program_that_only_shells_out_gives_no_shell():
    """`less` runs sh, which drops the SUID user, but still reads files as it; sudo changes the real user, too."""
    assert SHELL in escapes("less")
    assert raised("less") == {READ, WRITE}
    assert SHELL in raised("find")
    assert LOAD in escapes("modprobe")
    assert escapes("id") == frozenset()


def test_a_renamed_copy_is_recognised_by_its_content():
    """The same bytes under another name are the same program; other bytes of the same size are not."""
    host = tree(
        f"# copy: /usr/local/bin/report /usr/bin/bash 4755\n# file: /usr/local/bin/tool 0755\n{ELF}bish\n"
        "# file: /usr/local/bin/find 0755\n#!/bin/sh\n# link: /opt/x -> /usr/local/bin/report\n"
    ).host()
    assert identify(host, "/usr/local/bin/report") == "bash"
    assert identify(host, "/opt/x") == "bash"
    assert identify(host, "/usr/local/bin/tool") is None
    assert identify(host, "/usr/local/bin/find") is None  # a script that is called so
    assert identify(host, "/bin/sh") == "dash"
    assert identify(host, "/usr/bin") is None
    assert identify(host, "/usr/bin/less") == "less"  # not there: what it would be


def test_a_program_of_another_build_is_recognised_by_what_it_holds():
    """Strings that only that program has."""
    host = tree(f"# file: /opt/x 0755\n{ELF}\nBASH_ENV BASH_VERSINFO GNU bash\n").host()
    assert identify(host, "/opt/x") == "bash"


def test_a_link_to_busybox_is_the_program_it_is_called():
    """Busybox looks at its name; a copy of it under any name can be all of them."""
    host = tree(
        f"# file: /bin/busybox 0755\n{ELF}BusyBox v1.36 applet not found\n"
        "# link: /usr/bin/vi -> busybox\n# link: /usr/bin/id2 -> busybox\n# copy: /opt/bb /bin/busybox 4755\n"
        "# gone: /usr/bin/id\n# link: /usr/bin/id -> busybox\n"
    ).host()
    assert identify(host, "/usr/bin/vi") == "vi"
    assert identify(host, "/usr/bin/id") is None
    assert identify(host, "/opt/bb") == "busybox"
