"""What each instruction does to a frame: one function each, (frame, instruction)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from casemate.languages.rereads import MARK
from casemate.taint import calls, contexts, guards, keyed, memberships, operators, storing, timing, versions
from casemate.taint.frame import Frame, no_pred
from casemate.taint.state import ANY, field_of
from casemate.taint.values import CLEAN, NO, Value, join, value

SPECIAL = {"/": "__truediv__", "/=": "__truediv__", "%": "__mod__"}


def _move(frame: Frame, ins: Any) -> None:
    _, pos, dst, src = ins
    val = frame.get(src)
    if frame.log is not None:
        frame.log.append((pos, dst, (src,)))
    if type(dst) is int:
        had = frame.temps.get(dst)
        frame.temps[dst] = val if had is None else join(had, val)
        if type(src) is str and src[:1] == MARK:
            frame.origin[dst] = src
    else:
        frame.put(dst, val)
        if dst[:1] == MARK:  # a check of what was read is one of what is read again
            frame.origin[src] = dst


def _global(frame: Frame, ins: Any) -> None:
    _, pos, dst, name = ins
    frame.put(dst, frame.solver.global_value(frame, name))
    if frame.log is not None:
        frame.log.append((pos, dst, ()))


def _set_global(frame: Frame, ins: Any) -> None:
    _, pos, _dst, name, src = ins
    val = frame.get(src)
    if frame.fn.number == 0:
        frame.env[name] = val
    frame.publish(("cell", frame.unit[0], name), no_pred(val))
    if frame.log is not None:
        frame.log.append((pos, name, (src,)))


def _free(frame: Frame, ins: Any) -> None:
    _, pos, dst, name = ins
    frame.put(dst, frame.solver.free_value(frame, name))
    if frame.log is not None:
        frame.log.append((pos, dst, ()))


def _set_free(frame: Frame, ins: Any) -> None:
    _, _pos, _dst, name, src = ins
    owner = frame.solver.owner_of_free(frame, name)
    if owner >= 0:
        frame.publish(("free", frame.unit[0], owner, name), no_pred(frame.get(src)))


def _import(frame: Frame, ins: Any) -> None:
    frame.put(ins[2], frame.solver.symbol(frame, ins[3]))


def _attr(frame: Frame, ins: Any) -> None:
    _, pos, dst, base, name = ins
    val = frame.get(base)
    out = calls.attribute(frame, pos, val, name)
    frame.put(dst, out)
    if type(dst) is int:
        _origin(frame, dst, val, name)
    if frame.log is not None:
        frame.log.append((pos, dst, (base,)))


def _origin(frame: Frame, dst: int, val: Value, field: Any) -> None:
    """Remember which field a temporary was read from, so that a check of it checks the field."""
    for ref in val.refs:
        if ref[0] in "op" and field != ANY:
            frame.origin[dst] = ("@", ref, field)
            return
    frame.origin.pop(dst, None)


def _set_attr(frame: Frame, ins: Any) -> None:
    _, pos, _dst, base, name, src = ins
    storing.store_attribute(frame, pos, frame.get(base), name, frame.get(src))
    if frame.log is not None:
        frame.log.append((pos, base, (src,)))


def _index(frame: Frame, ins: Any) -> None:
    _, pos, dst, base, key = ins
    val, at = frame.get(base), frame.get(key)
    out = versions.major(val, at) or contexts.special(frame, pos, "__getitem__", val, [at])
    out = out or operators.subscript(frame, val, at)
    out = keyed.by_key(frame, at.const, out, base)
    if at[0] and frame.blocks[frame.block][2]:
        guards.looked_up(frame, base, key)
    frame.put(dst, out)
    if type(dst) is int:
        _origin(frame, dst, val, field_of(at.const) if at.const is not NO else ANY)
    if frame.log is not None:
        frame.log.append((pos, dst, (base,)))


def _set_index(frame: Frame, ins: Any) -> None:
    _, pos, _dst, base, key, src = ins
    val, at, new = frame.get(base), frame.get(key), frame.get(src)
    contexts.special(frame, pos, "__setitem__", val, [at, new])
    operators.store_subscript(frame, pos, val, at, new, base)
    if frame.log is not None:
        frame.log.append((pos, base, (src,)))


def _slice(frame: Frame, ins: Any) -> None:
    _, pos, dst, base, low, high, step = ins
    bounds = frame.get(low), frame.get(high), frame.get(step)
    frame.put(dst, operators.slice_of(frame, frame.get(base), base, *bounds, pos))
    if frame.log is not None:
        frame.log.append((pos, dst, (base,)))


def _binary(frame: Frame, ins: Any) -> None:
    _, pos, dst, operator, left, right = ins
    a, b = frame.get(left), frame.get(right)
    called = contexts.special(frame, pos, SPECIAL[operator], a, [b], [right]) if operator in SPECIAL else None
    out = called or operators.binary(frame, pos, operator, a, b)
    if operator == "-":
        left_over = memberships.subset(frame, a, right, b)
        out = value(out.taint, out.const, out.refs, ((), left_over)) if left_over else out
    frame.put(dst, out)
    if frame.log is not None:
        frame.log.append((pos, dst, (left, right)))


def _unary(frame: Frame, ins: Any) -> None:
    _, pos, dst, operator, src = ins
    frame.put(dst, operators.unary(operator, frame.get(src)))
    if frame.log is not None:
        frame.log.append((pos, dst, (src,)))


def _compare(frame: Frame, ins: Any) -> None:
    _, pos, dst, operator, left, right = ins
    if operator in ("==", "!="):
        timing.compared(frame, pos, left, right)
    if operator in timing.OPERATORS:
        timing.told(frame, pos, operator, left, right)
    answer = versions.compared(frame, operator, frame.get(left), frame.get(right))
    frame.put(dst, answer or guards.compare(frame, operator, left, right))


def _format(frame: Frame, ins: Any) -> None:
    _, pos, dst, parts = ins
    frame.put(dst, operators.format_parts(frame, [frame.get(p) for p in parts], pos))
    if frame.log is not None:
        frame.log.append((pos, dst, parts))


def _sequence(frame: Frame, ins: Any) -> None:
    _, pos, dst, kind, items = ins
    frame.put(dst, operators.sequence(frame, pos, kind, items))
    if frame.log is not None:
        frame.log.append((pos, dst, tuple(i[1] if type(i) is tuple else i for i in items)))


def _mapping(frame: Frame, ins: Any) -> None:
    _, pos, dst, pairs = ins
    frame.put(dst, operators.mapping(frame, pos, pairs))
    if frame.log is not None:
        frame.log.append((pos, dst, tuple(v for _, v in pairs)))


def _function(frame: Frame, ins: Any) -> None:
    _, _pos, dst, number, _defaults = ins
    frame.put(dst, value(0, NO, (("f", frame.unit[0], number),)))


def _class(frame: Frame, ins: Any) -> None:
    _, _pos, dst, number = ins
    frame.solver.ran(frame, (frame.unit[0], frame.module.classes[number].body))
    frame.put(dst, value(0, NO, (("c", frame.unit[0], number),)))


def _iter(frame: Frame, ins: Any) -> None:
    _, pos, dst, src = ins
    val = frame.get(src)
    out = contexts.special(frame, pos, "__iter__", val, []) or operators.iterate(frame, val)
    pieces = tuple(("G", *ref[1:]) for ref in val.refs if ref[0] == "g") + operators.in_turn(frame, pos, val, out)
    frame.put(dst, value(out.taint, out.const, (*out.refs, *pieces), out.pred) if pieces else out)
    if operators.filled(frame, val):
        frame.filled.add(dst)
    else:
        frame.filled.discard(dst)
    frame.iterated.add(dst)  # a branch on it asks whether there was an element, not what the element is
    if frame.log is not None:
        frame.log.append((pos, dst, (src,)))


def _enter(frame: Frame, ins: Any) -> None:
    _, pos, dst, src = ins
    val = frame.get(src)
    entered = contexts.enter(frame, pos, val)
    frame.put(dst, entered)
    if frame.log is not None:
        frame.log.append((pos, dst, (src,)))


def _await(frame: Frame, ins: Any) -> None:
    _move(frame, ins)


def _yield(frame: Frame, ins: Any) -> None:
    _, pos, dst, src = ins
    val = frame.get(src)
    frame.give(no_pred(val))
    if frame.log is not None:
        frame.log.append((pos, "@return", (src,)))
    frame.put(dst, CLEAN)


def _catch(frame: Frame, ins: Any) -> None:
    frame.put(ins[2], CLEAN)


def _delete(frame: Frame, ins: Any) -> None:
    return None


HANDLERS: tuple[Callable[[Frame, Any], None], ...] = (
    _move, _global, _set_global, _free, _set_free, _import, _attr, _set_attr, _index, _set_index, _slice,
    _binary, _unary, _compare, _format, _sequence, _mapping, calls.call, calls.invoke, _function, _class, _iter,
    _enter, _await, _yield, _catch, _delete,
)  # fmt: skip
