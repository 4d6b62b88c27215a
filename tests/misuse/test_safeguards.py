"""The classes of attack on what is general: none gets through, and each notices when a safeguard is taken out, or refuses
everything.

A few dozen attempts a class stand here; `casemate safeguards` makes ten thousand, from any seed.
"""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casemate.evidence import redact, verdicts
from casemate.governance import policy, standing, wall
from casemate.governance.charter import Charter, Target
from casemate.governance.gate import Gate
from casemate.governance.grants import Grant
from casemate.governance.policy import Denial, Permit, Policy, Rule, Tier
from casemate.model.outcome import NotExamined, Reason
from casemate.safeguards.attack import Attack, Attempt
from casemate.safeguards.attacks import clock, ended, grants, quota, reports, steering
from casemate.safeguards.attacks import policy as policies
from casemate.safeguards.catalogue import attacks
from casemate.safeguards.trial import made, run

EVERY = attacks()
QUICK = [one for one in EVERY if not one.files]


def tried(module, count=120, seed=5):
    """The attempts that succeeded, of so many."""
    return [one for number in range(count) if (one := made(module.ATTACK, seed, number)).succeeded]


def test_the_catalogue_has_each_class_once():
    """Names are names, and no two classes share one."""
    assert len({one.id for one in EVERY}) == len(EVERY) >= 7
    assert all(one.id == one.id.lower() and " " not in one.id and one.title and one.aim for one in EVERY)


@pytest.mark.parametrize("attack", EVERY, ids=lambda one: one.id)
def test_nothing_gets_through(attack):
    """Of every class, by a fixed seed: cheap classes more often than those that write files."""
    found = [made(attack, 1, number) for number in range(4 if attack.files else 12)]
    assert [one for one in found if one.succeeded] == []


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([policies, grants, ended, quota, clock, reports]), st.integers(0, 2**32))
def test_nothing_gets_through_whatever_the_seed(module, seed):
    """The general classes, with seeds that nobody chose."""
    assert not made(module.ATTACK, seed, 0).succeeded


def test_the_same_seed_makes_the_same_attempts():
    """What one person saw another can see again."""
    assert [made(quota.ATTACK, 9, n) for n in range(20)] == [made(quota.ATTACK, 9, n) for n in range(20)]
    assert [made(quota.ATTACK, 9, n) for n in range(20)] != [made(quota.ATTACK, 8, n) for n in range(20)]


def test_shares_and_progress():
    """Classes that write files get a tenth of the others' share, none fewer than ten; progress counts over all of them."""
    cheap = Attack(id="cheap", title="t", aim="a", attempt=lambda ground: Attempt(what="one", succeeded=False))
    told = []
    rows = list(
        run([cheap, replace(cheap, id="dear", files=True)], cases=440, seed=1, progress=lambda *say: told.append(say))
    )
    assert [(row.attempts, row.successes, row.variants) for row in rows] == [
        (400, 0, (("one", 400),)),
        (40, 0, (("one", 40),)),
    ]
    assert told[0] == ("cheap", 50, 440) and told[-1] == ("dear", 440, 440)
    (only,) = run([replace(cheap, files=True)], cases=1, seed=1, progress=lambda *_: None)
    assert only.attempts == 10


def test_what_breaks_or_refuses_what_is_honest_counts():
    """An exception that is no refusal, a control that fails, and a refusal that the class did not expect."""

    def asserts(ground):
        raise AssertionError("the honest act was refused")

    def denied(ground):
        raise policy_error()

    one = Attack(id="x", title="t", aim="a", attempt=asserts)
    assert made(one, 1, 1) == Attempt(what="broke", succeeded=True, answer="AssertionError: the honest act was refused")
    assert made(replace(one, attempt=denied), 1, 1).what == "refused what is honest"
    assert made(replace(one, attempt=denied), 1, 1).succeeded


def policy_error():
    from casemate.governance.errors import Denied

    return Denied("no", next_step="ask")


