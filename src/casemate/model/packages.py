"""What a target says of its own packages: which are started, and which are to be imported."""

from __future__ import annotations

from typing import Final, NamedTuple


class Packages(NamedTuple):
    """By the names under which they are imported. installed: a command is installed that starts it. shown: a README shows how
    to import it."""

    installed: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset()

    @property
    def started(self) -> frozenset[str]:
        """Those that are a program and no library."""
        return self.installed - self.shown


NOTHING: Final = Packages()
