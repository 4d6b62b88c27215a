"""A readable text form of the IR, one line per instruction, for tests and for documentation."""

from __future__ import annotations

from collections.abc import Callable

from casemate.languages import ir


def dump(module: ir.Module) -> str:
    """The whole module as text: names, then every function with its blocks, then classes and losses.

    Locals are written by name, temporaries as %n, constants as Python literals; the number in front of an instruction
    is its line.
    """
    lines = [f"module {module.name}"]
    lines += [f"  name {name}: {' '.join(map(str, binding))}" for name, binding in module.names]
    lines += [f"  star {star}" for star in module.stars]
    if module.exports is not None:
        lines.append(f"  exports {' '.join(module.exports)}")
    for function in module.functions:
        lines += _function(module, function)
    for cls in module.classes:
        lines += _class(module, cls)
    for loss in module.losses:
        lines.append(f"loss {loss.reason} lines {module.line(loss.start)}-{module.line(loss.end - 1)}: {loss.detail}")
    return "\n".join(lines) + "\n"


def body(module: ir.Module, number: int = 0) -> str:
    """One function's blocks as text."""
    return "\n".join(_blocks(module, module.functions[number])) + "\n"


def _function(module: ir.Module, function: ir.Function) -> list[str]:
    title = f"{function.kind} {function.number} {function.qualname or '(body)'}"
    title += f"({', '.join(map(_parameter, function.params))})"
    title += f" -> {function.returns}" if function.returns else ""
    notes = [word for word, holds in (("async", function.is_async), ("generator", function.is_generator)) if holds]
    notes += [f"free {' '.join(function.free)}"] if function.free else []
    notes += [f"owner {function.owner}"] if function.owner >= 0 else []
    lines = [f"{title}{' [' + ', '.join(notes) + ']' if notes else ''}"]
    lines += map(_decorator, function.decorators)
    lines += [f"  doc {function.doc!r}"] if function.doc else []
    return lines + _blocks(module, function)


def _parameter(parameter: ir.Parameter) -> str:
    mark = {ir.KEYWORD: "kw ", ir.VARARGS: "*", ir.VARKW: "**", ir.POSITIONAL_ONLY: "pos "}.get(parameter.how, "")
    typed = f": {parameter.annotation}" if parameter.annotation else ""
    return f"{mark}{parameter.name}{typed}{' = ...' if parameter.has_default else ''}"


def _decorator(decorator: ir.Decorator) -> str:
    if not decorator.called:
        return f"  @{decorator.dotted}"
    given = [repr(arg) for arg in decorator.args] + [f"{name}={arg!r}" for name, arg in decorator.kwargs]
    return f"  @{decorator.dotted}({', '.join(given)})"


def _class(module: ir.Module, cls: ir.Class) -> list[str]:
    given = [*cls.bases, *(f"{name}={value}" for name, value in cls.keywords)]
    lines = [f"class {cls.number} {cls.qualname}({', '.join(given)}) body {cls.body}"]
    lines += map(_decorator, cls.decorators)
    lines += [f"  doc {cls.doc!r}"] if cls.doc else []
    lines += [f"  name {name}: {' '.join(map(str, binding))}" for name, binding in cls.names]
    lines += [f"  annotation {name}: {text}" for name, text in cls.annotations]
    return lines


def _blocks(module: ir.Module, function: ir.Function) -> list[str]:
    lines = []

    def show(operand: object) -> str:
        if isinstance(operand, str):
            return operand
        if isinstance(operand, int):
            return f"%{operand}" if operand >= 0 else repr(function.consts[-1 - operand])
        return repr(operand)

    for number, (instructions, end, handlers) in enumerate(ir.graph(function)):
        caught = f" !{','.join(map(str, handlers))}" if handlers else ""
        lines.append(f"  {number}:{caught}")
        for instruction in instructions:
            target = f"{show(instruction[2])} = " if instruction[2] is not None else ""
            name = ir.OP_NAMES[instruction[0]]
            rest = _rest(instruction, show)
            lines.append(f"    {module.line(instruction[1])} {target}{name}{' ' + rest if rest else ''}")
        lines.append(f"    {_terminator(module, end, show)}")
    return lines


Show = Callable[[object], str]


def _rest(instruction: ir.Instruction, show: Show) -> str:
    op, rest = instruction[0], instruction[3:]
    if op in {ir.GLOBAL, ir.FREE, ir.IMPORT, ir.CLASS}:
        return str(rest[0])
    if op in {ir.SETGLOBAL, ir.SETFREE, ir.UNARY}:
        return f"{rest[0]} {show(rest[1])}"
    if op == ir.ATTR:
        return f"{show(rest[0])} .{rest[1]}"
    if op == ir.SETATTR:
        return f"{show(rest[0])} .{rest[1]} {show(rest[2])}"
    if op in {ir.BINARY, ir.COMPARE}:
        return f"{show(rest[1])} {rest[0]} {show(rest[2])}"
    if op == ir.SEQUENCE:
        return f"{rest[0]} [{', '.join(_item(item, show) for item in rest[1])}]"
    if op == ir.MAPPING:
        return "{" + ", ".join(f"{'**' if key is None else show(key) + ': '}{show(at)}" for key, at in rest[0]) + "}"
    if op == ir.CALL:
        return f"{show(rest[0])}({_arguments(rest[1], rest[2], show)})"
    if op == ir.INVOKE:
        return f"{show(rest[0])} .{rest[1]}({_arguments(rest[2], rest[3], show)})"
    if op == ir.FUNCTION:
        return f"{rest[0]}" + "".join(f" {name}={show(value)}" for name, value in rest[1])
    if op in {ir.FORMAT, ir.CATCH}:
        return f"[{', '.join(map(show, rest[0]))}]"
    return " ".join(map(show, rest))


def _item(item: object, show: Show) -> str:
    return f"*{show(item[1])}" if isinstance(item, tuple) else show(item)


def _arguments(args: tuple[object, ...], kwargs: tuple[tuple[str | None, object], ...], show: Show) -> str:
    given = [_item(arg, show) for arg in args]
    given += [f"**{show(value)}" if name is None else f"{name}={show(value)}" for name, value in kwargs]
    return ", ".join(given)


def _terminator(module: ir.Module, end: ir.Terminator, show: Show) -> str:
    if end[0] == ir.JUMP:
        return f"-> {end[1]}"
    if end[0] == ir.BRANCH:
        return f"{module.line(end[1])} BRANCH {show(end[2])} -> {end[3]} else {end[4]}"
    if end[0] == ir.STOP:
        return "STOP"
    return f"{module.line(end[1])} {'RETURN' if end[0] == ir.RETURN else 'RAISE'} {show(end[2])}"
