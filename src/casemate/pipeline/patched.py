"""A source tree as patches make it, in memory: for the scan of what a patch would leave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from casemate.model.fix import Change
from casemate.model.outcome import NotExamined
from casemate.ports import SourceFile, SourceTree


class Recollected:
    """A tree whose files are read once and kept, so that many scans of it charge nobody again."""

    def __init__(self, tree: SourceTree) -> None:
        self._tree = tree
        self._files: tuple[SourceFile | NotExamined, ...] | None = None
        self._contents: dict[str, bytes | NotExamined] = {}

    @property
    def name(self) -> str:
        """The tree's name."""
        return self._tree.name

    def walk(self) -> Iterator[SourceFile | NotExamined]:
        """What the tree has."""
        if self._files is None:
            self._files = tuple(self._tree.walk())
        return iter(self._files)

    def read(self, file: SourceFile) -> bytes | NotExamined:
        """The content, as it was when it was read first."""
        if file.path not in self._contents:
            self._contents[file.path] = self._tree.read(file)
        return self._contents[file.path]


class Patched:
    """A tree with changes."""

    def __init__(self, tree: SourceTree, changes: Sequence[Change]) -> None:
        self._tree = tree
        self._changed = {change.path: change.after for change in changes}

    @property
    def name(self) -> str:
        """The tree's name."""
        return self._tree.name

    def walk(self) -> Iterator[SourceFile | NotExamined]:
        """The same files; the changed ones with the size that they have then."""
        for seen in self._tree.walk():
            if isinstance(seen, SourceFile) and seen.path in self._changed:
                yield replace(seen, size=len(self._changed[seen.path]))
            else:
                yield seen

    def read(self, file: SourceFile) -> bytes | NotExamined:
        """The content with the change."""
        return self._changed[file.path] if file.path in self._changed else self._tree.read(file)
