"""A scan of what was scanned before: the report that came of it was kept, and is given again.

It is kept under a digest of all that a report rests on: the program that scans, its knowledge and its options, the tree's layout
and configuration, what was not examined, and the content of every file. Nothing is kept where one of these is not known, or
where chance had a part in the report (a worker that died, a file that vanished).
"""

from __future__ import annotations

import marshal
from collections.abc import Sequence
from hashlib import blake2b

from casemate.model.finding import Coverage, Disposition, Excerpt, Finding, Report
from casemate.model.hiding import Amiss, Hider, Remark, Suppression
from casemate.model.lead import Doubt, Lead, Severity
from casemate.model.location import Location
from casemate.model.outcome import NotExamined, Reason
from casemate.model.plain import Codec
from casemate.model.trace import Boundary, Role, Step, Trace
from casemate.pipeline.lowering import Named, Seen, digest
from casemate.ports import Store

_REPORTS = Codec((
    Report, Finding, Lead, Location, Trace, Step, Coverage, Excerpt, NotExamined, Suppression, Remark,
    Disposition, Severity, Doubt, Boundary, Role, Reason, Hider, Amiss,
))  # fmt: skip


class Again:
    """What came of the last scans that asked the same. question: all but the files' content."""

    def __init__(self, store: Store, question: Sequence[object]) -> None:
        self._store = store
        self._question = _key(_REPORTS.shape, *map(repr, question))
        self._expected = _keys(store.get(self._question))

    def look(self, files: Sequence[Named]) -> tuple[Seen, Report | None]:
        """Read the files until one is not what it was; the report where all of them are."""
        seen = Seen(keys=[])
        if len(files) != len(self._expected):
            return seen, None
        for named, expected in zip(files, self._expected, strict=True):
            source = named.tree.read(named.file)
            if isinstance(source, NotExamined):
                seen.source = source
                return seen, None
            if digest(source, named.shown, named.module, named.package) != expected:
                seen.source = source
                return seen, None
            seen.keys.append(expected)
        return seen, _report(self._store.get(_key(self._question, *seen.keys)))

    def keep(self, keys: Sequence[str], report: Report) -> None:
        """Keep a report for files of these keys."""
        if any(loss.reason in _CHANCE for loss in report.not_examined):
            return
        self._store.put(_key(self._question, *keys), _REPORTS.dump(report))
        self._store.put(self._question, marshal.dumps(list(keys)))


_CHANCE = frozenset(
    {Reason.VANISHED, Reason.TIMEOUT, Reason.CRASHED, Reason.DENIED, Reason.INTERRUPTED, Reason.UNREADABLE}
)


def _key(*parts: str) -> str:
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


def _keys(data: bytes | None) -> list[str]:
    try:
        return list(marshal.loads(data)) if data else []
    except (ValueError, EOFError, TypeError):
        return []


def _report(data: bytes | None) -> Report | None:
    try:
        found = _REPORTS.load(data) if data else None
    except (ValueError, EOFError, TypeError, IndexError, KeyError):
        return None
    return found if isinstance(found, Report) else None
