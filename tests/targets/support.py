"""A source tree held in memory: what a selection needs of one."""

from __future__ import annotations

from collections.abc import Iterator

from casemate.model.outcome import NotExamined
from casemate.ports import SourceFile


class MemoryTree:
    """A tree with these contents. losses: what its walk could not look at. read: the paths asked for, in order."""

    def __init__(self, contents: dict[str, bytes], *, executable: tuple[str, ...] = (), losses=(), name="tree") -> None:
        self.name = name
        self._contents = contents
        self._executable = executable
        self._losses = losses
        self.asked: list[str] = []

    def walk(self) -> Iterator[SourceFile | NotExamined]:
        for path, content in sorted(self._contents.items()):
            yield SourceFile(path=path, size=len(content), executable=path in self._executable)
        yield from self._losses

    def read(self, file: SourceFile) -> bytes | NotExamined:
        self.asked.append(file.path)
        return self._contents[file.path]
