"""A new folder of files, there whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from casemate.adapters.durable import sync_folder
from casemate.model.errors import EnvironmentFault, UserError


def write_folder(folder: Path, files: Iterable[tuple[str, bytes]]) -> int:
    """Write named files to a new folder; how many. Raises UserError when it exists, EnvironmentFault; then nothing is left."""
    if folder.exists() or folder.is_symlink():
        raise UserError(f"{str(folder)!r} exists already", "name a new folder")
    aside = folder.with_name(f".{folder.name}.{os.getpid()}")
    count = 0
    try:
        try:
            aside.mkdir()
            for name, data in files:
                place = aside / name
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(data)
                count += 1
            aside.rename(folder)
            sync_folder(folder.absolute().parent)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
    except OSError as error:
        raise EnvironmentFault(
            f"cannot write the folder {str(folder)!r}: {error.strerror}", "free space there, or name another folder"
        ) from error
    return count
