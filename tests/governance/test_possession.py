"""Proof of possession: one act, one verifier, minutes, once; and only with it a token is a grant."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from casemate.governance.charter import Person, Quotas, Target, Tier
from casemate.governance.errors import TokenRefused
from casemate.governance.jws import Kind
from casemate.governance.ledger import log_key
from casemate.governance.policy import RECORDS, WORK
from casemate.governance.possession import Act, accept, subject_digest
from casemate.governance.token import open_token, text_digest
from casemate.safeguards.attack import Ground, HandClock
from casemate.safeguards.tokens import (
    ALICE,
    ENDPOINT,
    THIEF,
    WORKER,
    digest_of,
    header_of,
    payload_of,
    scene,
    signed,
    spelled,
)


@pytest.fixture
def here(tmp_path):
    return scene(Ground(random=Random(8), folder=tmp_path, clock=HandClock()), "/srv/bank")


def refusal(act, *arguments, **named):
    with pytest.raises(TokenRefused) as caught:
        act(*arguments, **named)
    return caught.value.what


def test_what_it_gives(here):
    """A grant that is no wider than the token, and the charter with the token's quotas and models."""
    text = here.token(blocks=2)
    accepted = here.taken(text, here.proof(text, WORKER))
    grant = accepted.grant
    assert (grant.tier, [t.path for t in grant.targets]) == (Tier.PROVE, ["/srv/bank/app"])
    assert grant.ports == here.limits().ports
    assert grant.operations == WORK
    assert here.now < grant.expires <= here.limits().ends
    last = payload_of(text.split("~")[-1])["jti"]
    assert grant.holder == f"{here.key(WORKER).name} by token {last} of Alice"
    assert accepted.charter.quotas.releases == 2
    assert accepted.charter.models <= {ENDPOINT}
    assert accepted.charter.id == here.installed.charter.id
    assert accepted.line() == (
        f"token under charter {here.installed.charter.id[:12]}: prove under /srv/bank/app, for {grant.holder}, "
        f"until {grant.expires:%Y-%m-%dT%H:%M:%SZ}"
    )


@pytest.mark.parametrize("operation", RECORDS)
def test_no_token_reaches_the_verifiers_records(here, operation):
    """Neither one that says nothing of operations nor one that names this one."""
    for said in (None, frozenset({operation})):
        text = here.token(operations=said)
        why = refusal(here.taken, text, here.proof(text, WORKER, operation), operation)
        assert why == f"the grant is not for the operation {operation!r}"


def test_a_token_for_one_operation(here):
    """It permits that and no other, however it was narrowed from there."""
    text = here.token(blocks=3, operations=frozenset({"scan", "prove"}))
    assert here.taken(text, here.proof(text, WORKER)).grant.operations == {"scan", "prove"}
    why = refusal(here.taken, text, here.proof(text, WORKER, "host"), "host")
    assert why == "the grant is not for the operation 'host'"


def test_quotas_are_the_narrower_ones(here):
    """Of charter and token; what the token says nothing of stays as the charter has it."""
    text = here.token(executions=None, releases=10)
    accepted = here.taken(text, here.proof(text, WORKER))
    assert accepted.charter.quotas == Quotas(executions=1000, releases=5)


@pytest.mark.parametrize(
    ("approvers", "tier", "left"),
    [
        ((), Tier.RELEASE, ()),
        (("other",), Tier.RELEASE, ("other",)),
        ((ALICE, "other"), Tier.RELEASE, ("other",)),
        (("holder 1", "other", WORKER), Tier.RELEASE, ("other",)),
        ((ALICE,), Tier.FIX, (ALICE,)),
        ((ALICE, WORKER), Tier.FIX, (ALICE, WORKER)),
    ],
)
def test_nobody_agrees_to_what_is_asked_with_their_own_token(here, approvers, tier, left):
    """Whoever issued, narrowed or holds it is no second person; where nobody else is there, it releases nothing."""
    people = tuple(Person(name=name, key=here.key(name)) for name in approvers)
    charter = replace(here.installed.charter, approvers=people, tier=Tier.RELEASE)
    here.installed = replace(here.installed, charter=charter)
    text = here.token(blocks=2, tier=Tier.RELEASE)
    accepted = here.taken(text, here.proof(text, WORKER))
    assert accepted.grant.tier is tier
    assert tuple(one.name for one in accepted.charter.approvers) == left


def test_its_form(here):
    """What is signed."""
    text = here.token()
    proof = here.proof(text, WORKER, nonce="0" * 32)
    assert payload_of(proof) == {
        "aud": str(here.audience),
        "iat": 1768478400,
        "nonce": "0" * 32,
        "operation": "scan",
        "subject": digest_of("/srv/bank/app"),
        "token": text_digest(text),
        "v": 1,
    }


