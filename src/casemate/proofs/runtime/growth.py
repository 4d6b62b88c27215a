"""Drives a target with the same text in growing sizes, and measures the processor time that each takes.

The clock interrupts what takes too long, and what the target was at then is an event with its stack: `slow.here`. The regular
expressions of CPython let themselves be interrupted. Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import signal
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .watch import Watch

LIMIT = 0.5  # seconds of one size
_SMALLEST, _STEP = 8, 4
_LARGEST = 1 << 16  # characters, about
_TELLING = 0.004  # seconds that are no noise
_AGAIN = 0.2  # seconds of a size that is measured again
_PATIENCE = 12.0  # seconds by the wall's clock, from which on nothing is measured to be sure
_WANTED = 3  # sizes that took so long and came to their end
_CLOSE = 20
_FINER = 6  # sizes that are tried for that between the last that was quick and the first that was not


class Enough(BaseException):
    """The clock ran out."""


def drive(
    payload: dict[str, Any],
    make: Callable[[dict[str, Any]], Any],
    once: Callable[[Any], dict[str, Any]],
    watch: Watch,
    reached: Callable[[], bool],
) -> dict[str, Any]:
    """What the last size showed, with `measures`: sizes, seconds, and whether each came to its end. reached: whether the
    finding's line ran; where a short text does not come to it, no longer one is tried."""
    clock, late = _Clock(watch), time.monotonic() + _PATIENCE
    rows: list[tuple[int, float, bool]] = []

    def measure(times: int) -> tuple[dict[str, Any], bool]:
        value = make(dict(payload, times=times))
        told, seconds, done = clock.time(once, value)
        if (
            done and _TELLING <= seconds < _AGAIN and time.monotonic() < late
        ):  # what else the machine did is no part of it
            again, more, whole = clock.time(once, value)
            if whole and more < seconds:
                told, seconds = again, more
        rows.append((times, seconds, done))
        return told, done

    first: dict[str, Any] = once(
        make(dict(payload, times=_SMALLEST))
    )  # what is only done once, such as an import, is done then
    if not reached():
        return dict(first)
    told = first
    unit = max(1, len(payload["repeat"]))
    times, before, done = _SMALLEST, _SMALLEST, True
    while done and times * unit <= _LARGEST:
        before = times
        told, done = measure(times)
        times *= _STEP
    if not done:
        low, high = before // _STEP, before
        for _ in range(_FINER):
            middle = (low + high) // 2
            telling = _telling(rows)
            if middle in (low, high) or len(telling) >= _WANTED:
                break
            if measure(middle)[1]:
                low = middle
            else:
                high = middle
        for _ in range(_FINER):  # where each character doubles it, what tells lies close together
            sizes = sorted(row[0] for row in _telling(rows))
            if len(sizes) >= _WANTED or not sizes or time.monotonic() > late:
                break
            wanted = [sizes[0] - max(1, sizes[0] // _CLOSE)]
            wanted += [(sizes[at] + sizes[at + 1]) // 2 for at in range(len(sizes) - 1)]
            new = [size for size in wanted if size >= _SMALLEST and not any(row[0] == size for row in rows)]
            if not new:
                break
            measure(new[0])
    rows.sort()
    for key in ("fidelity", "stubs"):  # one that was interrupted late may not have come to tell how it was driven
        if key in first:
            told.setdefault(key, first[key])
    told["measures"] = {
        "sizes": [float(size) for size, _, _ in rows],
        "seconds": [round(seconds, 4) for _, seconds, _ in rows],
        "done": [float(done) for _, _, done in rows],
    }
    return told


def _telling(rows: list[tuple[int, float, bool]]) -> list[tuple[int, float, bool]]:
    """The sizes that came to their end and took longer than what every size takes."""
    ground = min((seconds for _, seconds, done in rows if done), default=0.0)
    return [row for row in rows if row[2] and row[1] - ground >= _TELLING]


class _Clock:
    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._told = False

    def time(self, once: Any, value: Any) -> tuple[dict[str, Any], float, bool]:
        """What it told, how long it took, and whether it came to its end."""
        rang: list[bool] = []

        def ring(number: int, frame: Any) -> None:
            rang.append(True)
            if not self._told:  # how often it rings depends on the machine
                self._told = True
                self._watch.record("slow.here", (), always=True)
            raise Enough

        before = signal.signal(signal.SIGVTALRM, ring)
        start = time.process_time()
        signal.setitimer(signal.ITIMER_VIRTUAL, LIMIT, LIMIT / 4)  # again, for who catches everything
        told: dict[str, Any] = {}
        try:
            told = dict(once(value))
        except Enough:
            pass
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, before)
        return told, time.process_time() - start, not rang
