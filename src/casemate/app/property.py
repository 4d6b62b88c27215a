"""Properties at work: what is kept of those that were demonstrated, what people decided about them, and both put to the test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from casemate.adapters.statements import StatementFolder
from casemate.app.authority import Ground, ground, installed, own_place
from casemate.app.ground import operator
from casemate.app.launch import trusted
from casemate.evidence.archive import MAX_ARCHIVE
from casemate.evidence.bundle import SUFFIX as BUNDLE
from casemate.evidence.bundle import Bundle, digest, read
from casemate.governance.charter import Tier, single_operator
from casemate.governance.decision import DECISION, Deciders, Decision, counts, open_decision, signed_by
from casemate.governance.errors import Denied
from casemate.governance.fields import InvalidStatement, visible_text
from casemate.governance.note import VerifierKey, parse_key
from casemate.governance.standing import DECIDE
from casemate.governance.statement import sign_statement
from casemate.model.decision import Decided, Stance
from casemate.model.errors import UserError
from casemate.model.outcome import NotExamined, Reason

if TYPE_CHECKING:
    from casemate.app.prove import HuntRequest
    from casemate.app.scan import Scene
    from casemate.evidence.mended import Mended
    from casemate.governance.wall import Operation
    from casemate.model.finding import Finding, FindingId, Report
    from casemate.model.proof import Exhibit
    from casemate.pipeline.scan import Progress

SUFFIX = ".decision"
SHORT = 12  # digits of an identity in a bundle's name


class Kept(NamedTuple):
    """A property that was demonstrated, as its evidence bundle has it. digest: of the bundle."""

    bundle: Bundle
    digest: str

    @property
    def identity(self) -> FindingId:
        """Of the finding."""
        return self.bundle.finding.identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What people decided, in a folder that the operator named. by: keys of people whose decisions count as well, where no
    organisation has laid down whose do. bundles: folders in which what is kept is looked for, beside that one."""

    folder: Path
    bundles: tuple[Path, ...]
    by: tuple[str, ...] = ()

    def found(self) -> dict[str, bytes]:
        """The decisions, by the identity of the finding that their file is named after. Raises EnvironmentFault."""
        files = StatementFolder(self.folder)
        named = (name for name in files.names() if name.endswith(SUFFIX))
        return {name.removesuffix(SUFFIX): files.read(name) or b"" for name in named}

    def known(self) -> dict[FindingId, Kept]:
        """The demonstrations that are kept of what was decided about. Raises as `kept`."""
        return {one.identity: one for identity in self.found() if (one := self.kept(identity)) is not None}

    def kept(self, identity: str) -> Kept | None:
        """The demonstration of a finding, of whatever rule, None where none is kept. Raises UserError for one that is damaged."""
        for folder in (self.folder, *self.bundles):
            for name in StatementFolder(folder).names():
                one = _kept(folder, name) if name.endswith(_named(identity)) else None
                if one is not None and one.identity == identity:
                    return one
        return None

    def everything(self) -> dict[FindingId, Kept]:
        """All properties that are kept: of several bundles of one finding that which `kept` gives. What is damaged or no bundle
        is passed over."""
        found: dict[FindingId, Kept] = {}
        for folder in (self.folder, *self.bundles):
            names = StatementFolder(folder).names()
            here = [(name, one) for name in names if (one := _sound(folder, name)) is not None]
            for _, one in sorted(here, key=lambda named: not named[0].endswith(_named(named[1].identity))):
                found.setdefault(one.identity, one)
        return found


def said_of(one: Kept, decisions: Decisions) -> Decided | str | None:
    """What was decided about a property, as far as it counts here; why it does not; None where nobody decided."""
    shown, data = one.bundle.finding.demonstration, decisions.found().get(one.identity)
    assert shown is not None
    own = ground()
    if data is None:
        return None
    return counts(data, deciders(own, decisions.by), finding=one.identity, property=shown.digest, now=own.now())


def decide(
    one: Kept, stance: Stance, *, reason: str, who: str, until: date | None, folder: Path
) -> tuple[Decision, Path]:
    """Let the operator decide about a property, under their own key: what was decided, and the file that says so.

    Raises UserError for what cannot be signed, and Denied, recorded, for somebody whose decision does not count here.
    """
    own = ground()
    shown = one.bundle.finding.demonstration
    assert shown is not None
    now = own.now().replace(microsecond=0)
    last = until if until is not None else _next_year(now.date())
    if last < now.date():
        raise UserError(f"{last.isoformat()} is over", "name a day to come with --until")
    decision = Decision(
        stance=stance,
        finding=one.identity,
        property=shown.digest,
        statement=shown.statement,
        reason=reason,
        who=who or operator(),
        person=own.person,
        made=now,
        until=last,
    )
    data = sign_statement(DECISION, decision.body(), own.signer)
    try:
        visible_text(reason, "the reason")
        decision = open_decision(data, (own.person,))
    except InvalidStatement as error:
        raise UserError(f"that is no decision: {error}", "give a reason in plain text by --reason") from error
    wall = own.wall(single_operator((own_place(),), own.now(), who=operator(), tier=Tier.RELEASE))
    with wall.operation(DECIDE, subject=(own_place(),)) as operation:
        if own.person not in deciders(own).keys:
            raise Denied(
                "the decision is not made: the signature of this operator's key does not count here",
                "let somebody decide whom the installed charter names",
            )
        StatementFolder(folder).write(f"{one.identity}{SUFFIX}", data)
        operation.state(decision=decision.id, property=decision.property, finding=decision.finding, stance=stance.value)
    return decision, folder / f"{one.identity}{SUFFIX}"


