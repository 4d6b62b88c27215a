"""Queries of document stores: a value is a text, never an object of operators."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.checks import checked
from casemate.fixes.names import text, walk
from casemate.fixes.pieces import pieces
from casemate.fixes.refusal import refusal
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.sinks import sink_call, untrusted_value
from casemate.fixes.site import Site, Spot
from casemate.fixes.source import Edit
from casemate.fixes.untrusted import holds, untrusted


def propose(site: Site) -> Iterator[Draft]:
    """Values of the filter become texts; a comparison that was a program's text becomes a filter."""
    spot = site.sink
    call = sink_call(spot)
    names = untrusted(site, spot)
    value = untrusted_value(site, spot, call) if call is not None else None
    if call is None or value is None:
        return
    kept = spot.definition(value)
    if kept.type != "dictionary":
        yield from _checked(spot, value)
        return
    edits: list[Edit] = []
    for pair in walk(kept):
        inner = pair.child_by_field_name("value") if pair.type == "pair" else None
        if inner is None or inner.type == "dictionary" or not holds(inner, names):
            continue
        if text(pair.child_by_field_name("key") or pair).strip("\"'") == "$where":
            edits += _compared(spot, pair, inner)
        elif not text(inner).startswith(("str(", "int(", "float(", "ObjectId(")):
            edits.append(spot.replace(inner, f"str({text(inner)})"))
    if edits:
        yield draft("take the values of the query as texts, not as operators", spot, *edits)


def _compared(spot: Spot, pair: Node, inner: Node) -> list[Edit]:
    """`"this.field == '" + value + "'"` is `"field": value`."""
    parts = pieces(inner)
    if parts is None or len(parts) != 3 or parts[1].node is None:
        return []
    head = parts[0].fixed.replace("===", "==").replace(" ", "")
    if (
        not head.startswith("this.")
        or not head.endswith(("=='", '=="'))
        or parts[2].fixed.strip(" ;") not in ("'", '"')
    ):
        return []
    field = head[len("this.") : -3]
    if not field.replace(".", "").replace("_", "").isalnum():
        return []
    return [spot.replace(pair, f'"{field}": str({text(parts[1].node)})')]


def _checked(spot: Spot, value: Node) -> Iterator[Draft]:
    """A whole filter from outside: its values are texts or numbers, its names none of operators."""
    says, imports = refusal(spot, "the query holds operators")
    one = spot.fresh("one")
    done = checked(
        spot,
        value,
        "query",
        f'if any({one}.startswith("$") or isinstance(@@[{one}], (dict, list)) for {one} in @@):',
        f"\t{says}",
    )
    if done is not None:
        yield draft("refuse queries with operators of their own", spot, *done[1], *imports)


REWRITE = Rewrite(
    id="nosql",
    cwes=(943,),
    propose=propose,
    examples=(
        Example(
            name="values of a filter",
            before="""
def find(db, body):
    return db.users.find_one({"name": body["name"], "pin": body["pin"], "active": True})  # sink
""",
            after="""
def find(db, body):
    return db.users.find_one({"name": str(body["name"]), "pin": str(body["pin"]), "active": True})
""",
        ),
        Example(
            name="a program that compares",
            before="""
def find(db, owner):
    return db.items.find({"$where": "this.owner == '" + owner + "'"})  # sink
""",
            after="""
def find(db, owner):
    return db.items.find({"owner": str(owner)})
""",
        ),
    ),
)
