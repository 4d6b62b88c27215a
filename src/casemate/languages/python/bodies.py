"""Lowering one body: its builder, its share of the step limit, and the Function that comes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tree_sitter import Node

from casemate.languages import ir, rereads, threads
from casemate.languages.python import kinds as k
from casemate.languages.python.builder import FUNCTION_SHARE, NESTING, Builder, StepLimit, TooDeep
from casemate.languages.python.scopes import Bindings


class Body(NamedTuple):
    """What is known of a function before its body is lowered; the fields are those of `ir.Function`."""

    node: Node
    kind: str
    name: str
    params: tuple[ir.Parameter, ...] = ()
    decorators: tuple[ir.Decorator, ...] = ()
    returns: str = ""
    doc: str = ""


def qualified(b: Builder, name: str) -> str:
    """The qualified name of something defined in a body, as Python spells it."""
    if not b.qualname:
        return name
    return f"{b.qualname}.{name}" if b.kind == "class" else f"{b.qualname}.<locals>.{name}"


def lowered(b: Builder, body: Body, known: Bindings, lower: Callable[[Builder], None]) -> int:
    """Lower a body within another and record the function; its number.

    Raises TooDeep where bodies nest too deep, StepLimit where the file as a whole takes too many steps.
    """
    file, node = b.file, body.node
    if file.depth >= NESTING:
        raise TooDeep
    kind = "class" if body.kind == "class" else "function"
    inner = Builder(file, b, kind, qualified(b, body.name), known.locals)
    inner.declared = known.globals | known.nonlocals
    inner.elsewhere.update((name, (ir.GLOBAL, name)) for name in known.globals)
    depth, classes, number = file.depth, len(file.classes), inner.number
    outermost = file.limit == file.total and kind == "function"  # a class is as long as its methods are many
    if outermost:
        file.limit = min(file.total, file.steps + file.total // FUNCTION_SHARE)
    file.depth += 1
    inner.base = file.depth
    try:
        lower(inner)
        blocks = rereads.shared(threads.direct(inner.finish()), body.params, inner.consts)
    except StepLimit:
        if not outermost or file.steps > file.total:
            raise
        file.lose(node.start_byte, node.end_byte, "step-limit", f"{body.name!r} takes too many steps")
        del file.functions[number + 1 :], file.classes[classes:]
        inner.consts, blocks = [], (((), (ir.STOP,), ()),)
    finally:
        if outermost:
            file.limit = file.total
    file.depth = depth
    owner = b.owner if b.kind == "class" and body.kind == "function" else -1
    file.functions[number] = ir.Function(
        number,
        body.kind,
        body.name,
        inner.qualname,
        owner,
        b.number,
        body.params,
        body.decorators,
        body.returns,
        bool(node.children) and node.children[0].kind_id == k.ASYNC,
        inner.yields,
        tuple(inner.free),
        node.start_byte,
        node.end_byte,
        body.doc,
        tuple(inner.consts),
        blocks,
    )
    return number
