"""The identity of a finding, which survives moved lines, and the order in which findings are shown.

The identity hashes the redacted line: a plain hash over a short secret would let a reader of the report confirm a guess
(DESIGN §8), and a rotated password is no new finding.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import pairwise

from casemate.model.finding import Disposition, Finding, FindingId
from casemate.model.lead import Lead, Severity
from casemate.model.trace import Boundary

SCHEME = "casemate/v1"
"""Name of this way to compute identities; a change of it would make every finding a new one."""

SHORT = 8  # digits of an identity that are shown at least

_MARK = re.compile(r"#\s*casemate:")
_DISPOSITIONS = tuple(Disposition)
_BOUNDARIES = tuple(Boundary)
_SEVERITIES = tuple(Severity)


def identities(leads: Sequence[Lead], lines: Iterable[str]) -> list[FindingId]:
    """One identity per lead, from its rule, path, function and line, and its number among leads equal in all of these.

    lines: the redacted source line of each lead, in the same order; white space in it does not count.
    """
    fields = [
        (lead.rule, lead.location.path, lead.function, "".join(line.split()))
        for lead, line in zip(leads, lines, strict=True)
    ]
    out: dict[int, FindingId] = {}
    seen: Counter[tuple[str, ...]] = Counter()
    for index in sorted(range(len(leads)), key=lambda i: leads[i].location):
        out[index] = _digest(*fields[index], str(seen[fields[index]]))
        seen[fields[index]] += 1
    return [out[index] for index in range(len(leads))]


def unmarked(line: str, comment: str) -> str:
    """The line without what its comment says to Casemate. comment: the one at its end, by the parser; a string that looks
    like one is code, and code counts."""
    match = _MARK.search(comment)
    return line.rstrip().removesuffix(comment[match.start() :]) if match else line


def digits_needed(identities: Iterable[str]) -> int:
    """How many of their first digits tell all of these apart, at least `SHORT`."""
    ordered = sorted(set(identities))
    digits = SHORT
    for one, other in pairwise(ordered):
        while digits < len(one) and one[:digits] == other[:digits]:
            digits += 1
    return digits


def rank(finding: Finding) -> tuple[object, ...]:
    """Sort key, what matters most first: evidence, disposition, boundary, severity, shorter trace, place."""
    lead = finding.lead
    return (
        -finding.evidence.rung,
        _DISPOSITIONS.index(finding.disposition),
        len(_BOUNDARIES) if lead.boundary is None else _BOUNDARIES.index(lead.boundary),
        _SEVERITIES.index(finding.severity),
        0 if lead.trace is None else len(lead.trace.steps),
        lead.location,
        lead.rule,
        finding.identity,
    )


def _digest(*fields: str) -> FindingId:
    """SHA-256 in hex; every field behind its length, so that no two sequences of fields share their bytes."""
    digest = sha256(SCHEME.encode())
    for field in fields:
        data = field.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8) + data)
    return FindingId(digest.hexdigest())
