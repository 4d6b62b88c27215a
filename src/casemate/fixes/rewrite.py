"""What a rewrite is: for one kind of weakness, ways to change the code so that it is gone, the best first.

A rewrite proposes and does not judge: the ladder does. So it may offer several drafts, and need not be sure. What it must be is
small: it touches what the weakness needs and nothing else, in the file's own words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from casemate.fixes.site import Site, Spot
from casemate.fixes.source import Edit, Source


@dataclass(frozen=True, slots=True)
class Draft:
    """One way. what: it does, in one plain sentence for a commit's message. edits: by the file that they are of."""

    what: str
    edits: tuple[tuple[Source, Edit], ...]


def draft(what: str, spot: Spot, *edits: Edit) -> Draft:
    """A draft that changes one file."""
    return Draft(what, tuple((spot.source, edit) for edit in edits))


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Code before and after the first draft, and where the sink is: the line of `before` that ends in `# sink`; `# step` marks
    the lines of a trace in their order, the first being the source; `# sink at open` says which word of the line is meant. Marks
    are not part of the code."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """Drafts for the findings of these CWEs. answers_differ: see `model.fix.Patch`."""

    id: str
    cwes: tuple[int, ...]
    propose: Callable[[Site], Iterator[Draft]]
    examples: tuple[Example, ...]
    answers_differ: bool = False

    def __post_init__(self) -> None:
        if not self.id or not self.cwes or not self.examples:
            raise ValueError(f"a rewrite has an id, CWEs and examples: {self.id!r}")
