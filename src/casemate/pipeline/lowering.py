"""From a source tree to lowered modules: read, look up by content, lower what is new in worker processes.

The facts of one file depend on its bytes, its path and its module name only, so they are kept under a digest of these.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

from casemate.languages import ir
from casemate.languages.python.frontend import lower
from casemate.model.outcome import NotExamined, Reason
from casemate.ports import Done, Executor, Failed, SourceFile, SourceTree, Store

IR_VERSION = "ir-8"  # changes whenever lowering or the IR does


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A source file with the module that it is. shown: its path in reports."""

    tree: SourceTree
    file: SourceFile
    shown: str
    module: str
    package: bool


@dataclass(slots=True, kw_only=True)
class Seen:
    """The files that were read first and are what they were: their keys, in order. source: of the first that is not, where it
    was read."""

    keys: list[str]
    source: bytes | NotExamined | None = None


class Task(NamedTuple):
    """What a worker needs to lower one file. key: where the result is kept."""

    shown: str
    module: str
    package: bool
    source: bytes
    key: str


class Lowered(NamedTuple):
    """A module, and the digest of the file that it came from."""

    module: ir.Module
    digest: str


def lower_task(task: Task) -> bytes | NotExamined:
    """Lower one file; the result packed, as it travels between processes and is kept."""
    lowered = lower(task.source, path=task.shown, name=task.module, package=task.package)
    return lowered if isinstance(lowered, NotExamined) else ir.pack(lowered)


def digest(source: bytes, shown: str, module: str, package: bool) -> str:
    """The key of a file's facts. Collision-resistant: a file made to collide with a harmless one must not inherit its facts."""
    state = blake2b(source, digest_size=20)
    state.update(f"\0{IR_VERSION}\0{shown}\0{module}\0{package}".encode())
    return state.hexdigest()


class _Sent(NamedTuple):
    """A place in the order that is kept for a task under way."""

    key: str


def lower_all(
    files: Iterable[Named],
    store: Store,
    executor: Executor,
    progress: Callable[[int], None],
    seen: Seen | None = None,
) -> Iterator[Lowered | NotExamined]:
    """Every file as a module, or why not, in the order of the files. progress: told how many are done. seen: what was read of
    the first of them.

    A file is read when the executor asks for it, so that of the sources only those under way are held.
    """
    order: deque[Lowered | NotExamined | _Sent] = deque()
    done = 0

    def tasks() -> Iterator[Task]:
        for number, named in enumerate(files):
            known = seen.keys[number] if seen is not None and number < len(seen.keys) else ""
            kept = store.get(known) if known else None
            if kept is not None:
                order.append(_decoded(kept, known, named.shown))
                continue
            read = seen.source if seen is not None and number == len(seen.keys) else None
            source = named.tree.read(named.file) if read is None else read
            if isinstance(source, NotExamined):
                order.append(source)
                continue
            key = digest(source, named.shown, named.module, named.package)
            kept = store.get(key)
            if kept is not None:
                order.append(_decoded(kept, key, named.shown))
                continue
            order.append(_Sent(key))
            yield Task(named.shown, named.module, named.package, source, key)

    def ready() -> Iterator[Lowered | NotExamined]:
        """What stands before the first task that is still under way."""
        nonlocal done
        while order and not isinstance(entry := order[0], _Sent):
            order.popleft()
            done += 1
            progress(done)
            yield entry

    for outcome in executor.map(lower_task, tasks(), label=_label):
        yield from ready()
        order[0] = _finished(outcome, store)
        yield from ready()
    yield from ready()


def _finished(outcome: Done[Task, bytes | NotExamined] | Failed[Task], store: Store) -> Lowered | NotExamined:
    """What came of a task, kept for the next scan."""
    if isinstance(outcome, Failed):
        return outcome.why
    if isinstance(outcome.result, NotExamined):
        return outcome.result
    store.put(outcome.item.key, outcome.result)
    return _decoded(outcome.result, outcome.item.key, outcome.item.shown)


def _label(task: Task) -> str:
    return task.shown


def _decoded(data: bytes, key: str, shown: str) -> Lowered | NotExamined:
    try:
        return Lowered(ir.unpack(data), key)
    except (ValueError, EOFError, TypeError, IndexError) as error:
        return NotExamined(
            what=shown, reason=Reason.CRASHED, detail=f"its cached facts do not read back ({error}): use --no-cache"
        )
