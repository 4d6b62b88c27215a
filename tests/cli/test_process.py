"""`casemate scan` as a process: signals, a real terminal, a reader that goes away."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

CASEMATE = Path(sys.executable).with_name("casemate")
FUNCTION = """
def handler_{0}(request, name):
    for part in name.split("/"):
        if part in ("a", "b") or request.get(part):
            name = helper_{0}(name.replace(part, str({0})), part)
    return {{"name": name, "items": [helper_{0}(p, name) for p in name.split(",") if p]}}

def helper_{0}(first, second):
    return first.strip() + second.strip() if first else handler_{0}({{}}, second)
"""


def made(folder, files):
    """A target of as many files, each of which takes about half a second."""
    folder.mkdir()
    text = "".join(FUNCTION.format(number) for number in range(400))
    for number in range(files):
        (folder / f"m{number}.py").write_text(f"# {number}\n{text}")
    return folder


@pytest.fixture
def small(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "a.py").write_text('import os, sys\nos.system("ls " + sys.argv[1])\n')
    return folder


@pytest.mark.parametrize(
    ("number", "code", "word"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
)
def test_a_signal_half_way(tmp_path, number, code, word):
    """One line, the exit code of the signal, nothing half-written, and the ledger says how it ended."""
    report = tmp_path / "report.sarif"
    command = [CASEMATE, "scan", made(tmp_path / "large", 60), "--no-cache", "-o", report]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    charter = process.stderr.readline()
    workers = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while not workers.read_text():  # the scan is under way when it has started a worker
        assert process.poll() is None
    process.send_signal(number)
    shown, said = process.communicate()
    assert charter.startswith("charter: ")
    assert (process.returncode, shown) == (code, "")
    assert said.splitlines()[-1] == f"casemate: {word}"
    assert "Traceback" not in said
    assert [p.name for p in tmp_path.iterdir() if "report" in p.name] == []
    log = subprocess.run([CASEMATE, "ledger", "show", "--json"], capture_output=True, check=True)
    assert [operation["after"]["outcome"] for operation in json.loads(log.stdout)] == ["interrupted"]


def test_a_reader_that_goes_away_says_nothing(small):
    """`casemate scan . | head -1`"""
    reading, writing = os.pipe()
    os.close(reading)
    command = [CASEMATE, "scan", small, "--quiet"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


def on_terminal(*arguments, **variables):
    """What a person sees on a terminal of 80 columns."""
    parent, child = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80", **variables}
    process = subprocess.Popen([CASEMATE, *arguments], stdin=child, stdout=child, stderr=child, env=environment)
    os.close(child)
    seen = b""
    try:
        while part := os.read(parent, 65536):
            seen += part
    except OSError:  # how Linux says that the other side is closed
        pass
    os.close(parent)
    process.wait()
    return seen.decode()


def test_a_terminal_gets_colour_unless_it_is_not_wanted(small):
    """The words are the same."""
    colored, plain = on_terminal("scan", small), on_terminal("scan", small, NO_COLOR="1")
    assert "\x1b[1;33mtraced" in colored
    assert not re.search(r"\x1b\[[0-9;]*m", plain)
    strip = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|time: .*|\r")
    # A busy machine shows the bar even for this little; what counts is the table.
    colored, plain = ((text := strip.sub("", seen))[text.index("level, id") :] for seen in (colored, plain))
    assert "traced" in plain
    assert colored == plain


def test_a_terminal_gets_a_bar_that_is_gone_at_the_end(tmp_path):
    """Progress is seen, and nothing of it stays on the screen."""
    seen = on_terminal("scan", made(tmp_path / "large", 3), "--jobs", "1", "--no-cache")
    assert "reading: " in seen or "following: " in seen
    assert "\x1b[?25h" in seen  # the cursor is shown again
    assert "━" not in seen.rpartition("\x1b[?25h")[2]


def test_a_page_is_laid_out_on_a_terminal():
    """Headings without their marks."""
    seen = on_terminal("explain", "xxe")
    assert "XML external entities" in seen
    assert "## " not in seen
