"""A proof seen again: the exhibit of an evidence bundle, replayed from scratch, each run in a fresh sandbox.

Whoever made the bundle is not believed. Each case must drive the way that the bundle claims, each control must be free of the
canary, and what was reported then counts for nothing: the oracle judges what is seen now. What could not be tried is no
answer: it "cannot be checked here", and why.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from hashlib import sha256

from casemate.evidence.bundle import Bundle
from casemate.evidence.redact import redact
from casemate.model.fix import Climb, Step
from casemate.model.lead import Lead
from casemate.model.outcome import NotExamined
from casemate.model.proof import Observer
from casemate.model.sandbox import Finished, Job, Profile, Program
from casemate.model.verification import Answer, Verification
from casemate.pipeline.verify_fix import verify_fix
from casemate.ports import Sandbox, SourceFile, SourceTree
from casemate.proofs.catalogue import ORACLES
from casemate.proofs.observation import Observation
from casemate.proofs.oracle import Oracle, Run
from casemate.proofs.replay import TARGET, Failed, canonical, job, observed, reported, words_of
from casemate.proofs.search import answer_to_control

VERSION = "import sys; print('%d.%d.%d' % sys.version_info[:3])"

_SETTINGS = frozenset({"target", "copied", "paths", "driver", "arms", "stubs", "apps"})
_CASE = frozenset({"driver", "variant", "steps", "at", "boundary", "function", "canary", "calm", "payload"})
_STEP = frozenset({"path", "line", "column", "role", "note"})
_WORD = re.compile(r"[a-z][a-z0-9]{3,63}")


class Ended(Exception):
    """Verifying has come to an answer before its end."""

    def __init__(self, answer: Answer, why: str) -> None:
        super().__init__(why)
        self.answer = answer
        self.why = why


def unchecked(why: str) -> Verification:
    """It cannot be checked here, and nothing was tried."""
    return Verification(answer=Answer.UNCHECKED, why=why)


def verify(bundle: Bundle, *, oracle: Oracle, tree: SourceTree, sandbox: Sandbox, profile: Profile) -> Verification:
    """Replay the bundle's exhibit on a target. tree: the target, to compare its files. profile: in which it is lent."""
    replay = _Replay(bundle, oracle, sandbox, profile)
    try:
        replay.check_claim()
        replay.compare(tree)
        replay.examine()
        replay.run()
        if bundle.fix is not None:
            replay.mend(tree)
    except Ended as ended:
        return replay.outcome(ended.answer, ended.why)
    return replay.outcome(Answer.HOLDS, "")


class Replay:
    """One verification, as far as it has come: what holds for a proof by an oracle and for a property alike."""

    def __init__(self, bundle: Bundle, sandbox: Sandbox, profile: Profile) -> None:
        self._bundle = bundle
        self._exhibit = bundle.exhibit
        self._sandbox = sandbox
        self._profile = profile
        self._notes: list[str] = []
        self._differ: list[str] = []
        self._python = ""
        self._held = ""
        self._seen = self._quiet = self._same = 0
        self._ladder: tuple[Climb, ...] = ()

    def outcome(self, answer: Answer, why: str) -> Verification:
        """The answer with all that is known."""
        if answer is Answer.FAILS and self._differ:
            why += f"; this is not the target that the bundle was made of: {_named(self._differ)}"
        return Verification(
            answer=answer,
            why=why,
            notes=tuple(self._notes),
            python=self._python,
            sandbox=self._held,
            seen=self._seen,
            quiet=self._quiet,
            same=self._same,
            ladder=self._ladder,
        )

    def compare(self, tree: SourceTree) -> None:
        """Which files of the trace differ from those that the bundle was made of. It is replayed all the same."""
        stated = dict(self._exhibit.sources)
        there = {seen.path: seen for seen in tree.walk() if isinstance(seen, SourceFile) and seen.path in stated}
        lost = sorted(stated.keys() - there.keys())
        if stated and not there:
            raise Ended(Answer.UNCHECKED, f"the target has none of the files that the trace passes: {_named(lost)}")
        for path, file in there.items():
            content = tree.read(file)
            if not isinstance(content, NotExamined) and sha256(content).hexdigest() == stated[path]:
                self._same += 1
            else:
                self._differ.append(path)
        if self._differ:
            self._notes.append(f"other than when it was made: {_named(self._differ)}")
        if lost:
            self._notes.append(f"not in this target: {_named(lost)}")
        self._differ += lost

    def examine(self) -> None:
        """The sandbox holds, and the interpreter starts in it."""
        profile = self._profile
        examination = self._sandbox.examine(profile)
        if examination.refusal:
            raise Ended(Answer.UNCHECKED, f"no sandbox holds: {examination.refusal}")
        self._held = examination.sandbox
        run = self._sandbox.run(profile, Job(what=Program(argv=(profile.interpreter, "-I", "-S", "-c", VERSION))))
        if not isinstance(run, Finished) or run.exit_code or run.signal:
            raise Ended(Answer.UNCHECKED, f"the interpreter {profile.interpreter!r} does not start")
        self._python = run.seen.stdout.decode("ascii", "replace").strip()[:20]
        if self._python != self._exhibit.python:
            self._notes.append(f"made with Python {self._exhibit.python}, replayed with {self._python}")

    def heed(self, ladder: tuple[Climb, ...]) -> None:
        """What became of the patch of the bundle here. One for other files is no answer, and said."""
        self._ladder = ladder
        for climb in ladder:
            if climb.step is Step.UNTRIED:
                self._notes.append(f"its patch was not tried: {climb.detail}")
            elif climb.step is Step.FAILS:
                raise Ended(Answer.FAILS, f"the proof holds, and its patch does not: {climb.rung}: {climb.detail}")


