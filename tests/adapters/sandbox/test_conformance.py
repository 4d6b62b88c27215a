"""What every sandbox does, stated in effects: each outcome, what comes out, what goes in, what is lent."""

import os
import signal
import sys
from dataclasses import replace

import pytest

from adapters.sandbox.machine import SMALL, a_harness, a_profile, a_shell, out
from casemate.model.sandbox import (
    Amount,
    Broken,
    Clock,
    Finished,
    Job,
    PlacedFile,
    Program,
    Refused,
    ResultFile,
    Seen,
    TimedOut,
    TooLarge,
)


def test_it_passes_its_own_test(sandbox):
    """Every wall holds, each under its name."""
    examination = sandbox.examine(a_profile())
    assert examination.refusal == ""
    assert [wall.name for wall in examination.walls] == [
        "a good program passes",
        "the network is out of reach",
        "a file of the machine cannot be read",
        "a file of the machine cannot be written",
        "there are no user namespaces inside",
        "the kernel's settings cannot be written",
        "a bad program gives its report",
        "the limit of memory holds",
    ]
    assert examination.sandbox == sandbox.name


def test_a_program_ends(sandbox):
    """With its code, what it printed, and what it was given on its input."""
    run = sandbox.run(a_profile(), a_shell("cat; echo said >&2; exit 3", stdin=b"given\n"))
    assert run == Finished(exit_code=3, seen=Seen(stdout=b"given\n", stderr=b"said\n"))


def test_a_program_ends_by_a_signal(sandbox):
    """The signal is the outcome, not a code that a program could have chosen."""
    assert sandbox.run(a_profile(), a_shell("kill -SEGV $$")) == Finished(exit_code=-1, signal=signal.SIGSEGV)
    assert sandbox.run(a_profile(), a_shell("exit 139")) == Finished(exit_code=139)


def test_a_program_that_is_not_there(sandbox):
    """Is told as such."""
    run = sandbox.run(a_profile(), Job(what=Program(argv=("/usr/bin/no-such-program",))))
    assert isinstance(run, Broken)
    assert "FileNotFoundError" in run.why


def test_the_environment_is_what_was_given(sandbox):
    """Nothing of the machine's, and what Python would decide by chance is decided."""
    lines = out(sandbox.run(a_profile(), a_shell("env", environment=(("A", "1"), ("LANG", "C"))))).decode().splitlines()
    found = dict(line.split("=", 1) for line in lines)
    assert found.pop("TMPDIR") == found.pop("HOME")
    del found["PWD"]
    assert found == {
        "A": "1",
        "LANG": "C",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
    }


def test_a_harness_reports(sandbox):
    """Its messages arrive whole and in order, however large."""
    code = "report(b'first')\nreport(b'x' * 200_000)\nreport(b'')\nprint('printed')"
    run = sandbox.run(a_profile(), a_harness(code))
    assert run == Finished(exit_code=0, seen=Seen(stdout=b"printed\n", reports=(b"first", b"x" * 200_000, b"")))


def test_a_harness_is_called_with_its_case(sandbox):
    """Once, with these bytes, and with its arguments."""
    code = "import sys\ndef case(data):\n    report(data + sys.argv[1].encode())"
    assert sandbox.run(a_profile(), a_harness(code, b"\0case\xff", "-x")).seen.reports == (b"\0case\xff-x",)
    large = os.urandom(100_000)
    assert sandbox.run(a_profile(), a_harness(code, large, "")).seen.reports == (large,)


def test_a_harness_that_raises(sandbox):
    """Ends with code 1 and its traceback, after what it had reported."""
    run = sandbox.run(a_profile(), a_harness("report(b'so far')\nraise ValueError('on purpose')"))
    assert (run.exit_code, run.seen.reports) == (1, (b"so far",))
    assert run.seen.stderr.endswith(b"ValueError: on purpose\n")


def test_a_harness_sees_what_its_interpreter_has_installed(sandbox):
    """The packages beside the standard library are there, as they are outside."""
    import click

    python = sys.executable
    run = sandbox.run(a_profile(interpreter=python), a_harness("import click\nreport(click.__file__.encode())"))
    assert run.seen.reports == (click.__file__.encode(),)


def test_what_is_lent_can_be_read(sandbox, tmp_path):
    """By the name that it was given below the job's folder, or in its own place; files that are placed lie beside it."""
    (tmp_path / "lent").mkdir()
    (tmp_path / "lent" / "a.txt").write_text("A")
    (tmp_path / "own.txt").write_text("B")
    profile = a_profile(SMALL, (tmp_path / "lent", "some/target"), (tmp_path / "own.txt", str(tmp_path / "own.txt")))
    job = a_shell(
        f"cat some/target/a.txt {tmp_path}/own.txt deep/c.txt", files=(PlacedFile(at="deep/c.txt", content=b"C"),)
    )
    assert out(sandbox.run(profile, job)) == b"ABC"


