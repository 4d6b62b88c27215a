"""What a prover and a mender hold beside the index: trials, which others judge.

A prover's input is driven by the same campaigns as any other, and the same oracles answer. A mender's patch is put to the same
ladder. Neither gets to see what a proof was driven with, nor to say how a trial ended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from casemate.evidence.escape import visible
from casemate.evidence.redact import redact
from casemate.evidence.verdicts import why
from casemate.model import sandbox
from casemate.model.finding import Demonstration
from casemate.model.fix import Change, Fix, Patch, Step
from casemate.model.proof import Attempt, Exhibit, Result, Verdict
from casemate.model.proposal import Property, Told
from casemate.model.sandbox import Harness, Job, PlacedFile
from casemate.pipeline.desk import Desk, Suggested, refused
from casemate.pipeline.properties import held
from casemate.pipeline.study import Study
from casemate.proofs.campaign import Bench, campaign
from casemate.proofs.oracle import Input
from casemate.proofs.question import Question

ATTEMPTS: Final = 12
"""Inputs, and properties, that are put to the test for one lead."""

EXPLORATIONS: Final = 8
PATCHES: Final = 6
EACH: Final = 40
"""Executions that one input of a prover may take until an oracle answers."""

_EFFECTIVE: Final = ("{canary}", "{file}", "{folder}", "{host}")  # words of a run by which something can take effect
_OUTPUT: Final = 4_000  # characters of what a program printed
_LEAVE: Final = b"import sys\nsys.path.insert(0, 'target')\nsys.path.insert(0, 'target/src')\n"


@dataclass(slots=True)
class Count:
    """How many trials are left."""

    left: int

    def spent(self) -> bool:
        """Take one; whether none was left."""
        self.left -= 1
        return self.left < 0


class Proving(Desk):
    """Runs what a prover asks for, for one lead. ended: the last campaign. shown, held, exhibit: a property that was
    demonstrated, as it was stated, and what shows it again. spent: executions of the target."""

    def __init__(self, study: Study, suggested: Suggested, bench: Bench) -> None:
        super().__init__(study)
        self._suggested = suggested
        self._bench = replace(bench, budget=EACH)
        self._trials, self._programs = Count(ATTEMPTS), Count(EXPLORATIONS)
        self.ended: Attempt | None = None
        self.shown: Demonstration | None = None
        self.held: Property | None = None
        self.exhibit: Exhibit | None = None
        self.spent = 0

    def attempt(self, text: str, control: str) -> Told:
        """An input, driven by a campaign."""
        if self._suggested.traced is None:
            return refused("no oracle decides this weakness: state a property")
        if self._trials.spent():
            return _enough(ATTEMPTS)
        if not any(word in text for word in _EFFECTIVE):
            return refused("the input holds none of a run's words")
        if any(word in control for word in _EFFECTIVE):
            return refused("the control is to do nothing: it holds a word that takes effect")
        given = Input(name="proposed", payload={"text": text}, control={"text": control})
        attempt = driven(self._suggested, self._bench, (given,))
        self.ended = attempt
        self.spent += attempt.verdict.executions
        if attempt.verdict.result is Result.PROVEN:
            return Told(
                text="An oracle saw it take effect in every run.", ends=True, what="an oracle saw it take effect"
            )
        return Told(text=f"{attempt.verdict.result}: {why(attempt.verdict)}", what="how the attempt ended", data=True)

    def explore(self, program: str) -> Told:
        """A program of the prover's, in a sandbox. What it prints is told, and judged by nobody."""
        if self._programs.spent():
            return _enough(EXPLORATIONS)
        files = (PlacedFile(at="explore.py", content=_LEAVE + program.encode()),)
        run = self._bench.sandbox.run(self._bench.profile, Job(what=Harness(path="explore.py"), files=files))
        self.spent += 1
        return Told(text=_printed(run), what="what a program printed", data=True)

    def hold(self, claimed: Property) -> Told:
        """A property, put to the test."""
        if self._trials.spent():
            return _enough(ATTEMPTS)
        statement = redact(visible(" ".join(claimed.statement.split())))
        lead = self._suggested.finding.lead
        ended = held(replace(claimed, statement=statement), self._study, self._bench, lead)
        self.spent += ended.executions
        if ended.shown is None:
            if not ended.executions:
                return refused(ended.why)
            return Told(text=redact(visible(ended.why)), what="how the property ended", data=True)
        self.shown, self.held, self.exhibit = ended.shown, claimed, ended.exhibit
        text = "It was violated in every run, and held otherwise. A person decides whether it must hold."
        return Told(text=text, ends=True, what="a property was violated")


def driven(suggested: Suggested, bench: Bench, inputs: tuple[Input, ...] = ()) -> Attempt:
    """The campaign for a lead, with inputs that somebody proposes or else with the oracles' own."""
    finding, traced = suggested.finding, suggested.traced
    if traced is None:
        return Attempt(verdict=Verdict(result=Result.NOT_EXAMINED, detail=f"no oracle decides CWE-{finding.cwe}"))
    question = Question(identity=finding.identity, cwe=finding.cwe, lead=traced, inputs=inputs)
    ((_, attempt),) = campaign(bench, [question])
    return attempt


class Mending(Desk):
    """Puts patches for one finding to the ladder. climb: the ladder. fix: the first that holds. attempts: those that did not."""

    def __init__(self, study: Study, climb: Callable[[Patch], Fix]) -> None:
        super().__init__(study)
        self._climb = climb
        self._patches = Count(PATCHES)
        self.fix: Fix | None = None
        self.attempts: list[Fix] = []

    def patch(self, path: str, old: str, new: str, what: str) -> Told:
        """A piece of a file for another."""
        if self._patches.spent():
            return _enough(PATCHES)
        before = self._study.source(path) if path in self._study.modules else None
        if before is None:
            return refused("the index lists no such Python file")
        if self._study.is_test(path):
            return refused("tests are not changed: they judge")
        piece = old.encode()
        if before.count(piece) != 1:
            return refused(f"the piece stands {before.count(piece)} times in the file, as it was read")
        after = before.replace(piece, new.encode())
        if after == before:
            return refused("it changes nothing")
        said = redact(visible(" ".join(what.split()))) or "a change"
        change = Change(path=path, before=before, after=after)
        fix = self._climb(Patch(proposer="agent:mender", what=said, changes=(change,)))
        if fix.offered:
            self.fix = fix
            return Told(text="Every rung holds.", ends=True, what="a patch holds")
        self.attempts.append(fix)
        failed = next((one for one in fix.ladder if one.step is Step.FAILS), None)
        untried = next((one for one in fix.ladder if one.step is Step.UNTRIED), None)
        ended = failed or untried
        told = "" if ended is None else f"{ended.rung}: {ended.step}: {redact(visible(ended.detail))}"
        return Told(text=told, what="where the patch failed", data=True)


def _printed(run: sandbox.Run) -> str:
    """What a run printed, and how it ended."""
    if isinstance(run, sandbox.Refused):
        return "it was not run"
    seen = run.seen
    text = (seen.stdout + seen.stderr).decode("utf-8", "replace")
    shown = "\n".join(visible(line) for line in redact(text).split("\n"))
    more = f"\n({len(shown) - _OUTPUT} characters more)" if len(shown) > _OUTPUT else ""
    how = f"exit code {run.exit_code}" if isinstance(run, sandbox.Finished) else type(run).__name__
    return f"{how}\n{shown[:_OUTPUT]}{more}"


def _enough(most: int) -> Told:
    return Told(text=f"Not done: {most} were tried, and no more are.", refused=True, ends=True, what="trials spent")
