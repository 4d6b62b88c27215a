"""Comprehensions and generator expressions: loops in the function that they stand in.

Their variables are renamed `name#n`, so that they clash neither with the function's nor with each other's. What they
collect is a SEQUENCE or MAPPING first, filled by INVOKE "append", INVOKE "add" or SETINDEX.
"""

from __future__ import annotations

from tree_sitter import Node

from casemate.languages import ir
from casemate.languages.python import kinds as k
from casemate.languages.python.builder import Builder
from casemate.languages.python.conditions import condition, operands
from casemate.languages.python.dispatch import EXPRESSIONS, expression
from casemate.languages.python.expressions import pair
from casemate.languages.python.scopes import targets
from casemate.languages.python.targets import store


@expression("list_comprehension", "generator_expression")
def collected(b: Builder, node: Node) -> ir.Operand:
    """`[x for …]`, `(x for …)`."""
    return _sequence(b, node, "list", "append")


@expression("set_comprehension")
def distinct(b: Builder, node: Node) -> ir.Operand:
    """`{x for …}`."""
    return _sequence(b, node, "set", "add")


def _sequence(b: Builder, node: Node, kind: str, method: str) -> ir.Operand:
    gathered = b.new()
    b.emit((ir.SEQUENCE, node.start_byte, gathered, kind, ()))
    again, hidden = _enter(b, node)
    body = node.child_by_field_id(k.F_BODY)
    if body is not None:
        element = EXPRESSIONS[body.kind_id](b, body)
        b.emit((ir.INVOKE, body.start_byte, None, gathered, method, (element,), ()))
    _leave(b, again, hidden)
    return gathered


@expression("dictionary_comprehension")
def mapped(b: Builder, node: Node) -> ir.Operand:
    """`{key: value for …}`."""
    gathered = b.new()
    b.emit((ir.MAPPING, node.start_byte, gathered, ()))
    again, hidden = _enter(b, node)
    body = node.child_by_field_id(k.F_BODY)
    if body is not None:
        key, element = pair(b, body)
        b.emit((ir.SETINDEX, body.start_byte, None, gathered, key, element))
    _leave(b, again, hidden)
    return gathered


def _enter(b: Builder, node: Node) -> tuple[tuple[int, int], dict[str, str | None]]:
    """Lower the clauses. The labels of the innermost header and of the end, and what the renamed variables hide."""
    done = again = b.label()
    hidden: dict[str, str | None] = {}
    for clause in node.children:
        if clause.kind_id == k.FOR_IN_CLAUSE:
            source = _source(b, clause)
            if again == done:  # the first iterable is evaluated outside
                hidden = _rename(b, node)
            header, inside = b.label(), b.label()
            b.jump(header)
            b.start(header)
            element = b.new()
            b.emit((ir.ITER, clause.start_byte, element, source))
            b.branch(clause.start_byte, element, inside, again)
            b.start(inside)
            target = clause.child_by_field_id(k.F_LEFT)
            if target is not None:
                store(b, target, element)
            again = header
        elif clause.kind_id == k.IF_CLAUSE:
            onward = b.label()
            condition(b, operands(clause, 1)[0], onward, again)
            b.start(onward)
    return (again, done), hidden


def _leave(b: Builder, labels: tuple[int, int], hidden: dict[str, str | None]) -> None:
    again, done = labels
    b.jump(again)
    for name, operand in hidden.items():
        if operand is None:
            del b.scope[name]
        else:
            b.scope[name] = operand
    b.start(done)


def _source(b: Builder, clause: Node) -> ir.Operand:
    sources = [node for node in clause.children_by_field_id(k.F_RIGHT) if node.is_named]
    if len(sources) == 1:
        return EXPRESSIONS[sources[0].kind_id](b, sources[0])
    temp = b.new()
    items = tuple(EXPRESSIONS[node.kind_id](b, node) for node in sources)
    b.emit((ir.SEQUENCE, clause.start_byte, temp, "tuple", items))
    return temp


def _rename(b: Builder, node: Node) -> dict[str, str | None]:
    """Give the comprehension's variables names of their own; what each name stood for before."""
    b.renames += 1
    hidden: dict[str, str | None] = {}
    for clause in node.children:
        if clause.kind_id == k.FOR_IN_CLAUSE:
            for target in targets(clause.child_by_field_id(k.F_LEFT)):
                name = b.name(target)
                if name not in hidden:
                    hidden[name] = b.scope.get(name)
                    b.scope[name] = f"{name}#{b.renames}"
    return hidden
