"""What a browser's parser makes of a page, as far as it matters here: which elements and attributes there are.

`html.parser` reads tags as HTML 5 does, with text in `script`, `style`, `textarea` and `title` kept as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import NamedTuple

_TEXT_ONLY = frozenset(("textarea", "title", "xmp", "iframe", "noembed", "noframes", "plaintext", "noscript"))
_LINKS = frozenset(("href", "src", "action", "formaction", "data", "xlink:href"))
_SPACE = re.compile(r"[\x00-\x20]+")


class Found(NamedTuple):
    """what: element, attribute or link (an attribute that runs code when followed). name: in lower case."""

    what: str
    name: str


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Found] = []
        self._within = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._within:
            return
        self.found.append(Found("element", tag))
        for name, value in attrs:
            self.found.append(Found("attribute", name.lower()))
            target = _SPACE.sub("", value or "").lower()
            if name.lower() in _LINKS and target.startswith("javascript:"):
                self.found.append(Found("link", target))
        if tag in _TEXT_ONLY:
            self._within = tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._within:
            self._within = ""


def found(page: str) -> Iterator[Found]:
    """Elements, attributes and links that run code, in order."""
    parser = _Parser()
    parser.feed(page)
    parser.close()
    yield from parser.found
