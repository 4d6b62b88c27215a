"""Program text that is put together around values, written out as the program that it means: `record.` and a name becomes
`getattr(record, name)`, what stands between quotes is the value itself, anything else a literal."""

from __future__ import annotations

import ast
import re

from casemate.fixes.names import text
from casemate.fixes.splices import Text

_HOLE = re.compile(r"_hole(\d+)_")


class _Unclear(Exception):
    """The text means nothing that can be written out."""


class _Written(ast.NodeTransformer):
    """Holes in a program's tree become expressions. literal: a call that reads one."""

    def __init__(self, literal: str, quoted: frozenset[str]) -> None:
        self.literal = literal
        self.quoted = quoted

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """`record.<hole>`."""
        self.generic_visit(node)
        if not _HOLE.search(node.attr):
            return node
        if not _HOLE.fullmatch(node.attr) or not isinstance(node.ctx, ast.Load):
            raise _Unclear
        name = ast.Name(node.attr, ast.Load())
        return ast.Call(ast.Name("getattr", ast.Load()), [node.value, name], [])

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """`"<hole>"`, also with more around it."""
        if not isinstance(node.value, str) or not _HOLE.search(node.value):
            return node
        if not _HOLE.fullmatch(node.value):
            raise _Unclear
        return ast.Name(node.value, ast.Load())

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """`<hole>` where a value stands."""
        if not _HOLE.search(node.id):
            return node
        if not _HOLE.fullmatch(node.id) or not isinstance(node.ctx, ast.Load):
            raise _Unclear
        if node.id in self.quoted:
            return node
        call = ast.parse(self.literal, mode="eval").body
        return ast.Call(call, [node], [])

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Which function is called is not somebody's to say."""
        if any(isinstance(one, ast.Name) and _HOLE.search(one.id) for one in ast.walk(node.func)):
            raise _Unclear
        return self.generic_visit(node)


def written_out(one: Text, literal: str, mode: str) -> str | None:
    """The program that a text means (mode: "eval" or "exec"); None when it cannot be said. literal: how the file calls
    `ast.literal_eval`."""
    source = ""
    quoted: set[str] = set()
    for at, item in enumerate(one.items):
        if item.hole is None:
            source += item.char
            continue
        name = f"_hole{at}_"
        source += name
        if not item.hole.plain:
            quoted.add(name)
    try:
        tree = ast.parse(source.strip(), mode=mode)
        changed = _Written(literal, frozenset(quoted)).visit(tree)
        shown = ast.unparse(ast.fix_missing_locations(changed))
    except (_Unclear, SyntaxError, ValueError):
        return None
    if "\n" in shown or not _HOLE.search(shown):
        return None
    return _HOLE.sub(lambda found: text(one.items[int(found[1])].node), shown)
