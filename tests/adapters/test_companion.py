"""Companions: both sides tell what they like, nobody waits, and none outlives its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from casemate.adapters.processes import ProcessExecutor

SOON = 20.0  # seconds, on a busy machine


def heard(exchange, count):
    """So many messages, waited for."""
    out = []
    end = time.monotonic() + SOON
    while len(out) < count and time.monotonic() < end:
        out += exchange.received()
        time.sleep(0.001)
    return out


def gone(pid):
    """Whether the process ends soon."""
    end = time.monotonic() + SOON
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False


def echo(exchange):
    """Say everything again, until told to stop."""
    while True:
        for data in exchange.received():
            if data == b"stop":
                return
            exchange.send(data)


def test_messages_arrive_whole_and_in_order():
    """Small ones, none at all, and one that no pipe holds."""
    sent = [b"one", b"", bytes(range(256)) * 40_000, b"last"]
    with ProcessExecutor(jobs=1).beside(echo) as exchange:
        for data in sent:
            exchange.send(data)
        assert heard(exchange, len(sent)) == sent


def test_neither_side_waits_for_the_other():
    """Both say much before either listens."""

    def talk(exchange):
        for _ in range(40):
            exchange.send(b"x" * 500_000)

    with ProcessExecutor(jobs=1).beside(talk) as exchange:
        for _ in range(40):
            exchange.send(b"y" * 500_000)
        assert heard(exchange, 40) == [b"x" * 500_000] * 40


def test_what_was_said_before_the_end_arrives():
    """Also when nobody listened while it was said."""
    with ProcessExecutor(jobs=1).beside(lambda exchange: exchange.send(b"z" * 3_000_000)) as exchange:
        time.sleep(0.2)
        assert heard(exchange, 1) == [b"z" * 3_000_000]


@pytest.mark.parametrize("end", [lambda: 1 / 0, lambda: os.kill(os.getpid(), signal.SIGKILL), lambda: os._exit(0)])
def test_a_companion_that_dies_says_nothing_more(end):
    """What it said counts; to talk to it is no fault."""

    def task(exchange):
        exchange.send(b"before")
        end()

    with ProcessExecutor(jobs=1).beside(task) as exchange:
        assert heard(exchange, 1) == [b"before"]
        for _ in range(50):
            exchange.send(b"a" * 100_000)
            time.sleep(0.001)
        assert exchange.received() == []


def test_it_is_gone_when_the_context_is_left():
    """Whatever it is doing."""

    def task(exchange):
        exchange.send(str(os.getpid()).encode())
        while True:
            time.sleep(1)

    with ProcessExecutor(jobs=1).beside(task) as exchange:
        (pid,) = heard(exchange, 1)
    assert gone(int(pid))
    exchange.send(b"to nobody")
    assert exchange.received() == []


def test_its_time_is_limited():
    """A task that computes for ever is ended by the kernel."""

    def task(exchange):
        exchange.send(str(os.getpid()).encode())
        while True:
            pass

    with ProcessExecutor(jobs=1, timeout=0.01).beside(task) as exchange:
        (pid,) = heard(exchange, 1)
        time.sleep(1.0)
        end = time.monotonic() + SOON
        while time.monotonic() < end and os.waitid(os.P_PID, int(pid), os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            time.sleep(0.01)
        assert os.waitid(os.P_PID, int(pid), os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def test_it_dies_with_its_parent():
    """However that dies."""
    script = """
import os, signal, sys, time
from casemate.adapters.processes import ProcessExecutor
def task(exchange):
    exchange.send(str(os.getpid()).encode())
    while True:
        time.sleep(1)
with ProcessExecutor(jobs=1).beside(task) as exchange:
    while not (said := exchange.received()):
        time.sleep(0.001)
    print(said[0].decode(), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert gone(int(done.stdout))


def test_nobody_comes_where_no_process_can_be_started(monkeypatch):
    """That is no fault: the work is done here."""

    def refuse():
        raise OSError("no more processes")

    before = {path.name for path in Path("/proc/self/fd").iterdir()}
    monkeypatch.setattr(os, "fork", refuse)
    with ProcessExecutor(jobs=1).beside(echo) as exchange:
        assert exchange is None
    assert {path.name for path in Path("/proc/self/fd").iterdir()} == before
