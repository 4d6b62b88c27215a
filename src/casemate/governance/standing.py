"""What the ledger says holds now: which charters were installed and revoked, what was used of a day's quotas, which incidents
are open, and the latest time that it knows.

A pure fold over entries, in their order. Files on disk can be deleted or set back; the ledger is what decides whether one that
should be there is missing, and whether a clock went back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime

from casemate.governance.entries import After, Before, Outcome, decode
from casemate.governance.errors import LedgerDamaged, LedgerMissing
from casemate.governance.ledger import Log
from casemate.governance.merkle import add_leaf, leaf_hash, peaks_root
from casemate.governance.tiles import WIDTH

ADD_CHARTER = "charter-add"
REVOKE = "revocation-add"
ADD_THRESHOLDS = "thresholds-add"
OPEN_INCIDENT = "incident-open"
CLOSE_INCIDENT = "incident-close"
DECIDE = "property-decide"
RELEASE = "release"
WITNESS = "witness"
EARLIEST = datetime.min.replace(tzinfo=UTC)
_SEE_DOCS = "run `casemate ledger verify`, and see docs/ledger.md on how to set a damaged ledger aside"


@dataclass(slots=True, kw_only=True)
class Day:
    """What was used of one day (UTC). Amounts that a running operation has reserved count as used."""

    executions: int = 0
    released: int = 0


@dataclass(slots=True, kw_only=True)
class Standing:
    """The state after so many entries.

    size: entries taken. latest: the latest time that any of them states. issuer: key (vkey) of the organisation whose charters
    count, "" for none. charters: identities of those installed. lists: number and identity of the last list of revocations, by
    issuer; kept for good, so that no list counts twice. numbered, thresholds: number and identity of the own thresholds of the
    launch gate, 0 and "" for none. incidents: the open ones, each with its severity. outcomes: how many operations of a name
    ended how. refused: calls within operations that were refused. delivered: requests whose bundles were handed out. witnessed:
    of other people's logs, by name, the largest size that was cosigned here, and its root. decided: by the digest of a property
    the identity of what the operator decided about it last.
    """

    size: int = 0
    latest: datetime = EARLIEST
    issuer: str = ""
    charters: set[str] = field(default_factory=set)
    lists: dict[str, tuple[int, str]] = field(default_factory=dict)
    numbered: int = 0
    thresholds: str = ""
    incidents: dict[str, int] = field(default_factory=dict)
    outcomes: dict[tuple[str, str], int] = field(default_factory=dict)
    refused: int = 0
    witnessed: dict[str, tuple[int, str]] = field(default_factory=dict)
    delivered: set[str] = field(default_factory=set)
    decided: dict[str, str] = field(default_factory=dict)
    _day: date = date.min
    _used: Day = field(default_factory=Day)
    _open: dict[int, Before] = field(default_factory=dict)
    _peaks: list[bytes] = field(default_factory=list)  # of the tree over the entries taken

    @property
    def revoked(self) -> tuple[int, str]:
        """Number and identity of the list of revocations that counts; 0 and "" for none."""
        return self.lists.get(self.issuer, (0, ""))

    @property
    def laid_down(self) -> tuple[str, frozenset[str], tuple[int, str]]:
        """All that an organisation's authority rests on."""
        return self.issuer, frozenset(self.charters), self.revoked

    @property
    def root(self) -> bytes:
        """Of the RFC 6962 tree over the entries taken."""
        return peaks_root(self._peaks)

    def asked_before(self, request: str) -> bool:
        """Whether what a request asks for was handed out, or is being, or was when somebody was killed."""
        return request in self.delivered or any(said.facts.get("request") == request for said in self._open.values())

    def on(self, day: date) -> Day:
        """What was used on that day; nothing when it is not the day of the last entry."""
        return self._used if day == self._day else Day()

    def take(self, entries: Iterable[bytes]) -> None:
        """The next entries. One of no known form counts, and says nothing."""
        for entry in entries:
            said = decode(entry)
            if isinstance(said, Before):
                self._see(said.time)
                self._open[self.size] = said
                self._reserve(said)
            elif isinstance(said, After):
                self._see(said.time)
                self._end(said)
            add_leaf(self._peaks, self.size, leaf_hash(entry))
            self.size += 1

    def _see(self, time: datetime) -> None:
        self.latest = max(self.latest, time)
        if self.latest.date() > self._day:
            self._day, self._used = self.latest.date(), Day()

    def _reserve(self, before: Before) -> None:
        if before.time.date() == self._day:
            self._used.released += _amount(before.facts, "bundles")
            self._used.executions += _amount(before.facts, "executions")

    def _end(self, after: After) -> None:
        before = self._open.pop(after.before, None)
        if before is None or before.operation != after.operation:
            return
        name = (after.operation, after.outcome.value)
        self.outcomes[name] = self.outcomes.get(name, 0) + 1
        self.refused += after.refused
        if before.time.date() == self._day:
            # What a run did not use is free again; what was handed out stays handed out, in whatever way it ended.
            self._used.executions -= _amount(before.facts, "executions") - after.used.executions
        # What was handed out before something else was denied is out.
        kept = after.evidence.count if after.evidence is not None else 0
        denied = after.outcome is Outcome.DENIED
        if "request" in before.facts and (kept or not denied):
            self.delivered.add(str(before.facts["request"]))
        if denied and before.time.date() == self._day:
            self._used.released -= max(0, _amount(before.facts, "bundles") - kept)
        if after.outcome is Outcome.COMPLETED:
            try:
                self._hold(after.operation, after.facts)
            except (KeyError, ValueError) as error:
                raise LedgerDamaged(
                    f"entry {self.size} of the ledger does not say what it should ({after.operation})", _SEE_DOCS
                ) from error

    def _hold(self, operation: str, facts: Mapping[str, str | int]) -> None:
        # What was decided while another operation ran counts only if it still follows: of two that ran at once the first
        # charter's issuer stays, and an older list that ends last takes nothing back.
        if operation == ADD_CHARTER:
            if self.issuer in ("", str(facts["issuer"])):
                self.issuer = str(facts["issuer"])
                self.charters.add(str(facts["charter"]))
        elif operation == REVOKE:
            if self.issuer and int(facts["number"]) > self.revoked[0]:
                self.lists[self.issuer] = int(facts["number"]), str(facts["revocation"])
                if facts.get("frees"):
                    self.issuer, self.charters = "", set()
                    self.numbered, self.thresholds = 0, ""
        elif operation == ADD_THRESHOLDS:
            if int(facts["number"]) > self.numbered:
                self.numbered, self.thresholds = int(facts["number"]), str(facts["thresholds"])
        elif operation == DECIDE:
            self.decided[str(facts["property"])] = str(facts["decision"])
        elif operation == OPEN_INCIDENT:
            self.incidents[str(facts["incident"])] = int(facts["severity"])
        elif operation == CLOSE_INCIDENT:
            self.incidents.pop(str(facts["incident"]), None)
        elif operation == WITNESS:
            log, size = str(facts["log"]), int(facts["size"])
            if size >= self.witnessed.get(log, (0, ""))[0]:
                self.witnessed[log] = (size, str(facts["root"]))


