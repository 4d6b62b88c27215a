"""Sources that no person would write: mutations of real ones, soups of tokens, deep and long repetitions.

A case is a function of the seed and its number alone, so that a failure is named by a number and can be made again.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

MAX_SEED = 24_000  # bytes of a source that is mutated; what is longer is cut to a piece of that size
MOST_REPEATS = 3_000

TOKENS = [
    *"()[]{}:;,.@=+-*/%&|^~<>!\\'\"`#$?",
    *("**", "//", "->", ":=", "==", "!=", "<=", "<<", ">>=", "...", '"""', "'''", "\n", "\r\n", "\r", "\t", "\x0c", "    "),
    *("\\\n", "\ufeff", "é", "\u2028", "𝒳", "0x", "1e", "1_0", "0777L", "1j", "f'{", "}'", "f'{x!r:{y}}'", "b'", "rb'"),
    *("def ", "class ", "lambda ", "if ", "elif ", "else:", "for ", "while ", "try:", "except ", "except* ", "finally:"),
    *("with ", "as ", "import ", "from ", "global ", "nonlocal ", "return ", "yield ", "yield from ", "await ", "async "),
    *("match ", "case ", "_", "type ", "del ", "raise ", "assert ", "pass", "break", "continue", "not ", "and ", "or "),
    *("in ", "is ", "None", "True", "print ", "exec ", "self", "x", "x.y", "x[0]", "x()", "*x", "**x", "os.system(x)"),
    *("def f(a, b=1, /, *c, d, **e) -> x:\n    ", "class A(B, metaclass=C):\n    ", "@d\n", "[x for x in y if z]"),
    *("match x:\n    case ", "[*a, b]", "{'k': v, **r}", "A(x=1) | B()", "with (a as b, c as d):\n    "),
]  # fmt: skip


def seeds(folder: Path, most: int = 2_000) -> list[bytes]:
    """The Python sources below a folder, in order of path: an even choice of at most so many."""
    paths = sorted(path for path in folder.rglob("*.py") if path.is_file())
    chosen = paths[:: max(1, -(-len(paths) // most))]
    return [data for path in chosen if (data := path.read_bytes())]


def case(number: int, seed: int, sources: Sequence[bytes]) -> bytes:
    """The source of that number."""
    rng = random.Random(f"{seed}/{number}")
    if not sources or rng.random() < 0.15:
        return _soup(rng)
    data = _piece(rng, rng.choice(sources))
    for _ in range(rng.choice((1, 1, 1, 2, 3, 5, 10, 40))):
        data = rng.choice(MUTATIONS)(rng, data, sources)
    return data


def _piece(rng: random.Random, data: bytes) -> bytes:
    if len(data) <= MAX_SEED:
        return data
    start = rng.randrange(len(data) - MAX_SEED)
    return data[data.find(b"\n", start) + 1 : start + MAX_SEED]


def _soup(rng: random.Random) -> bytes:
    if rng.random() < 0.1:
        return rng.randbytes(rng.randrange(400))
    return "".join(rng.choice(TOKENS) for _ in range(rng.randrange(1, 400))).encode()


def _span(rng: random.Random, data: bytes, most: int = 200) -> tuple[int, int]:
    start = rng.randrange(len(data) + 1)
    return start, min(len(data), start + rng.randrange(most))


def _cut(rng: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _span(rng, data)
    return data[:start] + data[end:]


def _insert(rng: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.choice(TOKENS).encode() + data[at:]


def _flip(rng: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    at = rng.randrange(len(data) + 1)
    byte = rng.randbytes(1) if rng.random() < 0.03 else bytes([rng.randrange(32, 127)])  # most stay text
    return data[:at] + byte + data[at + 1 :]


def _move(rng: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _span(rng, data)
    at = rng.randrange(len(data) + 1)
    return data[:at] + data[start:end] + data[at:]


def _truncate(rng: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _splice(rng: random.Random, data: bytes, sources: Sequence[bytes]) -> bytes:
    other = _piece(rng, rng.choice(sources))
    start, end = _span(rng, other, 2_000)
    at = rng.randrange(len(data) + 1)
    return data[:at] + other[start:end] + data[at:]


def _repeat(rng: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """A short piece or a token many times: what nests, and what grows faster than its source."""
    start, end = _span(rng, data, 16)
    piece = data[start:end] if rng.random() < 0.5 else rng.choice(TOKENS).encode()
    return data[:end] + piece * rng.randrange(MOST_REPEATS) + data[end:]


def _lines(rng: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """Lines shuffled, doubled or moved to another depth."""
    lines = data.split(b"\n")
    at = rng.randrange(len(lines))
    run = lines[at : at + rng.randrange(1, 12)]
    way = rng.randrange(4)
    if way == 0:
        rng.shuffle(run)
    elif way == 1:
        run = run * rng.randrange(2, 20)
    elif way == 2:
        run = [b" " * rng.randrange(1, 9) + line for line in run]
    else:
        run = [line.lstrip() for line in run]
    return b"\n".join([*lines[:at], *run, *lines[at + len(run) :]])


MUTATIONS: tuple[Callable[[random.Random, bytes, Sequence[bytes]], bytes], ...] = (
    _cut, _insert, _flip, _move, _truncate, _splice, _repeat, _lines,
)  # fmt: skip
