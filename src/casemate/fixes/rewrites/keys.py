"""Keys that are too short: as long as they are made today."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.constants import constant
from casemate.fixes.names import text
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.site import Site, Spot, argument
from casemate.fixes.source import Edit

_SIZES = (("key_size", 1), ("key_size", 0), ("bits", 0), ("n_bits", 0))
_CURVES = ("SECP192R1", "SECT163K1", "SECT163R2")
_SMALL = 2048


def propose(site: Site) -> Iterator[Draft]:
    """2048 bits for what is multiplied, 256 for curves."""
    spot = site.sink
    for call in spot.calls():
        edit = _size(spot, call) or _curve(spot, call)
        if edit is not None:
            yield draft("make the key as long as keys are today", spot, edit)
            return


def _size(spot: Spot, call: Node) -> Edit | None:
    for name, at in _SIZES:
        value = argument(call, at, name)
        kept = constant(spot, value) if value is not None else None
        if kept is not None and kept.type == "integer" and text(kept).isdigit() and 64 < int(text(kept)) < _SMALL:
            return spot.replace(kept, str(_SMALL))
    return None


def _curve(spot: Spot, call: Node) -> Edit | None:
    function = call.child_by_field_name("function")
    if function is not None and text(function).endswith(_CURVES):
        if "." not in text(function):
            return None
        return spot.replace(function, f"{text(function).rpartition('.')[0]}.SECP256R1")
    curve = argument(call, None, "curve")
    kept = constant(spot, curve) if curve is not None else None
    if kept is not None and kept.type == "string" and "192" in text(kept):
        return spot.replace(kept, '"P-256"')
    return None


REWRITE = Rewrite(
    id="keys",
    cwes=(326,),
    propose=propose,
    answers_differ=True,
    examples=(
        Example(
            name="a size in its place",
            before="""
from cryptography.hazmat.primitives.asymmetric import rsa

def pair():
    return rsa.generate_private_key(65537, 1024)  # sink
""",
            after="""
from cryptography.hazmat.primitives.asymmetric import rsa

def pair():
    return rsa.generate_private_key(65537, 2048)
""",
        ),
        Example(
            name="a size kept elsewhere",
            before="""
from Crypto.PublicKey import RSA

BITS = 1024

def pair():
    return RSA.generate(BITS)  # sink
""",
            after="""
from Crypto.PublicKey import RSA

BITS = 2048

def pair():
    return RSA.generate(BITS)
""",
        ),
        Example(
            name="a curve",
            before="""
from cryptography.hazmat.primitives.asymmetric import ec

def pair():
    return ec.generate_private_key(ec.SECP192R1())  # sink
""",
            after="""
from cryptography.hazmat.primitives.asymmetric import ec

def pair():
    return ec.generate_private_key(ec.SECP256R1())
""",
        ),
    ),
)