def test_nothing_can_be_placed_in_what_is_lent(sandbox, tmp_path):
    """Which would write to the machine."""
    job = a_shell("true", files=(PlacedFile(at="target/a.txt", content=b"x"),))
    with pytest.raises(ValueError, match=r"placed in what is lent read-only: 'target/a.txt' in 'target'"):
        sandbox.run(a_profile(SMALL, (tmp_path, "target")), job)
    assert list(tmp_path.iterdir()) == []


def test_results_are_handed_back(sandbox):
    """The regular files of `result`, by name; the rest is named as left out."""
    line = (
        "cd result; mkdir -p b/c; printf 1 >b/c/one; printf 2 >two; ln -s /etc/passwd link; mkfifo pipe; ln -s . b/loop"
    )
    run = sandbox.run(a_profile(), a_shell(line))
    assert run.seen.files == (ResultFile(path="two", content=b"2"), ResultFile(path="b/c/one", content=b"1"))
    assert run.seen.omitted == ("link", "pipe", "b/loop")


def test_results_beyond_the_limit(sandbox):
    """Are left out, and said to be."""
    run = sandbox.run(a_profile(), a_shell("cd result; head -c 300000 /dev/zero >large; printf x >small"))
    assert (run.seen.files, run.seen.omitted) == ((ResultFile(path="small", content=b"x"),), ("large",))


@pytest.mark.parametrize(
    "line", ["rm -r result; ln -sT /etc result", "mv result other && mkfifo result", "rm -r result"]
)
def test_the_result_folder_cannot_be_exchanged(sandbox, line):
    """Whatever stands in its place is not looked at."""
    assert sandbox.run(a_profile(), a_shell(f"({line}) 2>/dev/null; true")) == Finished(exit_code=0)


def test_a_run_that_does_not_end(sandbox):
    """Is ended after its time, with what it had said."""
    run = sandbox.run(a_profile(replace(SMALL, wall=1.0)), a_shell("echo before; trap '' TERM INT HUP; sleep 100"))
    assert run == TimedOut(clock=Clock.WALL, seen=Seen(stdout=b"before\n"))


@pytest.mark.parametrize("ignoring", ["", "import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\n"])
def test_a_run_that_computes_without_end(sandbox, ignoring):
    """Is ended by the processor time that it took, also when it does not listen."""
    run = sandbox.run(a_profile(replace(SMALL, cpu=1)), a_harness(f"{ignoring}report(b'on')\nwhile True: pass"))
    assert run == TimedOut(clock=Clock.CPU, seen=Seen(reports=(b"on",)))


