"""The arguments of a call: values, and the operands they came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casemate.knowledge.entries import ALL, KEYS, RECEIVER, Selector
from casemate.languages import ir
from casemate.taint.state import ANY
from casemate.taint.values import CLEAN, Value, join, value

if TYPE_CHECKING:
    from casemate.taint.frame import Frame

Given = tuple[Value, Any]  # the value and its operand, None where there is none


class Arguments:
    """positional, named: what was given one by one. star, mapping: the join of what `*x` and `**x` hold, None without."""

    __slots__ = ("keys", "mapping", "named", "operands", "positional", "star")

    def __init__(self, positional: list[Value], operands: list[Any]) -> None:
        self.positional = positional
        self.operands = operands
        self.named: dict[str, Given] = {}
        self.star: Value | None = None
        self.mapping: Value | None = None
        self.keys = 0  # the taint of dicts behind `**` whose keys others choose

    @classmethod
    def of(cls, frame: Frame, args: tuple[Any, ...], kwargs: tuple[Any, ...]) -> Arguments:
        """Read the arguments of a CALL or INVOKE; known sequences behind `*` and dicts behind `**` are laid out."""
        out = cls([], [])
        get = frame.get
        for arg in args:
            if type(arg) is tuple:
                out._spread(frame, get(arg[1]))
            elif out.star is not None:
                out.star = join(out.star, get(arg))
            else:
                out.positional.append(get(arg))
                out.operands.append(arg)
        for name, operand in kwargs:
            if name is None:
                out._spread_mapping(frame, get(operand))
            else:
                out.named[name] = (get(operand), operand)
        return out

    def _spread(self, frame: Frame, val: Value) -> None:
        objects = [r for r in val.refs if r[0] == "o"]
        content = frame.env.get(objects[0]) if len(objects) == 1 and not val.taint else None
        if content is not None and self.star is None and all(type(k) is int for k in content):
            for k in sorted(content):
                self.positional.append(content[k])
                self.operands.append(None)
            return
        inner = frame.inside(val, ANY)
        self.star = inner if self.star is None else join(self.star, inner)

    def _spread_mapping(self, frame: Frame, val: Value) -> None:
        for ref in val.refs:
            if ref[0] == "o":
                for name, inner in (frame.env.get(ref) or {}).items():
                    if type(name) is str and name[:1] == "[":
                        self.named.setdefault(name[1:], (inner, None))
        self.keys |= frame.outer(val)
        inner = frame.inside(val, ANY)
        self.mapping = inner if self.mapping is None else join(self.mapping, inner)

    def select(self, selector: Selector, receiver: Value | None, receiver_operand: Any = None) -> list[Given]:
        """What a selector of knowledge names; empty when it was not given."""
        for one in selector:
            if one == RECEIVER:
                return [(receiver, receiver_operand)] if receiver is not None else []
            if one == ALL:
                return self.everything()
            if one == KEYS:
                return [(value(self.keys), None)]
            if type(one) is int:
                if one < len(self.positional):
                    return [(self.positional[one], self.operands[one])]
                if self.star is not None:
                    return [(self.star, None)]
            elif one in self.named:
                return [self.named[str(one)]]
        if self.mapping is not None and any(type(one) is str and one[:1] != "@" for one in selector):
            return [(self.mapping, None)] if self.mapping.taint else []
        return []

    def everything(self) -> list[Given]:
        """All that was given."""
        out: list[Given] = list(zip(self.positional, self.operands, strict=True))
        out += self.named.values()
        if self.star is not None:
            out.append((self.star, None))
        if self.mapping is not None:
            out.append((self.mapping, None))
        return out

    def bind(self, parameters: tuple[ir.Parameter, ...], first: Value | None) -> dict[int, Value]:
        """Parameter number → value, as the call binds them. first: the receiver for a method's first parameter."""
        out: dict[int, Value] = {}
        values = self.positional if first is None else [first, *self.positional]
        nth = 0
        rest_named = dict(self.named)
        for number, p in enumerate(parameters):
            if p.how in (ir.POSITIONAL, ir.POSITIONAL_ONLY):
                if nth < len(values):
                    out[number] = values[nth]
                    nth += 1
                elif p.name in rest_named:
                    out[number] = rest_named.pop(p.name)[0]
                elif self.star is not None:
                    out[number] = self.star
                elif self.mapping is not None:
                    out[number] = self.mapping
            elif p.how == ir.KEYWORD:
                if p.name in rest_named:
                    out[number] = rest_named.pop(p.name)[0]
                elif self.mapping is not None:
                    out[number] = self.mapping
            elif p.how == ir.VARARGS:
                out[number] = _joined([*values[nth:], *([self.star] if self.star is not None else [])])
            else:
                out[number] = _joined(
                    [*(v for v, _ in rest_named.values()), *([self.mapping] if self.mapping is not None else [])]
                )
        return out


def _joined(items: list[Value]) -> Value:
    out: Value | None = None
    for item in items:
        out = item if out is None else join(out, item)
    return out if out is not None else CLEAN
