"""Import statements: every name that they bind, by its absolute dotted name."""

from __future__ import annotations

from tree_sitter import Node

from casemate.languages import ir
from casemate.languages.python import kinds as k
from casemate.languages.python.builder import Builder
from casemate.languages.python.dispatch import statement
from casemate.languages.python.names import absolute


@statement("import_statement")
def import_statement(b: Builder, node: Node) -> None:
    """`import a.b` binds a; `import a.b as c` binds c to a.b."""
    for name in node.children_by_field_id(k.F_NAME):
        if name.kind_id == k.ALIASED_IMPORT:
            _aliased(b, name, "")
        elif name.children:
            _bind(b, _dotted(b, name).partition(".")[0], _dotted(b, name).partition(".")[0], name.start_byte)


@statement("import_from_statement", "future_import_statement")
def from_statement(b: Builder, node: Node) -> None:
    """`from a import b as c`, `from . import b`, `from a import *`."""
    source = node.child_by_field_id(k.F_MODULE_NAME)
    base = _module(b, source) if source is not None else "__future__"
    for child in node.children:
        if child.kind_id == k.WILDCARD_IMPORT and base not in b.file.stars:
            b.file.stars.append(base)
    for name in node.children_by_field_id(k.F_NAME):
        if name.kind_id == k.ALIASED_IMPORT:
            _aliased(b, name, base)
        elif name.children:
            _bind(b, _dotted(b, name), _member(base, _dotted(b, name)), name.start_byte)


def _aliased(b: Builder, node: Node, base: str) -> None:
    name, alias = node.child_by_field_id(k.F_NAME), node.child_by_field_id(k.F_ALIAS)
    if name is not None and alias is not None:
        _bind(b, b.name(alias), _member(base, _dotted(b, name)), name.start_byte)


def _bind(b: Builder, name: str, dotted: str, pos: int) -> None:
    temp = b.new()
    b.emit((ir.IMPORT, pos, temp, dotted))
    b.store(name, temp, pos, (ir.BOUND_IMPORT, dotted))


def _member(base: str, name: str) -> str:
    return f"{base}{name}" if base.endswith(".") else f"{base}.{name}" if base else name


def _dotted(b: Builder, node: Node) -> str:
    return ".".join(b.name(part) for part in node.children if part.kind_id == k.IDENTIFIER)


def _module(b: Builder, node: Node) -> str:
    if node.kind_id != k.RELATIVE_IMPORT:
        return _dotted(b, node)
    dots, name = 0, ""
    for child in node.children:
        if child.kind_id == k.IMPORT_PREFIX:
            dots = b.raw(child).count(".")
        elif child.kind_id == k.DOTTED_NAME:
            name = _dotted(b, child)
    return absolute(b.file.module, b.file.package, dots, name)
