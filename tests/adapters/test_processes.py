"""Tasks in worker processes: a crash, a hang or a death for lack of memory costs one item."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path

import pytest

from casemate.adapters.processes import BATCH, WINDOW, ProcessExecutor
from casemate.model.errors import EnvironmentFault
from casemate.model.outcome import NotExamined, Reason
from casemate.ports import Done, Failed


def double(item):
    return item * 2


def whole(item):
    return item


def misbehave(item):
    """What hostile input may make of a parser."""
    match item:
        case "segfault":
            ctypes.string_at(0)
        case "abort":
            os.abort()
        case "leave":
            os._exit(3)
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "raise":
            raise ValueError("no\nsuch thing")
        case "exit":
            sys.exit(1)
        case "interrupt":
            raise KeyboardInterrupt
        case "recurse":
            return misbehave(item)
        case "memory":
            return bytearray(1 << 40)
        case "unsendable":
            return threading.Lock()
        case "spin":
            while True:
                pass
        case "sleep":
            time.sleep(600)
    return item


def run(task, items, *, jobs=2, **options):
    return list(ProcessExecutor(jobs=jobs, **options).map(task, items, label=str))


def children():
    """Processes of this one, dead ones that nobody has asked about included."""
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


def descriptors():
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture(autouse=True)
def nothing_left():
    """Whatever happens, no process and no descriptor is left behind."""
    before = children(), descriptors()
    yield
    assert (children(), descriptors()) == before


@pytest.mark.parametrize("jobs", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, 2, 7, 300])
def test_outcomes_in_the_order_of_the_items(jobs, count):
    """Every item has its outcome, in order, whatever the number of workers."""
    assert run(double, range(count), jobs=jobs) == [Done(item, item * 2) for item in range(count)]


def test_results_of_any_size():
    """Results and items of many megabytes pass whole, also when all arrive at once."""
    items = [os.urandom(size) for size in (5_000_000, 1, 3_000_000, 0, 2_000_000, 100_000, 70_000, 1 << 20)]
    assert [outcome.result for outcome in run(whole, items)] == items


def test_a_result_of_none():
    """None is a result like any other."""
    assert run(whole, [None, None]) == [Done(None, None)] * 2


@pytest.mark.parametrize(
    ("item", "reason", "detail"),
    [
        ("segfault", Reason.CRASHED, "its worker died: SIGSEGV"),
        ("abort", Reason.CRASHED, "its worker died: SIGABRT"),
        ("killed", Reason.CRASHED, "its worker died: SIGKILL"),
        ("leave", Reason.CRASHED, "its worker died: it ended without an answer"),
        ("raise", Reason.CRASHED, "ValueError: no such thing"),
        ("exit", Reason.CRASHED, "SystemExit: 1"),
        ("interrupt", Reason.CRASHED, "KeyboardInterrupt"),
        ("recurse", Reason.CRASHED, "RecursionError: maximum recursion depth exceeded"),
        ("memory", Reason.CRASHED, "MemoryError"),
        ("unsendable", Reason.CRASHED, "TypeError: cannot pickle '_thread.lock' object"),
        ("spin", Reason.TIMEOUT, "more than 0.2 s of CPU time"),
        ("sleep", Reason.TIMEOUT, "no answer within 2 s"),
    ],
)
def test_one_item_lost(item, reason, detail, capfd):
    """Whatever happens to one item, it alone is lost, with the reason in one line, and nothing is printed."""
    items = [*map(str, range(20)), item, *map(str, range(20))]
    outcomes = run(misbehave, items, timeout=0.2)
    assert [outcome.item for outcome in outcomes] == items
    (failed,) = [outcome for outcome in outcomes if isinstance(outcome, Failed)]
    assert failed.item == failed.why.what == item
    assert failed.why.reason is reason
    assert failed.why.detail.startswith(detail)
    assert "\n" not in failed.why.detail
    assert capfd.readouterr() == ("", "")


def test_many_crashes_among_few_items():
    """When every other item kills its worker, the others are done all the same."""
    items = ["segfault", "a", "leave", "b", "killed", "c", "abort"] * 3
    outcomes = run(misbehave, items)
    assert [isinstance(outcome, Done) for outcome in outcomes] == [item in "abc" for item in items]


def test_the_same_outcomes_twice():
    """With crashes and failures among the items, two runs and any number of workers give the same outcomes."""
    items = ["a", "segfault", "raise", "b", "leave", *map(str, range(30)), "recurse"]
    assert run(misbehave, items, jobs=1) == run(misbehave, items, jobs=3) == run(misbehave, items, jobs=3)


def die_once(folder):
    try:
        Path(folder, "tried").touch(exist_ok=False)
    except FileExistsError:
        return "done"
    os.kill(os.getpid(), signal.SIGKILL)
    return None


def test_a_worker_that_dies_of_something_else(tmp_path):
    """An item whose worker was killed from outside is done by another."""
    assert run(die_once, [str(tmp_path)]) == [Done(str(tmp_path), "done")]


def allocate(size):
    return len(bytearray(size))


def test_the_limit_of_memory():
    """A worker may map so much memory on top of what this process has, and no more."""
    limit = 512 << 20
    small, large = run(allocate, [limit // 2, limit * 2], jobs=1, memory=limit)
    assert isinstance(small, Done)
    why = NotExamined(what=str(limit * 2), reason=Reason.CRASHED, detail="MemoryError")
    assert large == Failed(limit * 2, why)


def test_items_are_streamed():
    """No more items are taken than may wait: a long list is never held whole."""
    taken = 0

    def items():
        nonlocal taken
        for item in range(10_000):
            taken += 1
            yield item

    ahead = 0
    for number, outcome in enumerate(ProcessExecutor(jobs=2).map(double, items(), label=str)):
        assert outcome == Done(number, 2 * number)
        ahead = max(ahead, taken - number)
    assert taken == 10_000
    assert BATCH < ahead <= 2 * WINDOW


def test_few_items_start_few_workers():
    """A worker is started only when there is work for it."""
    outcomes = ProcessExecutor(jobs=8).map(double, [1], label=str)
    before = children()
    next(outcomes)
    assert len(children()) == len(before) + 1
    assert list(outcomes) == []


def test_an_iteration_that_is_abandoned():
    """When the caller stops half-way, the workers end at once, busy ones too."""
    outcomes = ProcessExecutor(jobs=2).map(misbehave, ["a", "sleep", "sleep", "sleep"], label=str)
    assert next(outcomes) == Done("a", "a")
    started = time.monotonic()
    outcomes.close()
    assert time.monotonic() - started < 5


def test_items_that_raise():
    """An error in the caller's own iterator reaches the caller, and the workers end."""

    def items():
        yield "a"
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        list(ProcessExecutor(jobs=1).map(whole, items(), label=str))


