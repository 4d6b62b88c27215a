"""Secrets that are compared in telling time: in the same time wherever they differ."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.names import imported, name_from, text
from casemate.fixes.naming import named
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.site import Site, Spot
from casemate.fixes.source import Edit

_WHAT = "compare the secret in constant time"
_TEXTS = (".hexdigest()", ".decode()", ".lower()", ".strip()")
_BYTES = (".digest()", ".encode()", '.encode("utf-8")', ".encode('utf-8')")
_GIVEN = ("request.headers[", "request.args[", "request.form[", "request.cookies[", "os.environ[")
_MAYBE = re.compile(r"(?:flask\.)?request\.(?:headers|args|form|cookies|GET|POST|META)\.get\([^,]*\)$")


def propose(site: Site) -> Iterator[Draft]:
    """`hmac.compare_digest` of the two, as bytes; whatever else was compared is then as (un)equal as before."""
    spot = site.sink
    for node in spot.nodes("comparison_operator"):
        ones = node.named_children
        operator = text(node)[len(text(ones[0])) : -len(text(ones[-1]))].strip()
        if len(ones) != 2 or operator not in ("==", "!=", "in", "not in"):
            continue
        name, imports = _function(spot)
        for pair in _pairs(spot, name, ones, operator):
            yield draft(_WHAT, spot, spot.replace(node, _written(spot, node, name, pair, operator)), *imports)
        return


def _written(spot: Spot, node: Node, name: str, pair: tuple[str, str], operator: str) -> str:
    if operator in ("in", "not in"):
        new = f"any({name}({', '.join(pair)}) for {spot.fresh('one')} in {text(node.named_children[1])})"
    else:
        new = f"{name}({', '.join(pair)})"
    if not operator.startswith(("!", "not")):
        return new
    above = node.parent
    return (
        f"(not {new})" if above is not None and above.type in ("not_operator", "comparison_operator") else f"not {new}"
    )


def _pairs(spot: Spot, name: str, ones: list[Node], operator: str) -> Iterator[tuple[str, str]]:
    """The two operands as what the function takes: bytes, or texts of ASCII. What may be none, or of any kind, is compared as it
    would be shown, in which nothing is like what it does not equal."""
    left, right = text(ones[0]), text(ones[1])
    if operator in ("in", "not in"):
        left, right = spot.fresh("one"), left
        kinds = ["", ""]
    else:
        kinds = [_kind(spot, one) for one in ones]
    if name.endswith("constant_time_compare"):
        yield left, right
    elif "" not in kinds and "bytes" not in kinds:
        yield _encoded(left, kinds[0]), _encoded(right, kinds[1])
    elif kinds == ["bytes", "bytes"]:
        yield left, right
    else:
        yield f"repr({left}).encode()", f"repr({right}).encode()"
        yield left, right


def _encoded(written: str, kind: str) -> str:
    if kind == "maybe":
        return f'({written} or "").encode()'
    return f"{written}.encode()"


def _kind(spot: Spot, node: Node) -> str:
    """What is known of an operand: "text", "maybe" (a text or None), "bytes", or ""."""
    made = text(spot.definition(node))
    if made.endswith(_BYTES) or made.startswith(("b'", 'b"')):
        return "bytes"
    if made.endswith(_TEXTS) or (made.startswith(_GIVEN) and made.endswith("]")):
        return "text"
    if _MAYBE.match(made):
        return "maybe"
    function = spot.function
    given = function.child_by_field_name("parameters") if function is not None else None
    for one in given.named_children if given is not None else ():
        if one.type == "typed_parameter" and text(one).replace(" ", "") == f"{text(node)}:str":
            return "text"
    return ""


def _function(spot: Spot) -> tuple[str, tuple[Edit, ...]]:
    modules = {meaning.partition(".")[0] for meaning in imported(spot.root).values()}
    if "django" in modules:
        return name_from(spot.root, "django.utils.crypto.constant_time_compare")
    return named(spot, "hmac.compare_digest")


REWRITE = Rewrite(
    id="compare",
    cwes=(208, 203, 385),
    propose=propose,
    examples=(
        Example(
            name="a signature",
            before="""
import hashlib
import hmac

def check(key, data, given):
    expected = hmac.new(key, data, hashlib.sha256).hexdigest()
    if given != expected:  # sink
        raise PermissionError
""",
            after="""
import hashlib
import hmac

def check(key, data, given):
    expected = hmac.new(key, data, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(repr(given).encode(), repr(expected).encode()):
        raise PermissionError
""",
        ),
        Example(
            name="bytes of one's own",
            before="""
import hashlib
import hmac

def check(key, data, given):
    return hmac.new(key, data, hashlib.sha256).digest() == given.encode()  # sink
""",
            after="""
import hashlib
import hmac

def check(key, data, given):
    return hmac.compare_digest(hmac.new(key, data, hashlib.sha256).digest(), given.encode())
""",
        ),
        Example(
            name="one of several",
            before="""
def known(self, message):
    return message.secret not in self.secrets  # sink
""",
            after="""
import hmac

def known(self, message):
    return not any(hmac.compare_digest(repr(one).encode(), repr(message.secret).encode()) for one in self.secrets)
""",
        ),
    ),
)
