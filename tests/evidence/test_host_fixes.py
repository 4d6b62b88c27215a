"""Fixes of a host as scripts: run for real over a folder, they make what they say, and their undo takes it back."""

import os
import subprocess

import pytest

from casemate.evidence.host_fixes import ansible, as_json, shell, words
from casemate.model.host_fix import AddLines, DropAcl, DropCapabilities, SetLine, SetMode, SetOwner, Upgrade

NASTY = "/opt/it's $(id) here"
FIXES = (
    SetMode("/opt/run.sh", 0o777, 0o755),
    SetMode(NASTY, 0o666, 0o644),
    SetLine("/etc/sudoers", 2, "alice ALL=(root) NOPASSWD: /usr/bin/find *", None),
    SetLine("/etc/sudoers", 3, "\tbob ALL = (root) /usr/bin/vi `x` \\", "# bob & \\1 'quoted'"),
    SetLine("/etc/sudoers", 4, "last", None),
    AddLines("/etc/systemd/system/docker.socket.d/mode.conf", ("[Socket]", "SocketMode=0660")),
    AddLines("/etc/known", ("one more",)),
)
ROOT = {
    "/opt/run.sh": (0o777, "#!/bin/sh\n"),
    NASTY: (0o666, "x\n"),
    "/etc/sudoers": (
        0o440,
        "# first\nalice ALL=(root) NOPASSWD: /usr/bin/find *\n\tbob ALL = (root) /usr/bin/vi `x` \\\nlast\n",
    ),
    "/etc/known": (0o644, "kept\n"),
}


@pytest.fixture
def root(tmp_path):
    """The files that the fixes are about."""
    for path, (mode, text) in ROOT.items():
        place = tmp_path / path[1:]
        place.parent.mkdir(exist_ok=True)
        place.write_text(text)
        place.chmod(mode)
    return tmp_path


def state(root):
    return {
        str(p.relative_to(root)): (p.stat().st_mode & 0o7777, p.read_text())
        for p in sorted(root.rglob("*"))
        if p.is_file()
    }


def run(script, root):
    return subprocess.run(
        ["sh", "-s"],
        input=script,
        env={"PATH": os.environ["PATH"], "ROOT": str(root)},
        text=True,
        capture_output=True,
        check=False,
    )


def test_the_script_makes_the_changes_and_its_undo_takes_them_back(root):
    """Modes, lines with quotes and back-slashes, removed and added lines; a file that was made is gone again."""
    before = state(root)
    done = run(shell(FIXES, undo=False), root)
    assert (done.returncode, done.stderr) == (0, "")
    after = state(root)
    assert after["opt/run.sh"][0] == 0o755
    assert after[NASTY[1:]][0] == 0o644
    assert after["etc/sudoers"] == (0o440, "# first\n# bob & \\1 'quoted'\n")
    assert after["etc/systemd/system/docker.socket.d/mode.conf"][1] == "[Socket]\nSocketMode=0660\n"
    assert after["etc/known"][1] == "kept\none more\n"
    undone = run(shell(FIXES, undo=True), root)
    assert (undone.returncode, undone.stderr) == (0, "")
    assert state(root) == before


def test_what_is_no_longer_as_it_was_is_left_alone_and_said(root):
    """Somebody else has changed it meanwhile."""
    (root / "opt/run.sh").chmod(0o700)
    (root / "etc/sudoers").chmod(0o600)
    (root / "etc/sudoers").write_text("other\nlines\nhere\nnow\n")
    before = state(root)
    done = run(shell(FIXES[:5], undo=False), root)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "4 of these changes were not made"
    assert "left as it is: /opt/run.sh" in done.stderr
    changed = {path for path, what in state(root).items() if what != before[path]}
    assert changed == {NASTY[1:]}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_owners_change_and_come_back(root):
    """By number, so that no name of this machine counts."""
    fix = SetOwner("/opt/run.sh", (0, 0), (12, 34))
    assert run(shell([fix], undo=False), root).returncode == 0
    status = (root / "opt/run.sh").stat()
    assert (status.st_uid, status.st_gid) == (12, 34)
    assert run(shell([fix], undo=True), root).returncode == 0
    assert (root / "opt/run.sh").stat().st_uid == 0


