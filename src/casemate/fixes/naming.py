"""How a function of a module is named at a place: by what is imported there already, and never by a name that means something
else at that place."""

from __future__ import annotations

import builtins

from tree_sitter import Node

from casemate.fixes import names
from casemate.fixes.names import text, walk
from casemate.fixes.site import Spot, enclosing
from casemate.fixes.source import Edit
from casemate.fixes.untrusted import parameters


def named(spot: Spot, wanted: str) -> tuple[str, tuple[Edit, ...]]:
    """How `module.name`, or a module, is written at the spot, and the edits that import it where it is not yet."""
    module, _, attribute = wanted.rpartition(".")
    if module == "os.path" and not any("os.path" in names.imported(node).values() for node in _imports(spot.root)):
        module, attribute = "os", f"path.{attribute}"
    for function in _around(spot):
        for node in walk(function):
            if (
                node.type not in ("import_statement", "import_from_statement")
                or node.end_byte > spot.statement.start_byte
            ):
                continue
            if enclosing(node, "function_definition") != function:
                continue
            for name, meaning in names.imported(node).items():
                if meaning == wanted:
                    return name, ()
                if meaning == module and (node.type == "import_statement" or "." not in name):
                    return f"{name}.{attribute}", ()
    head = module.partition(".")[0] or attribute
    if module and head in bound(spot):
        alias, last = wanted.replace(".", "_"), wanted.rpartition(".")[2]
        name, edits = names.name_from(spot.root, wanted)
        if not edits:
            return name, ()
        edit = edits[0]
        kept, _, _ = edit.text.rpartition(last)
        return alias, (Edit(edit.start, edit.end, f"{kept}{last} as {alias}{edit.text[len(kept) + len(last) :]}"),)
    if module == "os":
        name, edits = named_at_top(spot, "os")
        return f"{name}.{attribute}", edits
    beside = {names.field(node, "module_name") for node in spot.root.children if node.type == "import_from_statement"}
    plain = {
        meaning
        for node in spot.root.children
        if node.type == "import_statement"
        for meaning in names.imported(node).values()
    }
    if module in beside and module not in plain and attribute not in bound(spot) and not hasattr(builtins, attribute):
        return names.name_from(spot.root, wanted)
    return named_at_top(spot, wanted)


def named_at_top(spot: Spot, wanted: str) -> tuple[str, tuple[Edit, ...]]:
    """The same for a definition at the top of the spot's file, where what a function imports for itself is not known."""
    return names.name_for(spot.root, wanted)


def _imports(root: Node) -> list[Node]:
    return [node for node in walk(root) if node.type in ("import_statement", "import_from_statement")]


def bound(spot: Spot) -> set[str]:
    """Names that the functions around the spot give a value to, and those that the file does outside of its imports."""
    out: set[str] = set()
    for function in _around(spot):
        out.update(parameters(function))
        for node in walk(function):
            if node.type in ("import_statement", "import_from_statement"):
                out.update(names.imported(node))
            else:
                out.update(_given(node))
    for child in spot.root.children:
        if child.type == "expression_statement":
            for node in child.named_children:
                out.update(_given(node))
        elif child.type in ("function_definition", "class_definition"):
            name = child.child_by_field_name("name")
            if name is not None:
                out.add(text(name))
    return out


def _given(node: Node) -> set[str]:
    if node.type in ("assignment", "augmented_assignment", "for_statement", "for_in_clause"):
        left = node.child_by_field_name("left")
        return {text(one) for one in walk(left) if one.type == "identifier"} if left is not None else set()
    if node.type == "as_pattern_target":
        return {text(node)}
    return set()


def _around(spot: Spot) -> list[Node]:
    """The functions around the spot, the innermost first."""
    out: list[Node] = []
    here = spot.function
    while here is not None:
        out.append(here)
        here = enclosing(here.parent, "function_definition") if here.parent is not None else None
    return out
