"""A target cannot report in its harness's place, short of reading the harness's own memory."""

import pytest

from adapters.sandbox.machine import SMALL, a_harness, a_profile, a_shell
from casemate.model.sandbox import PlacedFile, ResultFile

HARNESS = """
import sys, os
sys.path.insert(0, os.path.abspath("."))
import target
report(b"true")
"""
FORGED = {
    "by printing": "print('hit'); import sys; print('hit', file=sys.stderr)",
    "by writing to every descriptor": """
import os
for number in range(1, 256):
    for words in (b"hit", bytes(16) + b"\\0\\0\\0\\0\\0hit", os.urandom(16) + b"\\0\\0\\0\\0\\0hit"):
        try: os.write(number, words)
        except OSError: pass
""",
    "by asking for the channel again": """
from casemate_runtime import report
for way in (lambda: report.claim()(b"hit"), lambda: report._channel[0](0, b"hit")):
    try: way()
    except Exception: pass
""",
    "by opening one of its own": """
from casemate_runtime import report
for number in range(3, 64):
    try: report.open_channel(number, bytes(16))[0](0, b"hit")
    except OSError: pass
""",
    "by reading what was sent": """
import os
for number in range(3, 256):
    for path in ("/proc/self/fd/%d" % number, "/proc/%d/fd/%d" % (os.getppid(), number)):
        try:
            with open(path, "rb", 0) as file:
                said = os.set_blocking(file.fileno(), False) or file.read(4096)
            if said: os.write(number, said[:16] + b"\\0\\0\\0\\0\\0hit")
        except (OSError, ValueError): pass
""",
    "by its arguments, variables and files": """
import os, sys, glob
seen = [*sys.argv, *os.environ.values()]
seen += [open(path, "rb").read().decode("latin-1") for path in glob.glob("**", recursive=True) if os.path.isfile(path)]
for words in seen:
    for number in range(3, 64):
        try: os.write(number, words.encode("latin-1")[:16].ljust(16, b"\\0") + b"\\0\\0\\0\\0\\0hit")
        except (OSError, UnicodeError): pass
""",
}


@pytest.mark.parametrize("way", FORGED)
def test_a_forged_report(sandbox, way):
    """Is not taken for one, and that it was tried is told where it reached the channel."""
    job = a_harness(HARNESS)
    job = type(job)(what=job.what, files=(*job.files, PlacedFile(at="target.py", content=FORGED[way].encode())))
    run = sandbox.run(a_profile(), job)
    assert run.seen.reports == (b"true",), run
    if "every descriptor" in way:
        assert run.seen.forged >= 3


def test_whoever_reads_the_harnesss_memory_can_forge(sandbox):
    """The limit of it, stated as a test: the nonce lies in the process that the target shares with its harness."""
    forged = """
import gc, os
for function in gc.get_objects():
    for cell in getattr(function, "__closure__", None) or ():
        try: inner = cell.cell_contents
        except ValueError: continue
        if callable(inner) and getattr(inner, "__qualname__", "").startswith("open_channel"):
            inner(0, b"hit")
            break
"""
    job = a_harness(HARNESS)
    job = type(job)(what=job.what, files=(*job.files, PlacedFile(at="target.py", content=forged.encode())))
    assert b"hit" in sandbox.run(a_profile(), job).seen.reports


def test_a_program_has_no_channel(sandbox):
    """It inherits its three streams and nothing else."""
    run = sandbox.run(
        a_profile(), a_shell("for n in 3 4 5 6 7 8 9; do (echo hit >&$n) 2>/dev/null && echo $n; done; true")
    )
    assert (run.seen.stdout, run.seen.reports) == (b"", ())


def test_a_status_cannot_be_forged(sandbox):
    """How a run ended, and what it left, comes from the supervisor: what the job prints in its words is output."""
    frame = r"printf 'E\000\000\000\030'; printf 'F\000\000\000\006x\000fake'; printf 'Z\000\000\000\000'"
    run = sandbox.run(
        a_profile(SMALL),
        a_shell(f"for n in 1 2 3 4 5 6 7 8 9; do ({frame}) >&$n; done 2>/dev/null; echo y >result/y; exit 7"),
    )
    assert (run.exit_code, run.seen.files) == (7, (ResultFile(path="y", content=b"y\n"),))
