"""Rules' pages in parts."""

import pytest

from casemate.evidence.pages import Span, how_to_fix, sections
from casemate.leads.catalogue import MODULES, page

PAGE = """# A title

## What it is
Text with `code` in it,
over two lines.

Another paragraph.

## How to fix it
- one
- two `three`
  goes on
"""


def test_a_page_in_parts():
    """Paragraphs and lists, with code told apart; line breaks within a paragraph mean nothing."""
    first, last = sections(PAGE)
    assert first.heading == "What it is"
    assert first.text == "Text with `code` in it, over two lines.\nAnother paragraph."
    assert first.parts[0].items == (
        (
            Span(text="Text with ", code=False),
            Span(text="code", code=True),
            Span(text=" in it, over two lines.", code=False),
        ),
    )
    assert [part.listed for part in (*first.parts, *last.parts)] == [False, False, True]
    assert [item[0].text for item in last.parts[0].items] == ["one", "two "]
    assert last.parts[0].items[1][-1].text == " goes on"


def test_a_page_without_a_fix():
    """None, not an empty section."""
    assert how_to_fix("# T\n\n## What it is\nx\n") is None
    assert how_to_fix(PAGE).text == "one\ntwo `three` goes on"


@pytest.mark.parametrize("rule", MODULES)
def test_every_rules_page_is_understood(rule):
    """Its three sections, and no Markdown beyond what is understood here."""
    found = sections(page(rule))
    assert [section.heading for section in found] == ["What it is", "Why it matters", "How to fix it"]
    for section in found:
        text = "".join(span.text for part in section.parts for item in part.items for span in item if not span.code)
        assert not any(mark in text for mark in ("`", "**", "](", "\n", "#", "| "))
