"""The tree of exceptions, sorted by who must act; every one is a single line with the next step.

    CasemateError
    ├── UserError          the operator: another path, option or permission
    └── EnvironmentFault   the machine: disk, permissions of files, a damaged or locked file

Anything else that escapes is our own bug.
"""

from __future__ import annotations

from pathlib import PurePath


class CasemateError(Exception):
    """Something that a person can act upon. what: names the offending thing. next_step: what to do about it."""

    def __init__(self, what: str, next_step: str) -> None:
        super().__init__(what, next_step)
        self.what = what
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.what}; {self.next_step}"


class UserError(CasemateError):
    """The operator asked for something that cannot be, or is not permitted."""


class EnvironmentFault(CasemateError):
    """The machine does not give what is needed."""


def raised_at(error: BaseException) -> str:
    """Where it was raised, as " at FILE:LINE"; "" when it was not."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f" at {PurePath(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
