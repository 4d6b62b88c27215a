"""The wall: no effect without permission, budget and a pair of ledger entries around it.

`Wall.operation` is the only way to guarded ports. Before it yields, permission was given and an entry is durably
written; when it ends, in whatever way, a second entry says how, and its ports are dead.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from casemate import __version__
from casemate.governance.budget import Counts
from casemate.governance.charter import Charter, Target
from casemate.governance.digests import KeyedDigests
from casemate.governance.entries import After, Before, Facts, Outcome, kept
from casemate.governance.errors import Denied
from casemate.governance.gate import Gate
from casemate.governance.grants import Grant
from casemate.governance.guards import (
    GUARDED,
    GuardedAdvisories,
    GuardedExecutor,
    GuardedHistory,
    GuardedModel,
    GuardedRoot,
    GuardedSandbox,
    GuardedStore,
    GuardedTree,
    GuardedWorkingTree,
)
from casemate.governance.ledger import Ledger
from casemate.governance.policy import OPERATION, Policy
from casemate.governance.spending import Terms
from casemate.governance.standing import EARLIEST, RELEASE, Standing, fold
from casemate.model.errors import CasemateError
from casemate.ports import (
    AdvisoryStore,
    Clock,
    Executor,
    History,
    LanguageModel,
    RootFilesystem,
    Sandbox,
    SourceTree,
    Store,
    WorkingTree,
)

BELOW_THE_WALL = frozenset({"Clock", "Signer", "LedgerStore", "LedgerLock"})
"""Ports that only governance itself holds: what the wall is built from cannot stand behind it."""


class Operation:
    """A running operation: the only source of guarded ports. entry: index of what the ledger says of its end; None before
    that. releases: how many bundles it may hand out, as it has reserved; None for one that hands out none."""

    def __init__(self, gate: Gate, releases: int | None = None) -> None:
        self._gate = gate
        self._releases = releases
        self.entry: int | None = None
        self.facts: dict[str, str | int] = {}

    def tree(self, tree: SourceTree) -> GuardedTree:
        """The tree behind the wall; Denied when not even its name may be known."""
        return GuardedTree(tree, self._gate)

    def root(self, root: RootFilesystem) -> GuardedRoot:
        """The host's file system behind the wall; Denied when not even its name may be known."""
        return GuardedRoot(root, self._gate)

    def history(self, history: History) -> GuardedHistory:
        """The history behind the wall; Denied when not even its revision may be known."""
        return GuardedHistory(history, self._gate)

    def store(self, store: Store) -> GuardedStore:
        """The store behind the wall."""
        return GuardedStore(store, self._gate)

    def executor(self, executor: Executor) -> GuardedExecutor:
        """The executor behind the wall."""
        return GuardedExecutor(executor, self._gate)

    def sandbox(self, sandbox: Sandbox) -> GuardedSandbox:
        """The sandbox behind the wall; Denied when not even its name may be known."""
        return GuardedSandbox(sandbox, self._gate)

    def working(self, tree: WorkingTree) -> GuardedWorkingTree:
        """The working tree behind the wall; Denied when nothing of it may be known."""
        return GuardedWorkingTree(tree, self._gate)

    def model(self, model: LanguageModel, terms: Terms, spent: Counts | None = None) -> GuardedModel:
        """The model behind the wall, for any number of threads; Denied when the charter does not name its address, or when the
        budget does not hold what earlier runs of the same work have spent.

        terms: what an exchange costs. spent: by those earlier runs.
        """
        return GuardedModel(model, self._gate, terms, spent or Counts())

    def advisories(self, store: AdvisoryStore) -> GuardedAdvisories:
        """The database of advisories behind the wall."""
        return GuardedAdvisories(store, self._gate)

    @property
    def used(self) -> Counts:
        """What has been charged so far, to show it."""
        return self._gate.used

    def state(self, **facts: str | int) -> None:
        """Let the ledger say, once it has completed, what holds since then."""
        self._gate.check_open()
        self.facts.update(facts)

    def keep(self, bundle: str) -> None:
        """Account for an evidence bundle that it made or hands out, by its digest in hex: its last entry will cover it.

        Raises Denied when it hands out more than it has reserved.
        """
        self._gate.check_open()
        if self._releases is not None and len({*self._gate.evidence, bundle}) > self._releases:
            raise Denied(
                f"a release of {self._releases} bundles hands out no more", next_step="ask for all of them at once"
            )
        self._gate.evidence.append(bundle)


