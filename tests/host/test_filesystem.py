"""Patterns over a root that is made to multiply what they stand for."""

import time

import pytest

from casemate.host.edges import profiles
from casemate.host.edges.profiles import MAX_HOMES
from casemate.host.facts.sudoers import sudoers
from casemate.host.facts.udev_modes import TOKEN
from casemate.host.filesystem import MAX_PLACES, Filesystem
from casemate.host.programs import base_name
from casemate.host.shell import State, calls
from casemate.model.host import Node, NodeKind
from casemate.model.outcome import Reason
from tests.host.tree import BASE, tree


@pytest.mark.parametrize("pattern", ["/srv/*/../*/../*/../*/../*", "/srv/*/*/*/*/*/*/*/x"])
def test_a_pattern_stands_for_a_bounded_number_of_paths(pattern):
    """By way of ".." or of links to the folder itself, each wildcard would multiply them; what is cut off is told."""
    fs = tree("".join(f"# link: /srv/l{n} -> .\n# folder: /srv/d{n}\n" for n in range(20))).host().fs
    assert len(fs.glob(pattern)) <= MAX_PLACES
    assert [(loss.what, loss.reason) for loss in fs.losses] == [(pattern, Reason.STEP_LIMIT)]


def test_folders_of_any_depth_are_walked():
    """As deep as the longest path lets an image go, each folder before what is in it."""
    paths = ["/" + "/".join("a" * depth) for depth in range(1, 2000)]
    top = Node("/", NodeKind.FOLDER, 0o755, 0, 0)
    folders = [Node(path, NodeKind.FOLDER, 0o755, 0, 0) for path in paths]
    beside = Node("/b", NodeKind.FILE, 0o644, 0, 0)
    fs = Filesystem([top, *folders, beside], lambda node, limit: b"")
    assert [node.path for node in fs.below("/")] == [*paths, "/b"]
    assert [node.path for node in fs.below(paths[-2])] == [paths[-1]]
    assert not list(fs.below("/none"))


def test_a_pattern_of_few_paths_is_no_loss():
    """Sorted, and without the names with a dot in front."""
    fs = tree("".join(f"# file: /srv/{name}/x\n" for name in ("b", "a", ".c"))).host().fs
    assert fs.glob("/srv/*/x") == ["/srv/a/x", "/srv/b/x"]
    assert not fs.losses


def test_what_a_limit_leaves_out_is_told():
    """Of more accounts than homes are looked into, and of few, where nothing is."""
    extra = "".join(f"u{n}:x:{3000 + n}:{3000 + n}::/home/u{n}:/bin/sh\n" for n in range(MAX_HOMES))
    passwd = BASE.split("# file: /etc/group")[0].strip()
    host = tree(f"{passwd}\n{extra}").host()
    list(profiles.edges(host))
    left_out = [(loss.what, loss.reason) for loss in host.fs.losses]
    assert ("/etc/passwd", Reason.STEP_LIMIT) in left_out
    few = tree("").host()
    list(profiles.edges(few))
    assert not few.fs.losses


def test_aliases_that_stand_for_too_much_are_told():
    """Twelve lists of two of the next each: what is cut off of them is no rule that was looked at."""
    lists = "".join(f"User_Alias A{n} = A{n + 1}, A{n + 1}\n" for n in range(12)) + "User_Alias A12 = alice, bob\n"
    host = tree(f"# file: /etc/sudoers 0440\n{lists}A0 ALL=(root) /bin/ls\n").host()
    host.once(sudoers)
    assert [(loss.what, loss.reason) for loss in host.fs.losses] == [("/etc/sudoers", Reason.STEP_LIMIT)]


def test_long_lines_take_time_by_their_length():
    """Not by its square: runs of digits, of capitals, of empty lines in a loop that reads commands."""
    started = time.process_time()
    base_name("1" * 100_000 + "x")
    TOKEN.findall("A" * 100_000)
    list(calls("while read -r x; do" + "\n" * 100_000 + "true; done\n", State("/", "", {})))
    assert time.process_time() - started < 2


def test_one_line_of_a_text():
    """Counted from 1, through links; nothing before the first, behind the last, or of what is no text file."""
    fs = tree("# file: /etc/a\none\ntwo\n\n# link: /etc/b -> a\n# folder: /etc/c\n").host().fs
    assert [fs.line("/etc/a", number) for number in (-1, 0, 1, 2, 9)] == ["", "", "one", "two", ""]
    assert [fs.line(path, 1) for path in ("/etc/b", "/etc/c", "/etc/none")] == ["one", "", ""]
