r"""Regular expressions in which each character can be read in one way, in the place of one that can be read in many.

Pieces of the pattern are changed by rules, one or two of them, until the automaton of the whole is no longer slow. Patterns that
match the same come before those that read odd texts differently, such as a lone backslash at the end of a text between quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from casemate.taint.redos import explosive, slow

_ATOM = r"(?:\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[^\\\[\](){}?*+|^$])"
_OPEN = r"(?P<open>\((?:\?:|\?P<\w+>)?)"
_SAMPLES = 6_000
_LONGEST = 6
_LETTERS = 14
_MOST = 40  # patterns that are changed once more

# (what is looked for, what stands there instead)
_RULES: tuple[tuple[str, str], ...] = (
    (rf"{_OPEN}(?P<x>{_ATOM})\+\)\+", r"\g<open>\g<x>+)"),
    (rf"{_OPEN}(?P<x>{_ATOM})[+*]\)\*", r"\g<open>\g<x>*)"),
    (rf"{_OPEN}(?P<x>{_ATOM})\*\)\+", r"\g<open>\g<x>*)"),
    (rf"{_OPEN}(?P<x>{_ATOM})\+(?P<s>{_ATOM})\?\)\+", r"\g<open>\g<x>+(?:\g<s>\g<x>+)*\g<s>?)"),
    (rf"{_OPEN}(?P<x>{_ATOM})\+(?P<s>{_ATOM})\?\)\*", r"\g<open>(?:\g<x>+(?:\g<s>\g<x>+)*\g<s>?)?)"),
    (rf"{_OPEN}(?P<x>{_ATOM})\+(?P<s>{_ATOM})\*\)\+", r"\g<open>\g<x>+(?:\g<s>+\g<x>+)*\g<s>*)"),
    (rf"{_OPEN}(?P<x>{_ATOM})\+(?P<s>{_ATOM})\*\)\*", r"\g<open>(?:\g<x>+(?:\g<s>+\g<x>+)*\g<s>*)?)"),
    (rf"{_OPEN}(?P<s>{_ATOM})\?(?P<x>{_ATOM})\+\)\+", r"\g<open>\g<s>?\g<x>+(?:\g<s>\g<x>+)*)"),
    (rf"{_OPEN}(?P<s>{_ATOM})\*(?P<x>{_ATOM})\+\)\+", r"\g<open>\g<s>*\g<x>+(?:\g<s>+\g<x>+)*)"),
    (rf"\((?:\?:)?(?P<x>{_ATOM})(?P<s>{_ATOM})\?\)\*(?P=x)\+", r"\g<x>+(?:\g<s>\g<x>+)*"),
    (rf"(?P<x>{_ATOM})[+*](?P=x)\+|(?P<y>{_ATOM})\+(?P=y)\*", r"\g<x>\g<y>+"),
    (rf"(?P<x>{_ATOM})\*(?P=x)\*", r"\g<x>*"),
    (r"\\s\*\((?P<name>\?P<\w+>)?\.\*\??\)\\s\*", r"\\s*(\g<name>(?:\\S(?:.*\\S)?)?)\\s*"),
    (r"\\s\+\((?P<name>\?P<\w+>)?\.\+\??\)\\s\*", r"\\s+(\g<name>\\S(?:.*\\S)?)\\s*"),
    (r"\((?P<name>\?P<\w+>)?\.\*\?\)\\s\*\$", r"(\g<name>(?:.*\\S)?)\\s*$"),
)
# Parts between marks that the parts may hold themselves.
_PARTED = rf"(?P<x>{_ATOM})(?P<q>[+*])\((?:\?:)?(?P<s>\\?[^\w\\])(?P=x)[+*]\)\*"
# What odd texts are read differently by.
_LOOSE: tuple[tuple[str, str], ...] = (
    (r"(?:\\\\(?:\\\\|'|\")\|){2,}\[\^(?P<inner>[^\]\\]*)\]", r"\\\\.|[^\g<inner>\\\\]"),
    (r"(?P<escape>\\\\(?:\.|\[[^\]]*\]|\\?\w|\"|'))\|\[\^(?P<inner>[^\]\\]*)\]", r"\g<escape>|[^\g<inner>\\\\]"),
    (r"\[\^(?P<inner>[^\]\\]*)\]\|(?P<escape>\\\\(?:\.|\[[^\]]*\]|\"|'))", r"[^\g<inner>\\\\]|\g<escape>"),
    (
        rf"\[\^(?P<x>(?:\\.|[^\]\\])*)\](?P<q>[+*]){_OPEN}(?P<s>\\?[^\w\\\[\](){{}}?*+|^$])\[\^(?P=x)\](?P<r>[+*])\)\*",
        r"[^\g<x>\g<s>]\g<q>\g<open>\g<s>[^\g<x>\g<s>]\g<r>)*",
    ),
    (r"\.[*+]\??(?P<end>[\"'<>;:,/=&])", r"[^\g<end>\\n]*\g<end>"),
    (r"(?P<loop>\\s)\*(?P<rest>.*)\Z", r"\g<loop>{0,50}\g<rest>"),
    (rf"^(?P<x>{_ATOM})(?P<q>[+*])", r"(?<!\g<x>)\g<x>\g<q>"),
)


def linear(pattern: str) -> Iterator[tuple[str, bool]]:
    """Patterns for the same texts that take no time to speak of, each with whether it matches the same; those first."""
    seen = {pattern}
    layer = [(pattern, True)]
    near: list[str] = []
    for _ in range(2):
        found: list[tuple[str, bool]] = []
        for one, same in layer:
            for made, kept in (*((made, True) for made in _fewer(one)), *_changed(one)):
                if made not in seen and _valid(made):
                    seen.add(made)
                    found.append((made, same and kept))
        for made, same in found:
            if slow(made) or explosive(made) or slow(made, whole=True):
                continue
            if not same:
                near.append(made)
            elif alike(pattern, made):
                yield made, True
        layer = found[:_MOST]
    for made in near:
        yield made, False


def _changed(pattern: str) -> Iterator[tuple[str, bool]]:
    """A pattern with one rule applied at one place, and whether the rule is one that keeps what is matched."""
    for rules, kept in ((_RULES, True), (_LOOSE, False)):
        for rule, new in rules:
            found = list(re.finditer(rule, pattern))
            if len(found) > 1:
                yield re.sub(rule, new, pattern), kept
            for match in found:
                yield pattern[: match.start()] + match.expand(new) + pattern[match.end() :], kept
    for match in re.finditer(_PARTED, pattern):
        if re.fullmatch(match["x"], match["s"].removeprefix("\\")):
            yield pattern[: match.start()] + match["x"] + match["q"] + pattern[match.end() :], True


def _fewer(pattern: str) -> Iterator[str]:
    """A pattern without those ways of a repeated group that its other ways can read as well."""
    for match in re.finditer(r"\((?:\?:)?((?:\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[^\\()\[])+)\)[*+]", pattern):
        ways = re.findall(r"(?:\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[^\\\[|])+", match[1])
        kept = list(ways)
        for way in ways:
            fewer = [one for one in kept if one is not way]
            made = pattern[: match.start(1)] + "|".join(fewer) + pattern[match.end(1) :]
            if fewer and _valid(made) and alike(pattern, made):
                kept = fewer
        if len(kept) < len(ways):
            yield pattern[: match.start(1)] + "|".join(kept) + pattern[match.end(1) :]


def _valid(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return False
    return True


def alike(one: str, other: str) -> bool:
    """Whether two patterns match the same of all short texts over the characters that matter to them."""
    first, second = re.compile(one), re.compile(other)
    alphabet = _alphabet(one)
    count = 0
    for length in range(_LONGEST + 1):
        for text in product(alphabet, repeat=length):
            count += 1
            if count > _SAMPLES:
                return True
            shown = "".join(text)
            left, right = first.search(shown), second.search(shown)
            if (left is None) != (right is None) or (
                left is not None and right is not None and left.span() != right.span()
            ):
                return False
    return True


def _alphabet(pattern: str) -> list[str]:
    """A character for each way in which the pieces of a pattern tell characters apart."""
    atoms = [re.compile(atom) for atom in dict.fromkeys(re.findall(_ATOM, pattern)) if _valid(atom)]
    told: dict[tuple[bool, ...], str] = {}
    for letter in dict.fromkeys([*"a0 !_", *re.sub(r"\\(.)", r"\1", pattern), "\n"]):
        told.setdefault(tuple(atom.fullmatch(letter) is not None for atom in atoms), letter)
    return list(told.values())[:_LETTERS]
