"""Account files and hashes: which files hold some, and whose."""

from __future__ import annotations

from casemate.host.edges.account_files import edges
from casemate.host.relation import Secret, Trust
from casemate.model.host import ROOT, account
from tests.host.tree import tree

HASH = "$y$j9T$abcdefghijklmnopqrstuv$ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQ"


def secrets(text):
    return [(r.path, r.opens) for r in edges(tree(text).host()) if isinstance(r, Secret)]


def test_hashes_open_the_accounts_that_they_belong_to():
    """One secret for each account with a hash; locked ones have none."""
    text = f"# file: /etc/shadow 0644\nroot:*:1::::::\nalice:{HASH}:1::::::\nbob:{HASH}:1::::::\n"
    assert secrets(text) == [("/etc/shadow", account("alice")), ("/etc/shadow", account("bob"))]


def test_a_copy_is_known_by_its_name_and_its_content():
    """Old and new kinds of hashes count; pages and headers of that name have none."""
    found = secrets(
        f"# file: /srv/b/shadow.2024 0644\nroot:{HASH}:1::::::\n# file: /srv/b/passwd- 0644\n"
        "root:abJnggxhB/yWI:0:0::/root:/bin/sh\n"
        "# file: /usr/share/doc/shadow.html 0644\n<p>root:*:1</p>\n# file: /usr/include/gshadow.h 0644\nstruct sgrp;\n"
    )
    assert found == [
        ("/srv/b/passwd-", ROOT),
        ("/srv/b/shadow.2024", ROOT),
    ]


def test_a_shadow_without_hashes_is_still_asked_about():
    """Whoever reads it will read the next password that is set."""
    assert secrets("# file: /etc/shadow 0644\nroot:*:1::::::\n") == [("/etc/shadow", None)]


def test_what_the_group_shadow_may_read_is_not_asked_about():
    """That it may is the group's nature, and said of its members."""
    assert secrets("") == []
    assert secrets("# file: /etc/shadow 0640 root:staff\n") == [("/etc/shadow", None)]


def test_a_copy_that_only_root_can_open_is_not_read():
    """Its mode says all; the content is left alone."""
    root = tree(f"# file: /srv/shadow 0600\nroot:{HASH}:1::::::\n")
    root.unreadable.add("/srv/shadow")
    host = root.host()
    assert all(relation.path != "/srv/shadow" for relation in edges(host))
    assert host.fs.losses == ()


def test_account_files_are_asked_about_where_they_are():
    """A file that is not there is none; what sudo reads is not asked about, as sudo refuses what others can write."""
    text = "# file: /etc/sudoers.d/a 0666\n# file: /etc/subuid 0666\n"
    trusts = [r.path for r in edges(tree(text).host()) if isinstance(r, Trust)]
    assert trusts == ["/etc/passwd", "/etc/shadow", "/etc/group", "/etc/subuid"]
