"""A finding in sentences, for its maintainer: what every form of a draft says in the same words."""

from __future__ import annotations

from casemate.evidence.cwe import official_name
from casemate.evidence.publication import Publication, Status
from casemate.evidence.told import Page, Told
from casemate.evidence.words import EVIDENCE
from casemate.model.lead import Evidence

DRAFT = (
    "This is a draft, made by a tool from its own findings and from what the publisher gave. It holds no input of a proof and no "
    "line of the source: these are handed over by a decision of their own."
)


def heading(told: Told) -> str:
    """`Command injection in Settlement.start`, or the title alone."""
    return f"{told.title} in {told.function}" if told.function else told.title


def found_words(told: Told) -> str:
    """What was found, and where."""
    function = f", in {told.function}" if told.function else ""
    return f"{told.message} ({told.place}{function})."


def weakness_words(told: Told) -> str:
    """The weakness by its number and, where it has one, its official name."""
    name = official_name(told.cwe)
    return (
        f"CWE-{told.cwe}: {name}"
        if name
        else f"CWE-{told.cwe}, which is no weakness of CWE 4.14 but a category or unknown to it"
    )


def way_words(told: Told) -> str:
    """The trace, a line for each step; "" without one."""
    if not told.way:
        return ""
    begin = f"The value comes {told.boundary}.\n" if told.boundary and not told.host else ""
    return begin + "\n".join(f"{number}. {step}" for number, step in enumerate(told.way, 1))


def evidence_words(told: Told, said: Publication) -> str:
    """How sure it is, what a proof saw, and that the status is the publisher's word."""
    level = Evidence.PROVEN if told.evidence is Evidence.FIXED else told.evidence
    meaning = EVIDENCE[level] if told.evidence is Evidence.FIXED else told.meaning
    parts = [f"The finding is {level}, in the words of Casemate: {meaning}"]
    if told.happened:
        parts.append(f"What happened: {told.happened}; {told.seen}.")
    if told.evidence is Evidence.FIXED:
        parts.append(f"A patch was proposed, and it held: {told.meaning} What was examined does not have that patch.")
    if said.status in (Status.FIXED, Status.NOT_AFFECTED):
        parts.append(
            f"That {said.product or said.purl} {said.version and said.version + ' '}is "
            f"{'fixed' if said.status is Status.FIXED else 'not affected'} is stated by the publisher, and was not examined here."
        )
    return " ".join(parts)


def verify_words(told: Told) -> str:
    """What a third party does to see it again."""
    identity = f"The finding's identity is {told.identity}."
    if told.host:
        return (
            f"{identity} Audit the same root again (casemate host --root ROOT): it is found again under that identity."
        )
    if not told.bundle:
        return (
            f"{identity} Scan the same version with its rule (casemate scan PATH --rule {told.rule}): it is found again "
            "under that identity, as long as its line, function and file keep their names and text."
        )
    return (
        f"{identity} Its proof is sealed in an evidence bundle with the SHA-256 {told.bundle}. Whoever gets the bundle replays "
        "it offline, in a sandbox, on the target as it was examined: casemate verify BUNDLE --target PATH. The bundle is no "
        "part of this draft."
    )


def action_words(told: Told, page: Page) -> str:
    """What to do about it: what is known of a fix, and how the weakness is fixed."""
    parts = ["No fix by the maintainer is known to this draft."]
    if told.patch:
        held = f" What it was put to, and holds: {', '.join(told.rungs)}." if told.rungs else ""
        without = f" What does not apply: {', '.join(told.without)}." if told.without else ""
        parts.append(f"A patch was proposed by Casemate and put to the proof: {told.patch}.{held}{without}")
    if page.fix:
        parts.append(f"How such a weakness is fixed: {page.fix}")
    return " ".join(parts)
