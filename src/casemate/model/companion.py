"""What two processes that work on the same tell each other."""

from __future__ import annotations

from typing import Protocol


class Exchange(Protocol):
    """One side of it. Messages come in order, and neither side ever waits for the other."""

    def send(self, data: bytes) -> None:
        """Have it sent. Whether it arrives is not told."""

    def received(self) -> list[bytes]:
        """What has arrived since."""
