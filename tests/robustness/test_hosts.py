"""`casemate host` on roots that are made to break it: real command, real files, bounded, and every loss said."""

import getpass
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.host.weak_root import weak_root, write
from tests.robustness.conftest import CASEMATE

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to the accounts of a root")
MEMORY = 1 << 30


def _bounded():
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


@pytest.fixture
def host(environment):
    """Audit a root or an image in a process with bounded memory; the document, or the words on the screen."""

    def run(*arguments, as_user=None, form=""):
        before = ("setpriv", f"--reuid={as_user}", f"--regid={as_user}", "--clear-groups") if as_user else ()
        command = [*before, CASEMATE, "host", *arguments, "--format", form or "json", "--quiet"]
        done = subprocess.run(
            command, env=environment, capture_output=True, timeout=120, check=False, preexec_fn=_bounded
        )
        assert b"Traceback" not in done.stderr
        assert done.returncode in (0, 1), done.stderr
        return done.stdout.decode("utf-8") if form else json.loads(done.stdout)

    return run


def missed(document):
    return {(entry["what"], entry["reason"]) for entry in document["not_examined"]}


def test_huge_and_endless_files(host, tmp_path):
    """A passwd of 100 MB and a sudoers of 10 MB are losses; what includes itself and goes round ends; lines of 1 MB are read."""
    root = write(weak_root(), tmp_path / "root")
    with (root / "etc/passwd").open("r+b") as file:
        file.truncate(100 << 20)
    (root / "etc/sudoers").write_bytes(b"alice ALL=(ALL) NOPASSWD: /usr/bin/id\n" * 270_000)
    (root / "etc/cron.d").mkdir()
    (root / "etc/cron.d/long").write_bytes(b"* * * * * root " + b"a" * (1 << 20) + b"\n" + b"b " * (1 << 19) + b"\n")
    (root / "etc/sudoers.d").mkdir()
    units = root / "etc/systemd/system"
    (units / "a.service").symlink_to("b.service")
    (units / "b.service").symlink_to("a.service")
    (units / "app.service.d").symlink_to(".")
    os.mkfifo(root / "etc/crontab")
    os.mknod(root / "etc/fstab", 0o020644, os.makedev(1, 5))  # /dev/zero
    (root / "etc/profile.d/again").symlink_to("../profile.d")
    document = host("--root", root)
    assert {("etc/passwd", "too-large"), ("etc/sudoers", "too-large")} <= missed(document)


def test_a_sudoers_that_includes_itself(host, tmp_path):
    """Directly, through a folder and through a link: the audit ends, and its other lines count."""
    root = write(weak_root(), tmp_path / "root")
    (root / "etc/sudoers").write_text(
        "@include /etc/sudoers\n@includedir /etc/sudoers.d\nbob ALL=(ALL) NOPASSWD: ALL\n"
    )
    (root / "etc/sudoers.d").mkdir()
    (root / "etc/sudoers.d/loop").symlink_to("../sudoers")
    document = host("--root", root)
    assert [f for f in document["findings"] if f["location"]["path"] == "etc/sudoers" and f["location"]["line"] == 3]


def test_programs_that_are_none(host, tmp_path):
    """Damaged programs that run as root are audited like others."""
    root = write(weak_root(), tmp_path / "root")
    good = bytearray((CASEMATE.with_name("python").resolve()).read_bytes()[: 1 << 16])
    for number in range(40):
        mutant = good.copy()
        for at in range(number * 7, 8192, 97 + number):
            mutant[at] = (mutant[at] * 31 + number) & 255
        mutant[:4] = b"\x7fELF"
        place = root / f"usr/bin/m{number}"
        place.write_bytes(mutant[: len(mutant) >> (number % 5)])
        place.chmod(0o4755)
    document = host("--root", root)
    assert document["host"]["nodes"] > 40
    assert any(finding["location"]["path"].startswith("usr/bin/m") for finding in document["findings"])


@pytest.mark.parametrize("form", ["table"])
def test_names_that_speak_to_the_terminal(host, tmp_path, form):
    """Line ends, escapes and marks that turn text around reach no output as they are."""
    root = write(weak_root(), tmp_path / "root")
    for name in ("\x1b[2J\x1b]0;x\x07.sh", "a\nb.sh", "a\rb.sh", "\u202ehs.sh", os.fsdecode(b"\xff.sh")):
        place = root / "etc/profile.d" / name
        place.write_text("export A=1\n")
        place.chmod(0o666)
    text = host("--root", root, form=form)
    assert not {character for character in text if character in "\x1b\x07\r\u202e"}


def test_an_ordinary_user(host, tmp_path):
    """What that user cannot read is counted, not passed over."""
    if not all(above.stat().st_mode & 0o001 for above in Path(sys.executable).absolute().parents):
        pytest.skip("this checkout lies where others may not come")
    tmp_path.chmod(0o755)
    for above in tmp_path.parents:
        if above.is_relative_to(Path(tempfile.gettempdir()) / f"pytest-of-{getpass.getuser()}"):
            above.chmod(above.stat().st_mode | 0o011)
    root = write(weak_root(), tmp_path / "root")
    (root / "etc/sudoers").write_text("root ALL=(ALL) ALL\n")
    (root / "etc/sudoers").chmod(0o440)
    (root / "root/secret").mkdir()
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, 65534, 65534)
    document = host("--root", root, as_user=65534)
    assert {("etc/sudoers", "unreadable"), ("etc/shadow", "unreadable"), ("root", "unreadable")} <= missed(document)
    assert document["host"]["standings"]


def test_very_many_jobs(host, tmp_path):
    """Five thousand files of cron are one audit among others."""
    root = write(weak_root(), tmp_path / "root")
    (root / "etc/cron.d").mkdir()
    for number in range(5_000):
        (root / f"etc/cron.d/j{number}").symlink_to("j0") if number else (root / "etc/cron.d/j0").write_text(
            "* * * * * root /usr/bin/id\n"
        )
    assert host("--root", root)["host"]["nodes"] > 5_000
