"""Simple statements, and running the statements of a body one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tree_sitter import Node

from casemate.languages import ir
from casemate.languages.python import kinds as k
from casemate.languages.python.builder import NESTING, Builder, StepLimit, TooDeep
from casemate.languages.python.conditions import answer, condition, operands
from casemate.languages.python.dispatch import STATEMENTS, check, statement, value
from casemate.languages.python.literals import prefix
from casemate.languages.python.losses import note
from casemate.languages.python.reparse import old_exec, type_assignment
from casemate.languages.python.scopes import alias_name
from casemate.languages.python.targets import assign, augment, delete, elements


def body(b: Builder, nodes: Sequence[Node]) -> None:
    """Lower statements in order. One that nests too deep becomes a loss, and the next goes on."""
    file = b.file
    file.depth += 1
    if file.depth > NESTING:
        file.depth -= 1
        raise TooDeep
    depth, loops, finals, handlers, caught = file.depth, b.loops, b.finals, b.handlers, b.caught
    for node in nodes:
        perform = STATEMENTS[node.kind_id]
        if perform is _IGNORE:
            continue
        file.steps += 1
        if file.steps > file.limit:
            raise StepLimit
        if not b.open:
            b.start(b.label())
        mark = len(b.started), len(b.instructions), len(file.functions), len(file.classes)
        try:
            if file.broken and node.has_error:
                if old_exec(b, node):
                    continue
                note(file, node)
            perform(b, node)
        except (TooDeep, RecursionError):
            file.lose(node.start_byte, node.end_byte, "too-deep", "nests too deep")
            b.abandon(*mark)
            file.depth, b.loops, b.finals, b.handlers, b.caught = depth, loops, finals, handlers, caught
    file.depth -= 1


_IGNORE: Final = STATEMENTS[k.COMMENT]


def block(b: Builder, node: Node | None) -> None:
    """The statements of a block."""
    if node is not None:
        body(b, node.children)


@statement("block")
def stray_block(b: Builder, node: Node) -> None:
    """A block that stands alone, in broken source."""
    body(b, node.children)


@statement("expression_statement")
def expression_statement(b: Builder, node: Node) -> None:
    """An expression for its effect, or an assignment."""
    for child in node.children:
        kind = child.kind_id
        if kind == k.ASSIGNMENT:
            assign(b, child)
        elif kind == k.AUGMENTED_ASSIGNMENT:
            augment(b, child)
        elif kind == k.STRING:
            if "f" in prefix(b.text[child.start_byte : child.start_byte + 3]):
                value(b, child)
        elif child.is_named and kind not in k.EXTRA:
            value(b, child)


@statement("return_statement")
def return_statement(b: Builder, node: Node) -> None:
    """`return`; the `finally` blocks that it leaves run first."""
    given = [child for child in node.children[1:] if child.kind_id not in k.EXTRA]
    pos = node.start_byte
    if not given:
        unwind(b, 0)
        if b.open:
            b.end((ir.RETURN, pos, b.const(None)))
    elif not b.finals:
        check(b, given[0])
        answer(b, given[0])
    else:
        result = value(b, given[0])
        if isinstance(result, str):
            temp = b.new()
            b.emit((ir.MOVE, pos, temp, result))
            result = temp
        unwind(b, 0)
        if b.open:
            b.end((ir.RETURN, pos, result))


def unwind(b: Builder, depth: int) -> None:
    """Run the `finally` blocks down to a depth, innermost first, each under the handlers and in the loops around its `try`."""
    finals, handlers, loops = b.finals, b.handlers, b.loops
    for at in range(len(finals) - 1, depth - 1, -1):
        if not b.open:
            break
        clause, b.handlers, b.loops = finals[at]
        b.finals = finals[:at]
        b.fresh()
        block(b, clause)
    b.finals, b.handlers, b.loops = finals, handlers, loops


@statement("break_statement")
def break_statement(b: Builder, node: Node) -> None:
    """`break`."""
    if b.loops:
        label, _, depth = b.loops[-1]
        unwind(b, depth)
        b.jump(label)


@statement("continue_statement")
def continue_statement(b: Builder, node: Node) -> None:
    """`continue`."""
    if b.loops:
        _, label, depth = b.loops[-1]
        unwind(b, depth)
        b.jump(label)


@statement("raise_statement")
def raise_statement(b: Builder, node: Node) -> None:
    """`raise`, alone of the exception being handled; Python 2's `raise E, argument` raises E(argument)."""
    cause = node.child_by_field_id(k.F_CAUSE)
    given = [child for child in elements(node) if cause is None or child.id != cause.id]
    raised = b.caught if b.caught is not None else b.const(None)
    if given and given[0].kind_id == k.EXPRESSION_LIST:
        parts = elements(given[0])
        raised = value(b, parts[0])
        args = tuple(value(b, part) for part in parts[1:2])
        temp = b.new()
        b.emit((ir.CALL, given[0].start_byte, temp, raised, args, ()))
        raised = temp
    elif given:
        raised = value(b, given[0])
    if cause is not None:
        value(b, cause)
    b.end((ir.RAISE, node.start_byte, raised))


