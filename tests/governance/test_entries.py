"""Entries: one spelling, final form."""

import json
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.governance.budget import Counts
from casemate.governance.entries import Kept, Outcome, decode
from governance.support import NOON
from governance.test_audit import AFTER, BEFORE

BEFORE_BYTES = (
    '{"actor":"alice","budget":{"bytes":0,"cache_bytes":0,"files":10,"lines":0,"tasks":0},'
    f'"charter":"{"11" * 32}","entry":"before","operation":"scan",'
    f'"subject":{{"count":1,"digest":"{"00" * 32}","names":["./src"]}},'
    '"tier":"find","time":"2026-11-24T12:00:00.000000Z","tool":"casemate 0.1.0","v":1}'
).encode()
AFTER_BYTES = (
    '{"before":0,"counts":{"bytes":0,"cache_bytes":0,"files":1,"lines":0,"not_examined":0,"refused":0,"tasks":0},'
    '"elapsed_ms":5,"entry":"after","operation":"scan","outcome":"completed",'
    f'"read":"{"22" * 32}","reason":"","time":"2026-11-24T12:00:00.000000Z","v":1}}'
).encode()

texts = st.text(max_size=20)


def test_the_form_is_final():
    """These bytes were promised: old ledgers must stay readable and provable."""
    assert BEFORE.encode() == BEFORE_BYTES
    assert AFTER.encode() == AFTER_BYTES


def test_round_trip():
    """An entry says what was put into it."""
    assert decode(BEFORE_BYTES) == BEFORE
    assert decode(AFTER_BYTES) == AFTER


@settings(max_examples=40)
@given(texts, texts, st.lists(texts, max_size=4), st.datetimes(timezones=st.just(NOON.tzinfo)))
def test_any_text_can_be_recorded(actor, operation, names, time):
    """Every name has an entry that is canonical and is read back."""
    entry = replace(BEFORE, actor=actor, operation=operation, names=tuple(names), time=time).encode()
    statement = decode(entry)
    assert statement is not None
    assert statement.encode() == entry
    assert json.loads(entry)["operation"] == operation


def test_undecodable_file_names_stand_escaped():
    """A name with a byte that is no UTF-8 is recorded, with the byte visible."""
    statement = decode(replace(BEFORE, names=("caf\udce9",)).encode())
    assert statement.names == (r"caf\udce9",)


def test_entries_are_bounded():
    """However long names and many paths are, an entry fits a bundle; the count stays true."""
    names = ("\x01" * 10_000,) * 1_000
    entry = replace(BEFORE, actor="\x01" * 10_000, names=names, count=len(names)).encode()
    assert len(entry) < 65_536
    statement = decode(entry)
    assert statement.count == 1_000
    assert [len(name) for name in statement.names] == [200] * 16
    assert statement.names[0].endswith("…")


def test_times_are_utc():
    """The time zone of the machine does not show."""
    elsewhere = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert replace(BEFORE, time=elsewhere).encode() == BEFORE_BYTES


@pytest.mark.parametrize(
    "entry",
    [
        b"",
        b"{}",
        b"[]",
        b"1",
        b"\xff",
        b"[" * 100_000,
        BEFORE_BYTES + b" ",
        BEFORE_BYTES.replace(b'"v":1', b'"v":2'),
        BEFORE_BYTES.replace(b'"v":1', b'"v":1,"w":1'),
        BEFORE_BYTES.replace(b'"count":1', b'"count":true'),
        BEFORE_BYTES.replace(b'"count":1', b'"count":1.0'),
        BEFORE_BYTES.replace(b'"files":10', b'"files":-1'),
        BEFORE_BYTES.replace(b'"files":10', b'"files":"10"'),
        BEFORE_BYTES.replace(b'"names":["./src"]', b'"names":"./src"'),
        BEFORE_BYTES.replace(b'"alice"', b'["alice"]'),
        BEFORE_BYTES.replace(b'"alice"', b'"\\u0061lice"'),
        BEFORE_BYTES.replace(b"000000Z", b"000000+00:00"),
        BEFORE_BYTES.replace(b'"find"', b'"rule"'),
        AFTER_BYTES.replace(b'"before":0', b'"before":"0"'),
        AFTER_BYTES.replace(b'"completed"', b'"done"'),
        AFTER_BYTES.replace(b'"after"', b'"between"'),
    ],
)
def test_other_forms_are_not_understood(entry):
    """What is not exactly of the known form is not interpreted."""
    assert decode(entry) is None


def test_outcomes_are_final():
    """The words for how an operation ended."""
    assert [outcome.value for outcome in Outcome] == ["completed", "failed", "interrupted", "denied"]


def test_executions_are_said_in_version_2():
    """What may run, or ran, the target has a form of its own, and is read back; with none the form is the old one."""
    before = replace(BEFORE, budget=Counts(files=10, executions=7))
    after = replace(AFTER, used=Counts(files=1, executions=3))
    assert before.encode() == BEFORE_BYTES.replace(b'"v":1', b'"v":2').replace(
        b'"cache_bytes":0,', b'"cache_bytes":0,"executions":7,'
    )
    assert decode(before.encode()) == before
    assert decode(after.encode()) == after
    assert decode(before.encode().replace(b'"v":2', b'"v":1')) is None
    assert decode(before.encode().replace(b'"executions":7', b'"executions":0')) is None


def test_exchanges_with_a_model_are_said_in_version_5():
    """What may be asked, or was, has a form of its own, with all counts; without it the forms are the old ones."""
    before = replace(BEFORE, budget=Counts(files=10, requests=7, micros=1))
    after = replace(AFTER, used=Counts(files=1, tokens=3))
    assert before.encode() == BEFORE_BYTES.replace(b'"v":1', b'"v":5').replace(
        b'"cache_bytes":0,"files":10,"lines":0,"tasks":0',
        b'"cache_bytes":0,"executions":0,"files":10,"lines":0,"micros":1,"requests":7,"tasks":0,"tokens":0,"waited_ms":0',
    )
    for entry in (before, after, replace(before, facts={"a": 1}), replace(after, evidence=Kept(count=1, root="00"))):
        assert decode(entry.encode()) == entry
        for version in (b"1", b"2", b"3", b"4", b"6"):
            assert decode(entry.encode().replace(b'"v":5', b'"v":' + version)) is None
    assert b'"v":4' in replace(BEFORE, budget=Counts(executions=1), facts={"a": 1}).encode()
    assert b"requests" not in replace(BEFORE, budget=Counts(executions=1), facts={"a": 1}).encode()
    assert b'"v":3' in replace(AFTER, evidence=Kept(count=1, root="00")).encode()


def test_counts_are_final():
    """The names of the counts, as entries spell them."""
    assert sorted(json.loads(BEFORE_BYTES)["budget"]) == ["bytes", "cache_bytes", "files", "lines", "tasks"]
    assert Counts(files=1) != Counts(lines=1)
