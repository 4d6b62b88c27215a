"""Compound statements: `if`, loops, `with`, `try`."""

from __future__ import annotations

from typing import Final

from tree_sitter import Node

from casemate.languages import ir
from casemate.languages.python import kinds as k
from casemate.languages.python.builder import Builder
from casemate.languages.python.conditions import condition, operands
from casemate.languages.python.dispatch import EXPRESSIONS, check, statement, value
from casemate.languages.python.expressions import arguments
from casemate.languages.python.statements import block, body
from casemate.languages.python.targets import store

# A handler of one of these leaves nothing for the handlers outside of its `try`.
_EVERYTHING: Final = frozenset(("Exception", "BaseException"))


@statement("if_statement")
def if_statement(b: Builder, node: Node) -> None:
    """`if`, `elif`, `else`."""
    done = b.label()
    otherwise: Node | None = None
    for clause in (node, *node.children_by_field_id(k.F_ALTERNATIVE)):
        test = clause.child_by_field_id(k.F_CONDITION)
        if test is None:
            otherwise = clause
            break
        yes, no = b.label(), b.label()
        check(b, test)
        condition(b, test, yes, no)
        b.start(yes)
        block(b, clause.child_by_field_id(k.F_CONSEQUENCE))
        b.jump(done)
        b.start(no)
    if otherwise is not None:
        block(b, otherwise.child_by_field_id(k.F_BODY))
    b.join(done)


@statement("while_statement")
def while_statement(b: Builder, node: Node) -> None:
    """`while` … `else`."""
    header, inside, exhausted, done = b.label(), b.label(), b.label(), b.label()
    b.jump(header)
    b.start(header)
    test = node.child_by_field_id(k.F_CONDITION)
    if test is not None:
        check(b, test)
        condition(b, test, inside, exhausted)
    b.start(inside)
    _loop(b, node, header, exhausted, done)


@statement("for_statement")
def for_statement(b: Builder, node: Node) -> None:
    """`for` … `else`. The header takes one element and branches on it."""
    header, inside, exhausted, done = b.label(), b.label(), b.label(), b.label()
    right, left = node.child_by_field_id(k.F_RIGHT), node.child_by_field_id(k.F_LEFT)
    source = value(b, right) if right is not None else b.const(None)
    b.jump(header)
    b.start(header)
    element = b.new()
    pos = right.start_byte if right is not None else node.start_byte
    b.emit((ir.ITER, pos, element, source))
    b.branch(pos, element, inside, exhausted)
    b.start(inside)
    if left is not None:
        check(b, left)
        store(b, left, element)
    _loop(b, node, header, exhausted, done)


def _loop(b: Builder, node: Node, header: int, exhausted: int, done: int) -> None:
    outer = b.loops
    b.loops = (*outer, (done, header, len(b.finals)))
    block(b, node.child_by_field_id(k.F_BODY))
    b.jump(header)
    b.loops = outer
    b.start(exhausted)
    alternative = node.child_by_field_id(k.F_ALTERNATIVE)
    if alternative is not None:
        block(b, alternative.child_by_field_id(k.F_BODY))
    b.join(done)


@statement("with_statement")
def with_statement(b: Builder, node: Node) -> None:
    """`with`: every item is entered in turn; `with suppress(E)` is a `try` that passes on E."""
    suppressed: list[ir.Operand] | None = None
    for held in _managers(node):
        target = held.child_by_field_id(k.F_ALIAS) if held.kind_id in k.AS_PATTERN else None
        manager = operands(held, 1)[0] if target is not None else held
        if _is_suppress(b, manager):
            suppressed = [*(suppressed or ()), *_suppressed(b, manager)]
            entered: ir.Operand = b.const(None)
        else:
            source = value(b, manager)
            entered = b.new()
            b.emit((ir.ENTER, held.start_byte, entered, source))
        if target is not None and target.children:
            check(b, target)
            store(b, target.children[0], entered)
    inside = node.child_by_field_id(k.F_BODY)
    if suppressed is None:
        block(b, inside)
        return
    outer, caught, done = b.handlers, b.label(), b.label()
    b.used.add(caught)
    b.handlers = (caught, *outer)
    b.fresh()
    block(b, inside)
    b.handlers = outer
    b.jump(done)
    b.start(caught)
    b.emit((ir.CATCH, node.start_byte, b.new(), tuple(suppressed)))
    b.join(done)


def _managers(node: Node) -> list[Node]:
    """The context managers of a `with`, each perhaps with its `as`."""
    clauses = (clause for clause in node.children if clause.kind_id == k.WITH_CLAUSE)
    items = (item.child_by_field_id(k.F_VALUE) for clause in clauses for item in clause.children if item.is_named)
    return [held for held in items if held is not None]


