"""Which names of a function hold what came from outside, as far as a rewrite must know it: a rough guess by the trace and the
assignments, to tell the piece of a text that is to be escaped from those beside it. The engine's own re-scan judges."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.names import dotted, text, told, walk
from casemate.fixes.site import Site, Spot, enclosing, heads, statement_at
from casemate.model.trace import Boundary, Role

HARMLESS = frozenset({"int", "float", "bool", "len", "isinstance", "hash", "id", "ord", "type"})
"""What makes a value of another kind, which carries nothing."""


def untrusted(site: Site, spot: Spot) -> frozenset[str]:
    """Names (and dotted attributes) of the function around the spot that may hold untrusted data."""
    scope = spot.scope
    names = {"request"}
    steps = site.lead.trace.steps[:-1] if site.lead.trace is not None else ()
    first, last = scope.start_point.row + 1, scope.end_point.row + 1
    here = [one for one in steps if one.location.path == spot.source.path and first <= one.location.line <= last]
    for step in here:
        place = step.location
        statement = statement_at(spot.root, place.line)
        if statement.type == "function_definition":
            names.update(_parameter(statement, step.note))
        elif step.role is Role.SOURCE:
            names.update(_read(spot.root, place.line, place.column))
        for head in heads(statement):
            names.update(_bound(head))
    elsewhere = not here or here[0] is not steps[0]  # the value is handed in
    if spot.function is not None and (elsewhere or _answers(site, spot.function)):
        names.update(parameters(spot.function))
    known = [node for node in walk(scope) if node.type in ("assignment", "augmented_assignment", "named_expression")]
    loops = [node for node in walk(scope) if node.type in ("for_statement", "for_in_clause", "as_pattern")]
    calls = [node for node in walk(scope) if node.type == "call"]
    modules = _modules(spot)
    while True:
        before = len(names)
        for node in known:
            right = node.child_by_field_name("right") or node.child_by_field_name("value")
            if right is not None and holds(right, names):
                names.update(_bound(node))
        for node in loops:
            held = node.child_by_field_name("right") or node.named_children[0]
            if holds(held, names):
                names.update(_bound(node))
        for node in calls:
            function, given = node.child_by_field_name("function"), node.child_by_field_name("arguments")
            if function is not None and given is not None and function.type == "attribute" and holds(given, names):
                owner = dotted(function.child_by_field_name("object"))
                if owner and "." not in owner and owner not in modules and owner not in ("self", "cls"):
                    names.add(owner)
        if len(names) == before:
            return frozenset(names)


def _answers(site: Site, function: Node) -> bool:
    """Whether a function answers a request: whatever else it is told comes from there too."""
    if site.lead.trace is None or site.lead.trace.boundary is not Boundary.REMOTE:
        return False
    above = function.parent
    return (above is not None and above.type == "decorated_definition") or "request" in set(parameters(function))


def holds(node: Node, names: frozenset[str] | set[str]) -> bool:
    """Whether one of these names is read in an expression, other than for its length or the like."""
    if node.type == "call":
        function = node.child_by_field_name("function")
        if function is not None and text(function) in HARMLESS:
            return False
        if function is not None and f"{dotted(function)}()" in names:
            return True
    if node.type == "identifier":
        return text(node) in names
    if node.type == "attribute":
        inner = node.child_by_field_name("object")
        return dotted(node) in names or (inner is not None and holds(inner, names))
    if node.type == "keyword_argument":
        value = node.child_by_field_name("value")
        return value is not None and holds(value, names)
    if node.type == "comparison_operator":
        return False
    return any(holds(child, names) for child in node.named_children)


def parameters(function: Node) -> Iterator[str]:
    """The names of a function's parameters, but for the object itself."""
    given = function.child_by_field_name("parameters")
    for at, one in enumerate(given.named_children if given is not None else ()):
        name = one if one.type == "identifier" else one.child_by_field_name("name")
        if name is None:
            name = next((node for node in walk(one) if node.type == "identifier"), None)
        if name is not None and not (at == 0 and text(name) in ("self", "cls")):
            yield text(name)


def _parameter(function: Node, note: str) -> list[str]:
    """The parameter that a step's note names, or all of them."""
    known = list(parameters(function))
    return [name for name in known if f"`{name}`" in note] or known


def _read(root: Node, line: int, column: int) -> list[str]:
    """What is read at that place: a name, an attribute, or what a function gives back ("name()")."""
    node = root.descendant_for_point_range((line - 1, column - 1), (line - 1, column - 1))
    if node is not None and node.type == "identifier" and told(node):
        node = node.parent
    while node is not None and node.parent is not None and node.parent.start_byte == node.start_byte:
        if node.parent.type not in ("attribute", "call", "subscript", "identifier"):
            break
        node = node.parent
    if node is None:
        return []
    if node.type == "call":
        return [f"{dotted(node.child_by_field_name('function'))}()"]
    while node is not None and node.type == "subscript":
        node = node.child_by_field_name("value")
    return [name] if node is not None and (name := dotted(node)) else []


def statement_of(node: Node) -> Node:
    """The statement that an expression belongs to."""
    while node.parent is not None and node.parent.type not in ("block", "module"):
        node = node.parent
    return node


def spot_of(spot: Spot, node: Node) -> Spot:
    """The place of another node of the same file."""
    return Spot(spot.source, node.start_point.row + 1, node.start_point.column + 1, statement_of(node))


def _bound(node: Node) -> Iterator[str]:
    """The names that a statement gives a value to."""
    for one in walk(node):
        if one.type in ("assignment", "augmented_assignment", "for_statement", "for_in_clause"):
            left = one.child_by_field_name("left")
        elif one.type == "named_expression":
            left = one.child_by_field_name("name")
        elif one.type == "as_pattern_target":
            left = one
        else:
            continue
        yield from _targets(left)


def _targets(left: Node | None) -> Iterator[str]:
    if left is None:
        return
    if left.type in ("identifier", "attribute"):
        yield dotted(left)
    elif left.type == "subscript":
        yield dotted(left.child_by_field_name("value"))
    else:
        for one in left.named_children:
            yield from _targets(one)


def _modules(spot: Spot) -> set[str]:
    return {
        text(name)
        for node in walk(spot.root)
        if node.type in ("import_statement", "import_from_statement")
        for name in walk(node)
        if name.type == "identifier"
    }


def local_function(spot: Spot, call: Node) -> Node | None:
    """The function of this file that a call by a plain name, or one on the object itself, goes to."""
    name = dotted(call.child_by_field_name("function"))
    owner, _, last = name.rpartition(".")
    if not last or owner not in ("", "self", "cls"):
        return None
    found = [
        node
        for node in walk(spot.root)
        if node.type == "function_definition"
        and text(node.child_by_field_name("name") or node) == last
        and (bool(owner) == (enclosing(node, "class_definition") is not None))
    ]
    return found[0] if len(found) == 1 else None
