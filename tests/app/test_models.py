"""Which model a run asks: what is accepted, which key goes where, what is shown, and one run against a server."""

import os

import click
import pytest
from adapters.providers.server import SPEECHES, Server, http
from click.testing import CliRunner

from casemate.app.authority import authorise
from casemate.app.models import Limits, Talk, micros, talk
from casemate.cli import options
from casemate.governance.audit import audit
from casemate.governance.budget import Counts
from casemate.governance.charter import Target, Tier
from casemate.governance.errors import Denied
from casemate.model.dialogue import Answer, Message, Prompt, Role
from casemate.model.errors import UserError

PROMPT = Prompt(messages=(Message(role=Role.USER, text="Look."),), limit=50)
KEYS = {"OPENAI_API_KEY": "sk-openai", "ANTHROPIC_API_KEY": "sk-anthropic", "CASEMATE_MODEL_KEY": "sk-other"}


@pytest.fixture(autouse=True)
def a_home(tmp_path, monkeypatch):
    """An operator's folder of its own, and no keys from outside."""
    monkeypatch.setenv("CASEMATE_HOME", str(tmp_path / "home"))
    for name in (*KEYS, "CASEMATE_MODEL", "CASEMATE_MODEL_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("name", "url", "endpoint", "keys"),
    [
        ("openai:gpt-x", "", "https://api.openai.com/v1", ("sk-openai",)),
        ("anthropic:claude-x", "", "https://api.anthropic.com", ("sk-anthropic",)),
        ("openai:gpt-x", "https://gate.example/v1", "https://gate.example/v1", ("sk-other",)),
        ("anthropic:claude-x", "http://127.0.0.1:1", "http://127.0.0.1:1", ("sk-other",)),
        ("compatible:qwen3:8b", "http://localhost:11434/v1", "http://localhost:11434/v1", ("sk-other",)),
    ],
)
def test_which_key_goes_where(name, url, endpoint, keys):
    """A provider's own key goes to its own address alone."""
    asked = talk(name, url, environment=KEYS)
    assert (asked.name, asked.endpoint, asked.keys) == (name, endpoint, keys)
    assert asked.model._keys == keys


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("gpt-x",), "'gpt-x' names no model"),
        (("openai:",), "'openai:' names no model"),
        (("azure:gpt",), "'azure:gpt' names no model"),
        (("openai:a b",), "names no model"),
        (("compatible:m",), "a compatible model has no address of its own"),
        (("openai:m",), "there is no key for https://api.openai.com/v1"),
        (("compatible:m", "llm.example"), "the model's address is no http or https address"),
        ((None, "https://llm.example"), "an address or a recording, and no model"),
    ],
)
def test_what_is_refused(arguments, what):
    """Each in one line, with the next step."""
    with pytest.raises(UserError) as refused:
        talk(*arguments, environment={})
    assert what in refused.value.what
    assert refused.value.next_step


def test_a_key_is_not_sent_in_the_clear():
    """But to this machine, and without a key anywhere."""
    with pytest.raises(UserError, match="CASEMATE_MODEL_KEY would be sent without encryption"):
        talk("compatible:m", "http://llm.example/v1", environment=KEYS)
    assert talk("compatible:m", "http://llm.example/v1", environment={}).keys == ()


def test_keys_are_not_shown():
    """Not even to whoever looks at what was chosen."""
    assert "sk-openai" not in repr(talk("openai:m", environment=KEYS))


def test_a_key_is_one_word():
    """What would break a header is no key, and is not shown."""
    with pytest.raises(UserError) as refused:
        talk("openai:m", environment={"OPENAI_API_KEY": "sk-a\r\nX: b"})
    assert "sk-a" not in str(refused.value)


@pytest.mark.parametrize("text", ["3", "3:", "a:b", "-1:2", "3:15:1", "1e9:1", "٣:1", "0.1234567:1"])
def test_prices_that_are_none(text):
    """They are refused."""
    with pytest.raises(UserError, match="is no price"):
        talk("compatible:m", "http://localhost:1", price=text, environment={})


@pytest.mark.parametrize("text", ["", "five", "-1", "5:0", "1e9", "٣", "0.1234567"])
def test_amounts_that_are_none(text):
    """They are refused as what was written."""
    with pytest.raises(UserError) as refused:
        micros(text)
    assert str(refused.value) == f"{text!r} is no amount of money; write it as 5 or 0.25"


def test_money():
    """Prices in millionths a million tokens; a limit in money needs them; without one the tokens are the limit."""
    asked = talk("compatible:m", "http://localhost:1", price="0.25:15", environment={})
    assert (asked.terms.sent, asked.terms.received, asked.terms.patience_ms) == (250_000, 15_000_000, 300_000)
    assert asked.budget(Counts(files=3)) == Counts(
        files=3, requests=500, tokens=2_000_000, micros=30_000_500, waited_ms=3_600_000
    )
    limited = talk(
        "compatible:m", "http://localhost:1", price="3:15", limits=Limits(micros=micros("0.5")), environment={}
    )
    assert limited.budget().micros == 500_000
    with pytest.raises(UserError, match="a limit in money needs prices"):
        talk("compatible:m", "http://localhost:1", limits=Limits(micros=1), environment={})


def test_no_model():
    """None is asked for, and none is there."""
    assert talk(environment=KEYS) is None


