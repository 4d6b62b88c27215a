"""What tokens state about authority: two statements together never allow more than either."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate.governance.charter import Quotas, Target, Tier
from casemate.governance.fields import Fields, InvalidStatement
from casemate.governance.limits import Limits, marked_target, path_target, read_limits
from casemate.safeguards.attacks.token_scope import spellings
from governance.support import NOON, a_charter

PATHS = ("/", "/srv", "/srv/app", "/srv/app/deep", "/srv/apple", "/opt", "/SRV/app")
PLACES = [path_target(path) for path in PATHS]
MARKED = [marked_target("repository", "bank/pay"), marked_target("image", "sha256:" + "a" * 64)]
NAMES = ("scan", "agent-scout", "charter-add")
PORTS = ("Operation", "SourceTree", "Sandbox")


def maybe(strategy):
    return st.none() | strategy


LIMITS = st.builds(
    Limits,
    tier=maybe(st.sampled_from(Tier)),
    targets=maybe(st.lists(st.sampled_from(PLACES + MARKED), max_size=4, unique=True).map(tuple)),
    ports=maybe(st.frozensets(st.sampled_from(PORTS))),
    models=maybe(st.frozensets(st.sampled_from(("https://a.example", "https://b.example/v1")))),
    operations=maybe(st.frozensets(st.sampled_from(NAMES))),
    executions=maybe(st.integers(0, 9)),
    releases=maybe(st.integers(0, 9)),
    begins=maybe(st.integers(0, 9).map(lambda h: NOON + timedelta(hours=h))),
    ends=maybe(st.integers(0, 9).map(lambda h: NOON + timedelta(hours=h))),
)


def allowed(limits):
    """Everything that limits allow, of a small world, as a set."""
    places = [*PLACES, *(Target(name="x", path="/elsewhere", marks=one.marks) for one in MARKED)]
    return (
        {("tier", t) for t in Tier if limits.tier is None or limits.tier.includes(t)}
        | {
            ("place", p.path, *p.marks)
            for p in places
            if limits.targets is None or any(t.covers(p) for t in limits.targets)
        }
        | {("operation", n) for n in NAMES if limits.operations is None or n in limits.operations}
        | {("port", p) for p in PORTS if limits.ports is None or p in limits.ports}
        | {
            ("model", m)
            for m in ("https://a.example", "https://b.example/v1")
            if limits.models is None or m in limits.models
        }
        | {("executions", n) for n in range(12) if limits.executions is None or n <= limits.executions}
        | {("releases", n) for n in range(12) if limits.releases is None or n <= limits.releases}
        | {
            ("time", h)
            for h in range(12)
            if (limits.begins is None or limits.begins <= NOON + timedelta(hours=h))
            and (limits.ends is None or NOON + timedelta(hours=h) < limits.ends)
        }
    )


@given(LIMITS, LIMITS)
def test_together_they_allow_what_both_allow(one, other):
    """Exactly that, in either order: no more, and no less; a path and a mark have no place in common."""
    both = one.narrowed(other)
    assert allowed(both) == allowed(other.narrowed(one))
    assert allowed(both) <= allowed(one) & allowed(other)
    kinds = {bool(target.path) for limits in (one, other) for target in limits.targets or ()}
    if len(kinds) < 2:
        assert allowed(both) == allowed(one) & allowed(other)


@given(LIMITS, LIMITS)
def test_what_is_beyond_is_said(one, other):
    """Nothing is said if and only if what the other states lies within."""
    both = one.narrowed(other)
    if one.beyond(other) is not None:
        assert allowed(other) - allowed(one) or (other.targets, other.begins, other.ends) != (None, None, None)
        return
    for name in ("tier", "ports", "models", "operations", "executions", "releases", "begins", "ends"):
        assert getattr(both, name) == (getattr(other, name) if getattr(other, name) is not None else getattr(one, name))
    assert set(other.targets or ()) <= set(both.targets or ())


@given(LIMITS)
def test_claims_are_read_again(limits):
    """What a payload states is what was meant; lists are sorted, so that it has one spelling."""
    fields = Fields(limits.claims(), "block")
    read = read_limits(fields, whole=False)
    fields.end()
    assert allowed(read) == allowed(limits)
    assert read.claims() == limits.claims()


def test_the_claims_themselves():
    """Their names and forms are those of the page."""
    limits = Limits(
        tier=Tier.PROVE,
        targets=(path_target("/srv"), marked_target("host", "b" * 64)),
        ports=frozenset({"Sandbox", "Operation"}),
        models=frozenset(),
        operations=frozenset({"scan", "agent-scout"}),
        executions=5,
        begins=datetime(2026, 11, 30, 12, tzinfo=UTC),
        ends=datetime(2026, 11, 30, 13, tzinfo=UTC),
    )
    assert limits.claims() == {
        "tier": "prove",
        "targets": [{"host": "b" * 64}, {"path": "/srv"}],
        "ports": ["Operation", "Sandbox"],
        "models": [],
        "operations": ["agent-scout", "scan"],
        "quotas": {"executions": 5},
        "nbf": 1796040000,
        "exp": 1796043600,
    }


def test_a_charter_as_limits():
    """All that it allows; of ports it says nothing."""
    charter = a_charter(quotas=Quotas(executions=3), models=frozenset({"https://a.example"}))
    limits = Limits.of(charter)
    assert (limits.tier, limits.targets, limits.ports, limits.models) == (
        Tier.FIND,
        charter.targets,
        None,
        charter.models,
    )
    assert (limits.quotas, limits.begins, limits.ends) == (Quotas(executions=3), charter.begins, charter.ends)


@pytest.mark.parametrize(("what", "path"), spellings("/srv/app", "/srv/other").items())
def test_odd_spellings_of_paths(what, path):
    """Either it is no target, or one that does not cover what lies outside."""
    inside, outside = path_target("/srv/app"), path_target("/srv/other")
    try:
        target = path_target(path)
    except InvalidStatement:
        return
    both = Limits(targets=(inside,)).narrowed(Limits(targets=(target,))).targets
    assert not any(one.covers(outside) for one in both)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/srv/app/", "is not spelled as '/srv/app'"),
        ("//srv", "is not spelled as '/srv'"),
        ("/srv/./x", "is not spelled as '/srv/x'"),
        ("/srv/../etc", "no absolute path without '..'"),
        ("srv", "no absolute path"),
        ("/srv/\u0430pp/", r"'/srv/\u0430pp/' is not spelled"),
    ],
)
def test_paths_have_one_spelling(path, says):
    """The message shows the one that is meant, and every character that is none of ASCII."""
    with pytest.raises(InvalidStatement) as caught:
        path_target(path)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "claims",
    [
        {"tier": "root"},
        {"targets": [{"path": "/a", "host": "b" * 64}]},
        {"targets": [{"host": "B" * 64}]},
        {"targets": [{"image": "sha256:" + "a" * 63}]},
        {"targets": [{}]},
        {"targets": [{"path": "/a"}] * 51},
        {"targets": "all"},
        {"ports": ["Sand box"]},
        {"ports": ["x" * 41]},
        {"models": ["ftp://a.example"]},
        {"models": ["https://\u0430.example"]},
        {"quotas": {"executions": -1}},
        {"quotas": {"executions": None}},
        {"quotas": {"runs": 1}},
        {"nbf": -1},
        {"exp": 10**12},
        {"exp": "2026-11-30T12:00:00+02:00"},
    ],
    ids=str,
)
def test_claims_that_cannot_be_meant(claims):
    """Each is refused."""
    with pytest.raises(InvalidStatement):
        read_limits(Fields(claims, "block"), whole=False)


def test_a_first_block_leaves_nothing_open():
    """All must be there but the quotas."""
    whole = Limits(
        tier=Tier.FIND, targets=(path_target("/a"),), ports=frozenset(), models=frozenset(), begins=NOON, ends=NOON
    )
    assert read_limits(Fields(whole.claims(), "block"), whole=True) == whole
    for name in whole.claims():
        less = {key: value for key, value in whole.claims().items() if key != name}
        with pytest.raises(InvalidStatement, match=f"has no {name}"):
            read_limits(Fields(less, "block"), whole=True)