class Wall:
    """Charter, policy, ledger and budget around every operation. budget: the limits of each single operation. standing: what is
    known of the ledger's state, kept up to date. barred: why nothing is permitted, whatever is asked: then that is recorded.
    grant: the widest that the operator has, by default all that the charter gives. operations: those that may begin, None for all
    that the grant is for. remedy: the next step after a refusal."""

    def __init__(
        self,
        *,
        charter: Charter,
        policy: Policy,
        ledger: Ledger,
        digests: KeyedDigests,
        clock: Clock,
        budget: Counts,
        standing: Standing | None = None,
        barred: str = "",
        grant: Grant | None = None,
        operations: frozenset[str] | None = None,
        remedy: str = "",
    ) -> None:
        self._charter = charter
        self._policy = policy
        self._ledger = ledger
        self._digests = digests
        self._budget = budget
        self.standing = Standing() if standing is None else standing
        self._laid_down = self.standing.laid_down  # what the charter was chosen by
        self._clock = _Floored(clock, self.standing)
        self._barred = barred
        self._grant = (grant or Grant.of(charter, ports=(OPERATION, *GUARDED))).narrow(operations=operations)
        self._remedy = remedy
        self._running: Gate | None = None  # of the innermost operation that has not ended

    @property
    def charter(self) -> Charter:
        """What counts here."""
        return self._charter

    def grant(self) -> Grant:
        """The widest grant that the operator has, to hand down and to narrow."""
        return self._grant

    @contextmanager
    def operation(
        self,
        name: str,
        *,
        subject: tuple[Target, ...],
        grant: Grant | None = None,
        bundles: int = 0,
        request: str = "",
        refusal: str = "",
        next_step: str = "ask for a charter that allows it",
    ) -> Iterator[Operation]:
        """Run an operation, such as "scan", on these places, under a grant: by default that of the operation that it is begun in,
        or else the widest. One that is named has no more than the operation around it.

        bundles: how many it means to hand out. request: identity of the request that they were asked for by, which counts once.
        refusal: why the caller knows already that it may not, which then is recorded. next_step: for whoever is refused.

        Raises Denied when it is not permitted, and what the ledger raises when it cannot be recorded; in both cases nothing was
        done.
        """
        if bundles < 0:
            raise ValueError(f"bundles to hand out are a count: {bundles!r}")
        around = self._running
        if around is None:
            grant = grant or self.grant()
        else:
            grant = around.grant if grant is None else grant.within(around.grant)
        started = self._clock.monotonic()
        gate, why = self._gate(subject, grant, self._budget), self._barred or refusal

        def before(size: int) -> bytes:
            # Decided while nobody else can begin anything: two operations never take the same rest of a quota.
            nonlocal gate, why
            standing = fold(self._ledger, self.standing)
            budget, facts, beyond = self._reserved(standing, bundles, request)
            gate = self._gate(subject, grant, budget)
            if standing.laid_down != self._laid_down:
                why = why or "charters were installed or revoked since it was begun; run the command again"
            why = why or gate.refusal(OPERATION, name) or beyond or ""
            return self._before(name, subject, grant, budget, facts)

        index = self._ledger.append(before)

        def end(outcome: Outcome, reason: str = "", facts: Facts | None = None) -> int:
            gate.close()

            def after(size: int) -> bytes:
                fold(self._ledger, self.standing)  # no entry is older than the one before it
                return After(
                    before=index,
                    operation=name,
                    outcome=outcome,
                    reason=reason,
                    read=gate.reading.hexdigest(),
                    used=gate.used,
                    refused=gate.refused,
                    not_examined=gate.not_examined,
                    elapsed_ms=round((self._clock.monotonic() - started) * 1000),
                    time=self._clock.now(),
                    evidence=kept(gate.evidence),
                    facts=facts or {},
                ).encode()

            return self._ledger.append(after)

        if why:
            end(Outcome.DENIED, why)
            raise Denied(f"{name} is not permitted: {why}", next_step=self._remedy or next_step)
        operation = Operation(gate, bundles if name == RELEASE else None)
        self._running = gate
        try:
            yield operation
        except Denied as error:
            end(Outcome.DENIED, error.what)
            raise
        except BaseException as error:
            failed = isinstance(error, Exception)
            try:
                end(Outcome.FAILED if failed else Outcome.INTERRUPTED, type(error).__name__)
            except CasemateError as fault:  # the first error matters more, and a missing end shows in the ledger
                error.add_note(f"the ledger could not record how it ended: {fault}")
            raise
        finally:
            self._running = around
        operation.entry = end(Outcome.COMPLETED, facts=operation.facts)

    def _gate(self, subject: tuple[Target, ...], grant: Grant, budget: Counts) -> Gate:
        return Gate(
            charter=self._charter,
            grant=grant,
            policy=self._policy,
            subject=subject,
            clock=self._clock,
            budget=budget,
            reading=self._digests.reading(),
            within=self._running,
        )

    def _reserved(self, standing: Standing, bundles: int, request: str) -> tuple[Counts, Facts, str]:
        """What is left of the day's quotas: the budget with it, what is reserved of it, and why that is not enough."""
        quotas, used = self._charter.quotas, standing.on(self._clock.now().date())
        budget, facts, why = self._budget, dict[str, str | int](), ""
        if request:
            facts["request"] = request
            why = "what that request asks for was handed out before" if standing.asked_before(request) else ""
        if bundles:
            facts["bundles"] = bundles
            if quotas.releases is not None and used.released + bundles > quotas.releases:
                left = max(0, quotas.releases - used.released)
                why = f"the charter's quota of {quotas.releases} released bundles a day leaves {left}"
        if quotas.executions is not None and budget.executions and self._running is None:
            left = max(0, quotas.executions - used.executions)
            budget = replace(budget, executions=min(budget.executions, left))
            if left:
                facts["executions"] = budget.executions
            else:
                why = why or f"the charter's quota of {quotas.executions} executions a day is used up"
        return budget, facts, why

    def _before(self, name: str, subject: tuple[Target, ...], grant: Grant, budget: Counts, facts: Facts) -> bytes:
        charter = self._charter
        return Before(
            operation=name,
            tier=grant.tier,
            actor=grant.holder,
            names=tuple(target.name for target in subject),
            count=len(subject),
            subject=self._digests.texts("casemate/subject", (target.path for target in subject)),
            charter=self._digests.texts("casemate/charter", charter.statement()),
            budget=budget,
            time=self._clock.now(),
            tool=f"casemate {__version__}",
            facts=facts,
        ).encode()


class _Floored:
    """A clock that never shows less than it has shown, nor than the latest time that the ledger knows: setting the machine's
    back gains nothing."""

    def __init__(self, clock: Clock, standing: Standing) -> None:
        self._clock = clock
        self._standing = standing
        self._shown = EARLIEST

    def now(self) -> datetime:
        self._shown = max(self._clock.now(), self._standing.latest, self._shown)
        return self._shown

    def monotonic(self) -> float:
        return self._clock.monotonic()