def fork_refused():
    raise BlockingIOError(11, "Resource temporarily unavailable")


def test_no_process_to_be_had(monkeypatch):
    """When the machine gives no process, that is an error of the environment with a next step."""
    monkeypatch.setattr(os, "fork", fork_refused)
    with pytest.raises(EnvironmentFault) as caught:
        run(whole, ["a"])
    assert str(caught.value) == (
        "cannot start a worker process: Resource temporarily unavailable; end other programs, or use --jobs 1"
    )


def test_a_caller_that_ignores_its_children():
    """Where the death of children is ignored, as under some supervisors, crashes are still seen."""
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        outcomes = run(misbehave, ["a", "segfault", "b"])
    finally:
        signal.signal(signal.SIGCHLD, before)
    assert [type(outcome) for outcome in outcomes] == [Done, Failed, Done]
    assert outcomes[1].why.reason is Reason.CRASHED


def test_a_caller_with_threads():
    """Workers started while other threads run, and hold locks, do their work."""
    stop = threading.Event()
    lock = threading.Lock()

    def busy():
        while not stop.is_set():
            with lock:
                bytearray(1_000)

    threads = [threading.Thread(target=busy) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        assert run(double, range(50)) == [Done(item, item * 2) for item in range(50)]
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize(("jobs", "timeout", "memory"), [(0, 1, 1), (-1, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_limits_are_positive(jobs, timeout, memory):
    """An executor without workers, time or memory cannot be built."""
    with pytest.raises(ValueError, match="are positive"):
        ProcessExecutor(jobs=jobs, timeout=timeout, memory=memory)


def test_the_cost_of_a_worker():
    """Many small results pass within a small part of the time that parsing takes."""
    started = time.process_time()
    deque(ProcessExecutor(jobs=2).map(allocate_bytes, range(900), label=str), maxlen=0)
    assert time.process_time() - started < 0.5


def allocate_bytes(_):
    return bytes(10_000)


PARENT = """
import os, signal, sys
from casemate.adapters.processes import ProcessExecutor

def task(item):
    print(item, os.getpid(), flush=True)  # goes nowhere: a worker has no screen
    while item:
        pass
    return os.getpid()

def leave(number, frame):
    sys.exit(143)

if sys.argv[1] == "handled":
    signal.signal(signal.SIGTERM, leave)
try:
    for outcome in ProcessExecutor(jobs=3).map(task, [0, 1, 1, 1], label=str):
        print(outcome.result, flush=True)
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.mark.parametrize(
    ("mode", "number", "code"),
    [
        ("plain", signal.SIGINT, 130),
        ("plain", signal.SIGTERM, -signal.SIGTERM),
        ("handled", signal.SIGTERM, 143),
        ("plain", signal.SIGKILL, -signal.SIGKILL),
    ],
)
def test_no_worker_outlives_its_parent(mode, number, code):
    """However the parent ends, Ctrl-C and SIGKILL included, its busy workers end with it, at once and silently."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, mode], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    ) as parent:
        assert int(parent.stdout.readline())
        workers = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
        parent.send_signal(number)
        assert parent.stdout.read() == b""
        assert parent.wait() == code
    assert 1 <= len(workers) <= 3
    deadline = time.monotonic() + 10
    while any(alive(int(worker)) for worker in workers):
        assert time.monotonic() < deadline


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
