"""Calls of functions of the program: a callee's summary applied to what the caller gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from casemate.languages import ir
from casemate.taint import (
    conditions,
    dispatch,
    guards,
    keyed,
    narrowing,
    operators,
    programs,
    provisos,
    states,
    wrappers,
)
from casemate.taint.arguments import Arguments
from casemate.taint.frame import MAX_PATH, Frame, Unit, is_attribute
from casemate.taint.loops import EACH
from casemate.taint.provisos import Proviso, Provisos
from casemate.taint.state import ANY, KEYS, OPTIONS
from casemate.taint.summary import TEXT, Label, Summary
from casemate.taint.values import CLEAN, NO, Ref, Value, clear, guessed, join, keep, value

GATHERED = -2  # the place of the list that `*rest` is; -1 is that of a tuple of values to be formatted
# Decorators that hand on what they are given, and nothing else.
PLAIN = frozenset(
    {
        "staticmethod", "classmethod", "property", "cached_property", "contextmanager", "asynccontextmanager", "cache",
        "lru_cache", "abstractmethod", "override", "final",
    }
)  # fmt: skip


def call_function(
    frame: Frame,
    pos: int,
    unit: Unit,
    args: Arguments,
    receiver: Value | None,
    operand: Any = None,
    *,
    known: bool = True,
    under: Provisos = (),
) -> Value:
    """Apply the summary of a function; receiver: what its first parameter gets when it is called as a method. known: whether
    these are all arguments that it is called with. under: provisos under which it is this function that is called."""
    summary = frame.solver.summary(frame, unit)
    fn = frame.program.callee(unit)
    if frame.met is not None:
        frame.met.setdefault(pos, set()).add(unit)
    if not (
        summary.hits or summary.returns or summary.writes or summary.refs or summary.checks or summary.states
    ):  # it takes nothing over
        frame.dead = summary.never or frame.dead
        return value(0, summary.constant[0]) if summary.constant and summary.constant[0] is not NO else CLEAN
    bound = args.bind(fn.params, receiver)
    context = _Binding(frame, unit, fn, bound, args)
    asked = _Asked(frame, unit, bound, args, receiver, operand, known=known)
    for hit in summary.hits:
        label = hit[0]
        if label[0] == "p":
            taint = context.taint(label)
            if taint and not asked.refuted(hit.behind):
                listed = label[2][-1:] == (OPTIONS,) and context.made_here(label[1])
                crossed = TEXT if listed else hit.crossed
                behind = provisos.together(under, asked.here(hit.behind)) if hit.behind else under
                frame.reach(
                    taint,
                    hit.kind,
                    hit.site,
                    pos,
                    crossed=crossed,
                    callee=unit,
                    inner=label,
                    behind=behind,
                    seen=hit.seen,
                )
    for parameter, path, marks in summary.writes:
        taint = 0
        for label, mask in marks:
            given = context.taint(label)
            taint |= keep(given, mask) if given else 0
        if taint:
            _write(frame, context, parameter, path, taint, pos)
    states.leave(frame, operand if receiver is not None else None, summary.states)
    if summary.never:
        frame.dead = True
    result = _result(frame, pos, unit, summary, context, asked, under)
    return _checks(frame, fn, summary, bound, args, receiver, operand, result)


def given_back(frame: Frame, pos: int, units: Sequence[Unit], args: Arguments) -> int:
    """The taint of what one of these methods gives back of its arguments: it is not known which of them is called, and what
    they do besides is not followed."""
    taint = 0
    for unit in units:
        fn = frame.program.callee(unit)
        context = _Binding(frame, unit, fn, args.bind(fn.params, CLEAN), args)
        for _, label, mask, _ in frame.solver.summary(frame, unit).returns:
            if label[0] == "p":
                taint |= keep(context.taint(label), mask)
    return taint


class _Binding:
    """What the labels of a callee are at one call."""

    __slots__ = ("args", "bound", "fn", "frame", "memo", "unit")

    def __init__(self, frame: Frame, unit: Unit, fn: ir.Function, bound: dict[int, Value], args: Arguments) -> None:
        self.args = args
        self.frame = frame
        self.unit = unit
        self.fn = fn
        self.bound = bound
        self.memo: dict[Label, int] = {}

    def taint(self, label: Label) -> int:
        """The taint in the caller of what the callee's label stands for."""
        got = self.memo.get(label)
        if got is None:
            got = self.memo[label] = self._taint(label)
        return got

    def given(self, parameter: Any) -> Value | None:
        """The value given for a parameter, or the captured variable."""
        if type(parameter) is int:
            return self.bound.get(parameter)
        name = parameter[1:]
        if self.fn.parent == self.frame.unit[1] and self.unit[0] == self.frame.unit[0]:
            return self.frame.get(name)
        if self.unit[0] == self.frame.unit[0] and name in self.frame.fn.free:
            return self.frame.solver.free_value(self.frame, name)
        return None

    def made_here(self, parameter: Any) -> bool:
        """Whether what is given is a list that the caller puts together."""
        if self._gathers(parameter):
            spread = self.args.spread
            return len(self.args.positional) > self.args.rest or (spread is not None and _made(spread))
        val = self.given(parameter)
        return val is not None and _made(val)

    def _gathers(self, parameter: Any) -> bool:
        return type(parameter) is int and self.fn.params[parameter].how == ir.VARARGS

    def _taint(self, label: Label) -> int:
        if label[0] == "s":
            return self.frame.label(label)
        if label[2] == (KEYS,) and type(label[1]) is int and self.fn.params[label[1]].how == ir.VARKW:
            taint = 0
            for mapping in self.args.mappings:
                taint |= operators.keys_of(self.frame, mapping)
            return taint
        val = self.given(label[1])
        if val is None:
            return 0
        if label[2] and label[2][0] != ANY and self._gathers(label[1]):
            # One of them is meant: they are a list for once.
            gathered = self.frame.new_object(GATHERED, ("i", "tuple"), self.args.gathered(self.frame))
            taint = self._inside(value(0, NO, (gathered,)), label)
            del self.frame.env[gathered]
            return taint
        taint = self._inside(val, label)
        last = label[2][-1] if label[2] else None
        if not (taint and type(last) is str and last[:1] == "["):
            return taint
        return keyed.called(self.frame, last[1:], value(taint), self._called(label)).taint

    def _called(self, label: Label) -> str:
        """What that is called of which a label names a part."""
        if len(label[2]) > 1:
            return str(label[2][-2])
        return self.fn.params[label[1]].name if type(label[1]) is int else ""

    def _inside(self, val: Value, label: Label) -> int:
        last = label[2][-1] if label[2] else None
        if type(last) is str and last[:1] == "@" and last.startswith(programs.RUN):
            for name in label[2][:-1]:
                val = self.frame.inside(val, name)
            return programs.run_text(self.frame, val, last)  # of what is no list: nothing
        for n, name in enumerate(label[2]):
            if name == OPTIONS:
                return conditions.options(self.frame, val)
            if not val[2]:  # inside of what has no content it is the same, as far as anybody saw
                return guessed(val[0]) if any(map(is_attribute, label[2][n:])) else val[0]
            inner = self.frame.inside(val, name)
            if type(name) is int:
                inner = conditions.placed(self.frame, val, name, inner)
            if not inner.refs:
                return inner.taint if n + 1 < len(label[2]) else self.frame.text(inner)
            val = inner
        return self.frame.text(val)


