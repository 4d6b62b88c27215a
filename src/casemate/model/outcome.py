"""Outcomes are variants: what was examined and found, and what was not examined and why.

Silence is not safety: a NotExamined is a result of its own, counted in every report.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why something was not examined."""

    SYNTAX = "syntax"  # part of the file could not be parsed
    TOO_LARGE = "too-large"
    TOO_DEEP = "too-deep"
    NOT_TEXT = "not-text"
    ENCODING = "encoding"
    UNREADABLE = "unreadable"
    VANISHED = "vanished"  # gone or changed while the scan ran
    LINK_OUTSIDE = "link-outside"  # a link that leaves the root, or loops
    SPECIAL_FILE = "special-file"  # FIFO, socket, device
    EXCLUDED = "excluded"  # by the operator, or by the target's own configuration
    STEP_LIMIT = "step-limit"
    TIMEOUT = "timeout"
    CRASHED = "crashed"
    DENIED = "denied"  # refused by policy or budget
    INTERRUPTED = "interrupted"
    NO_SANDBOX = "no-sandbox"  # what was to be proven was not run: no sandbox holds here
    NO_DATABASE = "no-database"  # packages were not compared: there is nothing to compare them with
    NOT_UNDERSTOOD = "not-understood"  # of a form that no reader of ours knows
    NO_SOURCE = "no-source"  # there was nothing to examine in all that was named


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class NotExamined:
    """Something of the target that no check has looked at.

    what: path relative to the root, with ":line" where only a part is meant. lines: how many lines a partial loss
    covers, 0 when unknown or the whole. files: how many files an entry for several stands for. deliberate: the
    operator's own --exclude, which does not count as a loss under --strict; what the target's own configuration hides is
    never deliberate.
    """

    what: str
    reason: Reason
    detail: str = ""
    lines: int = 0
    files: int = 1
    deliberate: bool = False
