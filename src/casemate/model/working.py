"""What became of files that were to be written: of the operator's own working tree, by a patch or back from a backup."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A file that was left as it is. why: in words that go on after its name."""

    path: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """All of the files, or none: then `withheld` says which of them stood in the way."""

    paths: tuple[str, ...] = ()
    withheld: tuple[Withheld, ...] = ()

    def __post_init__(self) -> None:
        if self.paths and self.withheld:
            raise ValueError(f"all are written or none: {self!r}")
