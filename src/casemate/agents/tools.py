"""What agents may ask. Each tool is a port: a Protocol that somebody implements behind the wall, a schema that every call is
checked against, and nothing else. No tool takes a path that the index does not list, opens a connection, hands out a proof or
marks a result.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from casemate.agents.schema import Arguments, Number, Spec, Text
from casemate.model.proposal import Place, Priority, Property, Proposal, Stand, Told


class Reading(Protocol):
    """Looks at the target through its index."""

    def search(self, text: str) -> Told:
        """Lines that hold a text."""

    def read(self, path: str, first: int, last: int) -> Told:
        """Lines of a file, numbered."""

    def around(self, place: Place) -> Told:
        """Who calls the function at a place, and what it calls."""

    def paths(self, place: Place) -> Told:
        """The ways by which values reach a place, as the solver knows them."""

    def listed(self, what: str) -> Told:
        """Files, entry points, sources, sinks or guards."""


class Noting(Protocol):
    """Keeps what an agent wants to remember. Nobody acts on it."""

    def note(self, text: str) -> Told:
        """Keep a note."""

    def notes(self) -> str:
        """All of them, for the one who wrote them."""


class Proposing(Protocol):
    """Takes leads."""

    def propose(self, proposal: Proposal) -> Told:
        """Take a lead, or say why it is none."""


class Triaging(Protocol):
    """Takes what a scout says of the rules' findings."""

    def triage(self, place: Place, priority: Priority, reason: str) -> Told:
        """Record it for the findings at a place."""


class Refuting(Protocol):
    """Takes what an adversary says of the lead that it was shown."""

    def stand(self, stand: Stand, reason: str) -> Told:
        """Record it."""


class Proving(Protocol):
    """Runs what a prover asks for, sealed. An oracle, or the runner of properties, says how it ended."""

    def attempt(self, text: str, control: str) -> Told:
        """Put an input to the proof. Both may hold the names of a run's words."""

    def explore(self, program: str) -> Told:
        """Run a program beside the target in a sandbox, to learn. It proves nothing."""

    def hold(self, claimed: Property) -> Told:
        """Put a property to the test."""


class Mending(Protocol):
    """Puts patches to the ladder."""

    def patch(self, path: str, old: str, new: str, what: str) -> Told:
        """Put the replacement of a piece of a file by another one to the ladder."""


LISTED: Final = ("files", "entries", "sources", "sinks", "guards", "findings")

