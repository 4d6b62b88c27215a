"""The two shapes of a rule, and the examples that are its documentation and its tests.

A rule is one file below `leads/rules/<family>/`: the module's docstring is its documentation page (headings "What it
is", "Why it matters", "How to fix it"), then a frozen `RULE`. A flow rule is data: which kinds of sink a value from which
boundaries must not reach. (Detectors, the second shape, arrive with the rules that need one.)
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from casemate.model.lead import RuleId, Severity
from casemate.model.trace import Boundary

MARK = re.compile(r"#\s*finding\b")


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
class FlowRule:
    """Untrusted data reaches a sink of one of `sinks` (kind names).

    message: a template with {source}, {sink}, {function}. boundaries: those that count. owasp: category of the OWASP Top
    10 2021.
    """

    id: RuleId
    title: str
    cwe: int
    owasp: str
    severity: Severity
    sinks: tuple[str, ...]
    message: str
    examples: tuple[Example, ...]
    boundaries: tuple[Boundary, ...] = tuple(Boundary)
    also: tuple[int, ...] = ()  # further CWEs that name the same weakness more narrowly or more widely

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", self.id):
            raise ValueError(f"a rule's id is lower-case words joined by hyphens: {self.id!r}")
        if not self.sinks or not self.boundaries:
            raise ValueError(f"rule {self.id!r} names no sink kind or no boundary")
        if not any(e.near_miss for e in self.examples) or all(e.near_miss for e in self.examples):
            raise ValueError(f"rule {self.id!r} needs an example and a near-miss")
