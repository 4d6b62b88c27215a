"""Tokens whose signature is not checked: it is."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.arguments import setting, without
from casemate.fixes.names import text
from casemate.fixes.naming import named
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.site import Site, Spot, argument
from casemate.fixes.source import Edit

_WHAT = "check the token's signature"
_ALGORITHMS = '["HS256"]'


def propose(site: Site) -> Iterator[Draft]:
    """The option that switches the check off goes; a key that nobody gave is asked of the environment."""
    spot = site.sink
    for call in spot.calls():
        function = call.child_by_field_name("function")
        if function is None:
            continue
        if text(function).endswith("loads_unsafe"):
            yield draft(_WHAT, spot, *_loads(spot, call, function))
            return
        if text(function).endswith(("decode", "decode_complete", "verify")):
            edits = [one for one in _decode(spot, call) if one is not None]
            if edits:
                yield draft(_WHAT, spot, *edits)
                return


def _loads(spot: Spot, call: Node, function: Node) -> list[Edit]:
    """What `loads` gives back is the second of what `loads_unsafe` does."""
    checked = text(function).removesuffix("_unsafe") + text(call.child_by_field_name("arguments") or call)
    above = call.parent
    if above is not None and above.type == "subscript" and text(above).endswith("[1]"):
        return [spot.replace(above, checked)]
    return [spot.replace(call, f"(True, {checked})")]


def _decode(spot: Spot, call: Node) -> Iterator[Edit | None]:
    options = argument(call, 3, "options")
    kept = spot.definition(options) if options is not None else None
    off = next((one for one in _pairs(kept) if _key(one) == "verify_signature"), None)
    others = len(_pairs(kept)) - 1
    key = argument(call, 1, "key")
    algorithms = argument(call, 2, "algorithms")
    if off is not None and (others or kept != options):
        value = off.child_by_field_name("value")
        yield spot.replace(value, "True") if value is not None else None
    if argument(call, None, "verify") is not None:
        yield without(spot, call, "verify")
    weak = algorithms is not None and "none" in text(algorithms).lower()
    given = key is not None and text(key) not in ('""', "''", "None")
    if not given:
        environ, imports = named(spot, "os.environ")
        yield from imports
        secret = f'{environ}["JWT_KEY"]'
        if key is not None:
            yield spot.replace(key, secret)
        elif off is not None and not others and kept == options:
            yield _instead(call, secret)
            return
        else:
            token = argument(call, 0, "jwt") or argument(call, 0, "token")
            yield Edit(token.end_byte, token.end_byte, f", {secret}") if token is not None else None
    elif off is not None and not others and kept == options:
        yield without(spot, call, "options") if algorithms is not None else _instead(call, "")
        return
    if weak and algorithms is not None:
        yield spot.replace(algorithms, _ALGORITHMS)
    elif algorithms is None and kept == options and not weak:
        if argument(call, None, "verify") is not None:
            return
        yield setting(spot, call, "algorithms", _ALGORITHMS)


def _instead(call: Node, secret: str) -> Edit:
    """In the place of the options: the key where none was given, and what the signature may be made with."""
    arguments = call.child_by_field_name("arguments")
    one = next(
        node
        for node in (arguments.named_children if arguments is not None else ())
        if node.type == "keyword_argument" and text(node).startswith("options")
    )
    lead = f"{secret}, " if secret else ""
    return Edit(one.start_byte, one.end_byte, f"{lead}algorithms={_ALGORITHMS}")


def _pairs(node: Node | None) -> list[Node]:
    return (
        [one for one in node.named_children if one.type == "pair"]
        if node is not None and node.type == "dictionary"
        else []
    )


def _key(pair: Node) -> str:
    key = pair.child_by_field_name("key")
    return text(key).strip("\"'") if key is not None else ""


REWRITE = Rewrite(
    id="token",
    cwes=(347, 345),
    propose=propose,
    examples=(
        Example(
            name="an option",
            before="""
import jwt

def who(token, key):
    return jwt.decode(token, key, algorithms=["HS256"], options={"verify_signature": False})["sub"]  # sink
""",
            after="""
import jwt

def who(token, key):
    return jwt.decode(token, key, algorithms=["HS256"])["sub"]
""",
        ),
        Example(
            name="no key",
            before="""
import jwt

def who(token):
    return jwt.decode(token, options={"verify_signature": False})["sub"]  # sink
""",
            after="""
import jwt
import os

def who(token):
    return jwt.decode(token, os.environ["JWT_KEY"], algorithms=["HS256"])["sub"]
""",
        ),
        Example(
            name="an unsafe loader",
            before="""
from itsdangerous import URLSafeSerializer

def basket(key, text):
    return URLSafeSerializer(key).loads_unsafe(text)[1]  # sink
""",
            after="""
from itsdangerous import URLSafeSerializer

def basket(key, text):
    return URLSafeSerializer(key).loads(text)
""",
        ),
    ),
)