def test_too_much_output(sandbox):
    """Ends the run; as much as the limit allows is kept."""
    run = sandbox.run(a_profile(), a_shell("yes"))
    assert run == TooLarge(what=Amount.OUTPUT, seen=Seen(stdout=b"y\n" * (SMALL.output // 2)))
    assert isinstance(sandbox.run(a_profile(), a_shell("yes >&2")), TooLarge)


def test_too_many_reports(sandbox):
    """End the run."""
    run = sandbox.run(a_profile(), a_harness("while True: report(b'x' * 1000)"))
    assert (type(run), run.what) == (TooLarge, Amount.REPORT)


def test_no_run_knows_of_another(sandbox):
    """What one leaves the next does not find."""
    look = "cat $TMPDIR/left result/left /dev/shm/left 2>/dev/null; true"
    leave = "echo left >$TMPDIR/left; echo left >result/left; echo left >/dev/shm/left"
    assert out(sandbox.run(a_profile(), a_shell(f"({leave}) 2>/dev/null; {look}"))).startswith(b"left\nleft\n")
    assert out(sandbox.run(a_profile(), a_shell(look))) == b""


SEARCHING = """
import os, sys
state = []
print("warm", flush=True)
def case(data):
    state.append(data)
    report(b"%d " % len(state) + data)
    print("case", data.decode(), flush=True)
    if data == b"exit": sys.exit(4)
    if data == b"crash": os.abort()
    if data == b"raise": raise ValueError("on purpose")
    if data == b"hang": os.system("sleep 100 & sleep 100")
    if data == b"leave": os.system("sleep 100 &")
    if data == b"loud": os.write(1, b"x" * 200000)
    if data == b"hungry": held = [bytearray(b"x") * (1 << 20) for _ in range(300)]
    if data == b"suicide": os.kill(os.getppid(), 9)
"""


def test_a_search(sandbox):
    """Each case in a process of its own, which knows nothing of the others; the server outlives what a case does."""
    cases = [b"a", b"exit", b"crash", b"raise", b"leave", b"b"]
    runs = list(sandbox.search(a_profile(), a_harness(SEARCHING), cases))
    assert [run.seen.reports for run in runs] == [(b"1 " + case,) for case in cases]
    assert [run.seen.stdout for run in runs] == [b"case " + case + b"\n" for case in cases]
    assert [(run.exit_code, run.signal) for run in runs] == [(0, 0), (4, 0), (-1, 6), (1, 0), (0, 0), (0, 0)]
    assert runs[3].seen.stderr.endswith(b"ValueError: on purpose\n")


def test_a_search_goes_on_after_what_ends_the_server(sandbox):
    """Too much output, a dead server or no memory cost one case; its time, too."""
    cases = [b"loud", b"a", b"suicide", b"hungry", b"hang", b"b"]
    kinds = [
        type(run).__name__ for run in sandbox.search(a_profile(replace(SMALL, wall=1.5)), a_harness(SEARCHING), cases)
    ]
    assert kinds == ["TooLarge", "Finished", "Broken", "OutOfMemory", "TimedOut", "Finished"]


def test_a_server_that_writes_without_end(sandbox):
    """Does not hold us up, also when it answers its cases; nor does one that does not read."""
    flood = """
import os, threading
def write():
    while True: os.write(1, b"x" * 100)
threading.Thread(target=write, daemon=True).start()
def case(data): pass
"""
    runs = list(sandbox.search(a_profile(), a_harness(flood), [b"1", b"2", b"3"]))
    assert {type(run) for run in runs} <= {Finished, TooLarge}, runs
    assert all(len(run.seen.stdout) <= SMALL.output for run in runs)
    deaf = "def case(data):\n    while True: pass"
    (run,) = sandbox.search(a_profile(replace(SMALL, wall=0.5)), a_harness(deaf), [b"x" * 2_000_000])
    assert isinstance(run, (TimedOut, Broken)), run


def test_a_search_may_follow_from_what_was_found(sandbox):
    """A case is asked for when the one before it was answered."""
    said = []

    def cases():
        for number in range(3):
            assert len(said) == number
            yield b"%d" % number

    for run in sandbox.search(a_profile(), a_harness(SEARCHING), cases()):
        said.append(run.seen.reports)
    assert said == [(b"1 0",), (b"1 1",), (b"1 2",)]


def test_a_search_whose_harness_does_not_start(sandbox):
    """Has the same outcome for every case, found once."""
    runs = list(sandbox.search(a_profile(), a_harness("raise ImportError('no such thing')"), [b"a", b"b"]))
    assert [type(run) for run in runs] == [Broken, Broken]
    assert b"no such thing" in runs[0].seen.stderr


def test_a_search_that_is_not_finished_leaves_nothing(sandbox):
    """Whoever has enough stops asking."""
    search = sandbox.search(a_profile(), a_harness(SEARCHING), [b"a", b"b", b"c"])
    next(search)
    search.close()
    assert list(search) == []


def test_an_interpreter_that_is_none(sandbox):
    """Is no crash of ours."""
    run = sandbox.run(a_profile(interpreter="/usr/bin/no-such-python"), a_harness("pass"))
    assert isinstance(run, (Broken, Refused)), run


def test_many_at_once(sandbox):
    """Runs do not disturb one another."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        runs = pool.map(lambda n: out(sandbox.run(a_profile(), a_shell(f"echo {n}"))), range(8))
    assert list(runs) == [b"%d\n" % n for n in range(8)]


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_a_start_that_is_cut_off(sandbox, monkeypatch, error):
    """Leaves no process that waits for ever: an error of the machine is an outcome, an interruption goes on."""
    started = []

    def fail(first, limits, groups):
        started.append(first)
        raise error("cut off")

    for module in ("bubblewrap", "landlock"):
        monkeypatch.setattr(f"casemate.adapters.sandbox.{module}.Gauge", fail)
    if error is OSError:
        assert isinstance(sandbox.run(a_profile(), a_shell("true")), Refused)
    else:
        with pytest.raises(KeyboardInterrupt):
            sandbox.run(a_profile(), a_shell("true"))
    assert len(started) == 1
    with pytest.raises(ProcessLookupError):
        os.kill(started[0], 0)