TAKEN_OUT = [
    (policies, "a policy that permits all", lambda m: m.setattr(Policy, "permits", lambda *a, **k: Permit(Tier.FIND))),
    (policies, "rules that nobody checks", lambda m: m.setattr(Rule, "__post_init__", lambda self: None)),
    (
        grants,
        "narrowing that widens",
        lambda m: m.setattr(Grant, "narrow", lambda self, **asked: _widened(self, asked)),
    ),
    (grants, "operations that replace others", lambda m: m.setattr(Grant, "narrow", _replacing(Grant.narrow))),
    (grants, "a charter that nobody asks", lambda m: m.setattr(Charter, "refusal", lambda *a, **k: None)),
    (grants, "marks that nobody compares", lambda m: m.setattr(Target, "covers", _by_path_or_mark)),
    (ended, "operations that never end", lambda m: m.setattr(Gate, "close", lambda self: None)),
    (quota, "no quota", lambda m: m.setattr(wall.Wall, "_reserved", lambda self, s, b, r: (self._budget, {}, ""))),
    (quota, "a release beyond what it reserved", lambda m: m.setattr(wall, "RELEASE", "nothing")),
    (clock, "a clock that goes back", lambda m: m.setattr(wall._Floored, "now", lambda self: self._clock.now())),
    (clock, "a ledger's time that nobody remembers", lambda m: m.setattr(standing.Standing, "_see", lambda *_: None)),
    (reports, "no redaction", lambda m: m.setattr(redact, "_found", lambda text: iter(()))),
    (reports, "inputs in every report", lambda m: m.setattr(reports, "sealed", _released)),
    (steering, "a target that hides without being counted", lambda m: m.setattr(steering, "scan", _silent)),
    (steering, "a target whose settings count as the operator's", lambda m: m.setattr(steering, "scan", _deliberate)),
    (steering, "a target that runs", lambda m: m.setattr(steering, "scan", _running)),
]


def _widened(grant, asked):
    return replace(
        grant,
        **{
            name: tuple(v) if name == "targets" else v for name, v in asked.items() if v is not None and name != "ports"
        },
    )


def _replacing(kept):
    def narrow(grant, *, operations=None, **asked):
        narrower = kept(grant, **asked)
        return narrower if operations is None else replace(narrower, operations=frozenset(operations))

    return narrow


def _by_path_or_mark(target, other):
    """As it was before a target with both had to bear both."""
    if not target.path:
        return target.marks <= other.marks
    return bool(other.path) and (other.path == target.path or other.path.startswith(target.path.rstrip("/") + "/"))


def _released(report, exhibits):
    sealed, bundles = verdicts.sealed(report, exhibits)
    return verdicts.released(sealed, bundles.values()), bundles


_scan = steering.scan


def _silent(*given, **named):
    return replace(_scan(*given, **named), findings=(), not_examined=())


def _deliberate(*given, **named):
    hidden = NotExamined(what="app.py", reason=Reason.EXCLUDED, deliberate=True)
    return replace(_scan(*given, **named), not_examined=(hidden,))


def _running(trees, **named):
    report = _scan(trees, **named)
    (steering.Path(trees[0]._tree.place) / steering._MARK).write_text("x")
    return report


@pytest.mark.parametrize(("module", "what", "take"), TAKEN_OUT, ids=[what for _, what, _ in TAKEN_OUT])
def test_a_safeguard_that_is_taken_out_is_noticed(module, what, take, monkeypatch):
    """Each class sees that its safeguard is gone: an attempt succeeds."""
    take(monkeypatch)
    assert tried(module, 3 if module is steering else 150)


REFUSES_ALL = [
    (policies, lambda m: m.setattr(Policy, "permits", lambda *a, **k: Denial("no"))),
    (grants, lambda m: m.setattr(Grant, "covers", lambda *a: False)),
    (ended, lambda m: m.setattr(Gate, "refusal", lambda *a: "no")),
    (quota, lambda m: m.setattr(wall.Wall, "_reserved", lambda self, s, b, r: (self._budget, {}, "no"))),
    (clock, lambda m: m.setattr(Charter, "refusal", lambda *a, **k: "no")),
    (reports, lambda m: m.setattr(reports, "_FORMS", dict.fromkeys(reports._FORMS, lambda report: ""))),
    (
        steering,
        lambda m: (
            m.setattr(policy, "HOUSE_POLICY", Policy()) or m.setattr(Policy, "permits", lambda *a, **k: Denial("no"))
        ),
    ),
]


@pytest.mark.parametrize(("module", "refuse"), REFUSES_ALL, ids=[module.ATTACK.id for module, _ in REFUSES_ALL])
def test_a_safeguard_that_refuses_everything_is_noticed(module, refuse, monkeypatch):
    """Each class does something honest as well, which must be accepted."""
    refuse(monkeypatch)
    assert all(made(module.ATTACK, 5, number).succeeded for number in range(2))
