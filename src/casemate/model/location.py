"""Places in a target: what every statement of ours points at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Location:
    """A place in a file of the target.

    path: POSIX path relative to the target's root, never absolute, never climbing out.
    line, column: 1-based; columns count Unicode code points (SARIF `unicodeCodePoints`).
    """

    path: str
    line: int
    column: int = 1

    def __post_init__(self) -> None:
        if not self.path or self.path.startswith("/") or ".." in self.path.split("/"):
            raise ValueError(f"location path must be relative to the target's root: {self.path!r}")
        if self.line < 1 or self.column < 1:
            raise ValueError(f"line and column are 1-based: {self.line!r}:{self.column!r}")

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"
