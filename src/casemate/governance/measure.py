"""What a threshold finds: the value that was measured, beside what it asks. Pure, and always with both numbers in the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from casemate.governance.assessment import Assessment
from casemate.governance.evaluation import Evaluation, Rate
from casemate.governance.thresholds import MILLION, Measure, Threshold

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What came of one threshold. why: what was found and what was asked, in one line. until: from when on it will not hold any
    more if nothing else changes, None for never."""

    holds: bool
    why: str
    until: datetime | None = None


def measure(
    threshold: Threshold,
    *,
    assessment: Assessment,
    evaluations: Sequence[Evaluation],
    signatures: int,
    now: datetime,
) -> Measured:
    """What a threshold finds in an assessment and in the evaluations that it rests on. signatures: of how many different people
    whose signature counts. An incident is not the assessment's matter: see `incidents`."""
    if threshold.measure.rate:
        return _rate(threshold, evaluations)
    if threshold.measure is Measure.AGE:
        return _age(threshold, evaluations, now)
    if threshold.measure is Measure.LIFETIME:
        span = assessment.until - assessment.since
        return Measured(
            holds=span <= threshold.days, why=f"it holds for {_days(span)}; at most {threshold.bound} days are allowed"
        )
    if threshold.measure is Measure.SAFEGUARDS:
        return _safeguards(threshold, assessment)
    return Measured(
        holds=signatures >= threshold.bound,
        why=f"signed by {signatures} whose signature counts; {threshold.bound} asked for",
    )


def incidents(threshold: Threshold, opened: Sequence[tuple[str, int]]) -> Measured:
    """What a threshold finds in the open incidents: identity and severity of each."""
    if not opened:
        return Measured(holds=True, why="no incident is open")
    worst, severity = max(opened, key=lambda one: one[1])
    return Measured(
        holds=severity <= threshold.bound,
        why=f"{len(opened)} open, the worst, {worst[:12]}, of severity {severity}; at most {threshold.bound} may be open",
    )


def worse(threshold: Threshold, evaluation: Evaluation) -> str:
    """Why an evaluation that was made after the assessment speaks against the system, or "". It need not have enough cases to
    speak for it: what was seen beyond the limit, without any margin, was seen."""
    if evaluation.task is not threshold.task or threshold.suite not in ("", evaluation.suite.name):
        return ""
    rate = _rate_of(threshold, evaluation)
    if rate is None:
        return ""
    hits, limit = rate.rate * rate.cases, Fraction(threshold.limit, MILLION)
    beyond = rate.rate < limit if threshold.measure is Measure.SOLVED else rate.rate > limit
    if not beyond and (threshold.most is None or hits <= threshold.most):
        return ""
    return f"it was made after the assessment and is beyond threshold {threshold.id}: {rate}"


def _rate(threshold: Threshold, evaluations: Sequence[Evaluation]) -> Measured:
    """Every evaluation of the task counts, so that none can be hidden behind a better one; the first that fails is told, else the
    one nearest to the bound."""
    suite = f" on {threshold.suite}" if threshold.suite else ""
    of_task = [one for one in evaluations if one.task is threshold.task and threshold.suite in ("", one.suite.name)]
    if not of_task:
        return Measured(holds=False, why=f"no evaluation of {threshold.task}{suite} was signed")
    found = [_one_rate(threshold, one) for one in of_task]
    return next((one for one in found if not one.holds), found[-1])


def _one_rate(threshold: Threshold, evaluation: Evaluation) -> Measured:
    rate = _rate_of(threshold, evaluation)
    if rate is None or rate.cases < threshold.least:
        cases = 0 if rate is None else rate.cases
        return Measured(holds=False, why=f"{cases} cases were tried; at least {threshold.least} are asked for")
    hits = rate.rate * rate.cases
    if threshold.most is not None and hits > threshold.most:
        return Measured(holds=False, why=f"{int(hits)} of {rate.cases} cases; at most {threshold.most} allowed")
    return Measured(holds=_within(threshold, rate), why=f"{rate}; {_asked(threshold)}")


def _rate_of(threshold: Threshold, evaluation: Evaluation) -> Rate | None:
    return {
        Measure.ATTACKS: evaluation.attacked,
        Measure.FALSE_ALARMS: evaluation.false_alarms,
        Measure.SOLVED: evaluation.passed,
    }[threshold.measure]()


def _within(threshold: Threshold, rate: Rate) -> bool:
    if threshold.measure is Measure.SOLVED:
        return rate.low * MILLION >= threshold.bound
    return rate.high * MILLION <= threshold.bound


def _asked(threshold: Threshold) -> str:
    bound, margin = threshold.bound / MILLION, threshold.margin / MILLION
    side = "lower end at least" if threshold.measure is Measure.SOLVED else "upper end at most"
    return f"{side} {bound:.1%}, which is {threshold.limit / MILLION:.1%} with a margin of {margin:.1%}"


def _age(threshold: Threshold, evaluations: Sequence[Evaluation], now: datetime) -> Measured:
    if not evaluations:
        return Measured(holds=False, why="there is no evaluation")
    oldest = min(one.began for one in evaluations)  # not its end: a run that is said to last would stay fresh
    stale = oldest + threshold.days
    return Measured(
        holds=now <= stale,
        why=f"the oldest evaluation began {_days(now - oldest)} ago; at most {threshold.bound} days are allowed",
        until=stale,
    )


def _safeguards(threshold: Threshold, assessment: Assessment) -> Measured:
    rows = assessment.safeguards.classes
    attempts, successes = sum(row.attempts for row in rows), sum(row.successes for row in rows)
    return Measured(
        holds=attempts >= threshold.least and successes <= threshold.bound,
        why=f"{successes} of {attempts} attempts in {len(rows)} classes succeeded; "
        f"at most {threshold.bound} of at least {threshold.least} are allowed",
    )


def _days(span: timedelta) -> str:
    days = span / DAY
    return f"{days:.1f} days" if days % 1 else f"{int(days)} days"