def deciders(own: Ground, by: Sequence[str] = ()) -> Deciders:
    """Whose decisions count on this machine now. by: keys of other people that the operator names; an organisation's charter
    names its own, from its first day to its last. Raises UserError for what is no key."""
    trust, organisation = trusted(own), installed(own)
    named: list[VerifierKey] = []
    for text in by:
        try:
            named.append(parse_key(text))
        except ValueError as error:
            raise UserError(
                f"{text[:120]!r} is no key ({error})", "the person gets theirs by `casemate charter key`"
            ) from error
    keys = (*trust.keys, *named)
    if organisation is not None:
        held = (one for one in organisation.charters if one.charter.begins <= own.now() < one.charter.ends)
        now = {organisation.issuer, *(person.key for one in held for person in one.holders)}
        keys = tuple(key for key in trust.keys if key in now)
    return Deciders(
        keys=tuple(dict.fromkeys(keys)),
        own=own.person,
        last=own.standing.decided,
        withdrawn=trust.withdrawn,
    )


def carried(bundle: Bundle) -> str:
    """What a bundle brings along of a person's decision about its property, in words, and whether that person counts here."""
    from casemate.evidence.asked import decision_words

    shown, data = bundle.finding.demonstration, bundle.decision
    assert shown is not None
    if not data:
        return decision_words(shown)
    own = ground()
    try:
        key = signed_by(data)
    except InvalidStatement as error:
        return f"what it holds is no decision: {error}"
    here = deciders(own)  # what was revoked or taken back here does not count, whatever a bundle says
    whose = here if key in here.keys else Deciders(keys=(key,), own=None, last={})
    said = counts(data, whose, finding=bundle.finding.identity, property=shown.digest, now=own.now())
    if isinstance(said, str):
        return said
    known = "counts here" if whose is here else "is not one that counts here: whose it is, you must know"
    return f"{decision_words(replace(shown, decided=said))}; the key {known}"


class Taken(NamedTuple):
    """What a hunt takes from before. report: with the kept properties. said: what was decided, of each finding with one. bare:
    identities of findings that somebody decided about, and of which no demonstration is kept."""

    report: Report
    exhibits: dict[FindingId, Exhibit]
    fixes: dict[FindingId, Mended]
    said: Callable[[Finding], Decided | str | None]
    data: dict[str, bytes]
    bare: frozenset[str]

    def losses(self, findings: Iterable[Finding]) -> tuple[NotExamined, ...]:
        """Decisions that nothing came of, because what they are about is not kept, nor was it demonstrated anew. findings: as
        they are in the end."""
        again = {finding.identity for finding in findings if finding.demonstration is not None}
        why = "somebody decided about it, and no demonstration is kept: put its bundle beside the decision, or hunt with a model"
        return tuple(
            NotExamined(what=f"the property of {identity[:SHORT]}", reason=Reason.UNREADABLE, detail=why, files=0)
            for identity in sorted(self.bare - again)
        )


def taken(
    scene: Scene,
    operation: Operation,
    report: Report,
    request: HuntRequest,
    decisions: Decisions,
    interpreter: str,
    *,
    progress: Progress,
) -> Taken:
    """Put every kept property to the test that somebody decided about, and that is wanted. operation: one that proves; what mends
    is one of its own. Raises UserError for a bundle that is damaged."""
    from casemate.app.agents import study_of
    from casemate.app.fix import ladder
    from casemate.app.prove import sandbox
    from casemate.pipeline.bench import bench
    from casemate.pipeline.kept import again

    own, data = ground(), decisions.found()
    whose, now = deciders(own, decisions.by), own.now()

    quiet: dict[FindingId, str] = {}

    def said(finding: Finding) -> Decided | str | None:
        shown = finding.demonstration
        about = shown.digest if shown is not None else quiet.get(finding.identity)
        if about is None or finding.identity not in data:
            return None
        return counts(data[finding.identity], whose, finding=finding.identity, property=about, now=now)

    known = decisions.known()
    bundles = [known[identity].bundle for identity in sorted(known) if request.wanted(known[identity].bundle.finding)]
    bare = frozenset(data.keys() - known.keys())
    if not bundles:
        return Taken(report, {}, {}, said, data, bare)
    with scene.wall.operation("fix", subject=scene.subject) if request.fix else nullcontext(operation) as within:
        tree = within.tree(scene.trees[0])
        study = study_of(scene, within, report, progress)
        grounds = ladder(scene, within, report, interpreter).grounds if request.fix else None
        made = (
            grounds.bench
            if grounds is not None
            else bench(tree, within.sandbox(sandbox()), scene.trees[0].place, interpreter)
        )
        examination = made.sandbox.examine(made.profile)
        if examination.refusal:
            loss = NotExamined(what=".", reason=Reason.NO_SANDBOX, detail=examination.refusal, files=0)
            report = replace(report, not_examined=tuple(sorted({*report.not_examined, loss})))
        found = again(bundles, report, study, replace(made, held_by=examination.sandbox), grounds, progress)
    quiet |= found.quiet
    return Taken(found.report, found.exhibits, found.fixes, said, data, bare)


def _kept(folder: Path, name: str) -> Kept | None:
    """The property in a file; None where there is no such file, or one of something else. Raises UserError."""
    data = StatementFolder(folder).read(name, MAX_ARCHIVE)
    if data is None:
        return None
    bundle = read(data, str(folder / name))
    return Kept(bundle, digest(data)) if bundle.finding.demonstration is not None else None


def _sound(folder: Path, name: str) -> Kept | None:
    try:
        return _kept(folder, name) if name.endswith(BUNDLE) else None
    except UserError:
        return None


def _named(identity: str) -> str:
    """How the name of a finding's bundle ends; before it stands the rule."""
    return f"-{identity[:SHORT]}{BUNDLE}"


def _next_year(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + 1, day=28)
