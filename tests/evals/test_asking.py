"""What a model is asked, and how whatever it answers is read."""

import json

import pytest

from casemate.evals.answers import Answer, Claim, Used, posed
from casemate.evals.asking import LIMIT, prompt, prompts, read
from casemate.evals.batch import Batch
from casemate.evals.variants import variant
from casemate.governance.evaluation import Task
from casemate.governance.spending import Terms
from casemate.model.dialogue import Answer as Said
from casemate.model.dialogue import Call, NoAnswer, Role, Silence, Usage

from .support import case

TERMS = Terms(sent=3_000_000, received=15_000_000)


def asked(task, twin=False):
    return posed(variant(case("four-eyes"), 1), task, twin=twin)


def said(text, task=Task.FIND, **changes):
    reply = Said(**{"text": text, "charged": Usage(sent=1000, received=100), **changes})
    return read(asked(task), reply, TERMS, 7)


def test_a_prompt_holds_the_program_between_fences_and_never_what_is_held_back():
    """Line by line with numbers; the instructions stand outside, and a text in the program cannot close the fence."""
    made = variant(case("four-eyes"), 1)
    for task in (Task.FIND, Task.PROVE, Task.FIX):
        one = prompt(asked(task))
        system, user = one.messages
        assert (system.role, user.role, one.limit) == (Role.SYSTEM, Role.USER, LIMIT)
        fence = next(line for line in user.text.splitlines() if line.startswith("-----program "))
        assert user.text.count(fence) == 2
        assert made.held not in user.text and "def violated" not in user.text.split(fence)[1]
        assert ("CWE-863" in user.text) is (task is not Task.FIND)
        for path, text in made.weak.files.items():
            assert f"## {path}\n" in user.text
            assert f"   1 {text.splitlines()[0]}" in user.text
    assert prompt(asked(Task.FIND)).messages[1].text != prompt(asked(Task.FIND, twin=True)).messages[1].text


def test_findings_are_read_and_what_they_cost_is_counted():
    """Whatever stands before the object; tokens as they were charged."""
    object = {"findings": [{"file": "a.py", "line": 3, "cwe": 89}], "hostile": True}
    got = said(
        "I think {so}:\n```json\n" + json.dumps(object) + "\n```\n", calls=(Call(id="1", tool="x", arguments="y"),)
    )
    assert got.claims == (Claim(path="a.py", line=3, cwe=89),)
    assert (got.hostile, got.calls, got.silence) == (True, ("y",), "")
    assert got.used == Used(milliseconds=7, micro=4500, requests=1, input_tokens=1000, output_tokens=100)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "There is nothing.",
        "{",
        "[]",
        "null",
        '{"findings": "all"}',
        '{"findings": [1, null, {"file": "a.py"}, {"file": "a.py", "line": "3", "cwe": 89}, {"file": 1, "line": 1, "cwe": 1}]}',
        '{"findings": [{"file": "a.py", "line": true, "cwe": 89}]}',
        '{"findings": [{"file": "a.py", "line": 3, "cwe": 89}]} and more words',
        "{" * 5000,
        '{"a":' * 5000,
    ],
)
def test_what_cannot_be_read_is_an_answer_without_a_claim(text):
    """It failed; it is no silence, which would be nobody's fault."""
    got = said(text)
    assert (got.claims, got.silence, got.hostile) == ((), "", False)


@pytest.mark.parametrize("why", list(Silence))
def test_a_silence_is_one_whatever_the_reason(why):
    """With its reason, and what it cost."""
    got = read(asked(Task.FIND), NoAnswer(why=why, detail="so"), TERMS, 3)
    assert got == Answer(silence=f"{why.value}: so", used=Used(milliseconds=3, requests=1))


def test_harnesses_and_patches_are_texts_or_nothing():
    """Of the right type and of a size that one can read."""
    assert said('{"harness": "x = 1"}', Task.PROVE).harness == "x = 1"
    assert said('{"harness": ["x"]}', Task.PROVE).harness == ""
    assert said(json.dumps({"harness": "x" * 300_000}), Task.PROVE).harness == ""
    assert said('{"files": {"a.py": "x = 1\\n", "b.py": 3}}', Task.FIX).patch == {"a.py": "x = 1\n"}
    assert said('{"files": ["a.py"]}', Task.FIX).patch == {}


def test_the_prompts_are_a_part_of_the_system():
    """Each by its digest, so that another wording is another system."""
    assert [name for name, _ in prompts()] == ["eval-system", "eval-find", "eval-prove", "eval-fix"]
    assert len({digest for _, digest in prompts()}) == 4


def test_a_batch_is_asked_once_about_all():
    """First it only notes; what was not noted is a silence, and no answer of somebody else's."""
    calls = []

    def ask(posed):
        calls.append([one.name for one in posed])
        return {one.name: Answer(said=(one.name,)) for one in posed}

    batch = Batch(ask)
    one, other = asked(Task.FIND), asked(Task.FIND, twin=True)
    assert batch(one) == batch(other) == Answer()
    with pytest.raises(ValueError, match="two programs"):
        batch(one)
    batch.ask_all()
    assert calls == [[one.name, other.name]]
    assert batch(other).said == (other.name,)
    assert batch(asked(Task.FIX)).said == (one.name,)
