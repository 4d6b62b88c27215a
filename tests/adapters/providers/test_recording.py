"""Recordings: what is in them, what is not, replaying, and going on after a run was killed at any byte."""

import json
import threading

import pytest
from governance.support import PLENTY, SOURCE, MemoryModel, a_charter, a_wall

from casemate.adapters.providers.recording import Recording, Replay, read_recording
from casemate.governance.budget import Counts
from casemate.governance.spending import Terms
from casemate.model.dialogue import Answer, Call, Message, NoAnswer, Prompt, Role, Silence, Usage
from casemate.model.errors import UserError

TERMS = Terms(sent=1_000_000, received=1_000_000, patience_ms=1000)
USED = Usage(sent=20, received=5)
ANSWERS = (
    Answer(text="one", charged=USED, stated=USED),
    Answer(text="", calls=(Call(id="1", tool="read", arguments='{"a'),), cut=True, charged=USED),
    NoAnswer(why=Silence.REFUSED, detail="no", charged=USED),
    Answer(text="four", charged=USED),
)


class Killed(BaseException):
    """The process ends here."""


class Counting:
    """A model of which the n-th reply is the n-th of ANSWERS; killed is the exchange that it never comes back from."""

    name, endpoint = "memory:parrot", "https://models.example/v1"

    def __init__(self, killed: int = 99, replies=ANSWERS) -> None:
        self.asked: list[str] = []
        self.killed = killed
        self.replies = replies

    def reply(self, prompt: Prompt):
        self.asked.append(prompt.messages[0].text)
        if len(self.asked) == self.killed:
            raise Killed
        return self.replies[int(prompt.messages[0].text.split()[0])]


def a_prompt(text: str) -> Prompt:
    return Prompt(messages=(Message(role=Role.USER, text=text),), limit=10)


def a_recording(path, **changes):
    return Recording(path, **{"model": Counting.name, "endpoint": Counting.endpoint, "terms": TERMS, **changes})


def work(model, questions=("0", "1", "2", "0", "3")):
    """What a run asks, and what its report would say."""
    return [model.reply(a_prompt(text)) for text in questions]


def recorded(path, model=None, questions=("0", "1", "2", "0", "3")):
    recording = a_recording(path)
    try:
        return work(recording.around(model or Counting(), lambda: 0.0), questions)
    finally:
        recording.close()


def test_a_replay_says_the_same(tmp_path):
    """Without a model, in the same order, as often as there are records."""
    path = tmp_path / "r.jsonl"
    replies = recorded(path)
    assert replies == [ANSWERS[0], ANSWERS[1], ANSWERS[2], ANSWERS[0], ANSWERS[3]]
    replay = Replay(path)
    assert (replay.name, replay.endpoint) == ("memory:parrot", "")
    assert work(replay) == replies
    missing = replay.reply(a_prompt("0"))
    assert (missing.why, missing.again, missing.charged) == (Silence.OUTAGE, False, None)
    assert work(Replay(path)) == replies


def test_every_kind_of_silence_is_replayed(tmp_path):
    """Also what was refused before it was sent: the run's own limits have no part in a replay."""
    replies = tuple(NoAnswer(why=why, detail=why.value, again=why is Silence.RATE) for why in Silence)
    questions = [str(n) for n in range(len(replies))]
    path = tmp_path / "r.jsonl"
    assert recorded(path, Counting(replies=replies), questions) == list(replies)
    assert work(Replay(path), questions) == list(replies)


def test_lines_are_final(tmp_path):
    """The form of a file: a recording must stay readable."""
    path = tmp_path / "r.jsonl"
    recorded(path, questions=["0"])
    head, sent, came = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert head == {"form": "casemate/exchanges", "v": 1, "model": Counting.name, "endpoint": Counting.endpoint}
    assert sent == {
        "n": 1,
        "digest": "fe4ac50cfee6aa867bf45ad7f041c85588e401973de5ce6f84e3cb6b472a9096",
        "reserved": {"requests": 1, "tokens": 43, "micros": 43, "waited_ms": 1000},
        "prompt": {
            "messages": [{"role": "user", "text": "0", "calls": [], "answers": ""}],
            "tools": [],
            "limit": 10,
            "seed": 0,
        },
    }
    assert came == {
        "n": 1,
        "reply": {
            "text": "one",
            "calls": [],
            "cut": False,
            "stated": {"sent": 20, "received": 5},
            "charged": {"sent": 20, "received": 5},
        },
        "used": {"requests": 1, "tokens": 25, "micros": 25, "waited_ms": 0},
    }
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("killed", range(1, 6))
def test_killed_at_each_exchange(tmp_path, killed):
    """It goes on: what was answered is not asked again, what was sent is asked once more and charged as it was reserved."""
    path, whole = tmp_path / "r.jsonl", recorded(tmp_path / "whole.jsonl")
    with pytest.raises(Killed):
        recorded(path, Counting(killed))
    again, recording = Counting(), a_recording(path)
    one = Counts(requests=1, tokens=25, micros=25, waited_ms=0)
    assert recording.spent.requests == killed
    assert recording.spent.tokens == (killed - 1) * one.tokens + 43
    assert recording.spent.waited_ms == 1000
    assert work(recording.around(again, lambda: 0.0)) == whole
    recording.close()
    assert len(again.asked) == 5 - (killed - 1)
    assert work(Replay(path)) == whole
    assert read_recording(path).spent.requests == 6


