"""Knowledge for a scan: compiled once, and read back from the cache while its files and the program are the same."""

from __future__ import annotations

from hashlib import blake2b

from casemate.knowledge.entries import (
    Act,
    Answer,
    Call,
    Condition,
    Entry,
    Guard,
    Hint,
    Kind,
    Knowledge,
    Narrowing,
    Sink,
    Source,
    Value,
)
from casemate.knowledge.loader import fingerprint, load, packaged
from casemate.model.plain import Codec
from casemate.model.trace import Boundary
from casemate.ports import Store

_KNOWLEDGE = Codec((
    Knowledge, Kind, Call, Value, Entry, Hint, Answer, Sink, Source, Guard, Narrowing, Condition, Act, Boundary,
))  # fmt: skip


def known(store: Store, code: str) -> Knowledge:
    """The packaged knowledge. code: a fingerprint of the program, "" for none: then it is compiled."""
    kinds, files = packaged()
    if not code:
        return load()
    parts = ("knowledge", code, _KNOWLEDGE.shape, fingerprint(kinds, files))
    key = blake2b("\0".join(parts).encode(), digest_size=20).hexdigest()
    data = store.get(key)
    if data is not None:
        try:
            found = _KNOWLEDGE.load(data)
        except (ValueError, EOFError, TypeError, IndexError, KeyError):
            found = None
        if isinstance(found, Knowledge):
            return found
    compiled = load()
    store.put(key, _KNOWLEDGE.dump(compiled))
    return compiled
