"""Many cases in one sandbox: a fork server that is started again when a case ends it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from casemate.adapters.sandbox.session import Session
from casemate.model.sandbox import Run


def search(start: Callable[[], Session | Run], cases: Iterable[bytes]) -> Iterator[Run]:
    """One outcome for each case, in order. A case is taken when the one before it was answered, so it may follow from it.

    Where no server can be started every case has the outcome of that start.
    """
    server: Session | None = None
    hopeless: Run | None = None
    try:
        for case in cases:
            if server is None and hopeless is None:
                server, hopeless = _ready(start())
            if server is None:
                assert hopeless is not None
                yield hopeless
                continue
            outcome, alive = server.case(case)
            if not alive:
                server.close()
                server = None
            yield outcome
    finally:
        if server is not None:
            server.close()


def _ready(started: Session | Run) -> tuple[Session | None, Run | None]:
    if not isinstance(started, Session):
        return None, started
    failed = started.begin()
    return (started, None) if failed is None else (None, failed)
