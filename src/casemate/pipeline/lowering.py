"""From a source tree to lowered modules: read, look up by content, lower what is new in worker processes.

The facts of one file depend on its bytes, its path and its module name only, so they are kept under a digest of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

from casemate.languages import ir
from casemate.languages.python.frontend import lower
from casemate.model.outcome import NotExamined, Reason
from casemate.ports import Done, Executor, Failed, SourceFile, SourceTree, Store

IR_VERSION = "ir-3"  # changes whenever lowering or the IR does


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A source file with the module that it is. shown: its path in reports."""

    tree: SourceTree
    file: SourceFile
    shown: str
    module: str
    package: bool


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


def lower_all(
    files: Iterable[Named], store: Store, executor: Executor, progress: Callable[[int], None]
) -> Iterator[Lowered | NotExamined]:
    """Every file as a module, or why not, in the order of the files. progress: told how many are done."""
    known: dict[str, bytes] = {}
    order: list[tuple[str, str] | NotExamined] = []
    tasks: list[Task] = []
    for named in files:
        source = named.tree.read(named.file)
        if isinstance(source, NotExamined):
            order.append(source)
            continue
        key = digest(source, named.shown, named.module, named.package)
        order.append((key, named.shown))
        kept = store.get(key)
        if kept is not None:
            known[key] = kept
            progress(len(known))
        else:
            tasks.append(Task(named.shown, named.module, named.package, source, key))
    failed: dict[str, NotExamined] = {}
    for outcome in executor.map(lower_task, tasks, label=_label):
        key = outcome.item.key
        if isinstance(outcome, Failed):
            failed[key] = outcome.why
        elif isinstance(outcome, Done):
            result = outcome.result
            if isinstance(result, NotExamined):
                failed[key] = result
            else:
                store.put(key, result)
                known[key] = result
        progress(len(known) + len(failed))
    for entry in order:
        if isinstance(entry, NotExamined):
            yield entry
        elif entry[0] in failed:
            yield failed[entry[0]]
        else:
            yield _decoded(known.pop(entry[0]), *entry)


def _label(task: Task) -> str:
    return task.shown


def _decoded(data: bytes, key: str, shown: str) -> Lowered | NotExamined:
    try:
        return Lowered(ir.unpack(data), key)
    except (ValueError, EOFError, TypeError, IndexError) as error:
        return NotExamined(
            what=shown, reason=Reason.CRASHED, detail=f"its cached facts do not read back ({error}): use --no-cache"
        )
