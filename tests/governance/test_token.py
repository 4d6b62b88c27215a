"""Tokens: what they say, when they hold, and in which words they are refused."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from casemate.governance.charter import Quotas, Tier
from casemate.governance.errors import Denied, TokenRefused
from casemate.governance.jws import Kind
from casemate.governance.limits import Limits, path_target
from casemate.governance.token import MAX_BLOCKS, attenuate, check_chain, issue, open_token, read_token, text_digest
from casemate.safeguards.attack import Ground, HandClock
from casemate.safeguards.tokens import ALICE, OFFICE, THIEF, WORKER, header_of, payload_of, scene, signed, spelled


@pytest.fixture
def here(tmp_path):
    return scene(Ground(random=Random(8), folder=tmp_path, clock=HandClock()), "/srv/bank")


def opened(here, text, **changes):
    return open_token(text, **{"installed": here.installed, "revoked": here.revoked, "now": here.now, **changes})


def refusal(here, text, **changes):
    with pytest.raises(TokenRefused) as caught:
        opened(here, text, **changes)
    assert isinstance(caught.value, Denied)  # the ledger counts it as a near-miss
    assert "\n" not in str(caught.value)
    return str(caught.value)


def by_hand(here, text, payload, by=WORKER):
    whole = {"jti": here.id(), "prev": text_digest(text), "v": 1, **payload}
    return f"{text}~{signed(header_of(Kind.BLOCK), spelled(whole), here.ground.signer(by))}"


def test_a_token_of_one_block(here):
    """It gives what was issued, within the charter; its holder is who was named."""
    token = opened(here, here.token())
    assert token.chain.holder == here.key(WORKER)
    assert token.chain.issuer == here.key(ALICE)
    limits = here.limits()
    assert token.limits == replace(limits, targets=(path_target("/srv/bank/app"),))


def test_a_chain_allows_what_each_block_allows(here):
    """The last holder has the least of all."""
    text = here.token("first")
    text = attenuate(
        text,
        limits=Limits(tier=Tier.FIND, models=frozenset(), releases=0),
        holder=here.key("second"),
        id=here.id(),
        signer=here.ground.signer("first"),
    )
    text = attenuate(
        text,
        limits=Limits(targets=(path_target("/srv/bank/app/web"),), ends=here.now + timedelta(minutes=5)),
        holder=here.key("third"),
        id=here.id(),
        signer=here.ground.signer("second"),
    )
    token = opened(here, text)
    assert [block.holder for block in token.chain.blocks] == [here.key(name) for name in ("first", "second", "third")]
    assert token.limits == replace(
        here.limits(),
        tier=Tier.FIND,
        models=frozenset(),
        releases=0,
        targets=(path_target("/srv/bank/app/web"),),
        ends=here.now + timedelta(minutes=5),
    )


def test_the_charter_bounds_every_token(here):
    """A holder of the charter who issues more than the charter has gives what it has."""
    text = here.token(
        tier=Tier.RELEASE,
        targets=(path_target("/srv"),),
        models=frozenset({"https://evil.example"}),
        executions=10**6,
        releases=None,
    )
    limits = opened(here, text).limits
    assert limits.tier is Tier.FIX
    assert [target.path for target in limits.targets] == ["/srv/bank"]
    assert limits.models == frozenset()
    assert limits.quotas == Quotas(executions=1000, releases=5)


def test_the_office_issues_as_well(here):
    """Who signed the charter may hand out what is in it."""
    text = issue(
        charter=here.installed.charter.id,
        limits=here.limits(),
        holder=here.key(WORKER),
        id=here.id(),
        issuer=here.ground.signer(OFFICE),
    )
    assert opened(here, text).chain.issuer == here.installed.issuer


def test_payloads_say_what_the_page_says(here):
    """Names and forms of the claims."""
    first, second = here.token(blocks=2).split("~")
    assert payload_of(first).keys() == {
        "charter",
        "cnf",
        "exp",
        "iss",
        "jti",
        "models",
        "nbf",
        "ports",
        "quotas",
        "targets",
        "tier",
        "v",
    }
    assert payload_of(second)["prev"] == text_digest(first)
    assert payload_of(second)["cnf"]["jwk"].keys() == {"crv", "kty", "x"}
    page = (Path(__file__).parents[2] / "docs/tokens.md").read_text()
    stated = set(re.findall(r"^\| `([a-z]+)` \|", page, re.MULTILINE))
    assert stated == {*payload_of(first), "operations", "prev"}
    assert payload_of(here.token(operations=frozenset({"scan"})))["operations"] == ["scan"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            {"now": timedelta(hours=1)},
            "the token expired at 2026-01-15T13:00:00Z; ask whoever issued it for another one",
        ),
        ({"now": -timedelta(hours=2)}, "the token does not hold before 2026-01-15T11:00:00Z; wait"),
    ],
)
def test_before_and_after_its_time(here, change, says):
    """At its end it is over."""
    assert says in refusal(here, here.token(), now=here.now + change["now"])
    edge = {"now": here.now + change["now"] + timedelta(microseconds=-1)} if change["now"] > timedelta() else {}
    opened(here, here.token(), **edge)


def test_who_may_issue(here):
    """A key that the charter does not name issues nothing."""
    text = issue(
        charter=here.installed.charter.id,
        limits=here.limits(),
        holder=here.key(THIEF),
        id=here.id(),
        issuer=here.ground.signer(THIEF),
    )
    assert "the token's issuer is nobody whom the charter names" in refusal(here, text)


def test_another_charter(here):
    """A token is under one charter, by its identity."""
    text = issue(
        charter="0" * 64, limits=here.limits(), holder=here.key(WORKER), id=here.id(), issuer=here.ground.signer(ALICE)
    )
    assert "under charter 000000000000, which is not the one that counts here" in refusal(here, text)


def test_revoked(here):
    """A block's id takes the block and what follows from it; another's takes nothing."""
    text = here.token(blocks=3)
    ids = [block.id for block in read_token(text).blocks]
    for number, one in enumerate(ids, 1):
        assert f"block {number} of the token ({one}) was revoked" in refusal(here, text, revoked=frozenset({one}))
    assert "charter" in refusal(here, text, revoked=frozenset({here.installed.charter.id}))
    opened(here, text, revoked=frozenset({here.id()}))
    before = "~".join(text.split("~")[:2])
    opened(here, before, revoked=frozenset({ids[2]}))


def test_too_long_a_life(here):
    """A month at most, at issue and on reading."""
    long = here.limits(ends=here.now + timedelta(days=31))
    with pytest.raises(TokenRefused, match="at most 31 days; give an earlier end"):
        here.token(ends=long.ends)
    payload = {**payload_of(here.token()), "exp": payload_of(here.token())["exp"] + 31 * 86400}
    text = signed(header_of(Kind.TOKEN), spelled(payload), here.ground.signer(ALICE))
    assert "would hold for more than 31 days" in refusal(here, text)
    with pytest.raises(TokenRefused, match="would end before it begins"):
        here.token(ends=here.now - timedelta(hours=1))


def test_too_many_blocks_and_too_large(here):
    """Limits, so that reading costs little."""
    text = here.token(blocks=MAX_BLOCKS)
    opened(here, text)
    with pytest.raises(TokenRefused, match=f"has {MAX_BLOCKS + 1} blocks, of at most {MAX_BLOCKS}"):
        attenuate(text, limits=Limits(), holder=here.key(WORKER), id=here.id(), signer=here.ground.signer(WORKER))
    with pytest.raises(TokenRefused, match="has 65537 characters, of at most 65536"):
        read_token("A" * 65537)


@pytest.mark.parametrize(
    ("version", "says"),
    [
        (2, "the token was made by a newer version of Casemate (version 2); update"),
        (0, "of version 0, which there never was"),
    ],
)
def test_another_version(here, version, says):
    """Of a newer one it is said that an update is needed."""
    payload = {**payload_of(here.token()), "v": version}
    text = signed(header_of(Kind.TOKEN), spelled(payload), here.ground.signer(ALICE))
    assert says in refusal(here, text)


@pytest.mark.parametrize("text", ["", "~", "a", "a.b.c", "~~~~", "é", "\0", "A" * 1000])
def test_what_is_no_token(here, text):
    """It is refused in one line."""
    assert "block 1 of the token is not readable" in refusal(here, text)


def test_narrowing_is_the_holders(here):
    """Nobody else's; and a chain that is not whole is not narrowed."""
    text = here.token(blocks=2)
    for name in (ALICE, OFFICE, THIEF, "holder 1"):
        with pytest.raises(TokenRefused, match="only its holder can narrow it"):
            attenuate(text, limits=Limits(), holder=here.key(name), id=here.id(), signer=here.ground.signer(name))
    first, second = here.token(blocks=2).split("~")[0], text.split("~")[1]
    with pytest.raises(TokenRefused, match="block 2 of the token was made for another place"):
        attenuate(
            f"{first}~{second}",
            limits=Limits(),
            holder=here.key(WORKER),
            id=here.id(),
            signer=here.ground.signer(WORKER),
        )


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        ({"tier": Tier.FIX}, "the tier 'fix', where 'prove' is the most"),
        ({"targets": (path_target("/srv/bank"),)}, "the target '/srv/bank'"),
        ({"targets": (path_target("/srv/bank/\u0430pp"),)}, r"the target '/srv/bank/\u0430pp'"),
        ({"ports": frozenset({"WorkingTree"})}, "the port 'WorkingTree'"),
        ({"models": frozenset({"https://evil.example"})}, "the model endpoint 'https://evil.example'"),
        ({"executions": 101}, "101 executions a day, where 100 is the most"),
        ({"releases": 3}, "3 releases a day, where 2 is the most"),
        ({"begins": 0}, "a time before 2026-01-15T11:00:00Z"),
        ({"ends": 1}, "a time after 2026-01-15T13:00:00Z"),
    ],
    ids=str,
)
def test_narrowing_states_nothing_beyond(here, limits, says):
    """Whoever asks for more is told; and who signs it by hand gets nothing by it."""
    text = here.token()
    times = {"begins": here.now - timedelta(hours=2), "ends": here.now + timedelta(hours=2)}
    asked = Limits(**{name: times.get(name, value) for name, value in limits.items()})
    with pytest.raises(TokenRefused) as caught:
        attenuate(text, limits=asked, holder=here.key(WORKER), id=here.id(), signer=here.ground.signer(WORKER))
    assert caught.value.what == f"the token does not allow {says}"
    made = by_hand(here, text, {**asked.claims(), "cnf": payload_of(text)["cnf"]})
    check_chain(read_token(made))
    if "targets" in limits and "\u0430" in str(limits):
        assert "leaves no target" in refusal(here, made)
    else:
        assert opened(here, text).limits.beyond(opened(here, made).limits) is None


