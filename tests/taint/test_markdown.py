"""The engine, feature by feature: the Markdown files beside this one are its tests.

A heading starts a case; its code block is one file, or several after lines `# file: path.py`. A line that ends in
`# finding` must carry an active lead of some rule, one that ends in `# by design` a lead by design; no other line may.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from casemate.leads.catalogue import rules
from casemate.leads.scan import scan_sources

PAGES = sorted((Path(__file__).parent / "python").glob("*.md"))
CASE = re.compile(r"^## (?P<name>.+?)\n.*?^```python\n(?P<code>.*?)^```$", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"^# file: (\S+)\n", re.MULTILINE)
MARK = re.compile(r"# (finding|by design|object|caller|check|browser|rights)$")


def _cases():
    for page in PAGES:
        for match in CASE.finditer(page.read_text()):
            yield pytest.param(match["code"], id=f"{page.stem}: {match['name']}")


def _files(code: str) -> dict[str, str]:
    pieces = FILE.split(code)
    if len(pieces) == 1:
        return {"app.py": code}
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


@pytest.mark.parametrize("code", list(_cases()))
def test_a_feature_gives_the_marked_lines(code: str):
    """Leads stand on exactly the marked lines."""
    files = _files(code)
    expected = {
        (path, number, mark[1])
        for path, text in files.items()
        for number, line in enumerate(text.splitlines(), 1)
        if (mark := MARK.search(line))
    }
    found = {
        (lead.location.path, lead.location.line, "by design" if lead.by_design else lead.doubt or "finding")
        for lead in scan_sources(files, rules())
    }
    assert found == expected


def test_every_case_of_a_page_is_found():
    """A heading whose code block is misspelled would be a test that cannot fail."""
    for page in PAGES:
        text = page.read_text()
        assert len(CASE.findall(text)) == len(re.findall(r"^## ", text, re.MULTILINE)), page.name
