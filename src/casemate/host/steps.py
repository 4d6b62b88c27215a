"""Where a walk through what a job runs is, and what it gives on the way: files and folders that the runner acts on, each once."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from casemate.host.facts.scripts import Script, script
from casemate.host.host import Host
from casemate.host.imports import Importing
from casemate.host.relation import Trust
from casemate.host.shell_words import Word, joined
from casemate.host.wrapped import under
from casemate.model.host import Actor, Confidence, Fact, NodeKind

MAX_SCRIPTS: Final = 150  # of one job
MAX_NESTED: Final = 12  # scripts that call scripts, and wrappers


@dataclass(frozen=True, slots=True)
class At:
    """Where the walk is. depth: how many scripts and wrappers it went through. script: the one that it is in, "" for the job.

    root: of the file system of the job, "" for the usual one. environment: variables that the job sets. before: how many lines
    of the script come before the text that is followed.
    """

    runner: Actor
    via: tuple[Fact, ...]
    path: tuple[str, ...]
    cwd: str | None
    depth: int = 0
    script: str = ""
    root: str = ""
    environment: tuple[tuple[str, str], ...] = ()
    before: int = 0

    def variable(self, name: str) -> str:
        """A variable of the environment, "" when it is not set."""
        return next((value for key, value in reversed(self.environment) if key == name), "")


class Steps:
    """What every part of a walk needs. kind, technique, says: of what the job itself names."""

    def __init__(self, host: Host, kind: str, technique: str, says: str) -> None:
        self.host = host
        self.kind, self.technique, self.says = kind, technique, says
        self._given: set[tuple[Actor, str, bool]] = set()
        self._been: set[tuple[Actor, str]] = set()

    def _odd(self, at: At, line: int, why: str) -> None:
        if at.script:
            self.host.odd(at.script, line, why)
        elif at.via:
            self.host.odd(at.via[0].path, at.via[0].line, why)

    def _trust(self, place: str, at: At, by: str) -> Iterator[Trust]:
        """That the runner acts on a file."""
        key = (at.runner, place, False)
        if key in self._given:
            return
        self._given.add(key)
        node = self.host.fs.node(place)
        if node is not None and node.kind in (NodeKind.FOLDER, NodeKind.DEVICE):
            return
        inside = bool(at.script)
        yield Trust(
            runner=at.runner,
            path=place,
            kind="called-script" if inside else self.kind,
            technique="T1574" if inside else self.technique,
            via=at.via,
            says=f"{by} {at.script}" if inside else self.says,
            missing=node is None,
        )

    def _folder(self, place: str, at: At, kind: str, says: str, technique: str, sure: Confidence) -> Iterator[Trust]:
        """That the runner acts on whatever lies in a folder."""
        key = (at.runner, f"{kind}:{place}", True)
        if key not in self._given:
            self._given.add(key)
            yield Trust(
                runner=at.runner,
                path=place,
                kind=kind,
                technique=technique,
                via=at.via,
                says=says,
                folder=True,
                missing=self.host.fs.node(place) is None,
                confidence=sure,
            )

    def _imported(self, each: Importing, at: At, by: str) -> Iterator[Trust]:
        key = (at.runner, each.path, False)
        if key not in self._given:
            self._given.add(key)
            yield Trust(runner=at.runner, path=each.path, kind=each.kind, technique="T1574", via=at.via, says=by)

    def _files(self, word: Word, at: At, *, bare: bool = False) -> Iterator[str]:
        """The files that a word stands for, inside the job's root. bare: a name without a slash is looked up in PATH."""
        place = joined(at.cwd, word.text)
        if place is None:
            return
        if bare and word.text and "/" not in word.text:
            places = [posixpath.join(part, word.text) for part in at.path]
            place = next((p for p in places if self.host.fs.is_file(self._rooted(p, at))), place)
        place = self._rooted(place, at)
        if word.glob:
            yield from self.host.first(self.host.fs.glob(place), 100, place, "files")
        else:
            yield place

    def _pattern(self, word: Word, at: At) -> Iterator[Trust]:
        """A folder of which everything that fits is read as code: whoever can make a file there is read."""
        place = joined(at.cwd, word.text)
        above, _, name = (place or "").rpartition("/")
        if word.glob and above and re.search(r"[*?]", name) and not re.search(r"[*?\[]", above):
            kind, technique = ("called-script", "T1574") if at.script else (self.kind, self.technique)
            yield from self._folder(self._rooted(above, at), at, kind, f"has {name} run", technique, Confidence.PROVED)

    def _enter(self, place: str, at: At) -> Script | None:
        """The script at a path, the first time that the runner comes to it."""
        found = script(self.host, place)
        if found is None or at.depth >= MAX_NESTED or len(self._been) >= MAX_SCRIPTS:
            return None
        if (at.runner, found.path) in self._been:
            return None
        self._been.add((at.runner, found.path))
        return found

    def _within(self, path: str, at: At, says: str, line: int = 1) -> At:
        """The same, inside a script."""
        return replace(at, via=(Fact(path, says, line), *at.via), script=path, depth=at.depth + 1, before=line - 1)

    def _rooted(self, place: str, at: At) -> str:
        return under(at.root, place) if at.root else place