@pytest.mark.parametrize("whole", ["opt/run.sh", "opt"])
def test_what_became_a_link_is_left_alone(root, tmp_path_factory, whole):
    """Whoever owns a folder could otherwise have root change a file of their choice, inside the root or outside."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "run.sh").write_text("not yours\n")
    (elsewhere / "run.sh").chmod(0o777)
    (root / "opt").rename(root / "moved")
    place = root / whole
    place.parent.mkdir(exist_ok=True)
    place.symlink_to(elsewhere / "run.sh" if place.suffix else elsewhere)
    fixes = [
        SetMode("/opt/run.sh", 0o777, 0o755),
        SetOwner("/opt/run.sh", (os.geteuid(), os.getegid()), (12, 34)),
        SetLine("/opt/run.sh", 1, "not yours", "mine"),
        AddLines("/opt/run.sh", ("mine",)),
        AddLines("/opt/deep/new", ("mine",)) if whole == "opt" else AddLines("/opt/run.sh", ("more",)),
    ]
    for undo in (False, True):
        done = run(shell(fixes, undo=undo), root)
        assert done.returncode == 1
        assert "5 of these changes were not made" in done.stderr
    assert state(elsewhere) == {"run.sh": (0o777, "not yours\n")}


def test_added_lines_stand_alone_are_added_once_and_only_they_go(root):
    """A last line without its end is not run together with them, and the undo leaves an equal line that was there."""
    (root / "etc/known").write_text("[Socket]\nkept")
    fix = [AddLines("/etc/known", ("[Socket]", "SocketMode=0660"))]
    assert run(shell(fix, undo=False), root).returncode == 0
    assert (root / "etc/known").read_text() == "[Socket]\nkept\n[Socket]\nSocketMode=0660\n"
    assert "left as it is: /etc/known" in run(shell(fix, undo=False), root).stderr
    assert run(shell(fix, undo=True), root).returncode == 0
    assert (root / "etc/known").read_text() == "[Socket]\nkept\n"
    assert "left as it is: /etc/known" in run(shell(fix, undo=True), root).stderr


def test_nothing_of_the_host_becomes_a_command_or_a_template():
    """A version with a line end in a comment, a name that Ansible would expand."""
    assert "\ntouch" not in shell([Upgrade("npm", "x\ntouch /tmp/a", "1", "2\ntouch /tmp/b")], undo=True)
    assert "\ntouch" not in shell([Upgrade("dpkg", "x", "1", "2\ntouch /tmp/b")], undo=False)
    text = ansible([SetLine("/opt/{{ lookup('pipe', 'id') }}", 1, "{% x %}", "{# x #}\\1")], undo=False)
    dynamic = [line for line in text.splitlines() if "{" in line]
    assert len(dynamic) == 4
    assert all(": !unsafe " in line for line in dynamic if "regexp" not in line)
    assert "backrefs: true" in text  # else a line that is no longer there is added


OTHERS = (
    DropCapabilities("/usr/bin/x", "cap_setuid=ep"),
    DropAcl("/srv/x", "u:1000:rw-"),
    Upgrade("dpkg", "openssh-server", "1", "2"),
)


def test_every_fix_has_words_a_script_and_a_task():
    """None is forgotten; a package is not taken back to a version with a known weakness."""
    for fix in (*FIXES, *OTHERS, SetOwner("/x", (1, 1), (0, 0))):
        assert words(fix)
        assert as_json(fix)["kind"]
        assert subprocess.run(["sh", "-n"], input=shell([fix], undo=False), text=True, check=False).returncode == 0
        assert subprocess.run(["sh", "-n"], input=shell([fix], undo=True), text=True, check=False).returncode == 0
    assert "apt-get install --only-upgrade -- openssh-server" in shell(OTHERS, undo=False)
    assert "openssh-server stays at 2" in shell(OTHERS, undo=True)
    assert "openssh" not in ansible(OTHERS, undo=True)


def test_the_playbook_is_yaml_that_says_the_same():
    """Read by a YAML parser: a task for each fix, with the values as they are, whatever is in them."""
    yaml = pytest.importorskip("yaml")
    (play,) = yaml.safe_load(ansible((*FIXES, *OTHERS), undo=False))
    assert len(play["tasks"]) == len(FIXES) + len(OTHERS)
    files = [task["ansible.builtin.file"] for task in play["tasks"] if "ansible.builtin.file" in task]
    assert {"path": NASTY, "mode": "0644", "follow": False} in files
    assert all(task["name"] for task in play["tasks"])