def fold(ledger: Log, standing: Standing) -> Standing:
    """Bring a standing up to all that a ledger's checkpoint covers. Raises LedgerDamaged, also for entries that are not those
    that were signed: they are files, and can be edited."""
    try:
        head, _ = ledger.head()
    except LedgerMissing:
        return standing
    while standing.size < head.size:
        first = standing.size // WIDTH * WIDTH
        entries = ledger.bundle(first // WIDTH, min(WIDTH, head.size - first))
        standing.take(entries[standing.size - first :])
    if standing.root != head.root:
        raise LedgerDamaged("the ledger's entries are not those that its checkpoint covers", _SEE_DOCS)
    return standing


def dump(standing: Standing) -> str:
    """A standing as text, to be kept so that the next operation need not read the whole ledger."""
    fields = {**asdict(standing), "charters": sorted(standing.charters), "outcomes": sorted(standing.outcomes.items())}
    fields["delivered"] = sorted(standing.delivered)
    fields["_peaks"] = [peak.hex() for peak in standing._peaks]
    fields["_open"] = [[index, before.encode().decode()] for index, before in standing._open.items()]
    fields["_day"], fields["latest"] = standing._day.isoformat(), standing.latest.isoformat()
    return json.dumps(fields, sort_keys=True)


def load(text: str) -> Standing | None:
    """The standing that a text of `dump` says; None when it is none."""
    try:
        fields = json.loads(text)
        opened = {int(index): decode(entry.encode()) for index, entry in fields.pop("_open")}
        return Standing(
            size=fields["size"],
            latest=datetime.fromisoformat(fields["latest"]),
            issuer=fields["issuer"],
            charters=set(fields["charters"]),
            lists={issuer: (number, identity) for issuer, (number, identity) in fields["lists"].items()},
            numbered=fields["numbered"],
            thresholds=fields["thresholds"],
            incidents=fields["incidents"],
            outcomes={(name, outcome): count for (name, outcome), count in fields["outcomes"]},
            refused=fields["refused"],
            witnessed={log: (size, root) for log, (size, root) in fields["witnessed"].items()},
            delivered=set(fields["delivered"]),
            decided=fields["decided"],
            _day=date.fromisoformat(fields["_day"]),
            _used=Day(**fields["_used"]),
            _open={index: said for index, said in opened.items() if isinstance(said, Before)},
            _peaks=[bytes.fromhex(peak) for peak in fields["_peaks"]],
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _amount(facts: Mapping[str, str | int], name: str) -> int:
    value = facts.get(name, 0)
    return value if isinstance(value, int) and value > 0 else 0
