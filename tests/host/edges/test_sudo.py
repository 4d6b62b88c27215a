"""What commands of sudo rules leave open, and the folders of PATH."""

from __future__ import annotations

import pytest

from casemate.host.edges.sudo_escape import judged
from casemate.host.facts.search_path import search_path, umasks
from tests.host.tree import tree


@pytest.mark.parametrize(
    ("program", "args", "open_"),
    [
        ("/usr/bin/find", None, True),
        ("/usr/bin/find", "/srv -delete", False),
        ("/usr/bin/find", "/srv *", True),
        ("/usr/bin/less", "/var/log/syslog", True),
        ("/usr/bin/vim", "", True),
        ("/usr/bin/cat", "/var/log/*", True),
        ("/usr/bin/cat", "/var/log/syslog", False),
        ("/usr/bin/cat", "/etc/shadow", True),
        ("/usr/bin/systemctl", "restart *", False),
        ("/usr/bin/systemctl", "edit web.service", True),
        ("/usr/bin/tar", "", False),
        ("/usr/bin/passwd", "*", True),
        ("/usr/bin/passwd", "alice", False),
        ("/usr/bin/su", "-", True),
        ("/usr/bin/su", "- bob", False),
        ("/usr/bin/id", None, False),
        ("/usr/bin/git", "log", True),
        ("/usr/bin/python3", "/opt/x.py *", False),
    ],
)
def test_what_arguments_leave_open(program, args, open_):
    """None is any, "" none; a wildcard matches slashes and spaces, too."""
    assert (judged(tree("").host(), program, args) is not None) == open_


def test_elements_of_path():
    """Colons within braces do not divide, ~ is the home, and what is not known is left out."""
    host = tree('# file: /root/.profile\nPATH="${PATH:+$PATH:}~/bin:$X/b:.:"\n# PATH=.\nexport MANPATH=.\n').host()
    assert [(p.folder, p.line) for p in host.once(search_path)] == [("/root/bin", 1), (".", 1), ("", 1)]


def test_umasks():
    """In scripts and in login.defs, not in comments."""
    host = tree(
        "# file: /etc/profile\n[ $UID = 0 ] && umask 000 # open\n#umask 0\n# file: /etc/login.defs\nUMASK 027\n"
    ).host()
    assert [(u.path, u.line, u.value) for u in host.once(umasks)] == [
        ("/etc/login.defs", 1, 0o27),
        ("/etc/profile", 1, 0),
    ]
