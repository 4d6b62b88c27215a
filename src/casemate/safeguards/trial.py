"""Trying the attacks: so many attempts a class, from one seed, each on ground of its own."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from casemate.model.errors import CasemateError
from casemate.safeguards.attack import Attack, Attempt, Ground, HandClock


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What came of a class of attack. variants: how often each was tried. succeeded: those attempts, at most the first ten."""

    attack: Attack
    attempts: int
    successes: int
    variants: tuple[tuple[str, int], ...]
    succeeded: tuple[Attempt, ...]


def run(
    attacks: Sequence[Attack], *, cases: int, seed: int, progress: Callable[[str, int, int], None]
) -> Iterator[Row]:
    """Try every class: at least `cases` attempts altogether, of classes that write files a tenth as many as of the others.

    The same seed makes the same attempts. progress: told the class, how many attempts of all are done, and how many there
    will be.
    """
    weights = [1 if attack.files else 10 for attack in attacks]
    shares = [max(10, -(-cases * weight // sum(weights))) for weight in weights]
    for place, (attack, wanted) in enumerate(zip(attacks, shares, strict=True)):
        variants: Counter[str] = Counter()
        successes, shown = 0, list[Attempt]()
        for number in range(wanted):
            attempt = made(attack, seed, number)
            variants[attempt.what] += 1
            if attempt.succeeded:
                successes += 1
                shown += [attempt] if len(shown) < 10 else []
            if number % 50 == 49 or number == wanted - 1 or attack.files:
                progress(attack.id, sum(shares[:place]) + number + 1, sum(shares))
        yield Row(
            attack=attack,
            attempts=wanted,
            successes=successes,
            variants=tuple(sorted(variants.items())),
            succeeded=tuple(shown),
        )


def made(attack: Attack, seed: int, number: int) -> Attempt:
    """One attempt, by seed and number alone. What breaks instead of refusing counts as a success, and so does a refusal that the
    attack did not expect: then something honest was refused, and the class shows nothing."""
    with tempfile.TemporaryDirectory(prefix="casemate-safeguard-") as folder:
        ground = Ground(random=Random(f"{attack.id} {seed} {number}"), folder=Path(folder), clock=HandClock())
        try:
            return attack.attempt(ground)
        except CasemateError as error:
            return Attempt(what="refused what is honest", succeeded=True, answer=str(error)[:300])
        except Exception as error:
            return Attempt(what="broke", succeeded=True, answer=f"{type(error).__name__}: {error}"[:300])
