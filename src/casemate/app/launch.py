"""The launch gate at work: what it is shown, whose signature counts, and every decision in the ledger."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from casemate import __version__
from casemate.adapters.statements import StatementFolder, read_statement
from casemate.app.authority import Ground, ground, installed
from casemate.app.ground import examine_sandbox, home, own_signer
from casemate.governance.assessment import ASSESSMENT, open_assessment
from casemate.governance.charter import Target, Tier
from casemate.governance.errors import Denied
from casemate.governance.evaluation import REGISTER, open_evaluation
from casemate.governance.fields import Fields, InvalidStatement
from casemate.governance.launch import CHECK, Decision, Evidence, choose, decide
from casemate.governance.note import VerifierKey
from casemate.governance.policy import HOUSE_POLICY
from casemate.governance.standing import ADD_THRESHOLDS
from casemate.governance.statement import sign_statement
from casemate.governance.system import System, policy_digest, read_system, sandbox_digest
from casemate.governance.thresholds import THRESHOLDS, Thresholds, open_thresholds, read_thresholds, thresholds_body
from casemate.model.errors import UserError

OWN = "own.thresholds"
ADD = "gate-add"


class Trusted(NamedTuple):
    """Whose signature counts. keys: under assessments, evaluations and incidents. setters: under thresholds. An organisation's
    charter names them, its issuer and holders, and the issuer alone sets thresholds; without one it is the operator. withdrawn:
    what the organisation's list of revocations names."""

    keys: tuple[VerifierKey, ...]
    setters: tuple[VerifierKey, ...]
    withdrawn: frozenset[str] = frozenset()


def trusted(own: Ground) -> Trusted:
    """Whose signature counts on this machine now; nobody's when what an organisation has installed is not all there."""
    organisation = installed(own)
    if organisation is None:
        return Trusted((own.person,), (own.person,))
    if organisation.faults:
        return Trusted((), ())
    holders = (person.key for charter in organisation.charters for person in charter.holders)
    return Trusted(tuple(dict.fromkeys((organisation.issuer, *holders))), (organisation.issuer,), organisation.revoked)


def house() -> Thresholds:
    """The thresholds that come with Casemate."""
    text = (resources.files("casemate.governance") / "thresholds.toml").read_text("utf-8")
    return read_thresholds(Fields(tomllib.loads(text), "thresholds.toml"))


def system_now(
    model: str = "",
    prompts: Sequence[tuple[str, str]] = (),
    tools: Sequence[tuple[str, str]] = (),
    *,
    weights: str = "",
) -> System:
    """A system as it is now, on this machine: policy, sandbox and version are looked at, and never taken from a file.

    model: provider:name, "" for the engine alone. prompts, tools: name and SHA-256 in hex of each. weights: SHA-256 of the
    model's in hex, "" where only its provider knows them.
    """
    system = System(
        model=model,
        weights=weights,
        prompts=tuple(prompts),
        tools=tuple(tools),
        policy=policy_digest(HOUSE_POLICY),
        sandbox=sandbox_digest(examine_sandbox()[0]),
        version=__version__,
    )
    try:
        return read_system(Fields(system.body(), "the system"))
    except InvalidStatement as error:
        raise UserError(str(error), "name a model as provider:name, such as ollama:some-model") from error


def system_from(path: Path) -> System:
    """The system that a JSON file describes, as `casemate gate system` prints it, on this machine as it is now. Raises
    UserError."""
    try:
        said = read_system(Fields(json.loads(read_statement(path)), path.name))
    except (ValueError, RecursionError) as error:
        raise UserError(
            f"{str(path)!r} describes no system: {error}", "let `casemate gate system` print one"
        ) from error
    return system_now(said.model, said.prompts, said.tools, weights=said.weights)


def require(system: System, tier: Tier) -> Decision:
    """Let a system run up to that tier, or raise Denied with the line that decided. Whatever runs a model calls this first, and
    nothing that it is called with can open it."""
    return _decided(system, tier, binding=True)


def ask(system: System, tier: Tier) -> Decision:
    """What the gate says, recorded as a question that was asked: whatever the answer is, nothing runs."""
    return _decided(system, tier, binding=False)