class _Replay(Replay):
    """Of a proof by an oracle."""

    def __init__(self, bundle: Bundle, oracle: Oracle, sandbox: Sandbox, profile: Profile) -> None:
        super().__init__(bundle, sandbox, profile)
        self._oracle = oracle
        self._outside = False

    def check_claim(self) -> None:
        """What is replayed is what is claimed: the oracle's kind of weakness, this way, and canaries of their own."""
        finding, exhibit = self._bundle.finding, self._exhibit
        if finding.cwe not in self._oracle.cwes:
            why = f"the oracle {self._oracle.id!r} does not decide CWE-{finding.cwe}, which is claimed"
            raise Ended(Answer.FAILS, why)
        if why := _odd_settings(exhibit.settings):
            raise Ended(Answer.FAILS, f"what the bundle sets {why}")
        for kind, told in (("case", exhibit.cases), ("control", exhibit.controls)):
            for number, data in enumerate(told, 1):
                if why := _unlike(data, finding.lead, control=kind == "control"):
                    raise Ended(Answer.FAILS, f"{kind} {number} of the bundle {why}")
        if len({words_of(data).canary for data in exhibit.cases}) < len(exhibit.cases):
            raise Ended(Answer.FAILS, "its cases share a canary, so that one run could pass for several")

    def run(self) -> None:
        """Every control is quiet, and in every case the oracle fires."""
        self._derive()
        calm = [self._observe(data, f"control {number}") for number, data in enumerate(self._exhibit.controls, 1)]
        for number, (data, seen) in enumerate(zip(self._exhibit.controls, calm, strict=True), 1):
            if answer_to_control(self._oracle, words_of(data), seen):
                raise Ended(Answer.FAILS, f"the oracle also fires on control {number}, which does no harm")
            self._quiet += 1
        for number, data in enumerate(self._exhibit.cases):
            seen = self._observe(data, f"run {number + 1}")
            beside = calm[min(number, len(calm) - 1)]
            said = self._oracle.judge(Run(words=words_of(data), seen=seen, calm=beside))
            if said and seen.through_stub:
                raise Ended(Answer.FAILS, "the value passes through a stand-in here, which proves nothing")
            if not said or not seen.passed:
                how = "the oracle was quiet" if seen.passed else "the finding's line was not reached"
                raise Ended(Answer.FAILS, f"{how} in run {number + 1} of {len(self._exhibit.cases)}")
            self._seen += 1
            self._compare_runs(seen, said)
        if self._bundle.proof.observer is Observer.OUTSIDE and not self._outside:
            self._notes.append(f"seen from {Observer.INSIDE} here, and it says from {Observer.OUTSIDE}")

    def mend(self, tree: SourceTree) -> None:
        """The patch of the bundle does here what it is said to do."""
        self.heed(
            verify_fix(self._bundle, oracle=self._oracle, tree=tree, sandbox=self._sandbox, profile=self._profile)
        )

    def _derive(self) -> None:
        """The way of driving is one that follows from the claim here, not one that somebody thought out for the bundle."""
        for data in dict.fromkeys(map(_bare, (*self._exhibit.cases, *self._exhibit.controls))):
            case = json.loads(data)
            asked = canonical({key: value for key, value in case.items() if key != "variant"} | {"variant": None})
            told = reported(self._sandbox.run(self._profile, job(self._exhibit.settings, asked)))
            if isinstance(told, Failed):
                raise Ended(Answer.UNCHECKED, f"the target gave no report ({told.result}): {told.why}")
            try:
                answer = json.loads(told)
                derived, broken = answer.get("variants") or [], answer.get("broken") or answer.get("error")
            except (ValueError, AttributeError, RecursionError):
                derived, broken = [], "it gave no answer"
            if not derived:
                why = broken or "it may lack what the target needs"
                raise Ended(Answer.UNCHECKED, f"no way to drive the target is found with this interpreter: {why}")
            if case.get("variant") not in derived:
                raise Ended(
                    Answer.UNCHECKED,
                    f"this version does not drive it in the way of the bundle, which casemate {self._bundle.version} made",
                )

    def _compare_runs(self, seen: Observation, said: str) -> None:
        """What is another way here, each said once."""
        proof = self._bundle.proof
        notes = []
        if redact(said) != proof.happened:
            notes.append(f"what happened here: {said}")
        if seen.fidelity != proof.fidelity:
            notes.append(f"its fidelity is {seen.fidelity!r} here, and was {proof.fidelity.value!r}")
        if more := sorted(set(seen.stubs) - set(proof.stubs)):
            notes.append(f"stand-ins that its own runs did not need: {_named(more)}")
        self._notes += [note for note in notes if note not in self._notes]

    def _observe(self, case: bytes, what: str) -> Observation:
        """What one case shows in a fresh sandbox."""
        run = self._sandbox.run(self._profile, job(self._exhibit.settings, case))
        seen = observed(run)
        left = run.seen.files if isinstance(run, Finished) else ()
        if self._oracle.observer is Observer.OUTSIDE:  # what the supervisor handed back shows it too
            self._outside |= any(words_of(case).canary.encode() in file.content for file in left)
        if isinstance(seen, Failed):
            raise Ended(Answer.UNCHECKED, f"{what} gave no report ({seen.result}): {seen.why}")
        if seen.broken:
            lack = f", because this interpreter lacks the module {seen.missing!r}" if seen.missing else ""
            raise Ended(Answer.UNCHECKED, f"{what} could not drive the target{lack}: {seen.broken}")
        return seen


