"""An event loop for one request, in which everything happens in one thread. Standard library only, Python 3.7 and later."""

from __future__ import annotations

import asyncio
import concurrent.futures
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

SECONDS = 20.0
"""For one request; the sandbox's own clock is the one that counts."""


class Inline(concurrent.futures.ThreadPoolExecutor):
    """Runs what it is given at once, where the probes of the harness see it."""

    def submit(self, fn: Any, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        """Run it, and keep the outcome."""
        future: concurrent.futures.Future[Any] = concurrent.futures.Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Its outcome, from a loop of its own."""
    _in_this_thread()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.set_default_executor(Inline(1))
    try:
        return loop.run_until_complete(asyncio.wait_for(work, SECONDS))
    finally:
        try:
            left = asyncio.all_tasks(loop)
            for task in left:
                task.cancel()
            if left:
                loop.run_until_complete(asyncio.wait(left, timeout=1))
        finally:
            asyncio.set_event_loop(None)
            loop.close()


def _in_this_thread() -> None:
    """What frameworks hand to a thread by anyio is called at once."""
    module: Any = sys.modules.get("anyio.to_thread")
    if module is None or getattr(module.run_sync, "inline", False):
        return

    async def run_sync(function: Any, *args: Any, **_told: Any) -> Any:
        return function(*args)

    run_sync.inline = True  # type: ignore[attr-defined]
    module.run_sync = run_sync
