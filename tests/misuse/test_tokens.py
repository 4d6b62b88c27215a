"""Attacks on tokens: none succeeds; and each class would notice, were the safeguard that stops it not there."""

from dataclasses import replace

import pytest

from casemate.governance import jws, limits, possession, token, wall
from casemate.governance.charter import Target
from casemate.governance.jws import Kind
from casemate.governance.note import VerifierKey
from casemate.safeguards import tokens
from casemate.safeguards.attack import NOON
from casemate.safeguards.catalogue import attacks
from casemate.safeguards.trial import run

CLASSES = {attack.id: attack for attack in attacks() if attack.id.startswith("token-")}


def tried(name, cases, seed=20261130):
    (row,) = run([CLASSES[name]], cases=cases, seed=seed, progress=lambda *seen: None)
    return row


@pytest.mark.parametrize("name", CLASSES)
def test_no_attack_succeeds(name):
    """Of a hundred attempts, and the honest act within each of them is accepted."""
    row = tried(name, 10 if CLASSES[name].files else 100)
    assert row.successes == 0, row.succeeded


def lenient_signatures(patch):
    patch.setattr(VerifierKey, "verifies", lambda self, message, signature: True)


def unions(patch):
    """A statement replaces what was said before, instead of narrowing it."""
    kept = limits.Limits.narrowed

    def narrowed(self, other):
        both = kept(self, other)
        said = {
            name: getattr(other, name)
            for name in ("tier", "targets", "ports", "models", "executions", "begins", "ends")
        }
        return replace(both, **{name: value for name, value in said.items() if value is not None})

    patch.setattr(limits.Limits, "narrowed", narrowed)


def operations_replaced(patch):
    """The last block says which operations."""
    kept = limits.Limits.narrowed

    def narrowed(self, other):
        both = kept(self, other)
        return both if other.operations is None else replace(both, operations=other.operations)

    patch.setattr(limits.Limits, "narrowed", narrowed)


def no_proof_of_key(patch):
    kept = jws.Signed.verifies
    patch.setattr(jws.Signed, "verifies", lambda self, key: self.kind is Kind.PROOF or kept(self, key))


def no_order(patch):
    patch.setattr(token, "check_chain", lambda chain: None)


def no_place_in_the_chain(patch):
    """Signatures are checked, and not what stood before."""

    def check(chain):
        for block in chain.blocks:
            if not block.signed.verifies(block.signer):
                raise token.TokenRefused("no", "no")

    patch.setattr(token, "check_chain", check)


def first_letters(patch):
    """Paths are compared as texts, and taken as they are spelled."""
    patch.setattr(Target, "covers", lambda self, other: other.path.lower().startswith(self.path.lower()[:-2]))
    patch.setattr(limits, "path_target", lambda path: Target(name=path, path=path))


def loose_base64(patch):
    def decode(text):
        import base64

        return base64.urlsafe_b64decode(text.encode("ascii", "ignore") + b"=" * (-len(text) % 4))

    patch.setattr(jws, "decode64url", decode)


def any_header(patch):
    kept = jws._header
    patch.setattr(jws, "_header", lambda kind: Anything(kept(kind)))


class Anything(str):
    __slots__ = ()

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = str.__hash__


class AnyBytes(bytes):
    def __eq__(self, other):
        return True

    __hash__ = bytes.__hash__


def any_spelling(patch):
    kept = jws._canonical
    patch.setattr(jws, "_canonical", lambda value: AnyBytes(kept(value)))


def any_key(patch):
    patch.setattr(jws, "sound_key", lambda data: True)


def forgetful(patch):
    patch.setattr(tokens.Scene, "_take", lambda self, nonce, until: True)


def patient(patch):
    patch.setattr(possession, "MAX_AGE", possession.MAX_AGE * 1000)


def at_noon(patch):
    """Only the beginning depends on it: the end is asked for by the policy once more."""
    kept = tokens.open_token
    patch.setattr(tokens, "open_token", lambda text, **given: kept(text, **{**given, "now": NOON}))


def eternal(patch):
    patch.setattr(token, "MAX_LIFETIME", token.MAX_LIFETIME * 1000)


def machine_time(patch):
    patch.setattr(wall, "_Floored", lambda clock, standing: clock)


def unrevoked(patch):
    kept = tokens.open_token
    patch.setattr(tokens, "open_token", lambda text, **given: kept(text, **{**given, "revoked": frozenset()}))


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("token-stolen", no_proof_of_key),
        ("token-widened", lenient_signatures),
        ("token-widened", unions),
        ("token-widened", operations_replaced),
        ("token-chain", no_order),
        ("token-chain", no_place_in_the_chain),
        ("token-stranger", no_order),
        ("token-scope", first_letters),
        ("token-bytes", loose_base64),
        ("token-bytes", lenient_signatures),
        ("token-algorithm", loose_base64),
        ("token-algorithm", any_header),
        ("token-algorithm", any_key),
        ("token-replay", forgetful),
        ("token-replay", patient),
        ("token-algorithm", any_spelling),
        ("token-time", at_noon),
        ("token-time", eternal),
        ("token-clock", machine_time),
        ("token-revoked", unrevoked),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_a_class_notices_when_its_safeguard_is_gone(name, broken, monkeypatch):
    """With one check taken away some attempts succeed (those that merely break count as well, so they are left out)."""
    with monkeypatch.context() as patch:
        broken(patch)
        row = tried(name, 10 if CLASSES[name].files else 60)
    assert any(attempt.what != "broke" for attempt in row.succeeded), row
