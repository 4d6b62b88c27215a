"""Where a finding lies, as a rewrite sees it: the sink's statement first, then the steps of the trace, back to the source."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tree_sitter import Node

from casemate.fixes import names
from casemate.fixes.names import dotted, text, walk
from casemate.fixes.source import Edit, Source, Unfit
from casemate.model.lead import Lead

_COMPOUND = frozenset(
    {
        "if_statement",
        "for_statement",
        "while_statement",
        "with_statement",
        "try_statement",
        "function_definition",
        "class_definition",
        "match_statement",
        "decorated_definition",
    }
)


@dataclass(frozen=True, slots=True)
class Spot:
    """A line of a file. statement: the innermost one that the line belongs to."""

    source: Source
    line: int
    column: int
    statement: Node

    @property
    def root(self) -> Node:
        """The file's tree."""
        return self.source.tree.root_node

    @property
    def function(self) -> Node | None:
        """The innermost function around it."""
        return enclosing(self.statement, "function_definition")

    @property
    def scope(self) -> Node:
        """The function around it, or the file."""
        return self.function or self.root

    def nodes(self, *types: str) -> Iterator[Node]:
        """Nodes of the statement (of a compound one its head) of these types, those first that begin nearest to the column."""
        found = [node for child in heads(self.statement) for node in walk(child) if node.type in types]
        return iter(sorted(found, key=lambda node: (not self.covers(node), node.end_byte - node.start_byte)))

    def covers(self, node: Node) -> bool:
        """Whether the finding's very place is in the node."""
        at = (self.line - 1, self.column - 1)
        return tuple(node.start_point) <= at < tuple(node.end_point)

    def calls(self) -> Iterator[Node]:
        """The statement's calls, those first that the finding's column is in, the innermost first."""
        return self.nodes("call")

    def meaning(self, node: Node | None) -> str:
        """What a dotted name stands for, by the file's imports: `subprocess.run` of `run`."""
        written = dotted(node)
        first, dot, rest = written.partition(".")
        return names.imported(self.root).get(first, first) + dot + rest if written else ""

    def called(self, call: Node) -> str:
        """What a call's function stands for."""
        return self.meaning(call.child_by_field_name("function"))

    def definitions(self, name: str) -> list[Node]:
        """The right-hand sides of `name = …` in the function (or file) around, above the statement's end, in order. Augmented
        assignments are among them, as the whole node."""
        out: list[Node] = []
        for node in walk(self.scope):
            if node.start_byte >= self.statement.end_byte or node.type not in ("assignment", "augmented_assignment"):
                continue
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is not None and right is not None and left.type == "identifier" and text(left) == name:
                out.append(right if node.type == "assignment" else node)
        return out

    def definition(self, node: Node) -> Node:
        """What a name was assigned, when that is plain (once, in this function); otherwise the node itself."""
        while node.type == "identifier":
            found = self.definitions(text(node))
            if len(found) != 1 or found[0].type == "augmented_assignment" or found[0] == node:
                break
            node = found[0]
        return node

    def indent(self) -> str:
        """The white space in front of the statement."""
        start = self.statement.start_byte
        begin = self.source.text.rfind(b"\n", 0, start) + 1
        lead = self.source.text[begin:start].decode()
        return lead if not lead.strip() else lead[: len(lead) - len(lead.lstrip())]

    def deeper(self) -> str:
        """One step of indentation, as the file writes it."""
        for node in walk(self.root):
            if node.type == "block" and node.parent is not None:
                outer = node.parent.start_point.column
                begin = self.source.text.rfind(b"\n", 0, node.start_byte) + 1
                lead = self.source.text[begin : node.start_byte].decode()
                if not lead.strip() and len(lead) > outer:
                    return "\t" if lead.endswith("\t") else lead[outer:]
        return "    "

    def replace(self, node: Node, new: str) -> Edit:
        """The node becomes that text."""
        return Edit(node.start_byte, node.end_byte, new)

    def above(self, *lines: str) -> Edit:
        """These lines go in front of the statement, indented as it is; a leading tab in a line is one step deeper."""
        indent, deeper = self.indent(), self.deeper()
        body = "".join(
            ("" if not at else indent) + deeper * _tabs(line) + line.lstrip("\t") + "\n"
            for at, line in enumerate(lines)
        )
        return Edit(self.statement.start_byte, self.statement.start_byte, body + indent)

    def below(self, *lines: str) -> Edit:
        """These lines go behind the statement, indented as it is."""
        indent, deeper = self.indent(), self.deeper()
        body = "".join("\n" + indent + deeper * _tabs(line) + line.lstrip("\t") for line in lines)
        return Edit(self.statement.end_byte, self.statement.end_byte, body)

    def named_from(self, wanted: str) -> tuple[str, tuple[Edit, ...]]:
        """How `name` of `from module import name` is written in this file, and the edits that import it (`names.name_from`)."""
        return names.name_from(self.root, wanted)

    def fresh(self, name: str) -> str:
        """That name, or one like it that the scope does not use yet."""
        used = {text(node) for node in walk(self.scope) if node.type == "identifier" and not names.told(node)}
        return next(one for at in range(1, 1000) if (one := name if at == 1 else f"{name}_{at}") not in used)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A finding's place. sink: its line. spots: the sink, then the steps of the trace back to the source, each line once. read: a
    file of the target by its path, which may raise Unfit."""

    lead: Lead
    cwe: int
    sink: Spot
    spots: tuple[Spot, ...]
    read: Callable[[str], Source]

    @classmethod
    def of(cls, lead: Lead, cwe: int, read: Callable[[str], Source]) -> Site:
        """Read the files of a lead. The sink's must be there."""
        here = lead.location
        steps = [step.location for step in reversed(lead.trace.steps)] if lead.trace is not None else []
        spots: list[Spot] = []
        known: set[tuple[str, int]] = set()
        for place in (here, *steps):
            if (place.path, place.line) in known:
                continue
            known.add((place.path, place.line))
            try:
                source = read(place.path)
            except Unfit:
                if not spots:
                    raise
                continue
            spots.append(Spot(source, place.line, place.column, statement_at(source.tree.root_node, place.line)))
        return cls(lead=lead, cwe=cwe, sink=spots[0], spots=tuple(spots), read=read)


