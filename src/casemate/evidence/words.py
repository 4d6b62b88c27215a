"""What the report's terms mean, in plain words: for whoever reads a report without knowing Casemate."""

from __future__ import annotations

from typing import Final

from casemate.model.finding import Finding
from casemate.model.hiding import Amiss, Hider
from casemate.model.lead import Doubt, Evidence, Severity
from casemate.model.outcome import Reason
from casemate.model.trace import Boundary

EVIDENCE: Final = {
    Evidence.SUSPECTED: "A rule says so; that an outsider's value gets there was not seen at every step.",
    Evidence.TRACED: "A value was followed step by step from outside to the place where it does harm.",
    Evidence.DEMONSTRATED: "A property was seen to be violated; no person has accepted yet that it must hold.",
    Evidence.PROVEN: (
        "An oracle saw it in fresh sandboxes, every time, and what a canary did, a harmless input did not; or a property that a "
        "person accepted was violated there, every time."
    ),
    Evidence.FIXED: "With the fix in place the proof and its variants no longer take effect.",
}

DOUBT: Final = {
    Doubt.OBJECT: (
        "an object that the value went into, or a function of which nothing is known, is taken to give it back; that was not seen"
    ),
    Doubt.CALLER: "whoever calls the function, or types the command, gives the value, and nothing says that it is a stranger's",
    Doubt.NAME: "that a secret rests on it is said by names, or by a form, alone",
    Doubt.CHECK: "it goes on only where a check that is not understood gives leave",
    Doubt.RIGHTS: "only administrators come in here, by what stands at the entry point, and they may do a good deal anyway",
    Doubt.BROWSER: "a browser sets this by itself, encoded: nobody makes another person's send what they like",
}

SEVERITY: Final = {
    Severity.CRITICAL: "Whoever sends the value takes over the process.",
    Severity.HIGH: "Whoever sends the value reads or changes what they must not.",
    Severity.MEDIUM: "Harm needs another person's part, or stays within narrow bounds.",
    Severity.LOW: "Harm is small, or needs what an attacker hardly has.",
}

HOST_EVIDENCE: Final = {
    Evidence.SUSPECTED: "Concluded from what files say, not read off them.",
    Evidence.TRACED: "Read off the host's own files, modes and owners, each with its place.",
}

HOST_SEVERITY: Final = {
    Severity.CRITICAL: "Any local user, or somebody on the network, becomes root over it.",
    Severity.HIGH: "A particular account becomes root over it, or a credential lies open.",
    Severity.MEDIUM: "A protection is switched off, or it leads to another account.",
    Severity.LOW: "Hygiene.",
}

BOUNDARY: Final = {
    Boundary.REMOTE: "from the network",
    Boundary.LOCAL: "from the local machine",
    Boundary.FILE: "from a file or a stored record",
    Boundary.API: "from the caller of a public function",
}

NO_BOUNDARY: Final = "not known"

REASON: Final = {
    Reason.SYNTAX: "not understood by the parser",
    Reason.TOO_LARGE: "larger than the limit",
    Reason.TOO_DEEP: "nested more deeply than the limit",
    Reason.NOT_TEXT: "not text",
    Reason.ENCODING: "in an encoding that cannot be read",
    Reason.UNREADABLE: "not readable",
    Reason.VANISHED: "gone or changed during the scan",
    Reason.LINK_OUTSIDE: "a link that leaves the target, or a circle of links",
    Reason.SPECIAL_FILE: "a device, pipe or socket",
    Reason.EXCLUDED: "excluded",
    Reason.STEP_LIMIT: "not followed to the end: too many steps",
    Reason.TIMEOUT: "out of time",
    Reason.CRASHED: "the parser crashed on it",
    Reason.DENIED: "refused by policy or budget",
    Reason.INTERRUPTED: "the scan was interrupted",
    Reason.NO_SANDBOX: "not put to the proof, because no sandbox holds here",
    Reason.NO_DATABASE: "not compared with advisories: there are none here",
    Reason.NOT_UNDERSTOOD: "of a form that Casemate does not read",
    Reason.NO_SOURCE: "nothing in it that Casemate reads",
}

HIDER: Final = {
    Hider.CONFIGURATION: "the target's own configuration",
    Hider.COMMENT: "comments in the target",
    Hider.DECISION: "a decision on a property",
    Hider.TRIAGE: "triage",
}

AMISS: Final = {
    Amiss.EXPIRED_TRIAGE: "Decisions that are over, so that their findings count again",
    Amiss.INVALID_IGNORE: "Comments that hide nothing, because they are not in order",
    Amiss.STALE_IGNORE: "Comments that have nothing to hide",
}


def doubt_words(finding: Finding) -> str:
    """Why a finding is only suspected; "" where nothing of its way is in doubt, or a proof has settled it."""
    doubt = finding.lead.doubt
    return DOUBT[doubt] if doubt is not None and finding.evidence is Evidence.SUSPECTED else ""
