"""Feeds a warm sandbox from generators: each gives a case, is sent the outcome, and so on; its result is what it returns."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator
from typing import Generic, TypeVar

from casemate.model import sandbox
from casemate.model.sandbox import Job, Profile
from casemate.ports import Sandbox

Answer = TypeVar("Answer")
Asking = Generator[bytes, sandbox.Run, Answer]


class Lockstep(Generic[Answer]):
    """Several of them, one after the other: a case follows from the outcome of the one before it.

    last: the outcome of the case that was taken last. ended: what generators have returned, in order.
    """

    def __init__(self) -> None:
        self.last: sandbox.Run | None = None
        self.ended: deque[Answer] = deque()

    def cases(self, askings: Iterable[Asking[Answer]]) -> Iterator[bytes]:
        """Their cases."""
        for one in askings:
            try:
                case = next(one)
                while True:
                    yield case
                    assert self.last is not None
                    case = one.send(self.last)
            except StopIteration as stop:
                self.ended.append(stop.value)


def asked(held: Sandbox, profile: Profile, job: Job, asking: Asking[Answer]) -> Answer:
    """What one of them returns, in a sandbox of its own."""
    state: Lockstep[Answer] = Lockstep()
    for run in held.search(profile, job, state.cases([asking])):
        state.last = run
    return state.ended.popleft()
