"""The gate of one operation: what its guarded ports ask before an effect, and report to after it."""

from __future__ import annotations

from collections.abc import Mapping
from threading import RLock

from casemate.governance.budget import Counts, Meter
from casemate.governance.charter import Charter, Target
from casemate.governance.digests import Reading
from casemate.governance.grants import Grant
from casemate.governance.policy import Denial, Policy
from casemate.model.outcome import NotExamined, Reason
from casemate.ports import Clock


class OperationEnded(RuntimeError):
    """A port was used after its operation had ended: a bug of ours, and a refusal all the same."""


class Gate:
    """Permission, budget and account of one operation, for all of its threads.

    reading: the keyed digest of what was read. refused: calls that permission or budget refused. not_examined: how many
    NotExamined the ports have given. evidence: digests, in hex, of the bundles that it made or handed out. within: the gate of an
    operation that this one is a part of.
    """

    def __init__(
        self,
        *,
        charter: Charter,
        grant: Grant,
        policy: Policy,
        subject: tuple[Target, ...],
        clock: Clock,
        budget: Counts,
        reading: Reading,
        within: Gate | None = None,
    ) -> None:
        self.reading = reading
        self.refused = 0
        self.not_examined = 0
        self.evidence: list[str] = []
        self._charter = charter
        self._grant = grant
        self._policy = policy
        self._subject = subject
        self._clock = clock
        self._meter: Meter = Meter(budget, within._meter if within is not None else None)
        self._verdicts: dict[tuple[str, str], str | None] = {}
        self._ends = min(charter.ends, grant.expires)
        self._open = True
        self._one = RLock()  # around everything that threads may ask or report at the same time

    @property
    def grant(self) -> Grant:
        """What it was begun under."""
        return self._grant

    @property
    def used(self) -> Counts:
        """What has been charged so far."""
        return self._meter.used

    def close(self) -> None:
        """End the operation: its ports refuse from now on."""
        self._open = False

    def check_open(self) -> None:
        """Raises OperationEnded when the operation has ended."""
        if not self._open:
            raise OperationEnded("a port was used after its operation had ended")

    def refusal(self, port: str, action: str) -> str | None:
        """Why the action is not permitted now, or None. Raises OperationEnded."""
        self.check_open()
        with self._one:
            verdict = self._verdict(port, action)
            self.refused += verdict is not None
        return verdict

    def model_refusal(self, endpoint: str) -> str | None:
        """Why a model at that address may not see the targets' content, or None."""
        verdict = self._charter.model_refusal(endpoint)
        with self._one:
            self.refused += verdict is not None
        return verdict

    def reserve(self, **amounts: int) -> str | None:
        """Charge the budget before an effect; why it does not fit, or None."""
        exhausted = self._meter.reserve(**amounts)
        with self._one:
            self.refused += exhausted is not None
        return None if exhausted is None else str(exhausted)

    def settle(self, reserved: Mapping[str, int], actual: Mapping[str, int]) -> None:
        """Put what an exchange really used in the place of what was reserved for it."""
        self._meter.settle(reserved, actual)

    def monotonic(self) -> float:
        """Seconds, for durations."""
        return self._clock.monotonic()

    def denied(self, what: str, why: str) -> NotExamined:
        """The outcome for something that was refused."""
        return self.account(NotExamined(what=what, reason=Reason.DENIED, detail=why))

    def account(self, outcome: NotExamined) -> NotExamined:
        """Count an outcome, and hand it on."""
        with self._one:
            self.not_examined += 1
        return outcome

    def _verdict(self, port: str, action: str) -> str | None:
        # Within the lifetime of charter and grant a verdict depends on the action only: it is reached once.
        now = self._clock.now()
        if now >= self._ends or (port, action) not in self._verdicts:
            permit = self._policy.permits(self._grant, port, action, self._subject, now=now)
            if isinstance(permit, Denial):
                verdict: str | None = permit.reason
            else:
                verdict = self._charter.refusal(tier=permit.tier, subject=self._subject, now=now)
            self._verdicts[port, action] = verdict
        return self._verdicts[port, action]
