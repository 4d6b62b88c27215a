"""What became of the attempts to fix what is proven, in the words that every rendering shares; and a patch as lines to read.

What is shown of a file is redacted by what a line and those above it say: a patch to apply is written elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from casemate.evidence.counts import plural
from casemate.evidence.escape import visible
from casemate.evidence.redact import redact, redact_lines
from casemate.evidence.unified import ABOVE, lines, on_screen, regions
from casemate.model.finding import Disposition, Report
from casemate.model.fix import Change, Climb, Fix, Mending, Patch, Rung, Step
from casemate.model.lead import Evidence

_PROVEN = (Evidence.PROVEN, Evidence.FIXED)  # of a property that nobody has accepted a patch is kept, and not offered
_WHOLE = 1 << 30  # characters: a line of a patch is not cut

RUNGS = {
    Rung.APPLIES: "the files are those that it was made for",
    Rung.LOADS: "the target is driven as before",
    Rung.TESTS: "they give the same results as before",
    Rung.DEAD: "the proof's input no longer takes effect",
    Rung.VARIANTS: "nor does any other input that was tried",
    Rung.BENIGN: "they get the same answers as before",
    Rung.CONTROL: "the oracle still fires on an unpatched copy",
    Rung.RESCAN: "it shows no new finding",
}


@dataclass(frozen=True, slots=True)
class Splice:
    """Lines `first` up to, not including, `behind` of a file become these, each with its line end. Lines count from 1."""

    first: int
    behind: int
    lines: tuple[bytes, ...]


def splices(change: Change, *, redacted: bool = False) -> tuple[Splice, ...]:
    """A change as runs of lines. redacted: what new lines hold, and the lines above them say, of secrets is hidden."""
    after = lines(change.after)
    out = []
    shift = 0
    for start, end, new in regions(change.before, change.after):
        at = start + shift
        shown = tuple(_redacted(after, at, at + len(new))) if redacted else new
        out.append(Splice(start + 1, end + 1, shown))
        shift += len(new) - (end - start)
    return tuple(out)


def _redacted(every: Sequence[bytes], first: int, last: int) -> list[bytes]:
    """Lines of a file as a report may show them, with their ends."""
    texts = [line.decode("utf-8", "surrogateescape").rstrip("\r\n") for line in every[:last]]
    shown = redact_lines(texts[max(0, first - ABOVE) : first], texts[first:], {}, width=_WHOLE)
    ends = [line[len(line.rstrip(b"\r\n")) :] for line in every[first:last]]
    return [text.encode("utf-8", "surrogateescape") + end for text, end in zip(shown, ends, strict=True)]


def size(patch: Patch) -> int:
    """Lines that it changes: of a run of lines the larger of what goes and what comes."""
    return sum(max(one.behind - one.first, len(one.lines)) for change in patch.changes for one in splices(change))


def diff(patch: Patch) -> Iterator[str]:
    """A unified diff for a person, redacted and made visible, without line ends."""
    return (line for change in patch.changes for line in on_screen(change.path, change.before, change.after))


def patch_words(patch: Patch) -> str:
    """`3 lines in app/views.py`."""
    names = [change.path for change in patch.changes]
    more = f" and {plural(len(names) - 1, 'more file')}" if len(names) > 1 else ""
    return f"{plural(size(patch), 'line')} in {names[0]}{more}"


def fix_words(fix: Fix) -> str:
    """What an offered patch does, and what it was put to, in one line."""
    held = [climb for climb in fix.ladder if climb.step is Step.HOLDS]
    tests = next((climb for climb in held if climb.rung is Rung.TESTS), None)
    without = "" if tests is not None else ", without tests of the target"
    return f"{fix.patch.what}: {patch_words(fix.patch)}; {len(held)} of {len(fix.ladder)} rungs hold{without}"


def climb_words(climb: Climb) -> str:
    """What is said of a rung."""
    return redact(climb.detail) or (RUNGS[climb.rung] if climb.step is Step.HOLDS else "")


def why_not(mending: Mending) -> str:
    """Why nothing is offered, in one line."""
    return redact(" ".join(mending.why.split()))


def fixed_words(report: Report) -> str:
    """`12 of 20 proven findings`; "" when nothing was to be fixed."""
    tried = [f for f in report.of(Disposition.ACTIVE) if f.mending is not None and f.evidence in _PROVEN]
    offered = sum(f.mending is not None and f.mending.fix is not None for f in tried)
    return f"{offered:,} of {plural(len(tried), 'proven finding')}" if tried else ""


def as_json(mending: Mending) -> dict[str, Any]:
    """For programs."""
    return {
        "offered": mending.fix is not None and fix_json(mending.fix),
        "why": visible(why_not(mending)),
        "attempts": [fix_json(fix) for fix in mending.attempts],
    }


def ladder_json(ladder: Sequence[Climb]) -> list[dict[str, str]]:
    """The rungs, for programs."""
    return [
        {"rung": climb.rung.value, "step": climb.step.value, "detail": visible(redact(climb.detail))}
        for climb in ladder
    ]


def fix_json(fix: Fix) -> dict[str, Any]:
    """A patch and its ladder, for programs."""
    return {
        "proposer": visible(fix.patch.proposer),
        "what": visible(fix.patch.what),
        "lines": size(fix.patch),
        "executions": fix.executions,
        "ladder": ladder_json(fix.ladder),
        "diff": list(diff(fix.patch)),
    }