def add(path: Path) -> tuple[str, str]:
    """Keep a signed assessment, evaluation or set of thresholds for the gate, once it is verified; its kind and identity. Raises
    UserError, and Denied for a signature that does not count, or thresholds older than those that are set."""
    data = read_statement(path)
    kind = data[:100].partition(b"\n")[0].decode("utf-8", "replace")
    name = ADD_THRESHOLDS if kind == THRESHOLDS else ADD
    own = ground()
    subject = (Target(name=str(path), path=str(path.resolve())),)
    with own.records(*subject).operation(name, subject=subject) as operation:
        try:
            id, number, file = _opened(data, kind, trusted(own))
        except InvalidStatement as error:
            raise Denied(f"{str(path)!r} is not kept: {error}", "see docs/gate.md on what the gate is shown") from error
        if kind == THRESHOLDS:
            if number <= own.standing.numbered:
                raise Denied(
                    f"{str(path)!r} is not kept: thresholds number {own.standing.numbered} are set, these are {number}",
                    "sign them anew with a higher number",
                )
            operation.state(number=number, thresholds=id)
        else:
            operation.state(added=id)
        folder().write(file, data)
    return kind, id


def sign_thresholds(path: Path) -> bytes:
    """An organisation's own thresholds, written as the house's are (TOML), signed with the operator's key. Raises UserError."""
    try:
        found = read_thresholds(Fields(tomllib.loads(read_statement(path).decode()), path.name))
    except ValueError as error:
        raise UserError(f"{str(path)!r} holds no thresholds: {error}", "see docs/gate.md on their form") from error
    for one in found.thresholds:
        if not one.reasoned:
            raise UserError(
                f"the threshold {one.id!r} does not say why it is what it is, or by which source", "give it both"
            )
    return sign_statement(THRESHOLDS, thresholds_body(found.name, found.number, found.thresholds), own_signer())


def register(path: Path) -> tuple[str, int]:
    """Register a decision rule before a run: the digest of its text, and the index of the ledger's entry that states it."""
    digest = sha256(read_statement(path)).hexdigest()
    own = ground()
    place = Target(name=str(path), path=str(path.resolve()))
    with own.records(place).operation(REGISTER, subject=(place,)) as operation:
        operation.state(rule=digest)
    return digest, operation.entry or 0


def in_force(own: Ground) -> tuple[Thresholds, ...]:
    """The thresholds that count: the house's, and the organisation's own when they are those that the ledger knows."""
    data = folder().read(OWN)
    try:
        added = open_thresholds(data or b"", trusted(own).setters)
    except InvalidStatement:
        return (house(),)
    return (house(), added) if added.id == own.standing.thresholds else (house(),)


def folder() -> StatementFolder:
    """Where the gate's signed files lie."""
    return StatementFolder(home() / "gate")


def _opened(data: bytes, kind: str, trust: Trusted) -> tuple[str, int, str]:
    """Identity, number (0 where there is none) and file name of a signed file. Raises InvalidStatement."""
    if kind == THRESHOLDS:
        thresholds = open_thresholds(data, trust.setters)
        return thresholds.id, thresholds.number, OWN
    if kind == ASSESSMENT:
        id = open_assessment(data, trust.keys).id
        return id, 0, f"{id}.assessment"
    id = open_evaluation(data, trust.keys).id  # says what it is instead, of anything else
    return id, 0, f"{id}.evaluation"


def _decided(system: System, tier: Tier, *, binding: bool) -> Decision:
    """The decision, recorded. binding: one that is no raises Denied."""
    own, subject = ground(), _subject(system)
    with own.records(*subject).operation(CHECK, subject=subject) as operation:
        decision = _decide(system, tier, own)
        operation.state(**_facts(decision))
        if binding and not decision.allows:
            line = decision.deciding
            raise Denied(
                f"{system.name} may not {tier.value}: {line.what}: {line.why}",
                "`casemate gate explain` shows every line; docs/gate.md says how a system is assessed",
            )
    return decision


def _decide(system: System, tier: Tier, own: Ground) -> Decision:
    """Within an operation, whose first entry has brought what the ledger says up to date."""
    trust, kept, now = trusted(own), folder(), own.now()
    assessments = [kept.read(name) or b"" for name in kept.names() if name.endswith(".assessment")]
    evidence = Evidence(
        assessment=choose(assessments, system, trust.keys, now=now),
        evaluations=[kept.read(name) or b"" for name in kept.names() if name.endswith(".evaluation")],
        house=house(),
        own=kept.read(OWN),
        keys=trust.keys,
        setters=trust.setters,
        withdrawn=trust.withdrawn,
    )
    return decide(system, tier, evidence, standing=own.standing, now=now)


def _facts(decision: Decision) -> dict[str, str | int]:
    return {
        "decision": "allow" if decision.allows else "deny",
        "system": decision.system.id,
        "tier": decision.tier.value,
        "line": decision.deciding.what,
    }


def _subject(system: System) -> tuple[Target, ...]:
    return (Target(name=f"system {system.id[:12]}, {system.name}", path=str(home() / "gate")),)
