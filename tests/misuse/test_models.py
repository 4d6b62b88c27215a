"""Attacks by and through language models: none gets through, and each class notices when a safeguard is taken out."""

import pytest

from casemate.adapters.providers import recording, secrets
from casemate.app import models
from casemate.governance import budget, guards, spending
from casemate.governance.gate import Gate
from casemate.model.dialogue import Usage
from casemate.safeguards.attacks import budget_leak, model_egress
from casemate.safeguards.trial import made


def successes(module, count, seed=4):
    """The attempts that succeeded, of so many."""
    return [one for number in range(count) if (one := made(module.ATTACK, seed, number)).succeeded]


@pytest.mark.parametrize(("module", "count"), [(budget_leak, 250), (model_egress, 120)])
def test_nothing_gets_through(module, count):
    """And every variant was tried."""
    tried = [made(module.ATTACK, 11, number) for number in range(count)]
    assert [one for one in tried if one.succeeded] == []
    assert {one.what for one in tried} - {"refused what is honest"} == set(module.VARIANTS)


def _settled_by_the_provider(patch):
    patch.setattr(guards, "counted", lambda prompt, answer: answer.stated or answer.charged)


def _nothing_reserved(patch):
    patch.setattr(Gate, "reserve", lambda self, **amounts: None)


def _everything_given_back(patch):
    patch.setattr(guards, "cost", lambda terms, usage, waited: dict.fromkeys(budget.OF_MODELS, 0))


def _the_limit_forgotten(patch):
    patch.setattr(spending, "most", lambda prompt: Usage(sent=0, received=0))


def _parts_for_themselves(patch):
    patch.setattr(budget.Meter, "lend", lambda self, amounts: None)
    patch.setattr(budget, "_SHARED", ())


def _lies_believed(patch):
    plain = budget.Meter._settle

    def settle(self, reserved, actual, of):
        if isinstance(of, dict) and of is self._used:
            for name, amount in reserved.items():
                of[name] += actual[name] - amount
        else:
            plain(self, reserved, actual, of)

    patch.setattr(budget.Meter, "_settle", settle)


def _nothing_permitted(patch):
    patch.setattr(Gate, "refusal", lambda self, port, action: "no" if port == "LanguageModel" else None)


@pytest.mark.parametrize(
    "broken",
    [
        _settled_by_the_provider,
        _nothing_reserved,
        _everything_given_back,
        _the_limit_forgotten,
        _parts_for_themselves,
        _lies_believed,
    ],
)
def test_it_notices_a_budget_that_leaks(broken, monkeypatch):
    """Each part of the accounting, taken out."""
    broken(monkeypatch)
    assert successes(budget_leak, 150)


def _no_redaction(patch):
    for module in (secrets, recording, model_egress):
        patch.setattr(module, "redacted", lambda prompt, keys=(): prompt)


def _own_keys_forgotten(patch):
    patch.setattr(secrets, "without", lambda text, keys: text)


def _any_key_anywhere(patch):
    patch.setattr(models, "OTHER_KEY", "OPENAI_API_KEY")


def _in_the_clear(patch):
    from casemate.adapters.providers import wire

    patch.setattr(wire, "is_here", lambda url: True)


def _any_address(patch):
    patch.setattr(Gate, "model_refusal", lambda self, endpoint: None)


def _no_second_look(patch):
    patch.setattr(
        guards.GuardedModel,
        "reply",
        lambda self, prompt: self._model.reply(prompt),
    )


def _all_redacted(patch):
    patch.setattr(secrets, "redact_lines", lambda before, lines, columns, width: ["x" for _ in lines])


@pytest.mark.parametrize(
    "broken",
    [
        _no_redaction,
        _own_keys_forgotten,
        _any_key_anywhere,
        _in_the_clear,
        _any_address,
        _no_second_look,
        _nothing_permitted,
        _all_redacted,
    ],
)
def test_it_notices_what_leaves(broken, monkeypatch):
    """Each safeguard taken out, and two that refuse everything."""
    broken(monkeypatch)
    assert successes(model_egress, 80)
