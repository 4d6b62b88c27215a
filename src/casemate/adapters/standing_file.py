"""What the ledger says holds, kept beside it, so that not every operation reads the whole ledger.

It is only a memory: it counts when it was written by this operator's key and is of this very ledger, else the ledger is read
again from its beginning.
"""

from __future__ import annotations

import hmac
from contextlib import suppress
from hashlib import blake2b, sha256
from pathlib import Path

from casemate.adapters.statements import StatementFolder
from casemate.governance.ledger import Ledger
from casemate.governance.standing import Standing, dump, load
from casemate.governance.tiles import WIDTH
from casemate.model.errors import EnvironmentFault

EVERY = 64  # entries after which it is written anew


class StandingFile:
    """The memory in a file. key: the operator's digest key."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._folder, self._name = StatementFolder(path.parent), path.name
        self._key = key
        self._size = 0

    def load(self, ledger: Ledger, size: int) -> Standing:
        """The standing after some of the first `size` entries of the ledger; after none when nothing is remembered of it."""
        seal, _, text = (self._folder.read(self._name) or b"").partition(b"\n")
        if not hmac.compare_digest(seal, self._seal(text)):
            return Standing()
        last, _, state = text.partition(b"\n")
        standing = load(state.decode())
        if standing is None or standing.size > size or not standing.size or _last(ledger, standing.size) != last:
            return Standing()
        self._size = standing.size
        return standing

    def save(self, ledger: Ledger, standing: Standing) -> None:
        """Remember it, when enough has happened since it was written last. What cannot be written is not remembered."""
        if standing.size - self._size < EVERY:
            return
        text = _last(ledger, standing.size) + b"\n" + dump(standing).encode()
        with suppress(EnvironmentFault):
            self._folder.write(self._name, self._seal(text) + b"\n" + text)

    def _seal(self, text: bytes) -> bytes:
        return blake2b(text, key=self._key, digest_size=32, person=b"casemate/state").hexdigest().encode()


def _last(ledger: Ledger, size: int) -> bytes:
    """The hash of the last of the first entries: which ledger, and which branch of it, is spoken of."""
    index = size - 1
    entry = ledger.bundle(index // WIDTH, index % WIDTH + 1)[-1]
    return sha256(ledger.key.name.encode() + b"\n" + entry).hexdigest().encode()
