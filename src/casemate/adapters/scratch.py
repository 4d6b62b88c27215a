"""Folders for programs that are made here, such as the cases of an evaluation; gone when they are done with."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from casemate.model.errors import EnvironmentFault


class Scratch:
    """A folder of its own below `parent`, or below the system's folder for temporary files. Raises EnvironmentFault."""

    def __init__(self, parent: Path | None = None) -> None:
        try:
            if parent is not None:
                parent.mkdir(parents=True, exist_ok=True)
            self.place = Path(tempfile.mkdtemp(prefix="casemate-", dir=parent)).resolve()
        except OSError as error:
            raise EnvironmentFault(
                f"no folder can be made in {str(parent or tempfile.gettempdir())!r}: {error.strerror}",
                "name another place by --work",
            ) from error

    def put(self, name: str, files: Mapping[str, str]) -> Path:
        """A folder of that name that holds these files and nothing else. Raises EnvironmentFault."""
        folder = self.place / name
        try:
            shutil.rmtree(folder, ignore_errors=True)
            for path, text in files.items():
                file = folder / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, "utf-8")
        except OSError as error:
            raise EnvironmentFault(
                f"{str(folder)!r} cannot be written: {error.strerror}", "see that there is room"
            ) from error
        return folder

    def __enter__(self) -> Scratch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self.place, ignore_errors=True)
