"""What takes too much is ended, in every sandbox, with and without control groups; and the machine is as it was."""

from dataclasses import replace

import pytest

from adapters.sandbox.machine import SMALL, a_harness, a_profile, a_shell
from casemate.model.sandbox import Amount, Broken, Clock, Finished, OutOfMemory, TimedOut, TooLarge

BRIEF = replace(SMALL, wall=5.0, cpu=1)

MEMORY = {
    "one process": "held = [bytearray(b'x') * (1 << 20) for _ in range(400)]",
    "a mapping": "import mmap\nm = mmap.mmap(-1, 400 << 20)\nfor at in range(0, 400 << 20, 4096): m[at] = 1",
    "many processes, each within the limit": """
import os, time
for _ in range(6):
    if os.fork() == 0:
        held = bytearray(b'x') * (40 << 20)
        time.sleep(1.5)
time.sleep(1.5)
""",
    "files that are only memory": """
import os
held = os.memfd_create('x') if hasattr(os, 'memfd_create') else 0
while True:
    held = os.memfd_create('x')
    os.set_inheritable(held, True)
    for _ in range(7):
        os.write(held, bytes(1 << 20))
""",
}


@pytest.mark.parametrize("kind", MEMORY)
def test_memory(limiting, kind):
    """Is limited for all processes of a run together, in whatever way it is taken."""
    run = limiting.run(a_profile(replace(BRIEF, memory=96 << 20, processes=16)), a_harness(MEMORY[kind]))
    if kind == "files that are only memory" and isinstance(run, Finished):
        assert b"Function not implemented" in run.seen.stderr  # where they would not be counted there are none
    else:
        assert isinstance(run, OutOfMemory), run


FORKS = """
import os, time
made = 0
for _ in range(400):
    try:
        if os.fork() == 0:
            time.sleep(3)
            os._exit(0)
        made += 1
    except OSError:
        break
report(b"%d" % made)
"""
THREADS = """
import threading, time
made = 0
try:
    for _ in range(400):
        threading.Thread(target=time.sleep, args=(1,), daemon=True).start()
        made += 1
except RuntimeError:
    pass
report(b"%d" % made)
"""


@pytest.mark.parametrize("code", [FORKS, THREADS], ids=["processes", "threads"])
def test_processes(limiting, code):
    """There are as many as the limit says, or the run is ended for them."""
    run = limiting.run(a_profile(BRIEF), a_harness(code))
    if isinstance(run, Finished):
        # The kernel counts an account's processes: what another test's run has ended since the limit was set leaves room.
        assert 5 <= int(run.seen.reports[0]) <= SMALL.processes + 4
    else:
        assert (type(run), run.what) == (TooLarge, Amount.PROCESSES)


def test_a_fork_bomb(limiting):
    """Ends with its time, and nothing of it is left."""
    run = limiting.run(
        a_profile(replace(BRIEF, wall=1.5)),
        a_harness("import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"),
    )
    assert isinstance(run, (TimedOut, TooLarge, OutOfMemory)), run


def test_processor_time_of_many_processes(limiting):
    """Counts together."""
    code = "import os\nfor _ in range(3): os.fork()\nwhile True: pass"
    assert limiting.run(a_profile(replace(BRIEF, wall=20)), a_harness(code)) == TimedOut(clock=Clock.CPU)


DISK = {
    "one large file": "open(T + '/f', 'wb').write(bytes(100 << 20))",
    "many files": "for n in range(100): open(T + '/f%d' % n, 'wb').write(bytes(1 << 20)); time.sleep(0.01)",
    "files without a name": """
held = []
for n in range(100):
    held.append(open(T + '/f', 'wb'))
    os.unlink(T + '/f')
    held[-1].write(bytes(1 << 20))
    time.sleep(0.01)
""",
    "many names": "for n in range(20000): os.close(os.open(T + '/f%d' % n, os.O_CREAT))\ntime.sleep(1)",
    "many folders, deep": "os.chdir(T)\nfor n in range(20000): os.mkdir('d'); os.chdir('d')\ntime.sleep(1)",
    "results": "for n in range(100): open('result/f%d' % n, 'wb').write(bytes(1 << 20)); time.sleep(0.01)",
}


@pytest.mark.parametrize("kind", DISK)
def test_the_disk(limiting, kind):
    """What can be written is limited in size and in number: the write fails, or the run is ended."""
    run = limiting.run(
        a_profile(BRIEF), a_harness(f"import os, time\nT = os.environ['TMPDIR']\n{DISK[kind]}\nreport(b'all')")
    )
    assert not run.seen.reports, run
    if isinstance(run, Finished):
        assert any(word in run.seen.stderr for word in (b"No space left", b"File too large")) or run.signal
    else:
        assert (type(run), run.what) == (TooLarge, Amount.TMP)


def test_what_is_left_in_tmp_is_removed(sandbox):
    """However it was left: without permissions, deeper than any path may be."""
    code = """
import os
os.chdir(os.environ["TMPDIR"])
for n in range(50):
    os.mkdir("d" * 100, 0o700)
    os.chdir("d" * 100)
os.mkdir("last", 0)
report(b"done")
"""
    assert sandbox.run(a_profile(), a_harness(code)).seen.reports == (b"done",)


STUBBORN = {
    "a process that closes everything and stays": """
import os, time
if os.fork() == 0:
    os.closerange(0, 256)
    time.sleep(60)
""",
    "a process that leaves its group and holds the output": """
import os, time
if os.fork() == 0:
    try: os.setsid()
    except OSError: pass
    if os.fork() == 0:
        time.sleep(60)
    os._exit(0)
""",
    "a process that ignores every signal": """
import os, signal, time
if os.fork() == 0:
    for number in range(1, 32):
        try: signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError): pass
    time.sleep(60)
""",
}


@pytest.mark.parametrize("kind", STUBBORN)
def test_what_stays_behind_is_ended(sandbox, kind):
    """The run ends when its first process does."""
    assert sandbox.run(a_profile(), a_harness(STUBBORN[kind])) == Finished(exit_code=0)


def test_killing_the_parent(sandbox):
    """The supervisor cannot be killed by whom it supervises."""
    run = sandbox.run(a_profile(), a_shell("kill -KILL $PPID; kill -TERM $PPID; kill -INT $PPID; sleep 0.1; echo on"))
    assert (run.exit_code, run.seen.stdout) == (0, b"on\n")


def test_a_stopped_job(sandbox):
    """Is a job that takes too long."""
    run = sandbox.run(a_profile(replace(BRIEF, wall=1.0)), a_shell("kill -STOP $$"))
    assert run == TimedOut(clock=Clock.WALL)


def test_a_silent_channel_is_no_report(sandbox):
    """A harness that is ended in the middle of a report has not made it."""
    run = sandbox.run(a_profile(BRIEF), a_harness("import os\nreport(b'one')\nos._exit(9)\nreport(b'two')"))
    assert run.seen.reports == (b"one",)
    assert not isinstance(run, Broken)
