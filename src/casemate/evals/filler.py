"""Unrelated functions that variants put between those of a case. None of them takes anything from outside to anywhere."""

from __future__ import annotations

from random import Random
from textwrap import indent
from typing import Final

_NAMES: Final = (
    "middle",
    "widest",
    "rounded_up",
    "initials",
    "padded",
    "evens",
    "spread",
    "longest",
    "average",
    "chunks",
)
_BODIES: Final = (
    """\
def {name}({self}values):
    ordered = sorted(values)
    return ordered[len(ordered) // {two}] if ordered else None""",
    """\
def {name}({self}low, high):
    if high < low:
        low, high = high, low
    return (high - low) * {two}""",
    """\
def {name}({self}text):
    return "".join(part[0] for part in text.split() if part).upper()""",
    """\
def {name}({self}number):
    left = number % {ten}
    return number if left == 0 else number + {ten} - left""",
    """\
def {name}({self}items):
    seen = []
    for one in items:
        if one not in seen:
            seen.append(one)
    return seen[:{ten}]""",
    """\
def {name}({self}start, stop):
    return [number for number in range(start, stop) if number % {two} == 0]""",
    """\
def {name}({self}celsius):
    return celsius * 9 / 5 + {ten}""",
    """\
def {name}({self}counts):
    whole = sum(counts.values())
    return {{key: count * {ten} // whole for key, count in counts.items()}} if whole else {{}}""",
)


def functions(random: Random, count: int, *, method: bool) -> list[str]:
    """So many functions, or methods, without blank lines around them."""
    out: list[str] = []
    for name, body in zip(random.sample(_NAMES, count), random.sample(_BODIES, count), strict=True):
        text = body.format(
            name=name, self="self, " if method else "", two=random.randrange(2, 6), ten=random.choice((10, 12, 32, 100))
        )
        out.append(indent(text, "    ") if method else text)
    return out
