"""Comments in the target that ask to hide a finding at their place:

    subprocess.run(line, shell=True)  # casemate: ignore[command-injection] the line is a constant of ours

    # casemate: ignore[sql-injection, path-traversal] checked by the caller
    rows = connection.execute(statement)

They were written by whoever wrote the target: they hide at one line, for named rules and with a reason, what they hide is
counted, and one that is not in order hides nothing and is reported.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from casemate.languages.ir import Mark
from casemate.languages.python.marks import MOST
from casemate.model.hiding import Amiss, Hider, Remark, Suppression
from casemate.model.lead import Lead
from casemate.model.location import Location
from casemate.model.outcome import NotExamined

MAX_REASON = 200  # characters

_START = re.compile(r"#\s*casemate:")
_FORM = re.compile(r"\s*ignore\s*\[(?P<rules>[^\]]*)\](?P<reason>.*)", re.DOTALL)
_OTHER = re.compile(
    r"(?:^|\s)#+(?:\s|[^\W\d]).*", re.DOTALL
)  # what another tool is told in the same comment; not `#12`


class Ignore(NamedTuple):
    """One comment in order. line: where it stands. about: where it hides."""

    line: int
    about: int
    rules: tuple[str, ...]
    reason: str


class Invalid(NamedTuple):
    """One that is not, and what is wrong with it."""

    line: int
    why: str


def parse(mark: Mark, known: Collection[str]) -> Iterable[Ignore | Invalid]:
    """What a comment asks for; there may be several in one. known: ids of all rules."""
    for text in _START.split(mark.text)[1:]:
        match = _FORM.fullmatch(text)
        if match is None:
            yield Invalid(mark.line, "it is not of the form `casemate: ignore[rule] reason`")
            continue
        rules = tuple(dict.fromkeys(name for part in match["rules"].split(",") if (name := part.strip())))
        reason = " ".join(_OTHER.sub("", match["reason"]).split())[:MAX_REASON]
        unknown = [name for name in rules if name not in known]
        if not rules:
            yield Invalid(mark.line, "it names no rule")
        elif unknown:
            yield Invalid(mark.line, f"there is no rule {unknown[0][:MAX_REASON]!r}")
        elif not any(map(str.isalnum, reason)):
            yield Invalid(mark.line, "it gives no reason")
        else:
            yield Ignore(mark.line, mark.about, rules, reason)


@dataclass(frozen=True, slots=True)
class Ignores:
    """The ignores of a scan, by path and the line that they are about; invalid ones and surplus as remarks."""

    by_place: Mapping[tuple[str, int], Sequence[Ignore]]
    invalid: tuple[Remark, ...] = ()

    @classmethod
    def of(cls, marks: Iterable[tuple[str, Sequence[Mark]]], known: Collection[str]) -> Ignores:
        """From the marks of each file by its path, as reports name it."""
        by_place: dict[tuple[str, int], list[Ignore]] = {}
        invalid: list[Remark] = []
        for path, of_file in marks:
            for mark in of_file[:MOST]:
                for one in parse(mark, known):
                    if isinstance(one, Ignore):
                        by_place.setdefault((path, one.about), []).append(one)
                    else:
                        invalid.append(_remark(Amiss.INVALID_IGNORE, path, one.line, one.why))
            if len(of_file) > MOST:
                why = f"only the first {MOST:,} of a file are read"
                invalid.append(_remark(Amiss.INVALID_IGNORE, path, of_file[MOST].line, why))
        return cls(by_place, tuple(invalid))

    def hides(self, lead: Lead) -> Suppression | None:
        """Why a lead is to be hidden, if it is."""
        for ignore in self.by_place.get((lead.location.path, lead.location.line), ()):
            if lead.rule in ignore.rules:
                return Suppression(by=Hider.COMMENT, reason=ignore.reason)
        return None

    def remarks(self, leads: Iterable[Lead], ran: Collection[str], losses: Iterable[NotExamined]) -> tuple[Remark, ...]:
        """What is amiss: invalid ones; and those of rules that ran and have no lead there, in files examined whole."""
        met = {(lead.location.path, lead.location.line, lead.rule) for lead in leads}
        partial = {re.sub(r":\d+\Z", "", loss.what) for loss in losses} if self.by_place else set()
        stale = []
        for (path, about), ignores in self.by_place.items():
            for ignore in ignores if path not in partial else ():
                if unmet := [rule for rule in ignore.rules if rule in ran and (path, about, rule) not in met]:
                    text = f"there is no finding of {' or '.join(unmet)} on line {about} to hide"
                    stale.append(_remark(Amiss.STALE_IGNORE, path, ignore.line, text))
        return (*self.invalid, *stale)


def _remark(kind: Amiss, path: str, line: int, text: str) -> Remark:
    return Remark(kind=kind, location=Location(path=path, line=line), text=text)