def _made(val: Value) -> bool:
    return any(ref[0] == "o" for ref in val.refs)


class _Asked:
    """What the provisos of a callee come to at one call."""

    __slots__ = ("args", "bound", "fn", "frame", "known", "operand", "receiver", "unit")

    def __init__(
        self, frame: Frame, unit: Unit, bound: dict[int, Value], args: Arguments, receiver: Value | None, operand: Any,
        *, known: bool,
    ) -> None:  # fmt: skip
        self.frame = frame
        self.unit = unit
        self.fn = frame.program.callee(unit)
        self.bound = bound
        self.args = args
        self.receiver = receiver
        self.operand = operand
        self.known = known

    def refuted(self, behind: Provisos) -> bool:
        """Whether one of them does not hold."""
        return any(self._refuted(proviso) for proviso in behind)

    def _refuted(self, proviso: Proviso) -> bool:
        parameter = proviso[0]
        val = self.bound.get(parameter)
        if proviso[1] == dispatch.ANSWERS:
            return dispatch.refuted(self.frame, proviso, val)
        if proviso[1] == states.STATE:
            return states.within(self.frame, val, proviso[2])
        if proviso[1] == narrowing.NARROWER:
            return narrowing.refuted(self.frame, proviso, val)
        if val is None:  # it is left to its default
            default = self.fn.params[parameter].default
            plain = all(self._plain(d.dotted) for d in self.fn.decorators)
            return self.known and plain and bool(default) and provisos.refuted(proviso, default[0])
        if val.const is NO or val is self.args.star or val is self.args.mapping:  # perhaps given, and perhaps not
            return False
        return provisos.refuted(proviso, val.const)

    def _plain(self, decorator: str) -> bool:
        return decorator.rpartition(".")[2] in PLAIN or wrappers.hands_on(self.frame, self.unit[0], decorator)

    def here(self, behind: Provisos) -> Provisos:
        """Those that are still open, as provisos of the caller's own parameters."""
        out = []
        own: dict[str, int] | None = None
        for parameter, *rest in behind:
            val = self.bound.get(parameter)
            if val is not None and val.const is NO:
                given = _operand(self.fn, parameter, self.args, self.receiver, self.operand)
                if type(given) is str:
                    if own is None:
                        frame = self.frame
                        own = provisos.fixed(frame.fn, frame.blocks, frame.solver.captured(frame.unit))
                    if given in own:
                        out.append((own[given], *rest))
        return tuple(out)


def _put_object(frame: Frame, val: Value, name: Any, kind: Ref, pos: int) -> None:
    """The callee made an object of a class and keeps it in this field."""
    had = frame.inside(val, name)
    made = ("o", (pos, name), kind)
    if made in had.refs or any(ref[0] == "p" for ref in had.refs):
        return
    frame.env.setdefault(made, {})
    for ref in val.refs:
        if ref[0] in "op":
            frame.write_field(ref, name, value(had.taint, NO, (*had.refs, made)))


