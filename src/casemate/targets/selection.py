"""Which files of a tree are examined, and what becomes of the others.

Python sources are files named *.py or *.pyw, any file that the operator named itself, and executable files without a
suffix whose first line calls a Python interpreter. Not looked at, and not counted as losses: stubs (*.pyi), notebooks,
templates, archives, compiled files, and data of every other kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from casemate.model.outcome import NotExamined, Reason
from casemate.ports import SourceFile, SourceTree
from casemate.targets import commands, configuration
from casemate.targets.configuration import Configuration
from casemate.targets.globs import Glob

SUFFIXES = (".py", ".pyw")
MAX_SIZE = 10 * 1024 * 1024  # bytes of one source; more is generated data, or an attempt to exhaust us
MAX_SCRIPT = 64 * 1024  # bytes of a file that is read only to see its first line

SKIPPED_FOLDERS = {
    ".git": "version control",
    ".hg": "version control",
    ".svn": "version control",
    "node_modules": "installed packages",
    ".tox": "test environments",
    ".nox": "test environments",
}
"""Folders that hold no source of the target itself, by name, with what they hold."""

ENVIRONMENT_FOLDERS = frozenset({".venv", "venv", ".env", "env", ".virtualenv", "virtualenv"})
"""Folders that are skipped when a `pyvenv.cfg` in them says that they are a virtual environment."""

_SHEBANG = re.compile(rb"#![^\n]*[/\s](?:python|pypy)[0-9.]*(?:\s|\Z)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """files: the Python sources to examine, in the tree's order. others: paths of all other files, which tell the
    tree's layout. configuration: the target's, in force. stated: files that say what the target is for."""

    files: tuple[SourceFile, ...]
    others: tuple[str, ...]
    not_examined: tuple[NotExamined, ...]
    configuration: Configuration
    stated: tuple[SourceFile, ...] = ()


def looks_like_source(path: str) -> bool:
    """Whether a name says Python source."""
    return path.lower().endswith(SUFFIXES)


def select(tree: SourceTree, *, exclude: Sequence[str] = (), untrusted: bool = False) -> Selection:
    """What is to be examined in a tree.

    exclude: the operator's globs; raises BadPattern. untrusted: the target's own configuration counts for nothing.
    """
    globs = [Glob.parse(text) for text in exclude]
    seen = list(tree.walk())
    losses = [entry for entry in seen if isinstance(entry, NotExamined)]
    files = [entry for entry in seen if isinstance(entry, SourceFile)]
    own = Configuration()
    if not untrusted:
        read = _own_configuration(tree, files)
        if isinstance(read, Configuration):
            own = read
        else:
            losses.append(read)

    candidates = [file for file in files if _may_be_source(file)]
    for glob in globs:  # the operator may also leave out what could not be looked at; the target may not
        candidates, hidden = _split(glob, candidates)
        kept = [loss for loss in losses if loss.deliberate or not glob.covers(loss.what)]
        hidden += len(losses) - len(kept)
        losses = kept
        if hidden:
            detail = f"{_files(hidden)} left out by --exclude {glob.text!r}"
            losses.append(NotExamined(what=".", reason=Reason.EXCLUDED, detail=detail, files=hidden, deliberate=True))
    for glob in own.exclude:
        candidates, hidden = _split(glob, candidates)
        if hidden:
            detail = f"{_files(hidden)} hidden by its exclude {glob.text!r}"
            losses.append(NotExamined(what=configuration.NAME, reason=Reason.EXCLUDED, detail=detail, files=hidden))

    sources = []
    for file in candidates:
        answer = _is_source(tree, file)
        if isinstance(answer, NotExamined):
            losses.append(answer)
        elif answer:
            sources.append(file)
    chosen = set(sources)
    others = tuple(file.path for file in files if file not in chosen)
    stated = () if untrusted else tuple(file for file in files if commands.states(file.path))
    return Selection(files=tuple(sources), others=others, not_examined=tuple(losses), configuration=own, stated=stated)


def _own_configuration(tree: SourceTree, files: Iterable[SourceFile]) -> Configuration | NotExamined:
    for file in files:
        if file.path == configuration.NAME and not file.named:
            content = tree.read(file)
            return content if isinstance(content, NotExamined) else configuration.parse(content)
    return Configuration()


def _split(glob: Glob, files: Iterable[SourceFile]) -> tuple[list[SourceFile], int]:
    """What a pattern leaves, and how many files it covers."""
    every = list(files)
    left = [file for file in every if not glob.covers(file.path)]
    return left, len(every) - len(left)


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"


def _may_be_source(file: SourceFile) -> bool:
    return file.named or looks_like_source(file.path) or _may_be_script(file)


def _may_be_script(file: SourceFile) -> bool:
    return file.executable and 0 < file.size <= MAX_SCRIPT and "." not in file.path.rpartition("/")[2]


def _is_source(tree: SourceTree, file: SourceFile) -> bool | NotExamined:
    if file.named or looks_like_source(file.path):
        if file.size > MAX_SIZE:
            detail = f"{file.size} bytes, of at most {MAX_SIZE}"
            return NotExamined(what=file.path, reason=Reason.TOO_LARGE, detail=detail)
        return True
    content = tree.read(file)
    return content if isinstance(content, NotExamined) else _SHEBANG.match(content) is not None