@pytest.mark.parametrize(
    "payload",
    [{"cnf": {"jwk": {}}}, {"cnf": {}}, {"cnf": {"kid": "1"}}, {"charter": "0" * 64}, {"iss": "x"}, {"jti": "A" * 32}],
    ids=str,
)
def test_blocks_that_say_something_else(here, payload):
    """What is not known is refused, not skipped; also beside a key that is right."""
    text = here.token()
    beside = {"cnf": {**payload_of(text)["cnf"], "kid": "1"}}
    assert "'kid' that is not known" in refusal(here, by_hand(here, text, beside))
    made = by_hand(here, text, {"cnf": payload_of(text)["cnf"], **payload})
    assert "block 2 of the token is not readable" in refusal(here, made)


def test_every_byte_counts(here):
    """Each bit of each byte, flipped: no other text is that token."""
    text = here.token(blocks=2)
    proof = here.proof(text, WORKER)
    for place in range(len(text)):
        for bit in range(8):
            changed = text[:place] + chr(ord(text[place]) ^ 1 << bit) + text[place + 1 :]
            with pytest.raises(TokenRefused):
                opened(here, changed)
    for place in range(len(proof)):
        changed = proof[:place] + chr(ord(proof[place]) ^ 1 << place % 8) + proof[place + 1 :]
        with pytest.raises(TokenRefused):
            here.taken(text, changed)
    here.taken(text, proof)
