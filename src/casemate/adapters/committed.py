"""Whether a file is as it was committed last, read with dulwich: no git, hook or filter is run."""

from __future__ import annotations

import os
from pathlib import Path

from dulwich.errors import NotGitRepository
from dulwich.index import IndexEntry
from dulwich.objects import Blob, Commit, Tree
from dulwich.repo import Repo

UNCOMMITTED = "it has changes that are not committed: commit or stash them first"
UNKNOWN = "git does not know it: add and commit it first"


def root(folder: Path) -> Path | None:
    """The top folder of the repository that a folder lies in; None when it lies in none that can be read."""
    try:
        with Repo.discover(str(folder)) as repo:
            return None if repo.bare else Path(os.path.realpath(repo.path))
    except Exception:  # of an odd repository anything can come
        return None


def uncommitted(file: Path, content: bytes) -> str:
    """Why a file does not count as committed, "" when it does, or lies in no repository. content: its bytes."""
    try:
        repo = Repo.discover(str(file.parent))
    except NotGitRepository:
        return ""
    except Exception as error:
        return _odd(error)
    try:
        with repo:
            if repo.bare:
                return ""
            path = os.fsencode(file.relative_to(os.path.realpath(repo.path)))
            last = _last(repo, path)
            if last is None:
                return UNKNOWN
            if not _staged(repo, path, last):
                return UNCOMMITTED
            # Line ends are what git itself may change on checkout.
            same = last.data in (content, content.replace(b"\r\n", b"\n"))
            return "" if same else UNCOMMITTED
    except Exception as error:
        return _odd(error)


def _staged(repo: Repo, path: bytes, last: Blob) -> bool:
    """Whether the next commit would hold what the last one does."""
    try:
        entry = repo.open_index()[path]
    except KeyError:
        return False
    return isinstance(entry, IndexEntry) and entry.sha == last.id


def _last(repo: Repo, path: bytes) -> Blob | None:
    """What is committed under a path."""
    try:
        commit = repo[repo.head()]
    except KeyError:
        return None  # nothing is committed yet
    if not isinstance(commit, Commit):
        return None
    found = repo[commit.tree]
    for name in path.split(b"/"):
        if not isinstance(found, Tree) or name not in found:
            return None
        found = repo.object_store[found[name][1]]
    return found if isinstance(found, Blob) else None


def _odd(error: Exception) -> str:
    text = " ".join(str(error).split())[:200]
    return f"the git repository around it cannot be read ({type(error).__name__}{text and ': ' + text})"
