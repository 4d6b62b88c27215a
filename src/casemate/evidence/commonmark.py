"""Text of a target inside Markdown, and inside HTML that stands in Markdown: shown, never interpreted.

Every character that Markdown or HTML could read is a character reference, which both read as text only (CommonMark §2.5:
"cannot be used in place of symbols indicating structure"). What code hosts make of text after that, mentions of people and
references to issues, they leave alone in code elements, so text that could be one stands in such an element.
"""

from __future__ import annotations

import html
import re

from casemate.evidence.escape import visible

_ASCII_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_REFERENCES = re.compile(r"[@#!$%&~]")
_PLAIN = frozenset(",;'")


def prose(text: str) -> str:
    """A sentence that may quote the target: at most text, also for a code host that links people and issues."""
    return _ASCII_PUNCTUATION.sub(_reference, visible(text))


def code(text: str) -> str:
    """A name, path or line of the target, as inline code."""
    return f"<code>{_ASCII_PUNCTUATION.sub(lambda m: f'&#{ord(m[0])};', visible(text))}</code>"


def block(lines: list[str]) -> str:
    """Lines of the target as one preformatted block, which Markdown leaves alone up to its end (CommonMark §4.6, 1)."""
    return "<pre>" + "\n".join(html.escape(visible(line)) for line in lines) + "\n</pre>"


def _reference(match: re.Match[str]) -> str:
    char = match[0]
    if char in _PLAIN:
        return char
    escaped = f"&#{ord(char)};"
    return f"<code>{escaped}</code>" if _REFERENCES.fullmatch(char) else escaped