def _is_suppress(b: Builder, node: Node) -> bool:
    if node.kind_id != k.CALL:
        return False
    function = node.child_by_field_id(k.F_FUNCTION)
    return function is not None and b.raw(function).rpartition(".")[2] == "suppress"


def _suppressed(b: Builder, node: Node) -> list[ir.Operand]:
    """The exceptions that a call of `suppress` names one by one."""
    check(b, node)
    given = node.child_by_field_id(k.F_ARGUMENTS)
    args = arguments(b, given)[0] if given is not None else ()
    return [arg for arg in args if isinstance(arg, str | int)]


@statement("try_statement")
def try_statement(b: Builder, node: Node) -> None:
    """`try`: the handlers of its body are its `except` clauses, then those outside unless a clause takes everything.

    A `finally` block is lowered once for each way out: normal completion, an exception, and every `return`, `break` and
    `continue` that leaves it.
    """
    excepts = [child for child in node.children if child.kind_id == k.EXCEPT_CLAUSE]
    final, otherwise = _clause(node, k.FINALLY_CLAUSE), _clause(node, k.ELSE_CLAUSE)
    outer, finals, before = b.handlers, b.finals, b.caught
    done, failed = b.label(), b.label()
    final_block = next((child for child in final.children if child.kind_id in k.BLOCK), None) if final else None
    inner = outer
    if final_block is not None:
        inner = (failed,)
        b.finals = (*finals, (final_block, outer, b.loops))
    clauses = [(clause, b.label()) for clause in excepts]
    b.used.update(label for _, label in clauses)
    takes_all = any(_takes_everything(b, clause) for clause in excepts)
    b.handlers = (*(label for _, label in clauses), *(() if takes_all else inner))
    b.fresh()
    block(b, node.child_by_field_id(k.F_BODY))
    b.handlers = inner
    if otherwise is not None:
        b.fresh()
        block(b, otherwise.child_by_field_id(k.F_BODY))
    b.jump(done)
    for clause, label in clauses:
        b.start(label)
        b.file.handling += 1
        _except(b, clause)
        b.file.handling -= 1
        b.caught = before
        b.jump(done)
    b.handlers, b.finals = outer, finals
    if final_block is None:
        b.join(done)
        return
    if done in b.used:
        b.start(done)
        block(b, final_block)
    end = b.label()
    b.jump(end)
    b.start(failed)
    raised = _caught(b, final_block.start_byte, ())
    block(b, final_block)
    if b.open:
        b.end((ir.RAISE, final_block.start_byte, raised))
    b.caught = before
    b.join(end)


def _caught(b: Builder, pos: int, types: tuple[ir.Operand, ...]) -> int:
    """Catch: a bare `raise` below means this exception."""
    b.caught = temp = b.new()
    b.emit((ir.CATCH, pos, temp, types))
    return temp


def _clause(node: Node, kind: int) -> Node | None:
    return next((child for child in node.children if child.kind_id == kind), None)


def _takes_everything(b: Builder, clause: Node) -> bool:
    caught = clause.child_by_field_id(k.F_VALUE)
    if caught is None:
        return not any(child.kind_id == k.ERROR for child in clause.children)
    if caught.kind_id in k.AS_PATTERN:
        caught = caught.children[0]
    return b.raw(caught) in _EVERYTHING


def _except(b: Builder, clause: Node) -> None:
    """The types that it catches, the name that it binds, and its body."""
    values = [child for child in clause.children_by_field_id(k.F_VALUE) if child.is_named]
    caught, target = (values[0], values[1] if len(values) > 1 else None) if values else (None, None)
    if caught is not None and caught.kind_id in k.AS_PATTERN:
        alias = caught.child_by_field_id(k.F_ALIAS)
        target = alias.children[0] if alias is not None and alias.children else None
        caught = operands(caught, 1)[0]
    types: tuple[ir.Operand, ...] = ()
    if caught is not None:
        check(b, caught)
        alternatives = operands(caught, 0) if caught.kind_id == k.TUPLE else [caught]
        types = tuple(EXPRESSIONS[one.kind_id](b, one) for one in alternatives)
    raised = _caught(b, clause.start_byte, types)
    if target is not None:
        check(b, target)
        store(b, target, raised, shared=True)
    for child in clause.children:
        if child.kind_id in k.BLOCK:
            block(b, child)


@statement("elif_clause", "else_clause", "except_clause", "finally_clause", "case_clause")
def stray_clause(b: Builder, node: Node) -> None:
    """A clause without its statement, in broken source."""
    body(b, [child for child in node.children if child.is_named])
