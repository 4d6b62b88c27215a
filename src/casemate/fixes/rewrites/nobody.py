"""Logins that tell by their time whether there is such a user: a password is verified in either case."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.names import name_from, text, walk
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.site import Site, Spot, heads
from casemate.fixes.source import Edit
from casemate.fixes.toplevel import definition

_HASHERS = {
    "werkzeug.security.check_password_hash": "werkzeug.security.generate_password_hash",
    "django.contrib.auth.hashers.check_password": "django.contrib.auth.hashers.make_password",
}
_NOBODY = "NOBODY"
_WHAT = "verify a password for unknown users too"


def propose(site: Site) -> Iterator[Draft]:
    """The hash of a fixed password stands in for that of a user whom nobody knows."""
    spot = site.sink
    if spot.statement.type != "if_statement":
        return
    condition = heads(spot.statement)[0]
    for call in (node for node in walk(spot.scope) if node.type == "call" and spot.called(node) in _HASHERS):
        held = _hashed(call)
        owner = held.child_by_field_name("object") if held is not None else None
        if held is None or owner is None or text(owner) not in text(condition).split():
            continue
        maker, imports = name_from(spot.root, _HASHERS[spot.called(call)])
        made = definition(spot, f'{_NOBODY} = {maker}("nobody")')
        edits = _in_condition(spot, condition, call, held, owner) or _in_branch(spot, call, held)
        if edits:
            yield draft(_WHAT, spot, made, *imports, *edits)
        return


def _hashed(call: Node) -> Node | None:
    """The attribute that holds the user's hash."""
    arguments = call.child_by_field_name("arguments")
    ones = arguments.named_children if arguments is not None else []
    return next((one for one in ones if one.type == "attribute" and text(one.named_children[0]) != "self"), None)


def _in_condition(spot: Spot, condition: Node, call: Node, held: Node, owner: Node) -> list[Edit]:
    """`user and check(user.hash)` is `check(user.hash if user else NOBODY) and user`."""
    left, right = condition.child_by_field_name("left"), condition.child_by_field_name("right")
    if condition.type != "boolean_operator" or left is None or right != call or text(left) != text(owner):
        return []
    return [
        spot.replace(left, _with(call, held, f"{text(held)} if {text(owner)} else {_NOBODY}")),
        spot.replace(right, text(owner)),
    ]


def _in_branch(spot: Spot, call: Node, held: Node) -> list[Edit]:
    """In the branch for nobody the same call, of a hash that is nobody's."""
    block = spot.statement.child_by_field_name("consequence")
    if block is None or not block.named_children or call.start_byte < block.end_byte:
        return []
    first = block.named_children[0]
    inner = Spot(spot.source, first.start_point.row + 1, first.start_point.column + 1, first)
    return [inner.above(_with(call, held, _NOBODY))]


def _with(call: Node, held: Node, new: str) -> str:
    start = call.start_byte
    source = text(call).encode()
    return (source[: held.start_byte - start] + new.encode() + source[held.end_byte - start :]).decode()


REWRITE = Rewrite(
    id="nobody",
    cwes=(208, 203, 204),
    propose=propose,
    examples=(
        Example(
            name="a branch for nobody",
            before="""
from werkzeug.security import check_password_hash

def login(store, name, password):
    member = store.by_name(name)
    if member is None:  # sink
        return None
    return member if check_password_hash(member.hashed, password) else None
""",
            after="""
from werkzeug.security import check_password_hash, generate_password_hash

NOBODY = generate_password_hash("nobody")


def login(store, name, password):
    member = store.by_name(name)
    if member is None:
        check_password_hash(NOBODY, password)
        return None
    return member if check_password_hash(member.hashed, password) else None
""",
        ),
        Example(
            name="one condition",
            before="""
from werkzeug.security import check_password_hash

def login(store, name, password):
    member = store.by_name(name)
    if member and check_password_hash(member.hashed, password):  # sink
        return member
    return None
""",
            after="""
from werkzeug.security import check_password_hash, generate_password_hash

NOBODY = generate_password_hash("nobody")


def login(store, name, password):
    member = store.by_name(name)
    if check_password_hash(member.hashed if member else NOBODY, password) and member:
        return member
    return None
""",
        ),
    ),
)
