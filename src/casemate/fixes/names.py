"""What names stand for in a file: `run(…)` after `from subprocess import run` is `subprocess.run`; and how imports are added."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from tree_sitter import Node

from casemate.fixes.source import Edit


def text(node: Node) -> str:
    """The source of a node."""
    return (node.text or b"").decode()


def walk(node: Node) -> Iterator[Node]:
    """A node and everything below it, in the order of the text."""
    stack = [node]
    while stack:
        one = stack.pop()
        yield one
        stack.extend(reversed(one.children))


def imported(root: Node) -> dict[str, str]:
    """What every name that is imported anywhere in the file stands for; of several the first, which others stand in for."""
    return _of_file(root) if root.type == "module" else _imported(root)


@lru_cache(maxsize=32)
def _of_file(root: Node) -> dict[str, str]:
    return _imported(root)


def _imported(root: Node) -> dict[str, str]:
    names: dict[str, str] = {}
    for node in walk(root):
        if node.type == "import_statement":
            for one in node.named_children:
                if one.type == "aliased_import":
                    names.setdefault(field(one, "alias"), field(one, "name"))
                else:
                    first = text(one).partition(".")[0]
                    names.setdefault(first, first)
        elif node.type == "import_from_statement":
            module = field(node, "module_name")
            for one in node.children_by_field_name("name"):
                if one.type == "aliased_import":
                    names.setdefault(field(one, "alias"), f"{module}.{field(one, 'name')}")
                else:
                    names.setdefault(text(one), f"{module}.{text(one)}")
    return names


def dotted(node: Node | None) -> str:
    """`a.b.c` of an attribute or a name, "" for anything else."""
    parts: list[str] = []
    while node is not None and node.type == "attribute":
        parts.append(field(node, "attribute"))
        node = node.child_by_field_name("object")
    return ".".join(reversed([*parts, text(node)])) if node is not None and node.type == "identifier" else ""


def told(node: Node) -> bool:
    """Whether an identifier is only the name of an attribute, or of a keyword argument: it stands for nothing of its own."""
    above = node.parent
    if above is None:
        return False
    own = {"attribute": "attribute", "keyword_argument": "name"}.get(above.type, "")
    return bool(own) and above.child_by_field_name(own) == node


def bound(root: Node) -> frozenset[str]:
    """Every name that the file binds itself, wherever: an import of it there, or a use, would mean something else."""
    names = {name for name, meaning in imported(root).items() if name != meaning}
    for node in walk(root):
        match node.type:
            case "function_definition" | "class_definition":
                names.add(field(node, "name"))
            case "parameters" | "lambda_parameters":
                names |= {text(one) for one in walk(node) if one.type == "identifier"}
            case "assignment" | "augmented_assignment" | "for_statement" | "for_in_clause":
                left = node.child_by_field_name("left")
                if left is not None and left.type in ("identifier", "pattern_list", "tuple_pattern"):
                    names |= {text(one) for one in walk(left) if one.type == "identifier" and not told(one)}
            case "as_pattern_target":
                names.add(text(node))
            case "named_expression":
                names.add(field(node, "name"))
    return frozenset(names)


def name_for(root: Node, wanted: str) -> tuple[str, tuple[Edit, ...]]:
    """How `module.name`, or a module, is written in this file, and the edits that import it where it is not yet.

    What the head of the file imports is used; otherwise `import module` goes below the other imports.
    """
    module, _, attribute = wanted.rpartition(".")
    heads = [node for node in root.children if node.type in ("import_statement", "import_from_statement")]
    for node in heads:
        for name, meaning in imported(node).items():
            if meaning == wanted:
                return name, ()
            if meaning == module and node.type == "import_statement" and "." not in module:
                return f"{name}.{attribute}", ()
    if module == "os.path":
        name, edits = name_for(root, module)
        return f"{name}.{attribute}", edits
    if module in {text(one) for head in heads if head.type == "import_statement" for one in head.named_children}:
        return wanted, ()
    taken = bound(root)
    if wanted.partition(".")[0] in taken:  # by something else
        name = (
            attribute
            if module and attribute not in taken
            else wanted.replace(".", "_").lstrip("_") + "_" * (not module)
        )
        statement = f"from {module} import {attribute}" if module else f"import {wanted}"
        return name, (_line(root, heads, statement if name == attribute and module else f"{statement} as {name}"),)
    return wanted, (_line(root, heads, f"import {module or wanted}"),)


def name_from(root: Node, wanted: str) -> tuple[str, tuple[Edit, ...]]:
    """The same, where one says `from module import name`: of frameworks, whose names nobody writes out."""
    module, _, attribute = wanted.rpartition(".")
    heads = [node for node in root.children if node.type in ("import_statement", "import_from_statement")]
    for node in heads:
        found = {meaning: name for name, meaning in imported(node).items()}
        if wanted in found:
            return found[wanted], ()
        if module in found and node.type == "import_statement":
            return f"{found[module]}.{attribute}", ()
    for node in heads:
        names = node.children_by_field_name("name")
        if node.type == "import_from_statement" and field(node, "module_name") == module and names:
            return attribute, (Edit(names[-1].end_byte, names[-1].end_byte, f", {attribute}"),)
    return attribute, (_line(root, heads, f"from {module} import {attribute}"),)


def _line(root: Node, heads: list[Node], statement: str) -> Edit:
    """One more line of imports: in its alphabetical place among plain imports of the first block, else below the last, else at
    the head of the file, below its docstring."""
    block = _first_block(heads)
    if block:
        kind = "import_statement" if statement.startswith("import ") else "import_from_statement"
        later = [node for node in block if node.type == kind and text(node) > statement]
        future = [node for node in block if node.type == "future_import_statement"]
        if kind == "import_statement" and not any(node.type == kind for node in block) and not future:
            later = block
        if later and not any(node.start_byte > later[0].start_byte for node in future):
            return Edit(later[0].start_byte, later[0].start_byte, f"{statement}\n")
        same = [node for node in block if node.type == kind] if kind == "import_statement" else []
        last = (same or block)[-1]
        return Edit(last.end_byte, last.end_byte, f"\n{statement}")
    above = [
        node
        for node in root.children
        if node.type in ("comment", "future_import_statement")
        or (node.type == "expression_statement" and node.children[0].type == "string")
    ]
    lead: list[Node] = []
    for node in root.children:
        if node not in above:
            break
        lead.append(node)
    if lead:
        after = (
            root.children[len(lead)].start_point.row if len(lead) < len(root.children) else lead[-1].end_point.row + 2
        )
        blank = "\n" * (after - lead[-1].end_point.row < 2)
        return Edit(lead[-1].end_byte, lead[-1].end_byte, f"\n\n{statement}{blank}")
    return Edit(0, 0, f"{statement}\n\n")


def _first_block(heads: list[Node]) -> list[Node]:
    """The imports that follow one another without anything but blank lines of grouping: the first group."""
    block: list[Node] = []
    for node in heads:
        if block and node.start_point.row - block[-1].end_point.row > 1:
            break
        if node.start_point.column:
            break
        block.append(node)
    return block


def field(node: Node, name: str) -> str:
    """The source of a node's child, "" where it has none."""
    child = node.child_by_field_name(name)
    return text(child) if child is not None else ""
