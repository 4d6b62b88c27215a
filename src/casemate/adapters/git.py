"""The history of a tree in a git repository: `ports.History`, read with dulwich.

No program is run: no git, no hook, no filter, no command that the repository's configuration names. Everything in the
repository may have been written by somebody hostile, so whatever the reader stumbles over ends in one line.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from dulwich.errors import NotGitRepository
from dulwich.graph import find_merge_base
from dulwich.objects import Blob, Commit, Tree
from dulwich.objectspec import parse_commit, parse_object
from dulwich.refs import Ref
from dulwich.repo import Repo

from casemate.adapters.filenames import original, shown
from casemate.model.errors import UserError
from casemate.model.outcome import NotExamined, Reason

_SUFFIX = re.compile(r"(?P<name>[^~^]+)(?P<steps>[~^].*)?", re.DOTALL)
_HASH = re.compile(r"[0-9a-f]{4,40}")
_FORMS = ("refs/{}", "refs/tags/{}", "refs/heads/{}", "refs/remotes/{}", "refs/remotes/{}/HEAD")
MAX_DEPTH = 1_000  # folders below one another in a commit


class RevisionNotFound(UserError):
    """There is no such revision to compare with."""


class GitHistory:
    """A tree at the merge base of a revision and HEAD: what the work since then started from.

    place: a folder or a file of the working tree, absolute and free of links.
    """

    def __init__(self, place: Path, revision: str) -> None:
        """Raises RevisionNotFound."""
        folder = place if place.is_dir() else place.parent
        self._only = None if place.is_dir() else place.name
        try:
            self._repo = repo = Repo.discover(str(folder))
        except NotGitRepository:
            raise RevisionNotFound(
                f"{shown(str(place))!r} is in no git repository, so there is no change since {revision!r}",
                "name a path in a clone, or leave out --since",
            ) from None
        except Exception as error:  # of an odd repository anything can come
            raise RevisionNotFound(
                f"the git repository around {shown(str(place))!r} cannot be read: {_words(error)}",
                "check it with git fsck, or leave out --since",
            ) from None
        try:
            below = folder.relative_to(os.path.realpath(repo.path))
            commit = _base(repo, revision)
            self._root = _subtree(repo, commit, below)
            self._paths = tuple(self._listed())
        except RevisionNotFound:
            repo.close()
            raise
        except Exception as error:
            repo.close()
            raise RevisionNotFound(
                f"the revision {revision!r} cannot be read: {_words(error)}",
                "check the repository with git fsck, and fetch what a partial clone has left out",
            ) from None
        self._base = commit.id.decode("ascii")

    @property
    def base(self) -> str:
        """The commit compared with."""
        return self._base

    def close(self) -> None:
        """Let go of the repository's files."""
        self._repo.close()

    def paths(self) -> Iterator[str]:
        """Every regular file of then, in byte order; for a tree of one file that file."""
        return iter(self._paths)

    def before(self, path: str) -> bytes | NotExamined | None:
        """The content of then; NotExamined when the repository does not give it."""
        try:
            blob = self._find(original(path))
            return None if blob is None else blob.as_raw_string()
        except Exception as error:
            return NotExamined(what=path, reason=Reason.UNREADABLE, detail=f"as of {self._base[:12]}: {_words(error)}")

    def _listed(self) -> list[str]:
        if self._root is None:
            return []
        if self._only is not None:
            return [shown(self._only)] if self._find(self._only) else []
        return sorted(self._below(self._root, "", 0))

    def _find(self, path: str) -> Blob | None:
        tree = self._root
        *folders, name = os.fsencode(path).split(b"/")
        for folder in folders:
            if tree is None or folder not in tree:
                return None
            tree = _as_tree(self._repo, *tree[folder])
        if tree is None or name not in tree:
            return None
        mode, sha = tree[name]
        found = self._repo.object_store[sha] if stat.S_ISREG(mode) else None
        return found if isinstance(found, Blob) else None

    def _below(self, tree: Tree, prefix: str, depth: int) -> Iterator[str]:
        for entry in tree.iteritems():
            name = prefix + shown(os.fsdecode(entry.path))
            if stat.S_ISREG(entry.mode):
                yield name
            elif depth < MAX_DEPTH and (inner := _as_tree(self._repo, entry.mode, entry.sha)) is not None:
                yield from self._below(inner, f"{name}/", depth + 1)


