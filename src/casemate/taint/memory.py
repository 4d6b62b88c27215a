"""Memory of earlier solving: what each run of a function rested on and what came of it.

A run is a function of the function's own code, the facts that it read and the names that it asked the program to
resolve. When all of these are as they were, its outcome is what it was. Replaying runs in the order of a fresh solve, from
nothing, gives the facts of a fresh solve: nothing stale can hold itself up in a cycle.
"""

from __future__ import annotations

import marshal
from collections.abc import Mapping
from typing import Any, NamedTuple

import xxhash

from casemate.taint.summary import SinkHit, Summary

Unit = tuple[str, int]
VERSION = 102
# (fact, digest, digest). Not by its length: compiled code takes such a tuple apart and makes another one of it, and these are
# kept once for all who hold them.
Ground = tuple[Any, ...]
Answered = tuple[Any, ...]  # (question, answer), likewise


class Run(NamedTuple):
    """One run of a function.

    reads: (fact, digest of what it was when first read, and when the run had ended: it may have changed meanwhile). asked:
    (question to the program, answer). Tuples that many runs have in common are one object, which `dump` writes once.

    The rest is the outcome: summary, cells contributed to, functions registered as entry points with the parameters that
    the registering call makes harmless, and the numbers of the entries that the function is.
    """

    reads: tuple[Ground, ...]
    asked: tuple[Answered, ...]
    summary: Summary
    written: tuple[tuple[Any, Any], ...]
    registered: tuple[tuple[Unit, int, tuple[str, ...]], ...]
    entries: tuple[int, ...]


def plain_summary(summary: Summary) -> tuple[Any, ...]:
    """A summary as plain tuples."""
    return (*summary[:4], tuple(map(tuple, summary.hits)), *summary[5:])


def digest(fact: Any) -> int:
    """A short digest of a fact in plain data; 0 for none."""
    if fact is None:
        return 0
    return xxhash.xxh3_64_intdigest(marshal.dumps(plain_summary(fact) if isinstance(fact, Summary) else fact, 2))


def dump(runs: Mapping[Any, list[Run]]) -> bytes:
    """Runs as bytes: those of one module's functions by number, or those of several by unit."""
    plain = {n: [(*r[:2], plain_summary(r.summary), *r[3:]) for r in of] for n, of in runs.items()}
    return marshal.dumps((VERSION, plain))


def load(data: bytes | None) -> dict[Any, list[Run]]:
    """The inverse of `dump`; nothing when the bytes are not such."""
    if data is None:
        return {}
    try:
        version, plain = marshal.loads(data)
        if version != VERSION:
            return {}
        return {n: [Run._make((*r[:2], read_summary(r[2]), *r[3:])) for r in of] for n, of in plain.items()}
    except (ValueError, EOFError, TypeError):
        return {}


def read_summary(plain: tuple[Any, ...]) -> Summary:
    """The inverse of `plain_summary`."""
    return Summary._make((*plain[:4], tuple(map(SinkHit._make, plain[4])), *plain[5:]))
