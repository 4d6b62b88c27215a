"""What commands of sudo rules leave open, and the folders of PATH."""

from __future__ import annotations

import pytest

from casemate.host.edges.sudo_environment import environment
from casemate.host.edges.sudo_escape import judged
from casemate.host.facts.search_path import search_path, umasks
from casemate.model.host import Confidence
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


@pytest.mark.parametrize(
    ("line", "to"),
    [
        ("alice ALL=(root) SETENV: /usr/bin/python3 /opt/a", "alice ALL=(root)  /usr/bin/python3 /opt/a"),
        ("alice ALL=(root) SETENV : /opt/a, NOSETENV: /opt/b", "alice ALL=(root)  /opt/a, NOSETENV: /opt/b"),
    ],
)
def test_a_tag_is_taken_from_a_rule_without_a_part_of_another(line, to):
    """sudo reads nothing at all of a file with an error in it."""
    found = list(environment(tree(f"# file: /etc/sudoers 0440\n{line}\n# file: /opt/a 0755\n#!/bin/sh\n").host()))
    assert {fix.to for grant in found for fix in grant.fixes} == {to}


@pytest.mark.parametrize(
    ("kept", "sure"),
    [("LD_PRELOAD", [True]), ("GCONV_PATH", [False]), ("PS4", [False]), ("LD_DEBUG_OUTPUT IFS PYTHONSTARTUP", [])],
)
def test_a_variable_is_as_sure_as_its_programs_heed_it(kept, sure):
    """The loader's always; what only a trace or a terminal brings in, likely; what a script does not read, not at all."""
    text = f'Defaults env_keep += "{kept}"\nalice ALL=(root) NOPASSWD: /opt/a\n'
    found = list(environment(tree(f"# file: /etc/sudoers 0440\n{text}# file: /opt/a 0755\n#!/bin/bash\nls\n").host()))
    assert [grant.confidence is Confidence.PROVED for grant in found] == sure