def test_killed_at_each_byte(tmp_path):
    """Whatever part of the file reached the disk: nothing answered is asked again, and the file is whole afterwards."""
    path = tmp_path / "r.jsonl"
    whole = recorded(path, questions=["0", "1"])
    data = path.read_bytes()
    ends = [at for at, byte in enumerate(data) if byte == 10]
    for size in sorted({*range(0, len(data), 151), *(end + around for end in ends for around in (-1, 0, 1, 2))}):
        path.write_bytes(data[:size])
        model, known = Counting(), data[:size].count(b'"reply"') if size and data[:size].endswith(b"\n") else None
        assert recorded(path, model, ["0", "1"]) == whole
        if known is not None:
            assert len(model.asked) == 2 - known
        assert work(Replay(path), ["0", "1"]) == whole


def test_what_may_be_otherwise_is_asked_anew(tmp_path):
    """An outage, a limit of rate, a budget or a charter of then; and the replay has what came in its place."""
    for why, again, asked in (
        (Silence.OUTAGE, True, 1),
        (Silence.RATE, True, 1),
        (Silence.BUDGET, False, 1),
        (Silence.DENIED, False, 1),
        (Silence.REFUSED, False, 0),
        (Silence.OUTAGE, False, 0),
    ):
        path = tmp_path / f"{why.value}{again}.jsonl"
        silent = NoAnswer(why=why, detail="x", again=again, charged=USED)
        recorded(path, Counting(replies=(silent,)), ["0"])
        later = Counting()
        came = recorded(path, later, ["0"])
        assert (len(later.asked), came) == (asked, [ANSWERS[0] if asked else silent])
        assert work(Replay(path), ["0"]) == came


def test_what_was_asked_again_in_the_same_run_is_not_asked_a_third_time(tmp_path):
    """After an outage the same run had an answer: one that goes on has it, too, and asks for nothing."""
    path = tmp_path / "r.jsonl"
    outage = NoAnswer(why=Silence.OUTAGE, detail="x", again=True, charged=USED)

    class Recovering(Counting):
        def reply(self, prompt):
            said = super().reply(prompt)
            return outage if len(self.asked) == 1 else said

    first = recorded(path, Recovering(), ("0", "0", "3"))
    again = Counting()
    assert first == [outage, ANSWERS[0], ANSWERS[3]] == work(Replay(path), ("0", "0", "3"))
    assert recorded(path, again, ("0", "3")) == first[1:] and again.asked == []
    assert work(Replay(path), ("0", "3")) == first[1:]
    assert read_recording(path).spent.requests == 3  # what was charged stays so


def test_what_was_refused_before_it_was_sent_is_not_charged(tmp_path):
    """By the budget or the charter: nobody was asked."""
    path = tmp_path / "r.jsonl"
    recorded(path, Counting(replies=(NoAnswer(why=Silence.BUDGET, detail="x"),)), ["0"])
    assert read_recording(path).spent == Counts()


def test_under_a_guard_a_run_that_goes_on_has_what_is_left(tmp_path):
    """The budget of both runs together is the one budget."""
    path = tmp_path / "r.jsonl"
    wall = a_wall(charter=a_charter(models=frozenset({MemoryModel.endpoint})), budget=PLENTY)
    totals = []
    for questions in (["0", "1"], ["0", "1", "2", "3"]):
        recording, inner = a_recording(path), Counting()
        with wall.operation("scan", subject=(SOURCE,)) as op:
            work(recording.around(op.model(inner, TERMS, recording.spent), lambda: 0.0), questions)
            totals.append((op.used.requests, op.used.tokens, len(inner.asked)))
        recording.close()
    assert totals[0][0] == totals[0][2] == 2
    assert totals[1][0] == 4
    assert totals[1][2] == 2
    assert read_recording(path).spent.tokens == totals[1][1]


