"""The arguments of a call: values, and the operands they came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casemate.knowledge.entries import ALL, KEYS, RECEIVER, Selector
from casemate.languages import ir
from casemate.taint import sequences
from casemate.taint.state import ANY, INEXACT, TAIL, Fields
from casemate.taint.state import KEYS as OWN_KEYS
from casemate.taint.values import CLEAN, NO, Value, join, value

if TYPE_CHECKING:
    from casemate.taint.frame import Frame

Given = tuple[Value, Any]  # the value and its operand, None where there is none


class Arguments:
    """positional, named: what was given one by one. star, mapping: the join of what `*x` and `**x` hold, None without.

    spread: the `x` of the first `*x` of which it is not known what it holds one by one. behind: what was given after it.
    mappings: what stands behind `**`. rest: how many come before those that the function called last takes by its own `*rest`.
    """

    __slots__ = (
        "behind",
        "frame",
        "keys",
        "mapping",
        "mappings",
        "named",
        "operands",
        "positional",
        "rest",
        "spread",
        "star",
    )

    def __init__(self, positional: list[Value], operands: list[Any]) -> None:
        self.positional = positional
        self.operands = operands
        self.named: dict[str, Given] = {}
        self.star: Value | None = None
        self.mapping: Value | None = None
        self.mappings: list[Value] = []
        self.frame: Frame | None = None  # where something was spread
        self.spread: Value | None = None
        self.behind: list[Value] = []
        self.rest = 0
        self.keys = 0  # the taint of dicts behind `**` whose keys others choose

    def first(self) -> Value:
        """The first argument, or nothing known."""
        return self.positional[0] if self.positional else CLEAN

    @classmethod
    def of(cls, frame: Frame, args: tuple[Any, ...], kwargs: tuple[Any, ...]) -> Arguments:
        """Read the arguments of a CALL or INVOKE; known sequences behind `*` and dicts behind `**` are laid out."""
        out = cls([], [])
        get = frame.get
        for arg in args:
            if type(arg) is tuple:
                out._spread(frame, get(arg[1]))
            elif out.star is not None:
                out._follow(get(arg))
            else:
                out.positional.append(get(arg))
                out.operands.append(arg)
        for name, operand in kwargs:
            if name is None:
                out._spread_mapping(frame, get(operand))
            else:
                out.named[name] = (get(operand), operand)
        return out

    def spread_out(self, frame: Frame, val: Value, *, mapping: bool = False) -> None:
        """Lay out what is given as a sequence, or as a mapping by names."""
        (self._spread_mapping if mapping else self._spread)(frame, val)

    def _spread(self, frame: Frame, val: Value) -> None:
        known = sequences.laid_out(frame, val) if self.star is None else None
        if known is not None and known[1]:
            self.positional += known[0]
            self.operands += [None] * len(known[0])
        elif self.star is None:
            self.frame, self.spread = frame, val
            self.star = frame.inside(val, ANY)
        else:
            self._follow(frame.inside(val, ANY))

    def _follow(self, val: Value) -> None:
        assert self.star is not None
        self.star = join(self.star, val)
        self.behind.append(val)

    def _nth(self, number: int) -> Value | None:
        """A positional argument of those that were spread, which are one at least."""
        if self.frame is None or self.spread is None:
            return None
        at = number - len(self.positional)
        known = sequences.laid_out(self.frame, self.spread)
        if known is not None and at < len(known[0]):
            return known[0][at]
        return self.star if at else sequences.first(self.frame, self.spread)

    def gathered(self, frame: Frame) -> Fields:
        """The list that `*rest` is in the function that was called last."""
        if self.rest < 0 or self.rest > len(self.positional):  # its receiver or some of what was spread is none of it
            return {ANY: _joined([*self.positional, *([self.star] if self.star is not None else [])])}
        out: Fields = {}
        consts: list[Any] = []
        for val in self.positional[self.rest :]:
            out[len(consts)] = sequences.argument(frame, val, consts)
            consts.append(val.const)
        if self.spread is None or self.star is None:
            return out
        known = sequences.laid_out(frame, self.spread)
        heads = known[0] if known is not None else [sequences.first(frame, self.spread)]
        out.update(enumerate(heads, len(consts)))
        tail = [frame.inside(self.spread, ANY)]
        for val in self.behind:
            tail.append(sequences.argument(frame, val, consts))
            consts.append(val.const)
        out[TAIL] = sequences.all_of(tail)
        out[INEXACT] = CLEAN
        return out

    def _spread_mapping(self, frame: Frame, val: Value) -> None:
        """What stands under a name that is known is given by it; the rest may be given by any other."""
        rest = [frame.inside(value(val.taint, NO, tuple(r for r in val.refs if r[0] != "o")), ANY)]
        for ref in val.refs:
            if ref[0] == "o":
                content = frame.env.get(ref) or {}
                named = {n: inner for n, inner in content.items() if type(n) is str and n[:1] == "["}
                for name, inner in named.items():
                    self.named.setdefault(name[1:], (inner, None))
                rest += [inner for n, inner in content.items() if n not in named and n not in (INEXACT, OWN_KEYS)]
        self.keys |= frame.outer(val)
        self.mappings.append(val)
        inner = _joined([one for one in rest if one is not CLEAN])
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
                spread = self._nth(one)
                if spread is not None:
                    return [(spread, None)]
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
        nth = taken = 0
        rest_named = dict(self.named)
        for number, p in enumerate(parameters):
            if p.how in (ir.POSITIONAL, ir.POSITIONAL_ONLY):
                if nth < len(values):
                    out[number] = values[nth]
                    nth += 1
                elif p.name in rest_named:
                    out[number] = rest_named.pop(p.name)[0]
                elif self.star is not None:
                    out[number] = self.star if self.behind else self._nth(len(self.positional) + taken) or self.star
                    taken += 1
                elif self.mapping is not None:
                    out[number] = self.mapping
            elif p.how == ir.KEYWORD:
                if p.name in rest_named:
                    out[number] = rest_named.pop(p.name)[0]
                elif self.mapping is not None:
                    out[number] = self.mapping
            elif p.how == ir.VARARGS:
                self.rest = nth + taken - (first is not None)
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
