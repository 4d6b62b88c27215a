"""Names as text: absolute names of relative imports, dotted names of expressions, and what an annotation names."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from sys import intern
from typing import Final

_DOTTED: Final = re.compile(r"[^\W\d]\w*(?:[\s\\]*\.[\s\\]*[^\W\d]\w*)*")
_SPACE: Final = re.compile(r"[\s\\]+")
_QUOTED: Final = re.compile(r"""[bBuUrR]{0,2}(['"]{1,3})(.*)\1""", re.DOTALL)

# Annotations that stand for what they hold: the last name of each. "X | None" is handled like Union.
_HOLDERS: Final = frozenset(
    (
        "Annotated", "AbstractSet", "AsyncGenerator", "AsyncIterable", "AsyncIterator", "Awaitable", "ClassVar",
        "Collection", "Container", "Coroutine", "Deque", "Final", "FrozenSet", "Generator", "InitVar", "Iterable",
        "Iterator", "List", "Mapped", "MutableSequence", "MutableSet", "NotRequired", "Optional", "ReadOnly",
        "Required", "Sequence", "Set", "Tuple", "deque", "frozenset", "list", "set", "tuple",
    )
)  # fmt: skip
_LAST: Final = frozenset(("Coroutine",))


_CALL: Final = re.compile(r"([A-Za-z_][\w.]{0,200})\(\s{0,20}([A-Za-z_][\w.]{0,200})?\s{0,20}[,)]")
LONGEST: Final = 2000  # characters of an annotation that is still looked at


class Names(dict[str, str]):
    """Identifiers of one file: text as sliced from the Latin-1 view of the source → the name, normalised and shared."""

    def __missing__(self, raw: str) -> str:
        name = raw
        if not raw.isascii():
            name = unicodedata.normalize("NFKC", raw.encode("latin-1").decode("utf-8", "replace"))
        name = self[raw] = intern(name)
        return name


def absolute(module: str, package: bool, dots: int, name: str) -> str:
    """The absolute dotted name of a relative import in `module`.

    An import that climbs out of the top keeps a leading dot, so that it can never be taken for a library's name.
    """
    if not dots:
        return name
    parts = module.split(".") if module else []
    drop = dots - 1 if package else dots
    if drop >= len(parts):
        return "." + name
    base = ".".join(parts[: len(parts) - drop])
    return f"{base}.{name}" if name else base


def dotted(text: str) -> str:
    """The dotted name that an expression starts with, without white space: `a.b` of `a. b[c]` and of `a.b(c)`."""
    found = _DOTTED.match(text)
    return _SPACE.sub("", found.group()) if found else ""


@lru_cache(maxsize=4096)
def annotation(text: str) -> str:
    """The dotted name that an annotation stands for ("" if none or several).

    `Optional[X]`, `X | None`, `Annotated[X, ...]`, `"X"`, `list[X]` and the like give X; `dict[K, V]` gives dict.
    """
    return _named(text, 0) if len(text) <= LONGEST else ""


def beside(text: str) -> tuple[str, ...]:
    """Of the first call beside the type in `Annotated[X, f(g), ...]` that is given a name what is called, and the name; of none
    the first call alone; empty for another annotation."""
    text = text.strip()
    head = text.partition("[")[0].rstrip()
    if len(text) > LONGEST or head.rpartition(".")[2] != "Annotated" or not text.endswith("]"):
        return ()
    calls = [
        found.groups()
        for item in _split(text[text.index("[") + 1 : -1], ",")[1:]
        if (found := _CALL.match(item.strip()))
    ]
    first = next((one for one in calls if one[1]), calls[0] if calls else ())
    return tuple(filter(None, first))


def _named(text: str, depth: int) -> str:
    text = text.strip()
    if text.isidentifier():
        return "" if text == "None" else text
    if depth > 8 or not text:
        return ""
    quoted = _QUOTED.fullmatch(text)
    if quoted:
        return _named(quoted.group(2), depth + 1)
    alternatives = _split(text, "|")
    if len(alternatives) > 1:
        return _one(alternatives, depth)
    if text.startswith("(") and text.endswith(")"):
        return _named(text[1:-1], depth + 1)
    found = _DOTTED.match(text)
    head = _SPACE.sub("", found.group()) if found else ""
    rest = text[found.end() :].strip() if found else ""
    if not rest.startswith("[") or not rest.endswith("]"):
        return "" if head == "None" else head
    last = head.rpartition(".")[2]
    inner = _split(rest[1:-1], ",")
    if last == "Union":
        return _one(inner, depth)
    if last in _HOLDERS:
        return _named(inner[-1 if last in _LAST else 0], depth + 1)
    return head


def _one(alternatives: list[str], depth: int) -> str:
    named = {_named(alternative, depth + 1) for alternative in alternatives if alternative.strip() != "None"}
    return named.pop() if len(named) == 1 else ""


def _split(text: str, separator: str) -> list[str]:
    """The parts between separators that stand outside of brackets and quotes."""
    parts, level, start, quote = [], 0, 0, ""
    for at, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "[({":
            level += 1
        elif char in "])}":
            level -= 1
        elif char == separator and not level:
            parts.append(text[start:at])
            start = at + 1
    parts.append(text[start:])
    return parts
