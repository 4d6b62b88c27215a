"""A claim: somebody else says that something is weak here. It is a lead like any other until an oracle has judged."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Claim:
    """What another tool, or a person, says. path: POSIX, as they name it until it is located in a target, then relative to that.
    rule: in their words, "" when they name a CWE alone."""

    path: str
    line: int
    rule: str
    cwe: int
    tool: str
    message: str

    def __post_init__(self) -> None:
        if not self.path or self.line < 1 or self.cwe < 1:
            raise ValueError(f"a claim has a place and a weakness: {self.path!r}, {self.line!r}, {self.cwe!r}")

    def __str__(self) -> str:
        """`semgrep python.eval at a.py:3`."""
        return f"{self.tool} {self.rule or f'CWE-{self.cwe}'} at {self.path}:{self.line}"
