"""The ledger at size: appends, proofs at ten million entries, the audit's rate and memory, and a thousand kills.

    python benchmarks/ledger.py [--entries N] [--kills N] [--work DIR] [--only build|append|audit|kill]

The large log is built by writing full tiles directly, without waiting for the disk; all that is measured on it goes the way that
commands go. Times are wall times in milliseconds unless it says otherwise. The exit code is 1 when a log does not verify.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

from casemate.adapters.keys import FileSigner
from casemate.adapters.ledger_files import LedgerFolder
from casemate.governance.audit import audit
from casemate.governance.budget import Counts
from casemate.governance.charter import Tier
from casemate.governance.entries import After, Before, Outcome
from casemate.governance.errors import LedgerMissing
from casemate.governance.ledger import CHECKPOINT, Ledger, Log
from casemate.governance.merkle import leaf_hash, verify_inclusion
from casemate.governance.note import Checkpoint, sign_checkpoint
from casemate.governance.tiles import WIDTH, RightEdge, grow

SIGNER = FileSigner(bytes(range(32)))
BATCH = 1000
CHECKS = ("append", "build", "audit", "kill")
Row = tuple[str, str]


def ledger(folder: Path) -> Ledger:
    """The log below a folder."""
    return Ledger(store=LedgerFolder(folder), signer=SIGNER)


def build(folder: Path, bundles: Iterator[list[bytes]]) -> int:
    """Write a log as an append leaves it, bundle by bundle and unsynced; its size."""
    edge, made = RightEdge(), set[Path]()
    for entries in bundles:
        growth = grow(edge, entries)
        last = growth.edge.size % WIDTH != 0
        for tile, data in (*growth.full, *(growth.partial if last else ())):
            _write(folder / tile.path, data, made)
        edge = growth.edge
    for tile, data in edge.tiles():
        _write(folder / tile.path, data, made)
    head = Checkpoint(origin=ledger(folder).key.name, size=edge.size, root=edge.root)
    _write(folder / CHECKPOINT, sign_checkpoint(head, SIGNER), made)
    return edge.size


def _write(path: Path, data: bytes, made: set[Path]) -> None:
    if path.parent not in made:
        path.parent.mkdir(parents=True, exist_ok=True)
        made.add(path.parent)
    path.write_bytes(data)


def filling(count: int) -> Iterator[list[bytes]]:
    """Short entries, a bundle at a time."""
    for start in range(0, count, WIDTH):
        yield [b'{"entry":"filling","number":%d}' % n for n in range(start, min(start + WIDTH, count))]


def operations(count: int) -> Iterator[list[bytes]]:
    """Pairs of entries as operations leave them, a bundle at a time."""
    moment, counts = datetime(2026, 1, 1, tzinfo=UTC), Counts(files=1000, bytes=10**8, lines=10**6, tasks=1000)
    for start in range(0, count, WIDTH):
        bundle: list[bytes] = []
        for index in range(start, min(start + WIDTH, count), 2):
            before = Before(
                operation="scan", tier=Tier.FIND, actor="alice", names=("./src",), count=1, subject="00" * 32,
                charter="11" * 32, budget=counts, time=moment, tool="casemate 0.1.0",
            )  # fmt: skip
            after = After(
                before=index, operation="scan", outcome=Outcome.COMPLETED, reason="", read="22" * 32, used=counts,
                refused=0, not_examined=0, elapsed_ms=1234, time=moment,
            )  # fmt: skip
            bundle += [before.encode(), after.encode()]
        yield bundle


def timed(act: Callable[[], object], times: int) -> str:
    """Medians and 95th percentiles of wall and of processor time, in milliseconds."""
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(times):
        begun = time.perf_counter(), time.process_time()
        act()
        took[0].append((time.perf_counter() - begun[0]) * 1000)
        took[1].append((time.process_time() - begun[1]) * 1000)
    wall, cpu = (quantiles(values, n=20) for values in took)
    return f"p50 {wall[9]:.2f}, p95 {wall[18]:.2f}; of CPU p50 {cpu[9]:.2f}, p95 {cpu[18]:.2f}"


def measure_append(work: Path) -> list[Row]:
    """One at a time, and many at once, each durable before it returns."""
    log = ledger(work / "append")
    log.append(b"first")
    single = timed(lambda: log.append(b"x" * 450), 300)
    begun, batches = time.perf_counter(), 20
    for number in range(batches):
        log.append_many([b"%d %s" % (number, b"x" * 440)] * BATCH)
    rate = batches * BATCH / (time.perf_counter() - begun)
    return [
        ("append, one entry of 450 bytes", single),
        (f"append_many, {BATCH:,} entries of 450 bytes at once", f"{rate:,.0f} entries a second"),
    ]


def measure_large(work: Path, count: int) -> list[Row]:
    """A log of so many entries: opening it, proofs, an append."""
    folder = work / "large"
    begun = time.perf_counter()
    size = build(folder, filling(count))
    rows = [(f"built, {size:,} entries", f"{time.perf_counter() - begun:,.0f} s")]
    rng, log = random.Random(1), ledger(folder)
    head, _ = log.head()
    opening = timed(lambda: ledger(folder).head(), 50)

    def prove() -> None:
        found = log.prove(rng.randrange(size))
        if not verify_inclusion(
            leaf=leaf_hash(found.entry), index=found.index, size=size, proof=found.proof, root=head.root
        ):
            sys.exit("a proof does not hold")

    proving = timed(prove, 1000)
    continuing = timed(lambda: log.consistency(rng.randrange(size)), 300)
    first = timed(lambda: ledger(folder).append(b"x"), 50)
    return [
        *rows,
        ("opening: the checkpoint, verified", opening),
        ("inclusion proof of any entry, made and verified", proving),
        ("consistency proof from any size, made and verified", continuing),
        ("a first append: right edge read and compared", first),
    ]


def measure_audit(work: Path, count: int) -> list[Row]:
    """The whole of a log computed again, and what memory that takes."""
    folder = work / "audit"
    size = build(folder, operations(count))
    before = resource.getrusage(resource.RUSAGE_SELF)
    result = audit(Log(store=LedgerFolder(folder), key=ledger(folder).key), lambda operation: None)
    after = resource.getrusage(resource.RUSAGE_SELF)
    if result.problems or result.begun * 2 != size:
        sys.exit(f"the audit found {result.problems}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return [
        (f"audit of {size:,} entries of operations", f"{size / cpu:,.0f} entries a second of CPU"),
        ("peak memory of that process, interpreter and building included", f"{after.ru_maxrss / 1024:.0f} MB"),
    ]


def kill(work: Path, kills: int, seed: int, moment: float = 0.06) -> tuple[list[Row], list[str]]:
    """A process that appends, killed at random moments; faults: what must not be. moment: seconds until then, on average."""
    rng, faults = random.Random(seed), list[str]()
    cut = acknowledged = 0
    for number in range(kills):
        folder = work / f"kill-{number // 50}"
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            _append_until_killed(folder, writer, random.Random(f"{seed} {number}"))
        os.close(writer)
        os.read(reader, 1)  # it has begun
        time.sleep(rng.expovariate(1 / moment))  # a moment at which it is killed, not a wait for anything
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        said = b""
        while part := os.read(reader, 1 << 16):
            said += part
        os.close(reader)
        lines = said.split(b"\n")[:-1]
        acknowledged += len(lines)
        try:
            result = audit(Log(store=LedgerFolder(folder), key=ledger(folder).key))
        except LedgerMissing:
            faults += [f"kill {number}: what was acknowledged is gone"] if lines else []
            continue
        cut += bool(result.leftovers)
        faults += [f"kill {number}: {problem}" for problem in result.problems]
        if lines and result.head.size < int(lines[-1]):
            faults.append(f"kill {number}: {int(lines[-1])} entries were acknowledged, {result.head.size} are there")
    return [
        (f"killed (SIGKILL) at {kills:,} random moments of appending", f"{len(faults)} faults"),
        ("entries that had been acknowledged before, all there", f"{acknowledged:,} appends"),
        ("kills in the middle of an append, named as leftovers by `verify`", f"{cut:,}"),
    ], faults


def _append_until_killed(folder: Path, writer: int, rng: random.Random) -> None:
    """Append one or many, and say how many entries there are since."""
    with suppress(BaseException):
        os.write(writer, b"0")
        log = ledger(folder)
        while True:
            many = rng.choice((1, 1, 2, 7, 300))
            size = log.append(b"one") if many == 1 else log.append_many([b"of %d" % many] * many)
            os.write(writer, b"%d\n" % (size + many))
    os._exit(1)


def main() -> None:
    """Measure what is asked for, as a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=10_000_000)
    parser.add_argument("--audited", type=int, default=200_000)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, metavar="DIR")
    parser.add_argument("--only", action="append", choices=CHECKS, help="only this (repeatable)")
    options = parser.parse_args()
    wanted, faults = options.only or CHECKS, list[str]()
    with tempfile.TemporaryDirectory(prefix="casemate-ledger-", dir=options.work) as scratch:
        work, rows = Path(scratch), list[Row]()
        if "append" in wanted:
            rows += measure_append(work)
        if "kill" in wanted:
            found, faults = kill(work, options.kills, options.seed)
            rows += found
        if "audit" in wanted:
            rows += measure_audit(work, options.audited)
        if "build" in wanted:
            rows += measure_large(work, options.entries)
    print("| what | result |\n| --- | --- |")
    for what, result in rows:
        print(f"| {what} | {result} |")
    print(*faults[:20], sep="\n")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
