"""The folders that a client may name places in. Nothing leads out: a name is resolved, links and all, before it counts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from casemate.model.errors import UserError


class OutOfRoots(UserError):
    """A client named a place that this server was not started for."""


class Roots:
    """places: the folders, absolute and free of links. Names that are not absolute are below the first of them."""

    def __init__(self, folders: Sequence[Path]) -> None:
        """Raises UserError for what is no folder."""
        if not folders:
            raise ValueError("a server has a root")
        places = []
        for folder in folders:
            try:
                place = folder.resolve(strict=True)
            except (OSError, RuntimeError, ValueError) as error:
                raise UserError(f"cannot look at the root {str(folder)!r}", "name a folder that exists") from error
            if not place.is_dir():
                raise UserError(f"the root {str(folder)!r} is no folder", "name the folder that it lies in")
            places.append(place)
        self.places = tuple(places)

    def place(self, name: str) -> Path:
        """Where a name leads. Raises OutOfRoots for what is not inside, whether it exists or not, and UserError for what does not
        exist inside."""
        try:
            place = (self.places[0] / name).resolve()
        except (OSError, RuntimeError, ValueError):  # links in a circle, a name too long, a NUL
            raise self._outside(name) from None
        if not self.holds(place):
            raise self._outside(name)
        try:
            place.lstat()
        except OSError as error:
            raise UserError(
                f"cannot look at {name[:200]!r}: {error.strerror}", "name a file or folder that exists"
            ) from error
        return place

    def holds(self, place: Path) -> bool:
        """Whether a resolved path is one of the roots or below one."""
        return any(place.is_relative_to(root) for root in self.places)

    def _outside(self, name: str) -> OutOfRoots:
        return OutOfRoots(
            f"{name[:200]!r} is outside of what this server may look at",
            f"name a place below {', '.join(map(str, self.places))}, or have the operator start it with another --root",
        )