def argument(call: Node, at: int | None, name: str = "") -> Node | None:
    """The value of a call's argument by its place (None: by name alone) or by its name; None when it is not given or a `*` stands
    before it."""
    arguments = call.child_by_field_name("arguments")
    if arguments is None or arguments.type != "argument_list":
        return arguments if at == 0 else None
    given = [one for one in arguments.named_children if one.type != "comment"]
    for one in given:
        key = one.child_by_field_name("name") if one.type == "keyword_argument" else None
        if key is not None and name and text(key) == name:
            return one.child_by_field_name("value")
    if at is None:
        return None
    plain: list[Node] = []
    for one in given:
        if one.type in ("list_splat", "dictionary_splat"):
            break
        if one.type != "keyword_argument":
            plain.append(one)
    return plain[at] if at < len(plain) else None


def keyword(call: Node, name: str) -> Node | None:
    """The whole `name=value` of a call."""
    arguments = call.child_by_field_name("arguments")
    for one in arguments.named_children if arguments is not None else ():
        key = one.child_by_field_name("name") if one.type == "keyword_argument" else None
        if key is not None and text(key) == name:
            return one
    return None


def enclosing(node: Node, *types: str) -> Node | None:
    """The innermost node of these types around a node, which may be it itself."""
    here: Node | None = node
    while here is not None and here.type not in types:
        here = here.parent
    return here


def heads(statement: Node) -> list[Node]:
    """What belongs to a statement itself: of a compound one everything but its blocks, and the conditions of its `elif`."""
    if statement.type not in _COMPOUND:
        return [statement]
    blocks = ("block", "else_clause", "elif_clause", "except_clause", "finally_clause", "case_clause")
    own = [
        one
        for one in statement.named_children
        if one.type not in blocks and one.type not in ("function_definition", "class_definition")
    ]
    asked = [one.child_by_field_name("condition") for one in statement.named_children if one.type == "elif_clause"]
    return [*own, *(one for one in asked if one is not None)]


def statement_at(root: Node, line: int) -> Node:
    """The innermost statement that a line (from 1) belongs to; the file itself where there is none."""
    found = root
    node: Node | None = root
    while node is not None:
        child = next((one for one in node.named_children if one.start_point.row < line <= one.end_point.row + 1), None)
        if child is None:
            break
        if node.type in ("module", "block"):
            found = child
        node = child
    return found


def _tabs(line: str) -> int:
    return len(line) - len(line.lstrip("\t"))
