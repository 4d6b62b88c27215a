"""Keyed digests: what the ledger says of paths, charters and contents without revealing them.

BLAKE2b-256 with the operator's digest key (RFC 7693), a personalisation per use, and every part behind its length.
Keyed, because a path or a short file is guessed from a plain hash. Whoever holds the key and the same files computes
the same digest again.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

KEY_SIZE = 32
DIGEST_SIZE = 32


class KeyedDigests:
    """Digests under one key. key: 32 bytes."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_SIZE:
            raise ValueError(f"a digest key has {KEY_SIZE} bytes, not {len(key)!r}")
        self._key = key

    def texts(self, use: str, texts: Iterable[str]) -> str:
        """The digest, in hex, of a sequence of texts for one use."""
        digest = self._digest(use)
        for text in texts:
            digest.update(_framed(text))
        return digest.hexdigest()

    def reading(self) -> Reading:
        """An empty digest of what is going to be read."""
        return Reading(self)

    def _digest(self, use: str) -> blake2b:
        return blake2b(key=self._key, digest_size=DIGEST_SIZE, person=use.encode())


class Reading:
    """A digest of what was read: a set of (tree, path, content), in whatever order and however often it was read."""

    def __init__(self, digests: KeyedDigests) -> None:
        self._digests = digests
        self._parts: set[bytes] = set()

    def fold(self, tree: str, path: str, content: bytes) -> None:
        """Add one file, from any thread: adding to a set is one step. Only 32 bytes of it are kept."""
        digest = self._digests._digest("casemate/file")
        digest.update(_framed(tree) + _framed(path))
        digest.update(content)
        self._parts.add(digest.digest())

    def hexdigest(self) -> str:
        """The digest over all files so far, in hex: over the sorted digests of the single files."""
        digest = self._digests._digest("casemate/files")
        for part in sorted(self._parts):
            digest.update(part)
        return digest.hexdigest()


def _framed(text: str) -> bytes:
    """UTF-8 behind its length in bytes, as four big-endian bytes; total and injective, also on undecodable names."""
    data = text.encode("utf-8", "surrogatepass")
    return len(data).to_bytes(4, "big") + data