def _base(repo: Repo, revision: str) -> Commit:
    """The merge base of a revision and HEAD."""
    shallow = bool(repo.get_shallow())
    try:
        head = repo.head()
    except KeyError:
        raise RevisionNotFound(
            f"the repository has no commit yet, so there is no change since {revision!r}",
            "commit, or leave out --since",
        ) from None
    named = _commit(repo, revision, shallow=shallow)
    bases = find_merge_base(repo, [named.id, head])
    if not bases:
        raise RevisionNotFound(
            f"{revision!r} and HEAD have no commit in common{' in this shallow clone' if shallow else ''}",
            _deeper(shallow) or "name a revision that HEAD comes from",
        )
    commits = [commit for sha in bases if isinstance(commit := repo.object_store[sha], Commit)]
    return max(commits, key=lambda commit: (commit.commit_time, commit.id))


def _commit(repo: Repo, revision: str, *, shallow: bool) -> Commit:
    match = _SUFFIX.fullmatch(revision)
    try:
        if match is None or ":" in revision:
            raise KeyError(revision)
        _refuse_ambiguous(repo, revision, match["name"])
        commit = parse_commit(repo, os.fsencode(match["name"]))
        if match["steps"]:
            found = parse_object(repo, commit.id + os.fsencode(match["steps"]))
            return parse_commit(repo, found.id)
        return commit
    except RevisionNotFound:
        raise
    except Exception as error:  # KeyError, ValueError, AssertionError …: all of them say that there is none
        if isinstance(error, OSError):
            raise
        hint = (
            _deeper(shallow)
            or "name a branch, a tag or a commit that `git log` shows, after `git fetch` if it is a remote one"
        )
        where = "in this shallow clone" if shallow else "in the repository"
        raise RevisionNotFound(f"there is no revision {revision!r} {where}", hint) from None


def _refuse_ambiguous(repo: Repo, revision: str, name: str) -> None:
    """A name that means several commits is refused: a tag pushed as `origin/main` would else stand before the branch, and
    whoever pushed it would decide what counts as the change."""
    held = [ref for ref in (form.format(name) for form in _FORMS) if Ref(os.fsencode(ref)) in repo.refs]
    meant = {parse_commit(repo, os.fsencode(ref)).id for ref in held}
    if len(meant) > 1 or (meant and _HASH.fullmatch(name)):
        raise RevisionNotFound(
            f"the revision {revision!r} is ambiguous: it may be {' or '.join([*held, 'a commit'][:3])}",
            "name it in full, such as refs/remotes/origin/main",
        )


def _deeper(shallow: bool) -> str:
    return "fetch more of the history: git fetch --unshallow (fetch-depth: 0, GIT_DEPTH: 0)" if shallow else ""


def _subtree(repo: Repo, commit: Commit, below: Path) -> Tree | None:
    """The folder of then; None when there was none."""
    tree = _as_tree(repo, stat.S_IFDIR, commit.tree)
    for name in below.parts:
        key = os.fsencode(name)
        if tree is None or key not in tree:
            return None
        tree = _as_tree(repo, *tree[key])
    return tree


def _as_tree(repo: Repo, mode: int, sha: bytes) -> Tree | None:
    """The folder that an entry is; None for a file, a link or another repository."""
    if not stat.S_ISDIR(mode):
        return None
    found = repo.object_store[sha]  # type: ignore[index]
    return found if isinstance(found, Tree) else None


def _words(error: Exception) -> str:
    text = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}{text and ': ' + text}"
