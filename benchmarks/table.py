"""The one table: rows of figures per tool, the comparison with the peer, and what was not measured and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

US = "casemate"
PEER = "bandit"
BEGIN, END = "<!-- table: begin (written by run.py) -->", "<!-- table: end -->"


class Comparison(StrEnum):
    """How our figure is set against the peer's."""

    RATIO = "ratio"  # ours divided by theirs
    POINTS = "points"  # ours minus theirs, both in percent
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A measured value and how it is written."""

    value: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measure. figures: by tool; a tool without one shows a dash."""

    measure: str
    figures: Mapping[str, Figure]
    comparison: Comparison = Comparison.RATIO


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMeasured:
    """What the table does not say, and why."""

    what: str
    why: str


@dataclass(slots=True, kw_only=True)
class Section:
    """Rows about one corpus, and notes under the table. Filled while measuring."""

    title: str
    rows: list[Row] = field(default_factory=list)
    missing: list[NotMeasured] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def render(sections: Sequence[Section], tools: Sequence[str], *, compared: bool = True) -> str:
    """The table as Markdown, then the notes, then what was not measured. Ends with a newline. compared: with the last column."""
    shown = [section for section in sections if section.rows]
    lines: list[str] = []
    if shown:
        last = [f"{US} against {PEER}"] if compared else []
        lines = [_line(["", *tools, *last]), _line(["---", *("---:" for _ in (*tools, *last))])]
    for section in shown:
        lines.append(_line([f"**{section.title}**", *("" for _ in tools), *([""] if compared else [])]))
        for row in section.rows:
            against = [compare(row)] if compared else []
            lines.append(_line([row.measure, *(_text(row, tool) for tool in tools), *against]))
    lines += _listed("Notes:", [note for section in sections for note in section.notes])
    missing = [item for section in sections for item in section.missing]
    lines += _listed("Not measured:", [f"{item.what}: {item.why}" for item in missing])
    return "\n".join(lines).lstrip("\n") + "\n"


def compare(row: Row) -> str:
    """Ours set against the peer's, or nothing where one of them is missing or the peer's is zero."""
    ours, theirs = row.figures.get(US), row.figures.get(PEER)
    if ours is None or theirs is None or row.comparison is Comparison.NONE:
        return ""
    if row.comparison is Comparison.POINTS:
        return f"{ours.value - theirs.value:+.1f} points"
    return f"× {ours.value / theirs.value:.2f}" if theirs.value else ""


def replace_section(page: str, table: str) -> str:
    """The page with the text between the two marks replaced. Raises ValueError when a mark is missing."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page needs a line {BEGIN!r} and, after it, a line {END!r}")
    return f"{before}{BEGIN}\n\n{table}\n{END}{after}"


def _text(row: Row, tool: str) -> str:
    figure = row.figures.get(tool)
    return figure.text if figure else "–"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _listed(heading: str, items: Sequence[str]) -> list[str]:
    return ["", heading, "", *(f"- {item}" for item in items)] if items else []
