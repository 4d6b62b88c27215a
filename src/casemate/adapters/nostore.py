"""`ports.Store` that keeps nothing, for a scan without a cache."""

from __future__ import annotations


class NoStore:
    """Always empty."""

    def get(self, key: str) -> bytes | None:
        """Nothing."""
        return None

    def put(self, key: str, data: bytes) -> None:
        """Forget it."""
