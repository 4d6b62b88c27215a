"""The input changed what a statement is made of: the canary stands in it as a function of its own, not within a literal.

Seen where the database called the canary function, or where the statement's text, on the finding's line or as it came to
the database, has other tokens than the control's, in each dialect. A value inside one string, or bound to a parameter,
changes nothing.
"""

from __future__ import annotations

import re

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.grammar.sql import changed
from casemate.proofs.inputs.sql import INPUTS
from casemate.proofs.oracle import Oracle, Run
from casemate.proofs.outputs import called, pairs


def judge(run: Run) -> str:
    """The canary was called by a database, or a statement's structure is another than the control's."""
    if any(len(event.args) > 1 and event.args[1] == "sqlite" for event in called(run)):
        return "a function named in the input was called by the database"
    if run.calm is None:
        return ""
    word = run.words.canary
    reached = [str(event.args[0]) for event in run.seen.at_sink("sql.execute") if event.args]
    control = [str(event.args[0]) for event in run.calm.at_sink("sql.execute") if event.args]
    control = [statement for statement in control if run.words.calm in statement]
    for statement in reached:
        if word in statement and control and all(changed(statement, other, word) for other in control):
            return "the input changed the structure of a statement that the database got"
    if not control and not reached:
        for seen, calm in pairs(run):
            if run.words.calm in calm and _statement(calm) and changed(seen, calm, word):
                return "the input changed the structure of a statement"
        seen, calm = run.seen.returned, run.calm.returned
        if word in seen and _piece(calm, run.words.calm) and changed(seen, calm, word):
            return "the input changed the structure of a piece of a statement that was given back"
    return ""


def _piece(text: str, calm: str) -> bool:
    """Whether what came back is a piece of a statement in which the value is a literal: in quotes, behind an operator."""
    return re.search(rf"[\w)\]\"'] *(?:=|<|>|->|#>|\|\||(?i:like|in)) *\(?'{re.escape(calm)}'", text) is not None


_VERBS = re.compile(
    r"(?i)\b(?:select|insert|update|delete|replace|with|create|drop|alter|pragma|explain|merge|exec|execute|call|where|and|or|order"
    r"|set|having|limit|group|join|from|values)\b"
)


def _statement(text: str) -> bool:
    """Whether a text on the line is a statement, or a part of one, and not the value that goes into it."""
    return _VERBS.search(text) is not None


ORACLE = Oracle(
    id="sql",
    cwes=(89, 564),
    kind=ProofKind.CANARY,
    observer=Observer.INSIDE,
    judge=judge,
    inputs=INPUTS,
    watch=("sqlite",),
)