@pytest.mark.parametrize(
    ("seconds", "says"),
    [
        (300, None),
        (301, "the proof of possession is older than 5 minutes"),
        (-30, None),
        (-31, "the proof of possession is from the future"),
    ],
)
def test_for_minutes(here, seconds, says):
    """To the second: five minutes, and half a minute for a clock that is fast."""
    text = here.token()
    proof = here.proof(text, WORKER)
    here.ground.clock.move(seconds=seconds)
    if says is None:
        here.taken(text, proof)
    else:
        assert refusal(here.taken, text, proof) == says


def test_once(here):
    """The second time it is refused, and so is another proof with its nonce."""
    text = here.token()
    proof = here.proof(text, WORKER, nonce="1" * 32)
    here.taken(text, proof)
    assert refusal(here.taken, text, proof) == "the proof of possession was used before"
    again = here.proof(text, WORKER, "prove", nonce="1" * 32)
    assert refusal(here.taken, text, again, "prove") == "the proof of possession was used before"


def test_a_refused_proof_uses_no_nonce(here):
    """Otherwise a stranger could use up the holder's."""
    text = here.token()
    proof = here.proof(text, WORKER, nonce="2" * 32)
    forged = here.proof(text, THIEF, nonce="2" * 32)
    refusal(here.taken, text, forged)
    here.taken(text, proof)


def test_for_this_act_alone(here):
    """Another operation, target, token or verifier is another act."""
    text, other = here.token(), here.token()
    proof = here.proof(text, WORKER)
    assert refusal(here.taken, text, proof, "prove") == "the proof of possession is for another operation"
    assert refusal(here.taken, text, proof, path="/srv/bank/app/x") == "the proof of possession is for another target"
    assert refusal(here.taken, other, proof) == "the proof of possession is for another token"
    elsewhere = here.proof(text, WORKER, audience=log_key(here.ground.signer("elsewhere").public_key))
    assert refusal(here.taken, text, elsewhere) == "the proof of possession is for another verifier"
    assert (
        refusal(here.taken, text, here.proof(text, ALICE))
        == "the proof of possession is not signed with the key of the token's holder"
    )
    here.taken(text, proof)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"v": 2}, "made by a newer version of Casemate (version 2)"),
        ({"nonce": "short"}, "its nonce is not 32 hex digits"),
        ({"aud": "me"}, "aud is no key"),
        ({"iat": "now"}, "iat is no integer"),
        ({"more": 1}, "has a field 'more' that is not known"),
    ],
    ids=str,
)
def test_what_cannot_be_meant(here, change, says):
    """A proof has exactly these claims."""
    text = here.token()
    payload = {**payload_of(here.proof(text, WORKER)), **change}
    made = signed(header_of(Kind.PROOF), spelled(payload), here.ground.signer(WORKER))
    assert says in refusal(here.taken, text, made)
    assert "more than 4096 characters" in refusal(here.taken, text, "A" * 4097)


def test_a_nonce_is_kept_until_its_proof_is_too_old(here):
    """Whoever remembers it is told how long."""
    text = here.token()
    token = open_token(text, installed=here.installed, revoked=(), now=here.now)
    told = []

    def take(nonce, until):
        told.append((nonce, until))
        return True

    act = Act(operation="scan", subject=digest_of(here.inside), audience=here.audience)
    accept(token, here.proof(text, WORKER, nonce="3" * 32), act, now=here.now, take=take)
    ((nonce, until),) = told
    assert (nonce, until) == ("3" * 32, here.now + timedelta(minutes=5, seconds=30))
    here.ground.clock.time = until + timedelta(seconds=1)
    assert refusal(here.taken, text, here.proof(text, WORKER, time=until - timedelta(seconds=330))) == (
        "the proof of possession is older than 5 minutes"
    )


def test_the_digest_of_a_subject():
    """Of a set of places: in any order, however often, whatever they are called; other places or marks are another."""
    one, two = Target(name="a", path="/a"), Target(name="b", path="/b")
    assert (
        subject_digest((one, two))
        == subject_digest((two, one, two))
        == subject_digest((two, Target(name="x", path="/a")))
    )
    marked = Target(name="a", path="/a", marks=frozenset({"host:x"}))
    joined = Target(name="a", path="/a/b")
    digests = [
        subject_digest(places) for places in ((), (one,), (two,), (one, two), (marked,), (joined,), (one, marked))
    ]
    assert len(set(digests)) == len(digests)