_PATH = Text(name="path", says="A file, exactly as the index lists it.", most=1024)
_LINE = Number(name="line", says="A line of that file, counted from 1.")
_WORDS: Final = (
    "It may hold {canary} (a word that stands nowhere else; it names a harmless command, function, file and host), {file}, "
    "{folder} and {host}."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A tool that an agent holds: what it is asked, and who answers."""

    spec: Spec
    run: Callable[[Arguments], Told]


SEARCH = Spec(
    name="search",
    description="Find lines of the target that hold a text.",
    fields=(Text(name="text", says="The text, as it stands in a line.", most=200),),
)
READ = Spec(
    name="read",
    description="Read lines of a file, with their numbers; at most 120 at a time.",
    fields=(
        _PATH,
        Number(name="first", says="The first line."),
        Number(name="last", says="The last line."),
    ),
)
AROUND = Spec(
    name="around",
    description="Who calls the function at a line, and what it calls.",
    fields=(_PATH, _LINE),
)
PATHS = Spec(
    name="paths",
    description="How calls and values reach the function at a line, as the solver knows it.",
    fields=(_PATH, _LINE),
)
LIST = Spec(
    name="list",
    description="List files, entry points, sources of values, dangerous calls, checks, or what the rules found.",
    fields=(Text(name="what", says="Which.", choices=LISTED),),
)
NOTE = Spec(
    name="note",
    description="Write down what is to be remembered. Only you see it.",
    fields=(Text(name="text", says="A short note.", most=600),),
)
DONE = Spec(
    name="done",
    description="Say that nothing is left to do.",
    fields=(Text(name="why", says="Why, in a sentence.", most=600),),
)
PROPOSE = Spec(
    name="propose",
    description="Propose a weakness as a claim that can be tested.",
    fields=(
        _PATH,
        Number(name="line", says="The line where the weakness takes effect."),
        Number(name="cwe", says="Its CWE number.", most=2000),
        Text(name="source_path", says="The file in which somebody else's value enters.", most=1024),
        Number(name="source_line", says="The line there: of the function's head when a parameter holds it."),
        Text(name="parameter", says="The parameter that holds it, or empty.", most=120, least=0),
        Text(name="statement", says="What goes wrong, in one sentence that a test can refute.", most=400),
    ),
)
TRIAGE = Spec(
    name="triage",
    description=(
        "Say of a finding of the rules that is not proven whether to try it first or later. It orders what is tried; every "
        "finding stays in the report."
    ),
    fields=(
        _PATH,
        Number(name="line", says="The finding's line."),
        Text(name="priority", says="Which.", choices=tuple(Priority)),
        Text(name="reason", says="Why: what was seen in the code. People read it beside the finding.", most=300),
    ),
)
STAND = Spec(
    name="stand",
    description="Say whether the lead stands or is refuted by the code. It orders what is tried, and decides nothing.",
    fields=(
        Text(name="stand", says="Which.", choices=tuple(Stand)),
        Text(name="reason", says="Why: the place that refutes it, or what was looked at.", most=600),
    ),
)
ATTEMPT = Spec(
    name="attempt",
    description="Drive the target with an input in a sandbox; an oracle says whether it took effect. " + _WORDS,
    fields=(
        Text(name="text", says="The input.", most=4000),
        Text(name="control", says="A harmless input of the same form; {calm} in it is a plain word.", most=4000),
    ),
)
EXPLORE = Spec(
    name="explore",
    description=(
        "Run a Python program beside the target in a sandbox without a network, and see what it prints. The target is the folder "
        "`target`. It proves nothing."
    ),
    fields=(Text(name="program", says="The program.", most=8000),),
)
HOLD = Spec(
    name="hold",
    description=(
        "State what must never happen, and show that it does: one expression over `args` and `result` of a function that is "
        "watched. It must be violated in every run, and hold in ordinary use and in the target's own tests. A person decides "
        "afterwards. Programs import functions and classes of the target by `from module import name`, call them, and no more."
    ),
    fields=(
        Text(name="statement", says="What must never happen, in plain words.", most=300),
        Text(name="rests_path", says="The file that says so.", most=1024),
        Number(name="rests_line", says="The line there."),
        Text(name="watched_path", says="The file of the function that is watched.", most=1024),
        Number(name="watched_line", says="The line of its `def`."),
        Text(name="never", says="A Python expression that is true when it happens.", most=400),
        Text(name="violates", says="Python that drives the target so that it happens.", most=4000),
        Text(name="ordinary", says="Python that uses the target as it is meant to be used.", most=4000),
    ),
)
PATCH = Spec(
    name="patch",
    description="Replace a piece of a file by another; the ladder says whether that is a fix. Tests cannot be changed.",
    fields=(
        _PATH,
        Text(name="old", says="The piece, exactly as it stands in the file, where it stands once.", most=8000),
        Text(name="new", says="What it becomes.", most=8000, least=0),
        Text(name="what", says="What the patch does, in one sentence.", most=200),
    ),
)
SPECS: Final = (SEARCH, READ, AROUND, PATHS, LIST, NOTE, DONE, PROPOSE, TRIAGE, STAND, ATTEMPT, EXPLORE, HOLD, PATCH)
"""Every tool that there is; what the launch gate is shown."""


def reading(desk: Reading) -> tuple[Bound, ...]:
    """The tools that look at the target."""
    return (
        Bound(spec=SEARCH, run=lambda a: desk.search(a["text"])),
        Bound(spec=READ, run=lambda a: desk.read(a["path"], a["first"], a["last"])),
        Bound(spec=AROUND, run=lambda a: desk.around(Place(path=a["path"], line=a["line"]))),
        Bound(spec=PATHS, run=lambda a: desk.paths(Place(path=a["path"], line=a["line"]))),
        Bound(spec=LIST, run=lambda a: desk.listed(a["what"])),
    )


def noting(desk: Noting) -> tuple[Bound, ...]:
    """The tool that keeps notes, and the one that ends."""
    return (
        Bound(spec=NOTE, run=lambda a: desk.note(a["text"])),
        Bound(spec=DONE, run=lambda a: Told(text=a["why"], ends=True)),
    )


def proposing(desk: Proposing) -> tuple[Bound, ...]:
    """The tool that takes leads."""

    def propose(a: Arguments) -> Told:
        return desk.propose(
            Proposal(
                sink=Place(path=a["path"], line=a["line"]),
                source=Place(path=a["source_path"], line=a["source_line"]),
                parameter=a["parameter"],
                cwe=a["cwe"],
                statement=a["statement"],
            )
        )

    return (Bound(spec=PROPOSE, run=propose),)


def triaging(desk: Triaging) -> tuple[Bound, ...]:
    """The tool that takes what a scout says of findings."""

    def triage(a: Arguments) -> Told:
        return desk.triage(Place(path=a["path"], line=a["line"]), Priority(a["priority"]), a["reason"])

    return (Bound(spec=TRIAGE, run=triage),)


def refuting(desk: Refuting) -> tuple[Bound, ...]:
    """The tool that takes what an adversary says."""
    return (Bound(spec=STAND, run=lambda a: desk.stand(Stand(a["stand"]), a["reason"])),)


def proving(desk: Proving) -> tuple[Bound, ...]:
    """The tools that run the target."""

    def hold(a: Arguments) -> Told:
        return desk.hold(
            Property(
                statement=a["statement"],
                rests_on=Place(path=a["rests_path"], line=a["rests_line"]),
                watched=Place(path=a["watched_path"], line=a["watched_line"]),
                never=a["never"],
                violates=a["violates"],
                ordinary=a["ordinary"],
            )
        )

    return (
        Bound(spec=ATTEMPT, run=lambda a: desk.attempt(a["text"], a["control"])),
        Bound(spec=EXPLORE, run=lambda a: desk.explore(a["program"])),
        Bound(spec=HOLD, run=hold),
    )


def mending(desk: Mending) -> tuple[Bound, ...]:
    """The tool that tries patches."""
    return (Bound(spec=PATCH, run=lambda a: desk.patch(a["path"], a["old"], a["new"], a["what"])),)
