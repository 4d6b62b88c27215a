"""Ciphers that show equal blocks: a mode that hides them, where this code alone writes what is encrypted.

What is stored already, and what others read, would no longer be understood: so nothing is offered where the file decrypts as
well.
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.fixes.names import dotted, text
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.sinks import returned
from casemate.fixes.site import Site, argument


def propose(site: Site) -> Iterator[Draft]:
    """`AES.new(key, AES.MODE_ECB).encrypt(text)` that is returned: GCM, with the nonce and the tag in front."""
    spot = site.sink
    value = returned(spot)
    function = value.child_by_field_name("function") if value is not None and value.type == "call" else None
    made = function.child_by_field_name("object") if function is not None else None
    if value is None or function is None or made is None or made.type != "call":
        return
    name = dotted(made.child_by_field_name("function"))
    mode, plain = argument(made, 1, "mode"), argument(value, 0)
    if not name.endswith("AES.new") or mode is None or plain is None or not text(function).endswith(".encrypt"):
        return
    if "decrypt" in text(spot.root):
        return
    kept = spot.definition(mode)
    library = name.removesuffix(".new")
    gcm = f"{library}.MODE_GCM"
    cipher, data, tag = spot.fresh("cipher"), spot.fresh("data"), spot.fresh("tag")
    written = text(made) if kept != mode else text(made).replace(text(mode), gcm)
    yield draft(
        "encrypt in a mode that hides equal blocks and notices changes",
        spot,
        spot.above(f"{cipher} = {written}", f"{data}, {tag} = {cipher}.encrypt_and_digest({text(plain)})"),
        spot.replace(value, f"{cipher}.nonce + {tag} + {data}"),
        *([spot.replace(kept, gcm)] if kept != mode else []),
    )


REWRITE = Rewrite(
    id="cipher",
    cwes=(327,),
    propose=propose,
    answers_differ=True,
    examples=(
        Example(
            name="block by block",
            before="""
from Crypto.Cipher import AES

def encrypt(key, text):
    return AES.new(key, AES.MODE_ECB).encrypt(text)  # sink
""",
            after="""
from Crypto.Cipher import AES

def encrypt(key, text):
    cipher = AES.new(key, AES.MODE_GCM)
    data, tag = cipher.encrypt_and_digest(text)
    return cipher.nonce + tag + data
""",
        ),
    ),
)
