"""Signed statements: one spelling, one kind, and only of whom it should be."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate.adapters.keys import FileSigner
from casemate.governance.fields import Fields, InvalidStatement, parse_time
from casemate.governance.statement import (
    cosign,
    open_statement,
    person_key,
    sign_statement,
    statement_text,
)

KIND = "casemate/test@v1"
ALICE, BOB = FileSigner(bytes(32)), FileSigner(bytes([1] * 32))
KEYS = tuple(person_key(one.public_key) for one in (ALICE, BOB))
BODY = {"name": "Zoë", "count": 3, "on": True, "list": ["a", {"b": 1}]}

json_values = st.recursive(
    st.booleans() | st.integers(-(10**18), 10**18) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def test_a_statement():
    """It can be read as it is, and gives back what was said, and who signed."""
    data = sign_statement(KIND, BODY, ALICE)
    assert data.decode().startswith('casemate/test@v1\n{\n "count": 3,\n')
    said = open_statement(data, KIND, KEYS)
    assert (said.body, said.signers) == (BODY, KEYS[:1])
    assert said.fields().text("name") == "Zoë"


def test_a_second_person_signs_the_same():
    data = cosign(sign_statement(KIND, BODY, ALICE), BOB)
    said = open_statement(data, KIND, KEYS)
    assert said.signers == KEYS
    assert said.id == open_statement(sign_statement(KIND, BODY, BOB), KIND, KEYS).id


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), json_values, max_size=5))
def test_whatever_can_be_said_is_read_back(body):
    assert open_statement(sign_statement(KIND, body, ALICE), KIND, KEYS).body == body


@given(st.data())
def test_every_changed_byte_is_seen(data):
    """A flip, a byte less, a byte more, anywhere."""
    signed = sign_statement(KIND, BODY, ALICE)
    at = data.draw(st.integers(0, len(signed) - 1))
    changed = data.draw(
        st.sampled_from(
            [
                signed[:at] + bytes([signed[at] ^ data.draw(st.integers(1, 255))]) + signed[at + 1 :],
                signed[:at] + signed[at + 1 :],
                signed[:at] + bytes([data.draw(st.integers(0, 255))]) + signed[at:],
            ]
        )
    )
    if changed != signed:
        with pytest.raises(InvalidStatement):
            open_statement(changed, KIND, KEYS)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": 1}', "one spelling"),
        ('{\n "a": 1,\n "a": 1\n}', "one spelling"),
        ('{\n "a": 1.0\n}', "whole numbers"),
        ('{\n "a": NaN\n}', "whole numbers"),
        ("[]", "no object"),
        ("[" * 100_000, "no JSON"),
        ("", "no JSON"),
    ],
)
def test_other_spellings(text, words):
    from casemate.governance.note import sign_note

    data = sign_note(f"{KIND}\n{text}\n", KEYS[0].name, ALICE)
    with pytest.raises(InvalidStatement, match=words):
        open_statement(data, KIND, KEYS)


def test_kinds():
    """A signature under one kind is none under another; a newer version is said to be one."""
    data = sign_statement(KIND, BODY, ALICE)
    with pytest.raises(InvalidStatement, match="it is a casemate/test@v1, not a casemate/other@v1"):
        open_statement(data, "casemate/other@v1", KEYS)
    with pytest.raises(InvalidStatement, match="made by a newer version"):
        open_statement(sign_statement("casemate/test@v2", BODY, ALICE), KIND, KEYS)


@pytest.mark.parametrize("body", [{"a": 1.5}, {"a": None}, {"a": b"x"}, {1.5: "a"}])
def test_what_cannot_be_said(body):
    with pytest.raises(ValueError, match="texts and whole numbers"):
        statement_text(KIND, body)


def test_somebody_else():
    with pytest.raises(InvalidStatement, match="nobody whose signature counts"):
        open_statement(sign_statement(KIND, BODY, BOB), KIND, KEYS[:1])


@pytest.mark.parametrize(
    ("value", "read", "words"),
    [
        ({}, lambda f: f.text("a"), "has no a"),
        ({"a": 1}, lambda f: f.text("a"), "is no text"),
        ({"a": True}, lambda f: f.integer("a"), "is no integer"),
        ({"a": -1}, lambda f: f.integer("a"), "not from 0"),
        ({"a": "x\u202ey"}, lambda f: f.text("a"), "U\\+202E"),
        ({"a": "e\u0301"}, lambda f: f.text("a"), "composed form"),
        ({"a": "AB" * 32}, lambda f: f.digest("a"), "no SHA-256"),
        ({"a": "2026-11-30T12:00:00+01:00"}, lambda f: f.time("a"), "not a time"),
        ({"a": "2026-13-30T12:00:00Z"}, lambda f: f.time("a"), "not a time"),
        ({"a": ["x"] * 1001}, lambda f: f.texts("a"), "1001 items"),
        ({"a": [1]}, lambda f: f.texts("a"), "no text"),
        ({"a": 1}, lambda f: f.part("a"), "no object"),
        ({"a": 1}, lambda f: f.end(), "not known"),
        ({"a": "vkey"}, lambda f: f.key("a"), "is no key"),
    ],
)
def test_fields(value, read, words):
    with pytest.raises(InvalidStatement, match=words):
        read(Fields(json.loads(json.dumps(value)), "it"))


@given(st.text(max_size=24))
def test_times_have_one_form(text):
    """Nothing but RFC 3339 to the second in UTC with a Z: a time zone that is left out is not guessed."""
    try:
        time = parse_time(text, "it")
    except InvalidStatement:
        return
    assert time.strftime("%Y-%m-%dT%H:%M:%SZ") == text
