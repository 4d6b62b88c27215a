"""Ledgers to be attacked: in memory, so that an attempt costs little, with entries as they are really recorded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from random import Random

from casemate.governance.budget import Counts
from casemate.governance.charter import Target, Tier, single_operator
from casemate.governance.digests import KeyedDigests
from casemate.governance.ledger import Ledger
from casemate.governance.policy import HOUSE_POLICY
from casemate.governance.wall import Wall
from casemate.ports import LedgerLock, Signer
from casemate.safeguards.attack import HandClock

PLACE = Target(name="./src", path="/home/alice/src")


class MemoryStore:
    """`ports.LedgerStore` in a dictionary."""

    def __init__(self, files: dict[str, bytes] | None = None) -> None:
        self.files = {} if files is None else files

    def read(self, name: str) -> bytes | None:
        """A named file's bytes, or None."""
        return self.files.get(name)

    def write(self, name: str, data: bytes) -> None:
        """Write a file whole."""
        self.files[name] = data

    def write_all(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write files whole."""
        for name, data in files:
            self.write(name, data)

    def names(self) -> Iterator[str]:
        """The names of all files."""
        return iter(tuple(self.files))

    def remove(self, folder: str, above: int = 0) -> None:
        """Remove a folder's files of which the name is a greater number."""
        for name in [name for name in self.files if name.startswith(f"{folder}/")]:
            if int(name.rpartition("/")[2]) > above:
                del self.files[name]

    def lock(self) -> LedgerLock:
        """Nobody else is there."""
        return nullcontext()


def a_wall(ledger: Ledger, clock: HandClock) -> Wall:
    """A wall around one place, with that ledger."""
    return Wall(
        charter=single_operator([PLACE], clock.now(), who="alice", tier=Tier.FIND),
        policy=HOUSE_POLICY,
        ledger=ledger,
        digests=KeyedDigests(bytes(32)),
        clock=clock,
        budget=Counts(files=10),
    )


def recorded(signer: Signer, clock: HandClock, random: Random, operations: int, filling: int = 0) -> MemoryStore:
    """The files of a ledger of so many operations, after so many entries of no known form that fill it up."""
    store = MemoryStore()
    ledger = Ledger(store=store, signer=signer)
    ledger.append_many([b"filling %d %d" % (number, random.getrandbits(32)) for number in range(filling)])
    for _ in range(operations):
        with a_wall(ledger, clock).operation("scan", subject=(PLACE,)):
            clock.move(seconds=random.randint(1, 5000))
    return store
