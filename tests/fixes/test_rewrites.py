"""Every rewrite does what its examples say, byte for byte, and what it leaves parses."""

from __future__ import annotations

import re

import pytest

from casemate.fixes.catalogue import MODULES, rewrites
from casemate.fixes.propose import made
from casemate.fixes.rewrite import Example, Rewrite
from casemate.fixes.site import Site
from casemate.fixes.source import Source
from casemate.model.lead import Lead, RuleId
from casemate.model.location import Location
from casemate.model.trace import Boundary, Role, Step, Trace

PATH = "example.py"
_MARK = re.compile(r"[ \t]*# (sink|step)(?: at (\S+))?$")


def site(example: Example, cwe: int) -> tuple[Site, bytes]:
    """The place that an example marks, and its code without the marks."""
    lines = example.before.lstrip("\n").splitlines()
    code = "\n".join(_MARK.sub("", line) for line in lines) + "\n"
    marked = [(at, found[1]) for at, line in enumerate(lines, 1) if (found := _MARK.search(line))]
    (sink,) = [at for at, kind in marked if kind == "sink"]
    shown = _MARK.search(lines[sink - 1])
    column = lines[sink - 1].find(shown[2] if shown and shown[2] else lines[sink - 1].strip()[:1]) + 1
    here = Location(path=PATH, line=sink, column=column)
    way = [Location(path=PATH, line=at) for at, kind in marked if kind == "step"]
    trace = None
    if way:
        steps = [Step(location=at, role=Role.FLOW if number else Role.SOURCE, note="") for number, at in enumerate(way)]
        trace = Trace(boundary=Boundary.API, steps=(*steps, Step(location=here, role=Role.SINK, note="")))
    lead = Lead(rule=RuleId("a-rule"), location=here, function="f", message="m", trace=trace)
    data = code.encode()
    return Site.of(lead, cwe, lambda path: Source.of(path, data)), data


CASES = [pytest.param(r, example, id=f"{r.id}: {example.name}") for r in rewrites() for example in r.examples]


@pytest.mark.parametrize(("rewrite", "example"), CASES)
def test_example(rewrite: Rewrite, example: Example) -> None:
    """The first draft is the code that stands beside it, and the same each time."""
    place, before = site(example, rewrite.cwes[0])
    patch = made(rewrite, next(iter(rewrite.propose(place))))
    assert patch is not None
    (change,) = patch.changes
    assert change.before == before
    assert change.after.decode() == example.after.lstrip("\n")
    compile(change.after, PATH, "exec")


@pytest.mark.parametrize(("rewrite", "example"), CASES)
def test_every_draft_can_be_written(rewrite: Rewrite, example: Example) -> None:
    """No draft breaks the file, repeats another or changes nothing."""
    place, _ = site(example, rewrite.cwes[0])
    made_of = [made(rewrite, one) for one in rewrite.propose(place)]
    assert None not in made_of
    assert len({patch.changes for patch in made_of if patch is not None}) == len(made_of)
    for patch in made_of:
        assert patch is not None
        for change in patch.changes:
            compile(change.after, PATH, "exec")


@pytest.mark.parametrize("rewrite", rewrites(), ids=lambda rewrite: rewrite.id)
def test_line_ends_and_encoding_stay(rewrite: Rewrite) -> None:
    """A file with carriage returns, a byte order mark and tabs keeps them."""
    place, data = site(rewrite.examples[0], rewrite.cwes[0])
    strange = b"\xef\xbb\xbf" + data.replace(b"    ", b"\t").replace(b"\n", b"\r\n")
    lead = place.lead
    again = Site.of(lead, place.cwe, lambda path: Source.of(path, strange))
    patch = made(rewrite, next(iter(rewrite.propose(again))))
    assert patch is not None
    after = patch.changes[0].after
    assert after.startswith(b"\xef\xbb\xbf") and after.count(b"\n") == after.count(b"\r\n")
    compile(after, PATH, "exec")


def test_every_file_is_in_the_table() -> None:
    """No rewrite lies about that nothing asks."""
    from pathlib import Path

    import casemate.fixes.rewrites as package

    (folder,) = package.__path__
    assert {path.stem for path in Path(folder).glob("*.py")} - {"__init__"} == set(MODULES)
