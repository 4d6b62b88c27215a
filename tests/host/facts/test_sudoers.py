"""sudoers(5) and doas.conf(5): what the lines say, and who may do what in the end."""

from __future__ import annotations

import pytest

from casemate.host.facts.doas import doas
from casemate.host.facts.sudo_rights import rights
from casemate.host.facts.sudoers import Item, sudoers
from casemate.model.host import ANYONE, ROOT, account, group
from tests.host.tree import tree

MAIN = "# file: /etc/sudoers 0440\n"


def read(text: str):
    return tree(MAIN + text).host().once(sudoers)


def test_a_rule_with_everything():
    """Aliases are replaced, tags and runas go on to later commands, and a second host has commands of its own."""
    said = read(
        'User_Alias OPS = alice, %wheel\nCmnd_Alias SH = /bin/sh, /bin/bash : VI = /usr/bin/vi ""\n'
        "OPS, !bob ALL = (root : adm) NOPASSWD: SETENV: SH, !VI, PASSWD: sha224:abc= /usr/bin/find -name \\*.log"
        " : h2 = /bin/kill\n"
    )
    first, second = said.rules
    assert first.users == (Item("alice"), Item("%wheel"), Item("bob", True))
    assert [c.path for c in first.commands] == ["/bin/sh", "/bin/bash", "/usr/bin/vi", "/usr/bin/find"]
    assert [c.negated for c in first.commands] == [False, False, True, False]
    assert first.commands[2].args == ""
    assert first.commands[3].tags == {"PASSWD", "SETENV"}
    assert first.commands[3].args == "-name \\*.log"
    assert first.commands[3].digests == ("sha224",)
    assert (second.hosts, second.commands[0].path) == ((Item("h2"),), "/bin/kill")
    assert first.line.line == 3


def test_continued_lines_and_comments():
    """A backslash joins lines, but not in a comment; a uid is no comment."""
    said = read("# nothing \\\n#1000 ALL = /bin/a, \\\n  /bin/b # end \\\n%#27 ALL = ALL\n")
    assert [(r.users[0].name, r.line.line, len(r.commands)) for r in said.rules] == [("#1000", 2, 2), ("%#27", 4, 1)]


def test_defaults_of_every_scope():
    """Scope, names, several settings in a line, quotes."""
    said = read(
        'Defaults:alice,%wheel !authenticate, env_keep += "A B"\nDefaults!/bin/ls !use_pty\nDefaults secure_path="/a:/b"\n'
    )
    assert [(s.scope, s.name, s.op, s.value) for s in said.settings] == [
        (":", "authenticate", "!", ""),
        (":", "env_keep", "+=", "A B"),
        ("!", "use_pty", "!", ""),
        ("", "secure_path", "=", "/a:/b"),
    ]


def test_files_that_are_read():
    """A folder's names in order, without those with a dot or a tilde; a file that includes itself ends."""
    root = tree(
        MAIN + "@includedir /etc/sudoers.d\n#include /etc/extra\n"
        "# file: /etc/sudoers.d/b\nalice ALL=/b\n# file: /etc/sudoers.d/a\nalice ALL=/a\n"
        "# file: /etc/sudoers.d/c.x\nalice ALL=/c\n"
        "# file: /etc/sudoers.d/d~\nalice ALL=/d\n# file: /etc/extra\nalice ALL=/e\n@include /etc/sudoers\n"
    )
    host = root.host()
    assert [r.commands[0].path for r in host.once(sudoers).rules] == ["/a", "/b", "/e"]
    assert any("include" in loss.detail for loss in host.fs.losses)


@pytest.mark.parametrize(
    "line", ["alice", "alice ALL", "alice ALL=(root /x", "Defaults !", "=", "A = B : ", "a\\", '"', "User_Alias"]
)
def test_lines_that_are_none_do_no_harm(line):
    """What is not understood gives no rule that allows anything."""
    assert all(not c.tags for r in read(line + "\n").rules for c in r.commands)


def test_aliases_in_a_circle():
    """They end."""
    assert read("User_Alias A = B : B = A\nA ALL = ALL\n").rules
    assert read("Cmnd_Alias C = D\nCmnd_Alias D = C\nalice ALL = C\n").rules


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("alice ALL = NOPASSWD: ALL\nalice ALL = PASSWD: ALL\n", [(account("alice"), True)]),
        ("alice ALL = ALL\n%wheel ALL = NOPASSWD: ALL\n", [(account("alice"), True), (group("wheel"), False)]),
        (
            "Defaults:alice !authenticate\nalice ALL = ALL\nbob ALL = ALL\n",
            [(account("alice"), False), (account("bob"), True)],
        ),
        ("ALL ALL = ALL\n", [(ANYONE, True)]),
        ("root ALL = NOPASSWD: ALL\nnosuch ALL = NOPASSWD: ALL\n", []),
        ("alice ALL = NOPASSWD: ALL\nalice ALL = !ALL\n", []),
    ],
)
def test_the_last_match_decides(text, found):
    """Who may, and whether a password is asked."""
    assert [(r.holder, r.password) for r in tree(MAIN + text).host().once(rights)] == found


def test_rules_for_other_hosts():
    """A rule of another host is none here; an address leaves it open."""
    text = "alice web = ALL\nbob lab = ALL\nwebsvc 10.0.0.0/8 = ALL\n# file: /etc/hostname\nlab\n"
    assert [(r.holder, r.sure) for r in tree(MAIN + text).host().once(rights)] == [
        (account("bob"), True),
        (account("websvc"), False),
    ]


def test_doas():
    """Options, groups, targets, commands with arguments; what is no rule is said."""
    host = tree(
        "# file: /etc/doas.conf 0400\npermit nopass keepenv :wheel as bob cmd /bin/x args a b\ndeny alice\nallow alice\n"
        "permit setenv { PYTHONPATH A=b -C } alice\n"
    ).host()
    first, second, third = host.once(doas).rules
    assert (first.users[0].name, first.commands[0].args, first.commands[0].users) == ("%wheel", "a b", (Item("bob"),))
    assert second.commands[0].negated
    assert third.users == (Item("alice"),)
    assert [s.value for s in host.once(doas).settings] == ["PYTHONPATH"]
    assert [loss.what for loss in host.fs.losses] == ["/etc/doas.conf:3"]


def test_whom_it_makes():
    """Runas lists: all is root, unless root is taken out; a group alone is the group."""
    made = {
        "(ALL)": (ROOT,),
        "(bob)": (account("bob"),),
        "(:shadow)": (group("shadow"),),
        "(ALL, !root)": (account("bob"),),
    }
    for runas, becomes in made.items():
        (right,) = tree(f"{MAIN}alice ALL = {runas} ALL\n").host().once(rights)
        assert right.becomes == becomes
