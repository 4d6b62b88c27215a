"""A rule's page in parts: sections by heading, each of paragraphs and lists, with code spans told apart from text.

The pages are our own and use little of Markdown: headings of the second level, paragraphs, `- ` lists, `code`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A run of text. code: it stood between backquotes."""

    text: str
    code: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A paragraph, or a list of items."""

    items: tuple[tuple[Span, ...], ...]
    listed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and what stands below it; text: the same as it was written, in one line a part."""

    heading: str
    parts: tuple[Part, ...]
    text: str


FIX = "How to fix it"


def sections(page: str) -> tuple[Section, ...]:
    """The page's sections in order, without its title."""
    _, *found = re.split(r"^## ", page, flags=re.MULTILINE)
    return tuple(_section(*text.partition("\n")[::2]) for text in found)


def how_to_fix(page: str) -> Section | None:
    """The section that says how to fix it, None where the page has none."""
    return next((section for section in sections(page) if section.heading == FIX), None)


def spans(text: str) -> tuple[Span, ...]:
    """The text in runs, code told apart; a backquote without its partner is a backquote."""
    return tuple(Span(text=piece, code=index % 2 == 1) for index, piece in enumerate(_CODE.split(text)) if piece)


def _section(heading: str, body: str) -> Section:
    blocks = [block for block in re.split(r"\n\s*\n", body.strip()) if block]
    lines = [_unwrapped(item) for block in blocks for item in _items(block)[0]]
    return Section(heading=heading.strip(), parts=tuple(_part(block) for block in blocks), text="\n".join(lines))


def _part(block: str) -> Part:
    items, listed = _items(block)
    return Part(items=tuple(spans(_unwrapped(item)) for item in items), listed=listed)


def _items(block: str) -> tuple[list[str], bool]:
    if not block.startswith("- "):
        return [block], False
    return re.split(r"\n- ", block.removeprefix("- ")), True


def _unwrapped(text: str) -> str:
    return " ".join(text.split())