def test_what_leaves_is_shown(tmp_path):
    """Endpoint, model, how much, what kinds of content, what is replaced, where it is kept."""
    asked = talk(
        "compatible:m",
        "http://llm.example/v1",
        record=tmp_path / "r",
        price="1:1",
        limits=Limits(micros=5_000_000),
        environment={},
    )
    assert asked.leaves() == (
        "model: compatible:m at http://llm.example/v1 (not encrypted); at most 500 requests, 2,000,000 tokens, "
        "5.00 of money, 3,600 s of waiting",
        "what leaves: excerpts of the target (code, comments, paths, documents), results of tools, our instructions; "
        f"recognised secrets are replaced; all of it is kept in {tmp_path / 'r'}",
    )


def run(asked: Talk, tmp_path, questions=1):
    """One operation under the charter that an operator makes, and what its model said."""
    place = Target(name="t", path=str(tmp_path))
    authority = authorise((place,), Tier.FIND, announce=str, budget=asked.budget(), endpoint=asked.endpoint)
    with authority.wall.operation("scan", subject=(place,)) as op, asked.within(op) as model:
        return [model.reply(PROMPT) for _ in range(questions)], op.used


def test_a_run_and_its_replay(tmp_path):
    """Over HTTP by base address alone; then from the recording, with nobody there; the ledger has both."""
    speech, record = SPEECHES["compatible"], tmp_path / "r.jsonl"
    with Server(lambda request: [http(200, speech.answer(f"fine {request.body['max_tokens']}"))]) as server:
        asked = talk("compatible:m", server.url, record=record, environment={})
        replies, used = run(asked, tmp_path, 2)
        assert len(server.requests) == used.requests == 2
    assert all(isinstance(reply, Answer) and reply.text == "fine 50" for reply in replies)
    replayed, nothing = run(talk(replay=record, environment={}), tmp_path, 2)
    assert (replayed, nothing) == (replies, Counts())
    assert talk(replay=record).leaves() == (
        "model: compatible:m, replayed from a recording; nothing leaves this machine",
    )
    from casemate.app.ground import recorded_ledger

    first, second = audit(recorded_ledger()).operations
    assert first.after.facts["model"] == second.after.facts["model"] == "compatible:m"
    assert (first.after.facts["endpoint"], second.after.facts["endpoint"]) == (asked.endpoint, "")
    assert len(first.after.facts["recording"]) == 64
    assert (first.after.used.requests, second.after.used.requests) == (2, 0)


def test_a_recording_is_kept_without_being_asked_for(tmp_path):
    """Beside the ledger."""
    speech = SPEECHES["compatible"]
    with Server(lambda _: [http(200, speech.answer())]) as server:
        asked = talk("compatible:m", server.url, environment={})
        run(asked, tmp_path)
    assert asked.record.parent == tmp_path / "home" / "exchanges"
    assert asked.record.read_bytes().count(b"\n") == 3
    assert str(os.getpid()) in asked.record.name


def test_a_run_is_not_paid_for_twice(tmp_path):
    """A run that is started again takes up its recording, and its budget."""
    speech, record = SPEECHES["compatible"], tmp_path / "r.jsonl"
    with Server(lambda _: [http(200, speech.answer())]) as server:
        asked = talk("compatible:m", server.url, record=record, limits=Limits(requests=2), environment={})
        run(asked, tmp_path)
        run(asked, tmp_path)
        assert len(server.requests) == 1
        again, used = run(asked, tmp_path, 3)
        assert (len(server.requests), used.requests) == (2, 2)
        assert [type(reply).__name__ for reply in again] == ["Answer", "Answer", "NoAnswer"]


def test_under_a_charter_that_names_no_address(tmp_path):
    """Nothing is sent."""
    with Server(lambda _: []) as server:
        asked = talk("compatible:m", server.url, environment={})
        place = Target(name="t", path=str(tmp_path))
        authority = authorise((place,), Tier.FIND, announce=str, budget=asked.budget())
        with (
            pytest.raises(Denied, match="the charter names no such model endpoint"),
            authority.wall.operation("scan", subject=(place,)) as op,
            asked.within(op) as model,
        ):
            model.reply(PROMPT)
        assert server.requests == []


@click.command()
@options.models
def command(talk):
    """A command with the options."""
    click.echo("none" if talk is None else f"{talk.name} {talk.endpoint} {talk.limits} {talk.record}")


def test_the_options(tmp_path):
    """They arrive as one value; the environment may name the model, and a command line wins."""
    runner = CliRunner()
    assert runner.invoke(command, []).output == "none\n"
    told = [
        "--max-requests",
        "5",
        "--max-tokens",
        "600",
        "--max-cost",
        "1.5",
        "--model-price",
        "3:15",
        "--max-wait",
        "9",
        "--model-record",
    ]
    result = runner.invoke(command, ["--model", "compatible:m", "--model-url", "http://localhost:1", *told, "r"])
    limits = "Limits(requests=5, tokens=600, micros=1500000, seconds=9)"
    assert result.output == f"compatible:m http://localhost:1 {limits} r\n"
    environment = {"CASEMATE_MODEL": "compatible:n", "CASEMATE_MODEL_URL": "http://localhost:2"}
    assert runner.invoke(command, [], env=environment).output.startswith("compatible:n http://localhost:2 ")
    told = ["--model", "compatible:m"]
    assert runner.invoke(command, told, env=environment).output.startswith("compatible:m http://localhost:2 ")
    refused = runner.invoke(command, ["--model", "compatible:m", "--replay", "r", "--model-record", "r"])
    assert isinstance(refused.exception, UserError)
