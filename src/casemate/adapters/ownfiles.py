"""The TOML files in a folder of a user's own rules and knowledge."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from casemate.model.errors import UserError

MOST = 1 << 20  # bytes of one file: whoever writes rules writes less


def read_folders(folders: Sequence[Path]) -> dict[str, bytes]:
    """The content of every `*.toml` directly in the folders, by `folder/name`; a folder named twice is read once.

    Raises UserError when a folder cannot be read or holds none.
    """
    out: dict[str, bytes] = {}
    seen: set[Path] = set()
    for folder in folders:
        try:
            place = folder.resolve(strict=True)
            if place in seen:
                continue
            seen.add(place)
            names = sorted(entry.name for entry in place.iterdir() if entry.suffix == ".toml")
            for name in names:
                if not (place / name).is_file() or (place / name).stat().st_size > MOST:
                    raise UserError(f"{str(folder / name)!r} is no file of at most {MOST} bytes", "take it out")
                out[f"{folder}/{name}"] = (place / name).read_bytes()
        except (OSError, RuntimeError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise UserError(f"cannot read the folder {str(folder)!r}: {why}", "check the path") from error
        if not names:
            raise UserError(f"no TOML file in {str(folder)!r}", "docs/extending.md shows what goes there")
    return out
