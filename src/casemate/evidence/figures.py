"""The figures that come with Casemate: what was measured of the engine without a model, what it cannot do, and what nobody has
measured."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import resources

from casemate.governance.evaluation import Rate
from casemate.governance.fields import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure. value: in words, "" where there are hits and cases. date: of the measurement, "" where none was kept.
    command: by which it is measured again. stands: by which words benchmarks/README.md tells it."""

    area: str
    what: str
    date: str
    command: str
    stands: tuple[str, ...]
    value: str = ""
    hits: int = 0
    cases: int = 0

    @property
    def rate(self) -> Rate | None:
        """The rate with its 95% interval, where it is one."""
        return Rate(rate=Fraction(self.hits, self.cases), cases=self.cases) if self.cases else None

    @property
    def shown(self) -> str:
        """The figure itself: `50 of 80, 62.5 % (51.5 to 72.3)`."""
        if (rate := self.rate) is None:
            return self.value
        return f"{self.hits} of {self.cases}, {100 * float(rate.rate):.1f} % ({100 * rate.low:.1f} to {100 * rate.high:.1f})"

    @property
    def line(self) -> str:
        """All of it in one line."""
        when = f" ({self.date})" if self.date else ""
        return f"{self.area}: {self.what}: {self.shown}{when}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All of them. limits: what it cannot do. unmeasured: what nobody has measured."""

    measured: tuple[Figure, ...]
    limits: tuple[str, ...]
    unmeasured: tuple[str, ...]


@cache
def figures() -> Figures:
    """Those of this version."""
    text = (resources.files("casemate.evidence") / "figures.toml").read_text("utf-8")
    fields = Fields(tomllib.loads(text), "figures.toml")
    found = Figures(
        measured=tuple(_figure(one) for one in fields.each("figure")),
        limits=tuple(one.text("what") for one in fields.each("limit")),
        unmeasured=tuple(one.text("what") for one in fields.each("unmeasured")),
    )
    fields.end()
    return found


def _figure(fields: Fields) -> Figure:
    counted = fields.has("cases")
    figure = Figure(
        area=fields.text("area"),
        what=fields.text("what"),
        date=fields.text("date"),
        command=fields.text("command"),
        stands=(fields.text("stands"), *([fields.text("stands_too")] if fields.has("stands_too") else [])),
        value="" if counted else fields.text("value"),
        hits=fields.integer("hits") if counted else 0,
        cases=fields.integer("cases", 1) if counted else 0,
    )
    fields.end()
    return figure
