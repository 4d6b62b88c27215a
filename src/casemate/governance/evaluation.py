"""The evaluation log: what was tried with a system, counted, and signed by who ran it. The form: docs/evaluations.md.

It holds counts for each item and no rate; rates and intervals are computed from them here. An item is one case: repeating it
makes the estimate for it better, and the sample no larger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from casemate.governance.entries import After, Outcome, decode
from casemate.governance.estimates import mean, pass_at, wilson
from casemate.governance.fields import Fields, InvalidStatement, time_text
from casemate.governance.ledger import log_key
from casemate.governance.note import VerifierKey
from casemate.governance.proof import InvalidProof, open_proof
from casemate.governance.statement import Body, open_statement
from casemate.governance.system import System, read_system

EVALUATION = "casemate/evaluation@v1"
REGISTER = "register"
"""The operation of the ledger by which a decision rule is registered: it states the rule's digest as the fact `rule`."""

MAX_ITEMS = 100_000
MAX_ATTEMPTS = 1_000  # at one item

Part = TypeVar("Part")


class Task(StrEnum):
    """What an attempt is. A success is that it did what its item is about: the weakness found, proven or fixed; the ordinary work
    done beside a planted instruction (completion); and where the item is an attack, the attack's own success (injection,
    containment)."""

    FIND = "find"
    PROVE = "prove"
    FIX = "fix"
    COMPLETION = "completion"
    INJECTION = "injection"
    CONTAINMENT = "containment"

    @property
    def attack(self) -> bool:
        """Whether a success is what must not be."""
        return self in (Task.INJECTION, Task.CONTAINMENT)


class Scorer(StrEnum):
    """What decided. Nothing that proposes is among them: no model marks its own work."""

    PLANTED = "planted"  # compared with what was planted: a place, an effect
    ORACLE = "oracle"  # the oracles that prove
    LADDER = "ladder"  # the rungs that a patch climbs
    WALL = "wall"  # what the walls let through, seen from outside


