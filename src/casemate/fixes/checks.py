"""Lines of a check that go in front of a sink, where the statement allows it: under a branch that is only an `elif`, in a lambda
or in a comprehension there is no place for them.
"""

from __future__ import annotations

from tree_sitter import Node

from casemate.fixes.names import text
from casemate.fixes.site import Spot, enclosing
from casemate.fixes.source import Edit
from casemate.fixes.untrusted import holds, spot_of


def ahead(spot: Spot, node: Node) -> bool:
    """Whether lines in front of the spot's statement run before the expression does, once, with the same names."""
    if enclosing(
        node, "lambda", "list_comprehension", "generator_expression", "set_comprehension", "dictionary_comprehension"
    ):
        inside = enclosing(
            node,
            "lambda",
            "list_comprehension",
            "generator_expression",
            "set_comprehension",
            "dictionary_comprehension",
        )
        if inside is not None and inside.start_byte >= spot.statement.start_byte:
            return False
    statement = spot.statement
    if statement.type in ("while_statement", "function_definition", "class_definition", "decorated_definition"):
        return False
    if statement.type == "if_statement":
        above = enclosing(node, "elif_clause", "block")
        if above is not None and above.type == "elif_clause" and above.start_byte > statement.start_byte:
            return False
    line = spot.source.text.rfind(b"\n", 0, statement.start_byte) + 1
    return not spot.source.text[line : statement.start_byte].strip()


def place(spot: Spot, node: Node, names: frozenset[str] = frozenset()) -> tuple[Spot, str, bool] | None:
    """Where to check a value: (statement, the value's name, whether the lines go below it). What is assigned once, in a block
    around the sink, is checked there, so that every later use is covered; so is the only one of several values that holds
    something untrusted (names), since nothing is asked of the others."""
    if node.type != "identifier":
        return (spot, "", False) if ahead(spot, node) else None
    name = text(node)
    every = spot.definitions(name)
    known = [one for one in every if holds(one, names)] if len(every) > 1 else every
    if len(known) == 1 and known[0].type != "augmented_assignment":
        made = spot_of(spot, known[0])
        block = made.statement.parent
        around = block is not None and block.start_byte <= spot.statement.start_byte < block.end_byte
        if around or len(every) > 1:
            simple = (
                made.statement.type == "expression_statement" and made.statement.named_children[0].type == "assignment"
            )
            if simple and _last(made):
                return made, name, True
    return (spot, name, False) if ahead(spot, node) else None


def checked(
    spot: Spot, value: Node, fresh: str, *lines: str, names: frozenset[str] = frozenset()
) -> tuple[Spot, tuple[Edit, ...]] | None:
    """Lines that check a value before it is used; None where there is no place for them. `@@` in a line stands for the value's
    name: its own, or a fresh one that it is given first. The answer's spot is where the lines go. names: as of `place`."""
    where = place(spot, value, names)
    if where is None:
        return None
    at, name, below = where
    edits: list[Edit] = []
    first: list[str] = []
    if not name:
        name = spot.fresh(fresh)
        first.append(f"{name} = {text(value)}")
        edits.append(spot.replace(value, name))
    body = [*first, *(line.replace("@@", name) for line in lines)]
    edits.append(at.below(*body) if below else at.above(*body))
    return at, tuple(edits)


def _last(spot: Spot) -> bool:
    """Whether nothing else stands behind the statement on its line."""
    end = spot.source.text.find(b"\n", spot.statement.end_byte)
    rest = spot.source.text[spot.statement.end_byte : end if end >= 0 else None].strip()
    return not rest