def test_secrets_stand_in_no_recording(tmp_path):
    """Neither a target's nor the operator's own key; the model is asked without them too."""
    path, key = tmp_path / "r.jsonl", "my-very-own-key-1234"
    recording, inner = a_recording(path, keys=(key,)), MemoryModel(ANSWERS[0])
    text = f'password = "hunter2hunter2"\nAKIA{"Q" * 16}\nsee {key}'
    recording.around(inner, lambda: 0.0).reply(a_prompt(text))
    recording.close()
    data = path.read_text()
    for secret in ("hunter2", "AKIAQ", key):
        assert secret not in data
    assert "hunter2" not in inner.prompts[0].messages[0].text
    assert Replay(path).reply(a_prompt(text)) == ANSWERS[0]


def test_the_digest_tells_nothing_of_a_secret(tmp_path):
    """Two prompts that differ in a secret alone have one digest: nobody can find it by trying."""
    for name, secret in (("a", "hunter2hunter2"), ("b", "correct-horse-9")):
        recorded_one = a_recording(tmp_path / name)
        recorded_one.around(MemoryModel(ANSWERS[0]), lambda: 0.0).reply(a_prompt(f"password = '{secret}'"))
        recorded_one.close()
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_threads_write_whole_lines(tmp_path):
    """Any number of them; each exchange has its two lines."""
    path = tmp_path / "r.jsonl"
    recording = a_recording(path)
    model = recording.around(Counting(), lambda: 0.0)
    threads = [threading.Thread(target=work, args=(model, [f"{n} {m}" for n in range(4)])) for m in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    recording.close()
    found = read_recording(path)
    assert len(found.exchanges) == 24
    assert all(one.reply is not None for one in found.exchanges)
    assert sorted(one.number for one in found.exchanges) == list(range(1, 25))


def test_one_run_at_a_time(tmp_path):
    """Two would answer each other's prompts."""
    path = tmp_path / "r.jsonl"
    first = a_recording(path)
    with pytest.raises(UserError, match="is in use by another run"):
        a_recording(path)
    first.close()
    a_recording(path).close()


def test_another_model(tmp_path):
    """A file goes on with the model that it is of."""
    path = tmp_path / "r.jsonl"
    recorded(path)
    for change in ({"model": "memory:other"}, {"endpoint": "https://eve.example"}):
        with pytest.raises(UserError, match=r"is of memory:parrot at https://models\.example/v1"):
            a_recording(path, **change)


def test_places_that_cannot_be_written(tmp_path):
    """A link is not followed, a folder is none, and nothing is asked."""
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for name in ("link", "."):
        with pytest.raises(UserError, match="cannot be written"):
            a_recording(tmp_path / name)
    with pytest.raises(UserError, match="cannot be read"):
        Replay(tmp_path / "absent")


def test_what_cannot_be_recorded_is_not_asked(tmp_path):
    """A full disk ends the run before the prompt leaves."""
    recording, inner = a_recording(tmp_path / "r.jsonl"), Counting()
    recording.close()
    with open("/dev/full", "r+b", buffering=0) as full:  # noqa: PTH123
        recording._file = full
        with pytest.raises(UserError, match="cannot be written: No space left on device"):
            recording.around(inner, lambda: 0.0).reply(a_prompt("0"))
    assert inner.asked == []


HEAD = b'{"endpoint":"","form":"casemate/exchanges","model":"m","v":1}\n'
SENT = b'{"digest":"00","n":1,"prompt":{},"reserved":{"requests":1}}\n'


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", 1),
        (b"\n", 1),
        (b"{}\n", 1),
        (b"[" * 100_000 + b"\n", 1),
        (b"\xff\n", 1),
        (HEAD.replace(b'"v":1', b'"v":2'), 1),
        (HEAD + b"5\n", 2),
        (HEAD + b'{"n":1}\n', 2),
        (HEAD + SENT.replace(b'"requests":1', b'"requests":-1'), 2),
        (HEAD + SENT.replace(b'"requests":1', b'"requests":true'), 2),
        (HEAD + SENT.replace(b'"requests"', b'"wishes"'), 2),
        (HEAD + b'{"n":1,"reply":{},"used":{}}\n', 2),
        (HEAD + SENT + b'{"n":1,"reply":{"why":"tired","detail":"","again":false,"charged":null},"used":{}}\n', 3),
        (
            HEAD
            + SENT
            + b'{"n":1,"reply":{"text":"a","calls":[],"cut":false,"stated":null,"charged":null},"used":{}}\n',
            3,
        ),
        (HEAD + SENT + b'{"n":1,"reply":{"why":"rate","detail":5,"again":false,"charged":null},"used":{}}\n', 3),
    ],
)
def test_what_is_no_recording(tmp_path, data, line):
    """It is refused with the line, in one line."""
    path = tmp_path / "r.jsonl"
    path.write_bytes(data)
    with pytest.raises(UserError, match=rf"is no recording of exchanges that this version knows \(line {line}\)"):
        Replay(path)
