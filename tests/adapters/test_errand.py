"""Work in a process of its own: what it says, how it ends, and that nothing is left of it."""

import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

from casemate.adapters.errand import MAX_MESSAGE, Errand

TESTS = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def the_child_is_found(monkeypatch):
    """As a module."""
    known = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (str(TESTS), known))))


def begun(**request):
    return Errand("adapters.errand_child", request)


def received(errand, until=lambda messages: False):
    """Messages until there are no more, or enough."""
    messages = []
    while not until(messages) and (some := errand.receive()) is not None:
        messages += some
    return messages


def gone(pid):
    """Wait until a process has ended; whether it has."""
    try:
        ended = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([ended], [], [], 60)[0])
    finally:
        os.close(ended)


def test_messages_and_nothing_else(capfd):
    """What it prints goes to standard error; the last message is the answer."""
    errand = begun(do="answer", text="ä\udcff")
    assert received(errand) == [{"step": 1}, {"answer": {"got": {"do": "answer", "text": "ä\udcff"}}}]
    assert errand.stop() == 0
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize("size", [0, 65536, 5_000_000])
def test_answers_of_any_size(size):
    """Also those that a pipe does not hold."""
    errand = begun(do="large", size=size)
    (message,) = received(errand)
    assert len(message["answer"]["text"]) == size
    assert errand.stop() == 0
    assert size < MAX_MESSAGE


@pytest.mark.parametrize(
    ("do", "message"),
    [
        ("refuse", {"error": "it cannot be; ask for something else", "fault": False}),
        ("fault", {"error": "the disk is full; free space", "fault": True}),
    ],
)
def test_what_cannot_be_done(do, message):
    """Is said as on the command line, and whose it is."""
    errand = begun(do=do)
    assert received(errand) == [message]
    errand.stop()


def test_what_breaks():
    """Is said without what it was about."""
    errand = begun(do="break")
    (message,) = received(errand)
    errand.stop()
    assert message["error"].startswith("a fault of our own at errand_child.py:")
    assert "ZeroDivisionError; please report it" in message["error"]
    assert "secret" not in message["error"]


def test_a_child_that_dies():
    """There are no more messages, and the code says why."""
    errand = begun(do="die")
    assert received(errand) == []
    assert errand.stop() == -9


def test_it_is_asked_to_end_first(tmp_path):
    """And lets go of what it holds; what it started ends as well."""
    errand = begun(do="wait", mark=str(tmp_path / "mark"))
    (told,) = received(errand, bool)
    assert errand.stop() == 143
    assert (tmp_path / "mark").read_text() == "let go"
    assert gone(told["pid"]) and gone(told["helper"])


def test_who_does_not_listen_is_killed():
    """After a while."""
    errand = begun(do="deaf")
    (told,) = received(errand, bool)
    assert errand.stop(grace=0.1) == -9
    assert gone(told["pid"])


def test_it_ends_with_its_parent(tmp_path):
    """However that ended."""
    mark = tmp_path / "mark"
    code = f"""
import os
from casemate.adapters.errand import Errand
errand = Errand("adapters.errand_child", {{"do": "wait", "mark": {str(mark)!r}}})
while not (told := errand.receive()):
    pass
print(told[0]["pid"], flush=True)
os.kill(os.getpid(), 9)
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    pid = int(parent.stdout.readline())
    parent.communicate()
    assert gone(pid)
    assert mark.read_text() == "let go"
