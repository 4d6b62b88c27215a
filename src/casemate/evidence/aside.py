"""Words for what does not count, and why: what is hidden and by whom, and what a change does not touch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from casemate.evidence import words
from casemate.evidence.escape import visible
from casemate.model.finding import Disposition, Report, Since
from casemate.model.hiding import Hider, Suppression


def suppression_words(suppression: Suppression) -> str:
    """`accepted by alice until 2026-12-31: the reason`; of what stands in the target `comment: the reason`."""
    if not suppression.personal:
        return f"{suppression.by}: {suppression.reason}"
    who = suppression.who and f" by {suppression.who}"
    until = suppression.until and f" until {suppression.until}"
    return f"{suppression.state}{who}{until}: {suppression.reason}"


def hidden_by(report: Report) -> list[tuple[Hider, list[Suppression]]]:
    """Why findings are hidden, by where that was decided; only where something is."""
    hidden = [finding.suppression for finding in report.of(Disposition.SUPPRESSED) if finding.suppression]
    grouped = [(by, [one for one in hidden if one.by is by]) for by in words.HIDER]
    return [(by, here) for by, here in grouped if here]


def amount_hidden(hidden: Sequence[Suppression]) -> str:
    """`3`; of triage entries `2 accepted, 1 false`."""
    states = Counter(one.state for one in hidden if one.state)
    return ", ".join(f"{states[state]:,} {visible(state)}" for state in sorted(states)) or f"{len(hidden):,}"


def others_words(since: Since) -> str:
    """`3 others are not touched by the change since origin/main`."""
    verb = "other is" if since.others == 1 else "others are"
    return f"{since.others:,} {verb} not touched by the change since {visible(since.revision)}"
