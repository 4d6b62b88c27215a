"""A hostile client: no attempt succeeds; and the class would notice, were the safeguard that stops it not there."""

import hmac
import os
from pathlib import Path

import pytest

from casemate.mcp import desk, door
from casemate.mcp.catalogue import Level
from casemate.mcp.roots import Roots
from casemate.safeguards.attacks.mcp_client import ATTACK
from casemate.safeguards.trial import made, run

SEED = 20261130


def test_no_attempt_succeeds():
    """Of three hundred, of every kind, and the honest act within each of them is admitted."""
    (row,) = run([ATTACK], cases=300, seed=SEED, progress=lambda *seen: None)
    assert row.successes == 0, row.succeeded
    assert len(row.variants) >= 20


def lexical(patch):
    """Names are compared as they are written, and links followed."""

    def place(self, name):
        found = Path(os.path.normpath(self.places[0] / name))
        if not self.holds(found):
            raise self._outside(name)
        return found

    patch.setattr(Roots, "place", place)


def letters(patch):
    """A place is inside when it begins with the same letters."""
    patch.setattr(Roots, "holds", lambda self, place: any(str(place).startswith(str(root)) for root in self.places))


def open_records(patch):
    """Casemate's own folder is a place like any other."""
    kept = desk.Desk.__init__

    def made(self, *given, **more):
        kept(self, *given, **{**more, "closed": ()})

    patch.setattr(desk.Desk, "__init__", made)


def no_bounds(patch):
    patch.setattr(desk, "refusal", lambda kinds, given: "")


def any_level(patch):
    patch.setattr(Level, "includes", lambda self, other: True)


def no_limit(patch):
    patch.setattr(desk, "MAX_RECORDED", 10**9)


def prefix_of_token(patch):
    """Tokens are compared as far as the shorter one goes."""
    patch.setattr(door, "sha256", lambda data: type("Digest", (), {"digest": lambda self: data})())
    patch.setattr(door, "compare_digest", lambda a, b: hmac.compare_digest(a[: len(b)], b[: len(a)]))


def any_host(patch):
    kept = door.Door.refusal

    def refusal(self, scope):
        headers = [pair for pair in scope["headers"] if pair[0] != b"host"]
        return kept(self, {**scope, "headers": [(b"host", next(iter(self._hosts)).encode()), *headers]})

    patch.setattr(door.Door, "refusal", refusal)


def any_origin(patch):
    kept = door.Door.refusal
    patch.setattr(
        door.Door,
        "refusal",
        lambda self, scope: kept(
            self, {**scope, "headers": [pair for pair in scope["headers"] if pair[0] != b"origin"]}
        ),
    )


MUTANTS = (lexical, letters, open_records, no_bounds, any_level, no_limit, prefix_of_token, any_host, any_origin)


@pytest.mark.parametrize("without", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_the_class_notices(without, monkeypatch):
    """When one of the safeguards is not there."""
    without(monkeypatch)
    assert any(made(ATTACK, SEED, number).succeeded for number in range(300))


def refuses_everything(patch):
    patch.setattr(desk.Desk, "admit", lambda self, name, given: self._roots.place("/"))


def test_a_safeguard_that_refuses_everything_is_noticed(monkeypatch):
    """The honest act within the class must be admitted."""
    refuses_everything(monkeypatch)
    attempts = [made(ATTACK, SEED, number) for number in range(5)]
    assert all(attempt.succeeded and attempt.what == "refused what is honest" for attempt in attempts)
