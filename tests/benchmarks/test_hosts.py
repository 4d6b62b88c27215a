"""The bench of hosts: what is compared, how scores become rows, and what is told to the peers."""

import os
from collections import Counter
from pathlib import Path

import hosts
import hosts_cut
import hosts_peers
import hosts_roots
from hosts_roots import Score
from scanners import Absent


def score(found, alarms=0):
    return Score(
        weaknesses=3, found=found, chains=2, chains_found=1, decoys=3, alarms=alarms, findings=5, unmatched=5 - found
    )


def test_what_an_undo_must_bring_back(tmp_path):
    """Modes, contents, links and what is new are differences; times are none."""
    (tmp_path / "a").write_text("1")
    (tmp_path / "b").write_text("1")
    (tmp_path / "l").symlink_to("a")
    before = hosts_roots.state(tmp_path)
    os.utime(tmp_path / "a", (1, 1))
    assert hosts_roots.differences(before, hosts_roots.state(tmp_path)) == []
    (tmp_path / "a").chmod(0o600)
    (tmp_path / "b").write_text("2")
    (tmp_path / "l").unlink()
    (tmp_path / "l").symlink_to("b")
    (tmp_path / "new").touch()
    assert hosts_roots.differences(before, hosts_roots.state(tmp_path)) == ["/a", "/b", "/l", "/new"]


def test_scores_become_rows():
    """A figure of every root, strict and lenient apart."""
    rows = hosts.score_rows({("casemate", False): [score(3), score(2, 1)], ("casemate", True): [score(3)] * 2})
    texts = [row.figures["casemate"].text for row in rows]
    assert texts == ["3/3, 2/3", "3/3, 3/3", "1/2, 1/2", "0/3, 1/3", "2/5, 3/5"]


def test_an_upgrade_in_the_status_file():
    """Only the named package changes."""
    status = "Package: a\nVersion: 1\n\nPackage: ab\nVersion: 1\nDescription: x\n"
    assert hosts_roots.upgraded(status, [("ab:amd64", "2")]) == status.replace("ab\nVersion: 1", "ab\nVersion: 2")


def test_what_the_report_says():
    """Ways are actors that reach root; losses are counted by reason; levels worst first."""
    document = {"host": {"standings": [{"root": True}, {"root": False}]}, "not_examined": [{"reason": "syntax"}] * 2}
    assert hosts_cut.ways(document) == 1
    assert hosts_cut.reasons(document) == Counter(syntax=2)
    assert hosts_roots.worded(Counter(low=2, critical=1)) == "3 (1 critical, 2 low)"
    assert hosts_roots.worded(Counter()) == "0"


def test_peers_that_are_not_given_say_so(tmp_path):
    """With the options that would give them."""
    absent = [hosts_peers.lynis(None, tmp_path), hosts_peers.openscap(None, None, tmp_path), hosts_peers.privmap(None)]
    assert all(isinstance(one, Absent) and one.why.startswith("not given (--") for one in absent)


def test_the_platform_of_the_content_is_taken_out_once():
    """What a rule itself asks for stays."""
    line = '<xccdf-1.2:platform idref="cpe:/o:debian:debian_linux:11"/>'
    assert hosts_peers.without_platform(f"<a>{line}{line}</a>") == f"<a>{line}</a>"


def test_what_enters_a_root_is_bound_read_only():
    """Nothing of the machine can be written from inside, and paths are quoted."""
    text = hosts_peers.entering(Path("/a b"), Path("/env"), "python3")
    assert text.count("remount,bind,ro") == text.count("mount --bind") == 2
    assert "chroot '/a b'" in text


def test_a_report_that_is_missing_is_a_failure(tmp_path):
    """A program that ends well and writes nothing has found nothing that could be scored."""
    silent = hosts_peers.Auditor(name="x", form="json", version="", command=lambda root, out: ("true",))
    assert hosts_peers.audited(silent, tmp_path, tmp_path / "out")[1] == "wrote nothing"
    failing = hosts_peers.Auditor(
        name="x", form="json", version="", command=lambda root, out: ("false",), accepted=frozenset()
    )
    assert hosts_peers.audited(failing, tmp_path, tmp_path / "out")[1].startswith("exit code 1")
