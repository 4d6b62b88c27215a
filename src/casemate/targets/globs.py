"""Globs in the manner of gitignore, matched in time linear in path and pattern.

Patterns may come from a hostile target, so they are not turned into one regular expression over the whole path: the
components are matched one by one by an automaton, and within a component `fnmatch` never backtracks over a star.

    *.py        a name at any depth          docs/       a folder at any depth, with all below
    /setup.py   only at the root             a/**/b.py   any number of folders between
    legacy/old  a "/" inside: from the root  [a-c]?      one character of a set, any one character

A pattern that covers a folder covers all below it. There is no negation: what hides may only hide more.
"""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass
from typing import Self

from casemate.model.errors import UserError

MAX_LENGTH = 1_000  # characters of one pattern

_ANY_DEPTH = None  # "**": any number of folders


class BadPattern(UserError):
    """A glob that cannot mean anything here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glob:
    """A compiled pattern. parts: one matcher a component, None for "**"."""

    text: str
    parts: tuple[re.Pattern[str] | None, ...]
    folders_only: bool

    @classmethod
    def parse(cls, text: str) -> Self:
        """Compile a pattern. Raises BadPattern for negation, for a pattern that climbs out, an empty or endless one."""
        if text.startswith("!"):
            raise BadPattern(f"the pattern {text!r} negates", next_step="name what is to be left out, without '!'")
        names = [name for name in text.split("/") if name not in ("", ".")]
        if not names or len(text) > MAX_LENGTH:
            raise BadPattern(
                f"the pattern {text[:80]!r} has {len(text)} characters and {len(names)} names",
                next_step=f"give at least one name, in at most {MAX_LENGTH} characters",
            )
        if ".." in names:
            raise BadPattern(f"the pattern {text!r} climbs out", next_step="write it relative to the target's root")
        anchored = "/" in text.removeprefix("./").rstrip("/")
        parts = [_ANY_DEPTH if name == "**" else re.compile(fnmatch.translate(name)) for name in names]
        if not anchored:
            parts.insert(0, _ANY_DEPTH)
        if parts[-1] is _ANY_DEPTH:  # "a/**" covers what is in the folder, not a file of that name
            parts.append(re.compile(fnmatch.translate("*")))
        return cls(text=text, parts=tuple(parts), folders_only=text.endswith("/"))

    def covers(self, path: str) -> bool:
        """Whether the pattern matches the file, or a folder that it is in. path: POSIX, relative to the root."""
        names = path.split("/")
        last = len(names) - 1
        states = self._reach({0})
        for depth, name in enumerate(names):
            states = self._reach(set(self._after(states, name)))
            if len(self.parts) in states and not (self.folders_only and depth == last):
                return True
            if not states:
                return False
        return False

    def _after(self, states: set[int], name: str) -> list[int]:
        after = []
        for state in states:
            if state < len(self.parts):
                part = self.parts[state]
                if part is _ANY_DEPTH:
                    after.append(state)
                elif part.match(name):
                    after.append(state + 1)
        return after

    def _reach(self, states: set[int]) -> set[int]:
        """With the states behind every "**" that may stand for no folder at all."""
        for state in tuple(states):
            while state < len(self.parts) and self.parts[state] is _ANY_DEPTH:
                state += 1
                states.add(state)
        return states
