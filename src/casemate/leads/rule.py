"""The shapes of a rule, and the examples that are its documentation and its tests.

A rule is one file below `leads/rules/<family>/`: the module's docstring is its documentation page (headings "What it
is", "Why it matters", "How to fix it"), then a frozen `RULE` of one of these shapes:

- a flow rule is data: which kinds of sink a value from which boundaries must not reach;
- an act rule is data: which acts, calls that are weak as they stand, are to be reported;
- a detector is one pure function over the solved program.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from casemate.model.lead import RuleId, Severity
from casemate.model.trace import Boundary

if TYPE_CHECKING:
    from casemate.taint.solver import Solver

MARK = re.compile(r"#\s*finding\b")


class Persona(StrEnum):
    """Who wants to see a rule's findings: everybody, or who reviews with time to spare."""

    DEFAULT = "default"
    PEDANTIC = "pedantic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Code with the expected finding marked by a `# finding` comment on its line; none marked: a near-miss.

    name: what it shows. code: one file, or several separated by lines `# file: path.py`.
    """

    name: str
    code: str
    language: str = "python"

    @property
    def near_miss(self) -> bool:
        """True when the rule must stay quiet."""
        return MARK.search(self.code) is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What every rule says of itself.

    owasp: category of the OWASP Top 10 2021. message: a template; each shape says with what. also: further CWEs that name
    the same weakness more narrowly or more widely. persona: who sees its findings without asking.
    """

    id: RuleId
    title: str
    cwe: int
    owasp: str
    severity: Severity
    message: str
    examples: tuple[Example, ...]
    also: tuple[int, ...] = ()
    persona: Persona = Persona.DEFAULT

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", self.id):
            raise ValueError(f"a rule's id is lower-case words joined by hyphens: {self.id!r}")
        if not any(e.near_miss for e in self.examples) or all(e.near_miss for e in self.examples):
            raise ValueError(f"rule {self.id!r} needs an example and a near-miss")


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRule(Rule):
    """Untrusted data reaches a sink of one of `sinks` (kind names), from one of `boundaries`.

    message: with {source}, {sink}, {function}. sources: only these (what knowledge calls them), all when empty.
    not_sources: never these. browsers: sources that a browser sets by itself, which are in doubt. probes: only sinks that do no
    more than tell what is there, or only others; None: all. whatever_asked: a check that is not understood puts none in doubt.
    """

    sinks: tuple[str, ...]
    boundaries: tuple[Boundary, ...] = tuple(Boundary)
    sources: tuple[str, ...] = ()
    not_sources: tuple[str, ...] = ()
    browsers: tuple[str, ...] = ()
    probes: bool | None = None
    whatever_asked: bool = False

    def __post_init__(self) -> None:
        Rule.__post_init__(self)
        if not self.sinks or not self.boundaries:
            raise ValueError(f"rule {self.id!r} names no sink kind or no boundary")

    def concerns(self, boundary: Boundary, source: str) -> bool:
        """Whether data that enters there, from what knowledge calls so, is the rule's concern."""
        wanted = not self.sources or source in self.sources
        return boundary in self.boundaries and wanted and source not in self.not_sources


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRule(Rule):
    """Something is weak as it stands: one of `acts` (names) is done. message: with {act}, {function}.

    where: words (lower case) of which one must stand beside the act for it to matter (`password` beside a broken hash): in a
    name close by, in the function's own, or in its texts, and so it is in doubt by its name; empty: it always does. kept: only
    where the body of a module or a class does it, for all who use it. tests: also report it in tests and scripts. prescribed:
    words of the function's own name, or its class's, that say that it only does what others, or a protocol, laid down. becomes:
    the words must be said of what the result becomes, where it is given names; that it, or its function, is named so is no doubt.
    quantities: those of the acts of which the function's own name says nothing. signed: those of the words that need only be new
    each time where what they name is signed. schemes: words of a condition's
    text by which somebody else asks for the act: what is stored says so. hides: it matters only of what is to be hidden or
    vouched for, not of random numbers alone. yields: attributes whose assignment is not told of where another of the same
    object is assigned beside it. sees: names of methods by which a function looks at what it would else have been vouched for;
    where it goes by that and says nothing, that is all that it is for. answered: methods by whose answer somebody is known whom
    the function itself has asked: what is read off it needs nobody else to vouch for it. served: it is done to what a server
    sends; elsewhere it is in doubt by its caller. spared: methods and keys: where nothing but these is asked of the result, no
    harm is done; into: functions that make it a part of theirs, of which the same is asked. told_by: exceptions that are raised
    when all but the time was right: what is done where they are caught is no harm. asked: words of the function's own name by
    which its caller asks for the act, which is in doubt by them.
    """

    acts: tuple[str, ...]
    where: tuple[str, ...] = ()
    kept: bool = False
    prescribed: tuple[str, ...] = ()
    tests: bool = False
    becomes: bool = False
    quantities: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    hides: bool = False
    yields: Mapping[str, str] = field(default_factory=dict)
    sees: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    served: bool = False
    spared: tuple[str, ...] = ()
    into: tuple[str, ...] = ()
    told_by: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        Rule.__post_init__(self)
        if not self.acts:
            raise ValueError(f"rule {self.id!r} names no act")


class Sighting(NamedTuple):
    """What a detector saw. pos: byte offset in the module. what: fills {what} of the rule's message. inferred: concluded
    from a likeness (siblings have it), not read off the code. named: that it matters is said by a name alone."""

    module: str
    function: int
    pos: int
    what: str
    inferred: bool = False
    named: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorRule(Rule):
    """`find` looks at a solved program. message: with {what}, {function}. tests: also report in tests and scripts."""

    find: Callable[[Solver], Iterable[Sighting]]
    tests: bool = False