@statement("assert_statement")
def assert_statement(b: Builder, node: Node) -> None:
    """`assert`: a branch, and a RAISE where it fails."""
    test, *message = operands(node, 1)
    holds, fails = b.label(), b.label()
    check(b, test)
    condition(b, test, holds, fails)
    b.start(fails)
    args = tuple(value(b, part) for part in message[:1])
    callee = b.load("AssertionError", node.start_byte)
    temp = b.new()
    b.emit((ir.CALL, node.start_byte, temp, callee, args, ()))
    b.end((ir.RAISE, node.start_byte, temp))
    b.start(holds)


@statement("delete_statement")
def delete_statement(b: Builder, node: Node) -> None:
    """`del`."""
    for target in elements(node):
        check(b, target)
        delete(b, target)


@statement("global_statement", "nonlocal_statement")
def declaration(b: Builder, node: Node) -> None:
    """`global`, `nonlocal`: the scope pass has seen those of functions; a class body has no such pass."""
    if b.kind == "class":
        for name in elements(node):
            b.declared.add(b.name(name))


@statement("pass_statement")
def pass_statement(b: Builder, node: Node) -> None:
    """`pass`."""


@statement("print_statement")
def print_statement(b: Builder, node: Node) -> None:
    """Python 2's `print`: a call of the built-in; `>>f` is its file."""
    kwargs: list[tuple[str, ir.Operand]] = []
    args: list[ir.Operand] = []
    callee = b.load("print", node.start_byte)
    for child in elements(node):
        if child.kind_id == k.CHEVRON:
            kwargs.append(("file", value(b, operands(child, 1)[0])))
        elif child.kind_id != k.ERROR:
            args.append(value(b, child))
    b.emit((ir.CALL, node.start_byte, b.new(), callee, tuple(args), tuple(kwargs)))


@statement("exec_statement")
def exec_statement(b: Builder, node: Node) -> None:
    """Python 2's `exec code in globals, locals`: a call of the built-in."""
    callee = b.load("exec", node.start_byte)
    args = tuple(value(b, child) for child in elements(node))
    b.emit((ir.CALL, node.start_byte, b.new(), callee, args, ()))


@statement("type_alias_statement")
def type_alias(b: Builder, node: Node) -> None:
    """`type X = T` binds the name, types carry no data; `type(x).a = y` is an assignment."""
    name = alias_name(node)
    if name is not None:
        b.store(b.name(name), b.const(None), name.start_byte)
        return
    body(b, type_assignment(b, node))


def _stray_error(b: Builder, node: Node) -> None:
    """A region that does not parse: the statements and expressions that it holds are lowered."""
    body(b, [child for child in node.children if child.is_named or child.is_error])


STATEMENTS[k.ERROR] = _stray_error
