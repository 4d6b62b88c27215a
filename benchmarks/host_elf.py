"""Whether the reader of ELF files bears anything: mutants of real programs, each within a time, none with an exception.

    python benchmarks/host_elf.py [PROGRAM …] [--mutants 1000] [--seed N]

Without programs, this interpreter's. Bytes of headers and tables are changed and ends cut off; the slowest is told. The exit code
is 1 when one raised or took longer than a second. The suite has 200 of a small program in `tests/host/facts/test_elf.py`.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path

from casemate.host.facts.elf import parse

BYTES = (0, 1, 0x7F, 0x80, 0xFF)


def mutant(whole: bytes, rng: random.Random) -> bytes:
    """One of them: half of the changes in the header and the tables behind it."""
    data = bytearray(whole)
    for _ in range(rng.randint(1, 16)):
        place = rng.choice((rng.randrange(64), rng.randrange(min(4096, len(data))), rng.randrange(len(data))))
        data[min(place, len(data) - 1)] = rng.choice((*BYTES, rng.randrange(256)))
    if rng.random() < 0.2:
        del data[rng.randrange(len(data)) :]
    return bytes(data)


def main() -> int:
    """Read them all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", nargs="*", type=Path, default=[Path(sys.executable).resolve()])
    parser.add_argument("--mutants", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rng = random.Random(given.seed)
    wholes = [program.read_bytes() for program in given.programs]
    worst, faults, read = 0.0, [], 0
    for number in range(given.mutants):
        data = mutant(rng.choice(wholes), rng)
        started = time.process_time()
        try:
            read += parse(data) is not None
        except Exception as error:  # whatever it is, it is a fault
            faults.append(f"mutant {number}: {type(error).__name__}: {error}")
        worst = max(worst, time.process_time() - started)
    print(f"{given.mutants} mutants, {read} still read, {len(faults)} faults, the slowest took {worst:.3f} s")
    for fault in faults[:20]:
        print(f"  {fault}")
    return 1 if faults or worst > 1 else 0


if __name__ == "__main__":
    sys.exit(main())
