"""Trees that lead astray, resist, or change during the scan."""

import os
import signal
import socket
import subprocess
import threading
from pathlib import Path

import pytest

from robustness.conftest import CASEMATE, WEAK, Scan, without_override


def test_everything_that_is_no_file(scan, target, tmp_path):
    """Links that leave or circle, FIFOs and sockets are counted, and nothing is read through them or waits for them."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret.py").write_text(WEAK)
    for name, leads_to in {
        "escape": "../outside",
        "escape.py": "../outside/secret.py",
        "zero.py": "/dev/zero",
        "self.py": "self.py",
        "circle": ".",
        "gone.py": "nowhere.py",
        "harmless": "weak.py",
    }.items():
        (target / name).symlink_to(leads_to)
    os.mkfifo(target / "pipe.py")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(target / "socket.py"))
    result = scan("target", "--strict")
    assert result.found == ["weak.py:5"]
    assert result.missed == [
        ("circle", "link-outside"),
        ("escape", "link-outside"),
        ("escape.py", "link-outside"),
        ("gone.py", "vanished"),
        ("pipe.py", "special-file"),
        ("self.py", "link-outside"),
        ("socket.py", "special-file"),
        ("zero.py", "link-outside"),
    ]


def test_what_may_not_be_read(scan, target):
    """Folders and files without permission are losses; the rest is examined."""
    (target / "closed").mkdir()
    (target / "closed/x.py").write_text(WEAK)
    (target / "secret.py").write_text(WEAK)
    for name in ("closed", "secret.py"):
        (target / name).chmod(0)
    try:
        result = scan("target", "--strict", preexec_fn=without_override)
    finally:
        (target / "closed").chmod(0o700)
    assert result.found == ["weak.py:5"]
    assert result.missed == [("closed", "unreadable"), ("secret.py", "unreadable")]


@pytest.mark.parametrize(
    ("name", "why"), [("missing", "No such file or directory"), ("loop", "Too many levels of symbolic links")]
)
def test_a_target_that_is_none(scan, tmp_path, name, why):
    """The operator is told in one line, nothing is done, and the exit code is 2."""
    (tmp_path / "loop").symlink_to("loop")
    result = scan(name)
    assert (result.code, result.out) == (2, b"")
    assert result.said == [f"casemate: cannot look at '{name}': {why}; check the path and its permissions"]


def test_a_target_that_is_no_source(scan, tmp_path):
    """A FIFO and a device that the operator names are losses, also under --strict, and nothing hangs."""
    os.mkfifo(tmp_path / "pipe")
    for path, name in (("pipe", "pipe"), ("/dev/zero", "zero")):
        result = scan(path, "--strict")
        assert (result.code, result.missed) == (3, [(name, "special-file")])


@pytest.mark.parametrize("form", ["table", "json", "sarif"])
def test_hostile_names(scan, put, target, form):
    """Names with control characters, line ends, marks that turn the text around and bytes that are no UTF-8 reach no
    output as they are, and the files are examined."""
    names = ["\x1b[2J\x1b]0;x\x07.py", "a\nb.py", "a\r.py", "\u202egp.py", os.fsdecode(b"\xff.py"), "'; rm.py"]
    put(**dict.fromkeys(names, WEAK))
    result = scan("target", "--format", form)
    text = result.out.decode("utf-8")
    assert result.code == 1
    assert not {character for character in text if character in "\x1b\x07\r\u202e"}
    if form == "json":
        assert result.report["coverage"]["files"] == 1 + len(names)
        assert len(result.report["findings"]) == 1 + len(names)
    if form == "table":
        assert f"{1 + len(names)} findings" in text


def test_a_file_that_grows_during_the_scan(scan, put, target):
    """A file that is being written all the time is a loss."""
    put(**{f"m{number}.py": "" for number in range(200)}, **{"z.py": WEAK})
    stop = threading.Event()

    def grow():
        with (target / "z.py").open("ab", buffering=0) as file:
            while not stop.is_set():
                file.write(b"#")

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        result = scan("target", "--strict")
    finally:
        stop.set()
        writer.join()
    assert (result.found, result.missed) == (["weak.py:5"], [("z.py", "vanished")])


def looking_below(process: subprocess.Popen, folder: Path) -> bool:
    """Whether the process has something below the folder open."""
    try:
        opened = [descriptor.readlink() for descriptor in Path(f"/proc/{process.pid}/fd").iterdir()]
    except OSError:
        return False
    return any(folder in path.parents for path in opened)


def test_a_file_that_vanishes_during_the_scan(put, target, environment):
    """A file that was seen and is gone when it is its turn is a loss."""
    put(**{f"many/m{number}/x.py": "" for number in range(500)}, **{"z.py": WEAK})
    command = [CASEMATE, "scan", target, "--strict", "--format", "json"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while not looking_below(process, target / "many"):  # the root was listed before
            assert process.poll() is None
        process.send_signal(signal.SIGSTOP)
        (target / "z.py").unlink()
        process.send_signal(signal.SIGCONT)
        out, error = process.communicate()
    result = Scan(subprocess.CompletedProcess(command, process.returncode, out, error))
    assert (result.found, result.missed) == (["weak.py:5"], [("z.py", "vanished")])