def _write(frame: Frame, context: _Binding, parameter: Any, path: tuple[Any, ...], taint: int, pos: int) -> None:
    """The callee stored something into what it was given."""
    val = context.given(parameter)
    if val is None:
        return
    *way, last = path
    for step in way:
        if type(step) is tuple:
            _put_object(frame, val, step[0], step[1], pos)
        val = frame.inside(val, step[0] if type(step) is tuple else step)
    for ref in val.refs:
        if ref[0] in "op":
            # So far inside, one reference stands for whatever there is: nobody saw that what is read there is what was put.
            far = ref[0] == "p" and len(ref[2]) >= MAX_PATH
            frame.write_field(ref, last, value(guessed(taint) if far else taint), weak=True)


def _result(
    frame: Frame, pos: int, unit: Unit, summary: Summary, context: _Binding, asked: _Asked, under: Provisos
) -> Value:
    taint = 0
    inner: dict[Any, int] = {}
    judged = frame.solver.judged(unit)  # what it gives has been judged where it is put together
    for path, label, mask, behind in summary.returns:
        if asked.refuted(behind):
            continue
        if label[0] == "s":
            one = frame.label(label, provisos.together(under, asked.here(behind)) if behind else under)
        else:
            one = context.taint(label)
        if not one:
            continue
        one = clear(keep(one, mask), judged)
        if path:
            inner[path[0]] = inner.get(path[0], 0) | one
        else:
            taint |= one
    refs: list[Ref] = []
    for ref in summary.refs:
        if ref[0] == "p":
            given = context.given(ref[1])
            for name in ref[2]:
                given = frame.inside(given, name) if given is not None else None
            refs += given.refs if given is not None else ()
        elif ref[0] == "o":
            content = {
                name: value(inner.get(name, 0), const[0] if const else NO, frefs)
                for name, const, frefs in summary.fields
            }
            for name, one in inner.items():
                content.setdefault(name, value(one))
            refs.append(frame.new_object(pos, ref[1], content))
        else:
            refs.append(ref)
    const = summary.constant[0] if summary.constant and not taint else NO
    return value(taint, const, tuple(dict.fromkeys(refs))) if taint or refs or const is not NO else CLEAN


def _checks(
    frame: Frame, fn: ir.Function, summary: Summary, bound: dict[int, Value], args: Arguments, receiver: Value | None,
    operand: Any, result: Value,
) -> Value:  # fmt: skip
    if not summary.checks:
        return result
    by_answer: dict[str, tuple[Any, ...]] = {"true": (), "false": (), "returns": ()}
    for parameter, path, when, mask in summary.checks:
        if type(parameter) is not int or parameter not in bound:
            continue
        place = _operand(fn, parameter, args, receiver, operand)
        val = bound[parameter]
        keys: list[Any]
        if path and fn.params[parameter].how == ir.VARARGS:
            rest = range(args.rest, len(args.positional))
            known = args.star is None and (len(rest) == 1 or path[-1] == EACH)
            keys = [key for n in rest if known for key in frame.keys(args.operands[n], args.positional[n])]
        elif path:
            keys = [("@", r, path[0]) for r in val.refs if r[0] in "op"] if len(path) == 1 else []
        else:
            keys = frame.keys(place, val)
        by_answer[when] += tuple((k, mask, None) for k in keys)
    guards.apply(frame, frame.env, by_answer["returns"])
    if by_answer["true"] or by_answer["false"]:
        return value(result.taint, result.const, result.refs, (by_answer["true"], by_answer["false"]))
    return result


def _operand(fn: ir.Function, parameter: int, args: Arguments, receiver: Value | None, operand: Any) -> Any:
    if receiver is not None:
        if parameter == 0:
            return operand
        parameter -= 1
        name = fn.params[parameter + 1].name
    else:
        name = fn.params[parameter].name
    if parameter < len(args.operands):
        return args.operands[parameter]
    return args.named[name][1] if name in args.named else None


def call_back(frame: Frame, pos: int, callback: Value, given: list[Value]) -> Value:
    """Something outside calls a function of the program with these values."""
    out = CLEAN
    for ref in callback.refs:
        if ref[0] in "fm":
            receiver = value(0, NO, (ref[3],)) if ref[0] == "m" else None
            fn = frame.program.callee((ref[1], ref[2]))
            positional = [p for p in fn.params if p.how in (ir.POSITIONAL, ir.POSITIONAL_ONLY)]
            room = len(positional) - (receiver is not None)
            handed = [frame.inside(v, ANY) if _container(v) else v for v in given]
            handed = handed[:room] if len(handed) >= room else handed
            out = join(
                out,
                call_function(
                    frame, pos, (ref[1], ref[2]), Arguments(handed, [None] * len(handed)), receiver, known=False
                ),
            )
    return out


def _container(val: Value) -> bool:
    return any(r[0] == "o" and r[2][0] == "i" for r in val.refs)