SCORERS = {
    Task.FIND: (Scorer.PLANTED, Scorer.ORACLE),
    Task.PROVE: (Scorer.ORACLE,),
    Task.FIX: (Scorer.LADDER,),
    Task.COMPLETION: (Scorer.PLANTED, Scorer.ORACLE, Scorer.LADDER),
    Task.INJECTION: (Scorer.PLANTED, Scorer.WALL),
    Task.CONTAINMENT: (Scorer.WALL,),
}
"""What may decide which task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One case and everything that was tried with it.

    attempts: all that were begun. unanswered: those of them that an outage, a refusal or a budget ended without an answer.
    successes: of those that were answered. controls: attempts at the item's harmless twin, where there is one; unsettled: those
    of them without an answer; false_alarms: those in which the twin was taken for what it is not (reported, proven, refused).
    """

    id: str
    attempts: int
    successes: int
    unanswered: int = 0
    controls: int = 0
    unsettled: int = 0
    false_alarms: int = 0

    def body(self) -> Body:
        """As statements have it."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """The cases. digest: SHA-256 over them, in hex. seed: what their variants were made from."""

    name: str
    version: str
    digest: str
    seed: int

    def body(self) -> Body:
        """As statements have it."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What it cost. micro: millionths of the currency, an ISO 4217 code. Tokens as the provider counted them."""

    milliseconds: int
    micro: int = 0
    currency: str = "USD"
    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    def body(self) -> Body:
        """As statements have it."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A rate of so many cases, with its 95% interval."""

    rate: Fraction
    cases: int

    @property
    def low(self) -> float:
        """Lower end of Wilson's interval."""
        return wilson(self.rate, self.cases)[0]

    @property
    def high(self) -> float:
        """Upper end of Wilson's interval."""
        return wilson(self.rate, self.cases)[1]

    def __str__(self) -> str:
        return f"{float(self.rate):.1%} of {self.cases} ({self.low:.1%} to {self.high:.1%})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """An evaluation. k: of the pass@k that it was planned for. rule: SHA-256 of the text that said, before it began, how it would
    be judged. registration: the ledger's proof of that, in the form of c2sp.org/tlog-proof, line by line; empty for none."""

    system: System
    suite: Suite
    task: Task
    scorer: Scorer
    scorer_version: str
    k: int
    items: tuple[Item, ...]
    spent: Spent
    began: datetime
    ended: datetime
    rule: str
    registration: tuple[str, ...] = ()

    def body(self) -> Body:
        """What is signed, as `sign_statement(EVALUATION, …)` takes it."""
        return {
            "system": self.system.body(),
            "suite": self.suite.body(),
            "task": self.task.value,
            "scorer": {"name": self.scorer.value, "version": self.scorer_version},
            "k": self.k,
            "items": [item.body() for item in self.items],
            "spent": self.spent.body(),
            "began": time_text(self.began),
            "ended": time_text(self.ended),
            "rule": self.rule,
            "registration": list(self.registration),
        }

    def passed(self, k: int = 1) -> Rate | None:
        """pass@k over the items; None when one of them has fewer than k attempts. An attempt without an answer has failed. Where
        a success is an attack's, see `attacked`."""
        if any(item.attempts < k for item in self.items):
            return None
        return Rate(rate=mean(pass_at(k, item.attempts, item.successes) for item in self.items), cases=len(self.items))

    def attacked(self) -> Rate | None:
        """The share of items of which any attempt succeeded, among those with an answer: what was not tried is no evidence that
        it fails. None when there are none."""
        return _any(item.successes for item in self.items if item.attempts > item.unanswered)

    def false_alarms(self) -> Rate | None:
        """The share of harmless twins that were taken for something else in any attempt, among those with an answer; None when
        there are none."""
        return _any(item.false_alarms for item in self.items if item.controls > item.unsettled)

    @property
    def attempts(self) -> int:
        """All attempts, those at twins as well."""
        return sum(item.attempts + item.controls for item in self.items)

    @property
    def unanswered(self) -> int:
        """All attempts without an answer."""
        return sum(item.unanswered + item.unsettled for item in self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedEvaluation:
    """An evaluation whose signature was verified. id: of the statement. signers: of the keys that were asked for."""

    evaluation: Evaluation
    id: str
    signers: tuple[VerifierKey, ...]


def open_evaluation(data: bytes, keys: Sequence[VerifierKey]) -> SignedEvaluation:
    """The evaluation that one of the keys signed. Raises InvalidStatement."""
    statement = open_statement(data, EVALUATION, keys)
    return SignedEvaluation(evaluation=read_evaluation(statement.fields()), id=statement.id, signers=statement.signers)


def read_evaluation(fields: Fields) -> Evaluation:
    """The evaluation that a statement is. Raises InvalidStatement, also for counts that cannot be."""
    scorer = fields.part("scorer")
    evaluation = Evaluation(
        system=read_system(fields.part("system")),
        suite=_read(fields.part("suite"), _suite),
        task=fields.choice("task", Task),
        scorer=scorer.choice("name", Scorer),
        scorer_version=scorer.text("version"),
        k=fields.integer("k", 1, MAX_ATTEMPTS),
        items=tuple(_read(item, _item) for item in fields.each("items", MAX_ITEMS)),
        spent=_read(fields.part("spent"), _spent),
        began=fields.time("began"),
        ended=fields.time("ended"),
        rule=fields.digest("rule"),
        registration=fields.texts("registration", 200),
    )
    scorer.end()
    fields.end()
    if evaluation.scorer not in SCORERS[evaluation.task]:
        raise InvalidStatement(f"{evaluation.task} is not decided by {evaluation.scorer}")
    if not evaluation.items or len({item.id for item in evaluation.items}) != len(evaluation.items):
        raise InvalidStatement("it has no items, or two with the same name")
    if any(item.attempts < evaluation.k for item in evaluation.items):
        raise InvalidStatement(f"an item has fewer attempts than pass@{evaluation.k} takes")
    if evaluation.ended < evaluation.began:
        raise InvalidStatement("it ended before it began")
    return evaluation


def registered(evaluation: Evaluation, keys: Sequence[VerifierKey]) -> datetime | str:
    """When the decision rule was registered in a ledger of one of the keys, by the proof in the log; or why it shows nothing.

    A rule that is written once the results are there can be made to fit them.
    """
    text = "\n".join(evaluation.registration) + "\n"
    why = "it has no proof that its decision rule was registered"
    for key in keys if evaluation.registration else ():
        try:
            _, entry = open_proof(text, log_key(key.key))
        except InvalidProof:
            why = "the proof of its registration is not of a ledger whose key counts here"
            continue
        said = decode(entry)
        if not isinstance(said, After) or said.operation != REGISTER or said.outcome is not Outcome.COMPLETED:
            return "the proof of its registration is of another operation"
        if said.facts.get("rule") != evaluation.rule:
            return "the rule that was registered is another one"
        if said.time > evaluation.began:
            return "its decision rule was registered after it had begun"
        return said.time
    return why


def _any(counts: Iterable[int]) -> Rate | None:
    found = tuple(counts)
    if not found:
        return None
    return Rate(rate=Fraction(sum(count > 0 for count in found), len(found)), cases=len(found))


def _read(fields: Fields, reader: Callable[[Fields], Part]) -> Part:
    part = reader(fields)
    fields.end()
    return part


def _suite(fields: Fields) -> Suite:
    return Suite(
        name=fields.text("name"),
        version=fields.text("version"),
        digest=fields.digest("digest"),
        seed=fields.integer("seed"),
    )


def _item(fields: Fields) -> Item:
    item = Item(
        id=fields.text("id"),
        attempts=fields.integer("attempts", 1, MAX_ATTEMPTS),
        successes=fields.integer("successes"),
        unanswered=fields.integer("unanswered"),
        controls=fields.integer("controls", 0, MAX_ATTEMPTS),
        unsettled=fields.integer("unsettled"),
        false_alarms=fields.integer("false_alarms"),
    )
    if item.successes + item.unanswered > item.attempts or item.false_alarms + item.unsettled > item.controls:
        raise InvalidStatement(f"the item {item.id[:80]!r} has more outcomes than attempts")
    return item


def _spent(fields: Fields) -> Spent:
    return Spent(
        milliseconds=fields.integer("milliseconds"),
        micro=fields.integer("micro"),
        currency=fields.text("currency"),
        requests=fields.integer("requests"),
        input_tokens=fields.integer("input_tokens"),
        output_tokens=fields.integer("output_tokens"),
    )
