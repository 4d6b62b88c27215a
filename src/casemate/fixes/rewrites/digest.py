"""Broken hash functions: SHA-256 in their place."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.names import name_from, text
from casemate.fixes.naming import named
from casemate.fixes.pieces import pieces
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.site import Site, Spot, argument
from casemate.fixes.source import Edit

_BROKEN = frozenset({"md4", "md5", "md5-sha1", "sha1", "sha-1", "sha"})
_LIBRARIES = ("Crypto.Hash.", "Cryptodome.Hash.")
_WHAT = "use SHA-256, which is not broken"


def propose(site: Site) -> Iterator[Draft]:
    """The same call of a better function."""
    spot = site.sink
    for call in spot.calls():
        edits = _edits(spot, call)
        if edits:
            yield draft(_WHAT, spot, *edits)
            return
    for node in spot.nodes("attribute", "identifier"):  # handed on, not called: hmac.new(key, text, hashlib.md5)
        if spot.meaning(node) in ("hashlib.md5", "hashlib.sha1"):
            name, imports = _named(spot, node, "hashlib.sha256")
            yield draft(_WHAT, spot, spot.replace(node, name), *imports)
            return


def _edits(spot: Spot, call: Node) -> tuple[Edit, ...]:
    function = call.child_by_field_name("function")
    called = spot.called(call)
    if function is None:
        return ()
    if called in ("hashlib.md5", "hashlib.sha1"):
        name, imports = _named(spot, function, "hashlib.sha256")
        return (spot.replace(function, name), *imports)
    if called == "hashlib.new":
        given = argument(call, 0, "name")
        kept = spot.definition(given) if given is not None else None
        parts = pieces(kept) if kept is not None else None
        if kept is None or parts is None or len(parts) != 1 or parts[0].fixed.lower() not in _BROKEN:
            return ()
        quote = text(kept)[-1]
        return (spot.replace(kept, f"{quote}sha256{quote}"),)
    if called.endswith((".hashes.MD5", ".hashes.SHA1")):
        name, imports = _named(spot, function, called.rpartition(".")[0] + ".SHA256")
        return (spot.replace(function, name), *imports)
    library = next((one for one in _LIBRARIES if called.startswith(one)), "")
    if library and called.endswith(".new") and called.split(".")[2].lower() in ("md2", "md4", "md5", "sha", "sha1"):
        name, imports = name_from(spot.root, f"{library}SHA256")
        return (spot.replace(function, f"{name}.new"), *imports)
    return ()


def _named(spot: Spot, function: Node, wanted: str) -> tuple[str, tuple[Edit, ...]]:
    """Beside the old name: as an attribute of what that was one of, or imported where that was."""
    owner = function.child_by_field_name("object") if function.type == "attribute" else None
    if owner is not None:
        return f"{text(owner)}.{wanted.rpartition('.')[2]}", ()
    return named(spot, wanted)


REWRITE = Rewrite(
    id="digest",
    cwes=(328, 327, 916, 759, 760),
    propose=propose,
    answers_differ=True,
    examples=(
        Example(
            name="a function of hashlib",
            before="""
import hashlib

def mark(text):
    return hashlib.md5(text.encode()).hexdigest()  # sink
""",
            after="""
import hashlib

def mark(text):
    return hashlib.sha256(text.encode()).hexdigest()
""",
        ),
        Example(
            name="named by a text",
            before="""
import hashlib

HOW = 'SHA1'

def mark(data):
    how = 'MD5'
    made = hashlib.new(how)  # sink
    made.update(data)
    return made.digest()
""",
            after="""
import hashlib

HOW = 'SHA1'

def mark(data):
    how = 'sha256'
    made = hashlib.new(how)
    made.update(data)
    return made.digest()
""",
        ),
        Example(
            name="imported by name",
            before="""
from hashlib import sha1

def mark(data):
    return sha1(data).digest()  # sink
""",
            after="""
from hashlib import sha1, sha256

def mark(data):
    return sha256(data).digest()
""",
        ),
    ),
)
