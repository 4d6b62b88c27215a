"""Tasks in worker processes: `ports.Executor` with a fuse for each item.

Items are streamed: what waits and what is done and not yet asked for is bounded. Workers are started as there is work for
them, so that a small scan starts one or two. When a worker dies, only the item that it was working on can be the cause: that one
is tried once more, alone in a fresh worker, since another item or the machine may have been to blame; the others go on elsewhere.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Generic

from casemate.adapters.worker import Answer, Limits, Worker
from casemate.model.errors import EnvironmentFault
from casemate.model.outcome import NotExamined, Reason
from casemate.ports import Done, Failed, Item, Result

TIMEOUT = 30.0  # seconds of CPU time for one item
MEMORY = 4 * 1024**3  # bytes of address space for one worker

BATCH = 8  # items sent at once, when there are many
WINDOW = 16 * BATCH  # items under way or waiting to be asked for, per worker
WALL_FACTOR = 10  # a worker that gives no answer for this many times its CPU limit hangs


class ProcessExecutor:
    """Runs a task in up to `jobs` workers. timeout, memory: for one item, see TIMEOUT and MEMORY."""

    def __init__(self, *, jobs: int, timeout: float = TIMEOUT, memory: int = MEMORY) -> None:
        if jobs < 1 or timeout <= 0 or memory <= 0:
            raise ValueError(f"jobs, timeout and memory are positive: {jobs!r}, {timeout!r}, {memory!r}")
        self._jobs = jobs
        self._limits = Limits(timeout, memory)

    def map(
        self, task: Callable[[Item], Result], items: Iterable[Item], *, label: Callable[[Item], str]
    ) -> Iterator[Done[Item, Result] | Failed[Item]]:
        """Outcomes in the order of the items. Workers live as long as the iteration, however it ends.

        Raises EnvironmentFault when not a single worker can be started.
        """
        run = _Run(task, iter(items), label, self._jobs, self._limits)
        try:
            yield from run.outcomes()
        finally:
            run.stop()


class _Run(Generic[Item, Result]):
    """One call of map."""

    def __init__(
        self,
        task: Callable[[Item], Result],
        items: Iterator[Item],
        label: Callable[[Item], str],
        jobs: int,
        limits: Limits,
    ) -> None:
        self._task = task
        self._items = enumerate(items)
        self._label = label
        self._jobs = jobs
        self._limits = limits
        self._lifeline = os.pipe()
        self._poll = select.poll()
        self._workers: dict[int, Worker[Item, Result]] = {}  # by the descriptor of their answers
        self._fuses: dict[int, float] = {}  # when a worker is taken to hang
        self._waiting: deque[tuple[int, Item]] = deque()  # items whose worker died of another one
        self._tried: set[int] = set()  # items that a worker died of
        self._ready: dict[int, Done[Item, Result] | Failed[Item]] = {}
        self._handed = 0
        self._next = 0  # the item whose outcome is asked for

    def outcomes(self) -> Iterator[Done[Item, Result] | Failed[Item]]:
        """All outcomes. Between two of them the workers are looked after, so that they need not wait for the caller."""
        while True:
            self._dispatch()
            if self._next in self._ready:
                yield self._ready.pop(self._next)
                self._next += 1
                self._collect(0)
            elif self._fuses:
                self._collect(max(0.0, min(self._fuses.values()) - time.monotonic()))
            else:
                return

    def stop(self) -> None:
        """End all workers. Closing the lifeline does so at once, even if what follows is interrupted."""
        reading, writing = self._lifeline
        os.close(writing)
        for worker in self._workers.values():
            worker.end()
        os.close(reading)

    # --- giving out

    def _dispatch(self) -> None:
        """Give every idle worker a batch; start workers while there is more."""
        idle = [worker for worker in self._workers.values() if not worker.assigned]
        while (idle or len(self._workers) < self._jobs) and (batch := self._batch()):
            self._assign(idle.pop() if idle else self._start(), batch)

    def _batch(self) -> list[tuple[int, Item]]:
        # Small at first, so that few items spread over all workers.
        size = min(BATCH, 1 + self._handed // (2 * self._jobs))
        batch: list[tuple[int, Item]] = []
        while len(batch) < size:
            if self._waiting:
                batch.append(self._waiting.popleft())
            elif self._handed < self._next + WINDOW * self._jobs and (numbered := next(self._items, None)):
                batch.append(numbered)
                self._handed += 1
            else:
                break
        return batch

    def _start(self) -> Worker[Item, Result]:
        try:
            worker = Worker(self._task, self._limits, self._lifeline)
        except OSError as error:
            raise EnvironmentFault(
                f"cannot start a worker process: {error.strerror}", next_step="end other programs, or use --jobs 1"
            ) from None
        self._workers[worker.answers] = worker
        self._poll.register(worker.answers, select.POLLIN)
        return worker

    def _assign(self, worker: Worker[Item, Result], batch: list[tuple[int, Item]]) -> None:
        worker.send(batch)
        self._fuse(worker)

    def _fuse(self, worker: Worker[Item, Result]) -> None:
        if worker.assigned:
            self._fuses[worker.answers] = time.monotonic() + WALL_FACTOR * self._limits.timeout
        else:
            self._fuses.pop(worker.answers, None)

    # --- taking in

    def _collect(self, wait: float) -> None:
        """Take what has arrived, waiting for it up to so many seconds; then end workers that hang."""
        readable = {descriptor for descriptor, _ in self._poll.poll(wait * 1000)}
        for descriptor in readable:
            self._take(self._workers[descriptor])
        now = time.monotonic()
        for descriptor in [d for d, fuse in self._fuses.items() if fuse <= now and d not in readable]:
            self._bury(self._workers[descriptor], hung=True)

    def _take(self, worker: Worker[Item, Result]) -> None:
        answers = worker.receive()
        if answers is None:
            self._bury(worker)
            return
        for answer in answers:
            number, item = worker.assigned.popleft()
            self._ready[number] = self._outcome(item, answer)
        self._fuse(worker)

    def _outcome(self, item: Item, answer: Answer[Result]) -> Done[Item, Result] | Failed[Item]:
        if answer.error:
            return self._failed(item, Reason.CRASHED, answer.error)
        return Done(item, answer.result)  # type: ignore[arg-type]  # a result, which may itself be None

    def _bury(self, worker: Worker[Item, Result], *, hung: bool = False) -> None:
        """A worker is dead, or is to be: see to the items that it had."""
        self._poll.unregister(worker.answers)
        del self._workers[worker.answers]
        self._fuses.pop(worker.answers, None)
        ended_by = worker.end()
        if not worker.assigned:
            return
        number, item = worker.assigned.popleft()
        self._waiting.extendleft(reversed(worker.assigned))
        if hung or ended_by == signal.SIGPROF:
            limit = self._limits.timeout
            why = f"no answer within {WALL_FACTOR * limit:g} s" if hung else f"more than {limit:g} s of CPU time"
            self._ready[number] = self._failed(item, Reason.TIMEOUT, why)
        elif number in self._tried:
            self._ready[number] = self._failed(item, Reason.CRASHED, f"its worker died: {_cause(ended_by)}")
        else:
            self._tried.add(number)
            self._assign(self._start(), [(number, item)])

    def _failed(self, item: Item, reason: Reason, detail: str) -> Failed[Item]:
        return Failed(item, NotExamined(what=self._label(item), reason=reason, detail=detail))


def _cause(number: int) -> str:
    return signal.Signals(number).name if number > 0 else "it ended without an answer"
