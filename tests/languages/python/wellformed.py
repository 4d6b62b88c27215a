"""What holds of every lowered module, whatever its source: the contract of the IR as a check."""

import marshal
from typing import Any

from casemate.languages import ir

_PLAIN = (str, int, float, bytes, bool, type(None))
_READS_NOTHING = {ir.GLOBAL, ir.FREE, ir.IMPORT, ir.CLASS}


def check(module: ir.Module) -> None:
    """Assert that a module keeps to the contract."""
    plain = ir.to_plain(module)
    _check_plain(plain)
    assert ir.from_plain(marshal.loads(marshal.dumps(plain))) == module
    assert module.line_starts[0] == 0
    assert list(module.line_starts) == sorted(set(module.line_starts))
    for number, function in enumerate(module.functions):
        assert function.number == number
        assert function.parent < number
        assert (function.parent < 0) == (number == 0)
        assert 0 <= function.pos <= function.end
        assert -1 <= function.owner < len(module.classes)
        _check_graph(module, function)
    for number, made in enumerate(module.classes):
        assert made.number == number
        assert module.functions[made.body].kind == "class"
    for _, binding in (*module.names, *(pair for made in module.classes for pair in made.names)):
        if binding[0] == ir.BOUND_FUNCTION:
            assert module.functions[binding[1]].kind == "function"
        elif binding[0] == ir.BOUND_CLASS:
            assert 0 <= binding[1] < len(module.classes)
        else:
            assert binding == (ir.BOUND_VALUE,) or binding[0] == ir.BOUND_IMPORT
    for loss in module.losses:
        assert 0 <= loss.start < loss.end


def _check_plain(value: Any) -> None:
    stack = [value]
    while stack:
        one = stack.pop()
        if type(one) is tuple:
            stack.extend(one)
        else:
            assert type(one) in _PLAIN, one


def _check_graph(module: ir.Module, function: ir.Function) -> None:
    """Targets exist, and on every way to its use a temporary has been assigned."""
    blocks = ir.graph(function)
    ready: list[frozenset[int] | None] = [None] * len(blocks)
    ready[0] = frozenset()
    waiting = [0]
    while waiting:
        number = waiting.pop()
        instructions, end, handlers = blocks[number]
        before = ready[number]
        assert before is not None
        after = before | {ins[2] for ins in instructions if isinstance(ins[2], int)}
        targets = {ir.JUMP: end[1:2], ir.BRANCH: end[3:5]}.get(end[0], ())
        for target, temps in [*((one, after) for one in targets), *((one, before) for one in handlers)]:
            assert 0 <= target < len(blocks)
            known = ready[target]
            joined = temps if known is None else known & temps
            if joined != known:
                ready[target] = joined
                waiting.append(target)
    for (instructions, end, _), temps in zip(blocks, ready, strict=True):
        if temps is not None:
            _check_block(module, function, instructions, end, set(temps))


def _check_block(
    module: ir.Module,
    function: ir.Function,
    instructions: tuple[ir.Instruction, ...],
    end: ir.Terminator,
    ready: set[int],
) -> None:
    for ins in instructions:
        assert isinstance(ins[1], int)
        for operand in reads(ins):
            _check_operand(function, operand, ready)
        if isinstance(ins[2], int):
            assert ins[2] >= 0
            ready.add(ins[2])
        if ins[0] == ir.FUNCTION:
            assert module.functions[ins[3]].parent == function.number
        elif ins[0] == ir.CLASS:
            assert module.classes[ins[3]].parent == function.number
    if end[0] in {ir.BRANCH, ir.RETURN, ir.RAISE}:
        _check_operand(function, end[2], ready)


def _check_operand(function: ir.Function, operand: ir.Operand, ready: set[int]) -> None:
    if isinstance(operand, str):
        return
    if operand < 0:
        assert -1 - operand < len(function.consts)
    else:
        assert operand in ready, f"%{operand} in {function.qualname!r} is read before it is assigned"


def reads(ins: ir.Instruction) -> list[ir.Operand]:
    """The operands that an instruction reads."""
    op, rest = ins[0], ins[3:]
    if op in _READS_NOTHING:
        return []
    if op in {ir.SETGLOBAL, ir.SETFREE, ir.UNARY}:
        return [rest[1]]
    if op == ir.ATTR:
        return [rest[0]]
    if op == ir.SETATTR:
        return [rest[0], rest[2]]
    if op in {ir.BINARY, ir.COMPARE}:
        return [rest[1], rest[2]]
    if op in {ir.FORMAT, ir.CATCH}:
        return list(rest[0])
    if op == ir.SEQUENCE:
        return [_starred(item) for item in rest[1]]
    if op == ir.MAPPING:
        return [operand for pair in rest[0] for operand in pair if operand is not None]
    if op == ir.CALL:
        return [rest[0], *map(_starred, rest[1]), *(value for _, value in rest[2])]
    if op == ir.INVOKE:
        return [rest[0], *map(_starred, rest[2]), *(value for _, value in rest[3])]
    if op == ir.FUNCTION:
        return [value for _, value in rest[1]]
    return list(rest)  # MOVE, INDEX, SETINDEX, SLICE, ITER, ENTER, AWAIT, YIELD, DELETE: operands only


def _starred(item: Any) -> ir.Operand:
    if isinstance(item, tuple):
        star, operand = item
        assert star == ir.STAR
        return operand
    return item
