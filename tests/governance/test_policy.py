"""Policy: what no rule names is denied."""

from datetime import timedelta

import pytest

from casemate.governance.charter import Target, Tier
from casemate.governance.grants import Grant
from casemate.governance.policy import HOUSE_POLICY, OPERATION, RECORDS, WORK, Denial, Permit, Policy, Rule
from governance.support import NOON, SOURCE, a_charter

RULE = Rule(tier=Tier.PROVE, port="Sandbox", actions=frozenset({"run"}))
POLICY = Policy(rules=(RULE,))
GRANT = Grant.of(a_charter(tier=Tier.FIX), ports=["Sandbox"])


def asked(policy=POLICY, grant=GRANT, port="Sandbox", action="run", subject=(SOURCE,), now=NOON):
    return policy.permits(grant, port, action, subject, now=now)


def test_permit():
    """A rule, and a grant that reaches it, permit."""
    assert asked() == Permit(Tier.PROVE)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"policy": Policy()}, "the policy is empty and permits nothing"),
        ({"port": "Store"}, "no rule permits Store.run"),
        ({"action": "walk"}, "no rule permits Sandbox.walk"),
        ({"grant": GRANT.narrow(tier=Tier.FIND)}, "Sandbox.run takes a grant for 'prove', this one is for 'find'"),
        ({"grant": GRANT.narrow(ports=[])}, "the grant does not reach the port Sandbox"),
        ({"grant": GRANT.narrow(targets=[])}, "the grant does not cover './src'"),
        ({"now": GRANT.expires}, "the grant expired at 2026-11-26T00:00:00+00:00"),
        ({"subject": (SOURCE, Target(name="x", path="/x"))}, "the grant does not cover 'x'"),
        ({"subject": ()}, "it names nothing that it is about"),
    ],
)
def test_denials(change, reason):
    """Each condition denies on its own, and says which."""
    assert asked(**change) == Denial(reason)


def test_last_moment():
    """A grant holds until just before it expires."""
    assert asked(now=GRANT.expires - timedelta(microseconds=1)) == Permit(Tier.PROVE)


def test_house_policy_runs_nothing_below_prove():
    """What Casemate permits takes the lowest tier, but for the sandbox and what needs it; it names no action twice."""
    ports = {rule.port for rule in HOUSE_POLICY.rules} - {"Sandbox", "WorkingTree", OPERATION}
    assert {rule.tier for rule in HOUSE_POLICY.rules if rule.port in ports} == {Tier.FIND}
    operations = {action: rule.tier for rule in HOUSE_POLICY.rules for action in rule.actions if rule.port == OPERATION}
    fixing = dict.fromkeys(("fix", "apply", "undo", "confirm"), Tier.FIX)
    assert operations == {
        "scan": Tier.FIND,
        "slice": Tier.FIND,
        **dict.fromkeys(RECORDS, Tier.FIND),
        "host": Tier.FIND,
        "export": Tier.FIND,
        "release-request": Tier.FIND,
        **dict.fromkeys(("agents", "agent-scout", "agent-adversary"), Tier.FIND),
        "agent-prover": Tier.PROVE,
        "agent-mender": Tier.FIX,
        "prove": Tier.PROVE,
        "verify": Tier.PROVE,
        "evaluate": Tier.PROVE,
        "release": Tier.RELEASE,
        "property-decide": Tier.RELEASE,
        **fixing,
    }
    assert {rule.tier for rule in HOUSE_POLICY.rules if rule.port == "Sandbox"} == {Tier.PROVE}
    assert {rule.tier for rule in HOUSE_POLICY.rules if rule.port == "WorkingTree"} == {Tier.FIX}
    named = [(rule.port, action) for rule in HOUSE_POLICY.rules for action in rule.actions]
    assert len(named) == len(set(named))


def test_a_grant_for_one_operation():
    """Of all operations it begins that one; ports are none of it."""
    whole = Grant.of(a_charter(tier=Tier.RELEASE), ports=[OPERATION, "SourceTree"])
    scout = whole.narrow(operations=["agent-scout"])
    for name in {*RECORDS, *WORK}:
        denial = Denial(f"the grant is not for the operation {name!r}")
        permit = asked(HOUSE_POLICY, whole, OPERATION, name)
        assert isinstance(permit, Permit)
        assert asked(HOUSE_POLICY, scout, OPERATION, name) == (permit if name == "agent-scout" else denial)
    assert asked(HOUSE_POLICY, whole.narrow(operations=[]), "SourceTree", "read") == Permit(Tier.FIND)


def test_what_is_handed_on():
    """Operations on targets, and none on the operator's own records."""
    assert sorted(WORK) == [
        *("agent-adversary", "agent-mender", "agent-prover", "agent-scout", "agents", "apply", "confirm", "evaluate"),
        *("export", "fix", "host", "prove", "release", "release-request", "scan", "slice", "undo", "verify"),
    ]


def test_rule_without_action():
    """A rule that permits nothing is a mistake."""
    with pytest.raises(ValueError, match="'Store' names no action"):
        Rule(tier=Tier.FIND, port="Store", actions=frozenset())
