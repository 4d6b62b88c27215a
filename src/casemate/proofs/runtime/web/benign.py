"""Plausible values for what a view reads beside the canary. Standard library only, Python 3.7 and later."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NAMES: tuple[tuple[str, str], ...] = (
    # whole words of a name → value
    (r"e?mail|recipient|sender", "ana@example.org"),
    (r"uuid|guid", "6f1d1c56-3a0e-4b0e-9c5e-0a4f4d1d2b11"),
    (r"id|ids|pk|num|number|no|nr|page|size|limit|offset|count|age|amount|qty|quantity|index|idx|width|height|priority"
     r"|total|price|version|rating|score|port|level|days|hours|minutes|seconds|start|end|position|per|max|min", "1"),
    (r"year", "2024"), (r"month", "5"), (r"day", "12"), (r"hour", "8"), (r"minute", "30"),
    (r"date|since|until|from|to|due|deadline", "2024-05-12"), (r"time", "08:30"), (r"datetime|timestamp", "2024-05-12T08:30:00"),
    (r"url|uri|link|website|homepage|callback", "http://localhost/"), (r"next|redirect|return|back", "/"),
    (r"phone|mobile|tel", "+431234567"), (r"zip|postcode|postal", "1010"),
    (r"pass|password|passwd|pwd|password1|password2|confirm", "Quiet-River-42"),
    (r"user|username|login|account", "ana"), (r"lang|language|locale", "en"), (r"country", "AT"), (r"currency", "EUR"),
    (r"enabled|active|agree|accept|terms|public|visible|flag|is|has", "on"), (r"slug|ref|reference|code", "ok-1"),
    (r"color|colour", "#336699"), (r"ip|address|host|hostname", "localhost"), (r"json|data|payload", "{}"),
)  # fmt: skip

_KINDS: dict[str, str] = {
    # converters and types
    "int": "1", "integer": "1", "float": "1.5", "number": "1.5", "decimal": "1.5", "bool": "true", "boolean": "true",
    "uuid": "6f1d1c56-3a0e-4b0e-9c5e-0a4f4d1d2b11", "UUID": "6f1d1c56-3a0e-4b0e-9c5e-0a4f4d1d2b11", "slug": "ok-1",
    "date": "2024-05-12", "datetime": "2024-05-12T08:30:00", "path": "ok",
}  # fmt: skip

CASTS = frozenset(["int", "float", "Decimal", "UUID", "bool"])


def value(name: Any, kind: str = "") -> str:
    """For a field of that name; kind: a converter or type, where it is known."""
    if kind in _KINDS:
        return _KINDS[kind]
    words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", str(name))]
    for word in reversed(words):
        for pattern, text in _NAMES:
            if re.fullmatch(pattern, word):
                return text
    return "ok"


def matching(pattern: str, name: str) -> str:
    """A text that a regular expression of a path's part matches whole."""
    tries = [
        value(name),
        "1",
        "ok",
        "2024",
        "12",
        "ok-1",
        "a",
        "A1",
        value("uuid"),
        "2024-05-12",
        "a1b2c3d4",
        "en",
        "json",
    ]
    for text in tries:
        try:
            if re.fullmatch(pattern, text):
                return text
        except (re.error, RecursionError):
            break
    from . import shapes

    return shapes.example(pattern) or value(name)
