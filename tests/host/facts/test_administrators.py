"""Who administers a host: by rules, not by the names of groups."""

import pytest

from casemate.host.facts.administrators import administrators
from tests.host.tree import tree


def _of(text: str) -> set[str]:
    return set(tree(text).host().once(administrators)) - {"root"}


GROUPS = (
    "# file: /etc/group\nroot:x:0:\nsudo:x:27:alice\nshadow:x:42:\nstaff:x:50:\nwheel:x:996:bob\n"
    "websvc:x:980:\ningest:x:981:\nalice:x:1000:\nbob:x:1001:\n"
)


@pytest.mark.parametrize(
    ("rules", "who"),
    [
        ("", set()),
        ("# file: /etc/sudoers 0440\n%sudo ALL=(ALL:ALL) ALL\n", {"alice"}),
        ("# file: /etc/sudoers 0440\n%wheel ALL=(root) /usr/bin/id\n", set()),
        ("# file: /etc/sudoers 0440\nbob ALL=(ALL) ALL\n", {"bob"}),
        ("# file: /etc/doas.conf 0400\npermit persist :wheel\n", {"bob"}),
        (
            "# file: /usr/share/polkit-1/rules.d/50-default.rules\n"
            'polkit.addAdminRule(function(action, subject) {\n    return ["unix-group:wheel"];\n});\n',
            {"bob"},
        ),
        (
            "# file: /usr/share/polkit-1/rules.d/50-default.rules\n"
            '// polkit.addAdminRule(function(action, subject) {\n//    return ["unix-group:wheel"];\n//});\n',
            set(),
        ),
        (
            "# file: /etc/polkit-1/localauthority.conf.d/51-a.conf\n[Configuration]\n"
            "AdminIdentities=unix-group:sudo;unix-user:bob\n",
            {"alice", "bob"},
        ),
    ],
)
def test_rules_make_administrators(rules, who):
    """Only whom sudo, doas or polkit lets do everything counts, whatever the groups are called."""
    assert _of(GROUPS + rules) == who


def test_unreadable_rules_leave_the_usual_names():
    """Where the rules cannot be read, members of the groups of the usual names are believed to be administrators."""
    root = tree(GROUPS + "# file: /etc/sudoers 0440\n%sudo ALL=(ALL:ALL) ALL\n")
    root.unreadable.add("/etc/sudoers")
    assert set(root.host().once(administrators)) == {"root", "alice", "bob"}