def _odd_settings(data: bytes) -> str:
    """In which way the settings of the harness are not those of any proof, "" when they are: a bundle chooses neither what the
    target is nor what its files hold."""
    try:
        told = json.loads(data)
        paths = all(
            type(one) is str and ".." not in one.split("/") and not one.startswith("/") for one in told["paths"]
        )
        known = {arm for one in ORACLES for arm in one.watch}
        kinds = [type(told[name]) is bool for name in ("copied", "stubs")]
        sound = told.keys() == _SETTINGS and told["target"] == TARGET and set(told["arms"]) <= known and all(kinds)
    except (ValueError, KeyError, TypeError, RecursionError):
        return "is no settings"
    return "" if sound and paths else "is not what a proof sets"


def _unlike(data: bytes, lead: Lead, *, control: bool) -> str:
    """In which way a case is not one of what is claimed, "" when it is."""
    try:
        case, words = json.loads(data), words_of(data)
        steps = [(s["path"], s["line"], s["column"], s["role"], redact(s["note"])) for s in case["steps"]]
        at = (case["at"]["path"], case["at"]["line"])
        more = case.keys() - _CASE or {key for step in case["steps"] for key in step.keys() - _STEP}
        payload = json.dumps(case["payload"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return "is none"
    if not (_WORD.fullmatch(words.canary) and _WORD.fullmatch(words.calm)) or words.canary == words.calm:
        return "has no words of its own"
    here = (lead.location.path, lead.location.line)
    way = [
        (s.location.path, s.location.line, s.location.column, s.role.value, redact(s.note))
        for s in (lead.trace.steps if lead.trace else ())
    ] or [(*here, lead.location.column, "sink", "")]
    if more:
        return f"says what no case says: {sorted(more)[0]!r}"
    if steps != way or at != here:
        return "drives another way than the one that is claimed"
    if control and ("{canary}" in payload or words.canary in payload):
        return "holds the canary, so that its silence would say nothing"
    return ""


def _bare(data: bytes) -> bytes:
    """What of a case does not change from run to run."""
    return canonical(
        {key: value for key, value in json.loads(data).items() if key not in ("canary", "calm", "payload")}
    )


def _named(names: Sequence[str]) -> str:
    """`a.py, b.py and 3 more`."""
    shown = sorted(names)[:5]
    return ", ".join(shown) + (f" and {len(names) - len(shown)} more" if len(names) > len(shown) else "")
