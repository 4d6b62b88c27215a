"""Calls and attributes: which functions a call may mean, and what reading a name of a value gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from casemate.languages import ir
from casemate.taint import (
    called,
    classwide,
    declared,
    dispatch,
    entries,
    external,
    guards,
    hosts,
    keyed,
    names,
    narrowing,
    rows,
    sending,
    states,
    storing,
    user,
    versions,
)
from casemate.taint.arguments import Arguments
from casemate.taint.frame import Frame, Unit
from casemate.taint.names import split
from casemate.taint.provisos import Provisos
from casemate.taint.values import CLEAN, DATA, NO, Ref, Value, clear, guessed, join, value

MAX_TARGETS = 8
MAX_ALIKE = 3  # methods of one name that are asked what they give back, where the receiver is not known
ASKED = "__call__"
NAMES = frozenset({"__name__", "__qualname__", "__module__"})  # words of the program text, not data


def call(frame: Frame, ins: Any) -> None:
    """The CALL instruction."""
    _, pos, dst, callee, args, kwargs = ins
    target = frame.get(callee)
    given = Arguments.of(frame, args, kwargs)
    out = call_value(frame, pos, target, given)
    frame.put(dst, _answer(frame, pos, ASKED, callee, out) if type(callee) is int else out)
    if frame.log is not None:
        frame.log.append((pos, dst, (*_operands(args, kwargs), callee)))


def invoke(frame: Frame, ins: Any) -> None:
    """The INVOKE instruction."""
    _, pos, dst, base, name, args, kwargs = ins
    receiver = frame.get(base)
    given = Arguments.of(frame, args, kwargs)
    out = call_method(frame, pos, receiver, base, name, given)
    if name in keyed.GETTERS and given.positional:
        out = keyed.by_key(frame, given.positional[0].const, out, base)
    frame.put(dst, _answer(frame, pos, name, base, out) if name in frame.solver.answers else out)
    if frame.log is not None:
        frame.log.append((pos, dst, (*_operands(args, kwargs), base)))
        frame.log.append((pos, base, _operands(args, kwargs)))


def _answer(frame: Frame, pos: int, name: str, asked: Any, out: Value) -> Value:
    """What a call gives, and what anything gives that is asked by a method of this name."""
    taint = out.taint
    for answer in frame.solver.answers.get(name, ()):
        if not answer.of or set(answer.of) & set(split(names.of(frame).get(asked, ""))):
            taint |= frame.source(answer.source, pos)
    return out if taint == out.taint else value(taint, NO, out.refs or (DATA,), out.pred)


def _operands(args: Any, kwargs: Any) -> tuple[Any, ...]:
    return (*(a[1] if type(a) is tuple else a for a in args), *(v for _, v in kwargs))


def call_value(frame: Frame, pos: int, target: Value, args: Arguments) -> Value:
    """Call a value."""
    out = _any_of(frame, target.refs, lambda ref: _call_ref(frame, pos, ref, args))
    return out if out is not None else external.unknown(frame, "", None, None, args)


def _any_of(frame: Frame, targets: Sequence[Ref], act: Callable[[Ref], Value | None]) -> Value | None:
    """What a call gives that may mean several things; it never returns only when none of them does."""
    if len(targets) == 1:
        frame.dead = False
        out = act(targets[0])
        frame.dead = out is not None and frame.dead
        return out
    out = None
    returns = False
    for ref in targets[:MAX_TARGETS]:
        frame.dead = False
        got = act(ref)
        if got is not None:
            out = got if out is None else join(out, got)
            returns = returns or not frame.dead
    frame.dead = out is not None and not returns
    return out


def _call_ref(frame: Frame, pos: int, ref: Ref, args: Arguments) -> Value | None:
    kind = ref[0]
    if kind == "f":
        return user.call_function(frame, pos, (ref[1], ref[2]), args, None)
    if kind == "m":
        return user.call_function(frame, pos, (ref[1], ref[2]), args, value(0, NO, (ref[3],)))
    if kind == "c":
        return instantiate(frame, pos, (ref[1], ref[2]), args)
    if kind == "x":
        return external.apply_known(frame, pos, ref[1], None, None, args)
    if kind in "ot":
        key = (ref[1], ref[2]) if kind == "t" else ref[2][1:] if ref[2][0] == "c" else None
        if key:
            found = frame.program.method(key, "__call__")
            if found is not None and found[0] == "f":
                return user.call_function(frame, pos, (found[1], found[2]), args, value(0, NO, (ref,)))
    if kind == "i":
        return external.apply_known(frame, pos, f"{ref[1]}.__call__", value(0, NO, (ref,)), None, args)
    if kind in "DN":
        return _decorated(frame, ref, args) if kind == "D" else rows.made(frame, pos, ref, args)
    return None


def _decorated(frame: Frame, ref: Ref, args: Arguments) -> Value | None:
    """A decorator that makes entry points is called like a function: `app.route("/files/<name>")(send)`."""
    given = args.positional[0] if args.positional else CLEAN
    for fn in given.refs:
        if fn[0] in "fm" and not frame.program.callee(fn[1:3]).decorators:
            for number in ref[1]:
                entry = frame.knowledge.entries[number]
                harmless = entries.harmless(entry, frame.program.function(fn[1:3]), ref[2])
                frame.registered.add((fn[1:3], number, harmless))
    return given if given.refs else None


def instantiate(frame: Frame, pos: int, key: Unit, args: Arguments) -> Value:
    """`Class(…)`: a new object, its constructor run on it; for a class without one of ours, fields by its annotations."""
    made = frame.new_object(pos, ("c", *key))
    init = frame.program.method(key, "__init__")
    me = value(0, NO, (made,))
    if init is not None and init[0] == "f":
        user.call_function(frame, pos, (init[1], init[2]), args, me)
        return me
    klass = frame.program.klass(key)
    for base in frame.program.external_bases(key) or [f"*.{b.rpartition('.')[2]}" for b in klass.bases if "." in b]:
        external.made(frame, pos, base, args, key)
    if klass.annotations:
        fields = [name for name, _ in klass.annotations]
        for name, val in zip(fields, args.positional, strict=False):
            frame.write_field(made, name, val)
        for name, (val, _) in args.named.items():
            frame.write_field(made, name, val)
        return me
    if frame.program.external_bases(key):
        for name, (val, _) in args.named.items():  # what stands behind may keep them otherwise, and as a rule does not
            frame.write_field(made, name, val)
        got = external.unknown(frame, "", None, None, args)
        return value(got.taint, NO, (made,))
    return me


def call_method(frame: Frame, pos: int, receiver: Value, operand: Any, name: str, args: Arguments) -> Value:
    """`receiver.name(…)`."""
    out = _any_of(frame, receiver.refs, lambda ref: _method_of(frame, pos, ref, receiver, operand, name, args))
    if out is not None:
        return out
    anyone = f"*.{name}"
    if anyone in frame.knowledge.calls:
        own = called.own(frame, receiver, operand, name, args) if frame.knowledge.calls[anyone].sinks else ()
        if own:
            return _any_of(frame, own, lambda u: user.call_function(frame, pos, u, args, CLEAN, operand)) or CLEAN
        return external.apply_known(frame, pos, anyone, receiver, operand, args)
    for ref in receiver.refs:
        if ref[0] in "op":  # a function kept in a field
            field = frame.read_field(ref, name)
            if field is not None and any(r[0] in "fmc" for r in field.refs):
                return call_value(frame, pos, field, args)
    known = [r for r in receiver.refs if r[0] in "octi"]
    if not known:
        candidates = frame.program.methods_named(name)
        if len(candidates) == 1 and dispatch.takes(frame.program.callee(candidates[0]), args):
            # That it is an object of this class is a guess: whatever it carries does not stand in the class's attributes.
            return user.call_function(frame, pos, candidates[0], args, CLEAN, operand)
    out = external.unknown(frame, anyone, receiver, operand, args)
    if not known and out.taint and 1 < len(candidates) <= MAX_ALIKE and not name.startswith("__"):
        out = external.at_most(frame, out, receiver, user.given_back(frame, pos, candidates, args))
    numbers = frame.solver.entry_tables[0].get(anyone)
    if numbers is not None:
        texts = tuple(val.const for val, _ in args.everything() if type(val.const) is str)
        out = value(out.taint, out.const, (*out.refs, ("D", tuple(numbers), texts)))
    return out


def _method_of(
    frame: Frame, pos: int, ref: Ref, receiver: Value, operand: Any, name: str, args: Arguments
) -> Value | None:
    kind = ref[0]
    if kind == "x":
        dotted = frame.knowledge.canonical(f"{ref[1]}.{name}")
        known = frame.knowledge.values.get(ref[1])
        if dotted not in frame.knowledge.calls and known is not None and known.type:
            return _external_method(frame, pos, known.type, receiver, operand, name, args)
        if receiver.taint and dotted not in frame.knowledge.calls and dotted not in frame.solver.registering:
            return None  # a method of data from outside (`request.FILES.get`), not a function of a module
        return external.apply_known(frame, pos, dotted, None, None, args)
    if kind == "M":
        found = frame.program.member(ref[1], name)
        return call_value(frame, pos, frame.solver.value_of(frame, found), args) if found else None
    if kind == "i":
        under = states.under(frame, receiver, operand)
        return _external_method(frame, pos, ref[1], receiver, operand, name, args, under)
    if kind == "o" and ref[2][0] == "i":
        return _external_method(frame, pos, ref[2][1], receiver, operand, name, args)
    if kind == "f":
        return sending.sent(frame, pos, ref, name, args)
    if kind in "otcS":
        key = ref[2][1:] if kind == "o" else (ref[1], ref[2])
        return _own_method(frame, pos, kind, key, ref, receiver, operand, name, args)
    return None


def _external_method(
    frame: Frame,
    pos: int,
    dotted: str,
    receiver: Value,
    operand: Any,
    name: str,
    args: Arguments,
    under: Provisos = (),
) -> Value | None:
    for base in frame.program.external_lineage(dotted):
        full = f"{base}.{name}"
        if full in frame.knowledge.calls:
            return external.apply_known(frame, pos, full, receiver, operand, args, under=under)
    if dotted in frame.knowledge.bases and f"*.{name}" in frame.knowledge.calls:
        return None
    full = f"{dotted}.{name}"
    if full in frame.solver.registering:
        return external.apply_known(frame, pos, full, receiver, operand, args)
    return None


def _own_method(
    frame: Frame, pos: int, kind: str, key: Unit, ref: Ref, receiver: Value, operand: Any, name: str, args: Arguments
) -> Value | None:
    """A method found through a class of the program."""
    program = frame.program
    found = program.method(key, name, kind == "S")
    if kind == "S":
        narrowing.asked_above(frame, name)
    if found is None:  # a method that only subclasses have, or a function kept in an attribute
        targets = list(program.overrides(key, name)) if kind == "t" else []
        if not targets:
            kept = frame.solver.attribute_value(frame, key, name) if kind in "ot" else None
            return _call_kept(frame, pos, kept, args) if kept is not None else None
        found = targets[0]
    if found[0] == "x":
        holder = found[1].rpartition(".")[0]
        me = frame.get(frame.fn.params[0].name) if kind == "S" and frame.fn.params else receiver
        always, under = narrowing.of_class(frame, kind, key, holder, me)
        for narrow in (*me.refs, *always):
            if narrow[0] == "i" and narrow[1] != holder and holder in program.external_lineage(narrow[1]):
                # The object is known to be of a narrower type, which answers.
                return _external_method(frame, pos, narrow[1], me, operand, name, args) or CLEAN
        under = (*under, *states.open_object(frame, kind, holder, me))
        return external.apply_known(frame, pos, found[1], me, operand, args, under=under)
    if found[0] == "c":
        return instantiate(frame, pos, (found[1], found[2]), args)
    if found[0] == "v":
        return call_value(frame, pos, attribute(frame, pos, value(0, NO, (ref,)), name), args)
    targets = [found]
    if kind == "t":
        targets += [o for o in program.overrides(key, name) if o != found]

    def act(target: Ref) -> Value:
        first = _receiver(frame, kind, key, receiver, program.callee(target[1:]))
        under = dispatch.under(frame, operand, name, targets, target)
        return dispatch.made(
            frame, user.call_function(frame, pos, target[1:], args, first, operand, under=under), target, key
        )

    out = _any_of(frame, targets, act)
    if kind == "t":  # a subclass that we do not see may do better than raise NotImplementedError
        frame.dead = False
    return out


def _call_kept(frame: Frame, pos: int, kept: Value, args: Arguments) -> Value | None:
    """Call what an attribute holds, where that is a function of which something is known."""
    known = [r for r in kept.refs if r[0] in "fmc" or (r[0] == "x" and r[1] in frame.knowledge.calls)]
    return call_value(frame, pos, value(0, NO, tuple(known)), args) if known else None


def _receiver(frame: Frame, kind: str, key: Unit, receiver: Value, fn: ir.Function) -> Value | None:
    """What a method's first parameter gets: the instance, the class, or nothing."""
    how = dispatch.binding(fn)
    if how == "static" or (kind == "c" and how == "instance"):
        return None
    if how == "class":
        return value(0, NO, (("c", *key),))
    if kind == "S":
        return frame.get(frame.fn.params[0].name) if frame.fn.params else receiver
    return value(receiver.taint, NO, tuple(r for r in receiver.refs if r[0] in "opt" or states.is_one(frame, r)))


def _is_property(fn: ir.Function) -> bool:
    return any(d.dotted.rpartition(".")[2] in ("property", "cached_property", "hybrid_property") for d in fn.decorators)


def attribute(frame: Frame, pos: int, val: Value, name: str) -> Value:
    """`val.name`."""
    if name in NAMES or (val.taint and declared.harmless(frame, val, name)):
        return CLEAN
    told = states.attribute(frame, val, name)
    if told:
        return external_value(frame, pos, told)
    out: Value | None = None
    refs = storing.current(frame, pos, val, name)
    for got in [_attribute_of(frame, pos, ref, val, name) for ref in refs]:
        if got is not None:
            out = got if out is None else _both(out, got)
    taint = frame.outer(val)
    if taint:
        for ref in val.refs:
            taint &= ref[1] if ref[0] == "#" else taint
            for base in frame.program.external_lineage(ref[1]) if ref[0] == "i" else ():
                part = frame.knowledge.values.get(f"{base}.{name}")
                taint = clear(taint, frame.knowledge.mask(part.clears)) if part is not None and part.clears else taint
        taint = taint if frame.tells(val, name) else guessed(taint)
    if out is None:
        known = frame.knowledge.values.get(f"*.{name}") if taint else None
        if known is not None and known.type:
            return value(0, NO, (("i", known.type),))
        taint = clear(taint, frame.knowledge.mask(known.clears)) if known is not None else taint
        return value(taint, NO, (DATA,) if taint and DATA in val.refs else ())
    return value(out.taint | taint, NO, out.refs, out.pred) if taint else out


def _both(a: Value, b: Value) -> Value:
    """What is known of one field in two ways (as the caller's, and by its class): the union, keeping a constant of either."""
    const = a.const if a.const is not NO else b.const
    return value(a.taint | b.taint, const, tuple(dict.fromkeys((*a.refs, *b.refs)))[:MAX_TARGETS])


def _attribute_of(frame: Frame, pos: int, ref: Ref, val: Value, name: str) -> Value | None:
    kind = ref[0]
    if kind == "x":
        return external_value(frame, pos, f"{ref[1]}.{name}", ref[1], name)
    if kind == "i":
        return _essence(frame, ref[1], name, val, external_attribute(frame, pos, ref[1], name))
    if kind == "M":
        found = frame.program.member(ref[1], name)
        return frame.solver.value_of(frame, found) if found else None
    if kind == "p":
        return frame.read_field(ref, name) if not classwide.settled(frame, val, name) else None
    if kind == "o":
        got = frame.read_field(ref, name)
        if got is not None:
            return got
        if ref[2][0] == "i":
            return external_attribute(frame, pos, ref[2][1], name)
        return _class_attribute(frame, pos, ref[2][1:], ref, name)
    if kind in "tcS":
        return _class_attribute(frame, pos, (ref[1], ref[2]), ref, name)
    return None


def _essence(frame: Frame, dotted: str, name: str, val: Value, got: Value | None) -> Value | None:
    """An attribute that tells the essence of its object: what equality with it establishes of the object's origin."""
    known = frame.knowledge.values.get(f"{dotted}.{name}")
    if got is None or known is None:
        return got
    if known.when_true or known.when_false:
        yes, no = (hosts.origin(val, frame.knowledge.mask(kinds)) for kinds in (known.when_true, known.when_false))
        return value(got.taint, got.const, got.refs, (yes, no))
    empty = guards.empty(frame, known.filled, val) if known.filled else ()
    mask = frame.knowledge.mask(known.equal)
    same = [("e", r[1], r[2] & mask) for r in val.refs if r[0] == "e"] if mask else []
    return value(got.taint, got.const, (*got.refs, *same), ((), empty) if empty else None) if same or empty else got


def _class_attribute(frame: Frame, pos: int, key: Unit, ref: Ref, name: str) -> Value | None:
    """An attribute found through a class: a method, a property's value, or what any method stored there."""
    found = frame.program.method(key, name, ref[0] == "S")
    cell = frame.solver.attribute_value(frame, key, name)
    if found is None:
        return cell
    if found[0] == "f":
        fn = frame.program.callee((found[1], found[2]))
        if _is_property(fn) and ref[0] != "c":
            return user.call_function(frame, pos, (found[1], found[2]), Arguments([], []), value(0, NO, (ref,)))
        if dispatch.binding(fn) == "static" or (ref[0] == "c" and dispatch.binding(fn) == "instance"):
            return value(0, NO, (found,))
        holder = ref if ref[0] in "otc" else ("t", *key)
        return value(0, NO, (("m", found[1], found[2], holder),))
    if found[0] == "c":
        return value(0, NO, (found,))
    if found[0] == "x":
        got = external_value(frame, pos, found[1], "", "")
        return join(got, cell) if cell is not None else got
    return cell


def external_value(frame: Frame, pos: int, dotted: str, owner: str = "", name: str = "") -> Value:
    """A name of something outside: what knowledge says of it."""
    dotted = frame.knowledge.canonical(dotted)
    told = versions.known(dotted)
    if told is not None:
        return told
    known = frame.knowledge.values.get(dotted)
    if known is None and owner and owner in frame.knowledge.values and frame.knowledge.values[owner].type:
        got = external_attribute(frame, pos, frame.knowledge.values[owner].type, name)
        if got is not None:
            return got
    if known is None:
        kept = frame.solver.shared_value(frame, frame.knowledge.canonical(owner), name) if owner else None
        return kept if kept is not None else value(0, NO, (("x", dotted),))
    taint = 0
    if known.source is not None and not (frame.entry is not None and entries.fixed(frame.entry, frame.fn, dotted)):
        taint = frame.source(known.source, pos)
    refs: tuple[Ref, ...] = (("i", known.type),) if known.type else (("x", dotted),)
    if known.source is not None and known.type not in ("str", "bytes"):
        refs = (*refs, DATA)
    if known.constant:
        return value(0, known.constant, (("i", "str"),))
    return value(taint, NO, refs)


def external_attribute(frame: Frame, pos: int, dotted: str, name: str) -> Value | None:
    """An attribute of an instance from outside."""
    for base in frame.program.external_lineage(dotted):
        full = f"{base}.{name}"
        if full in frame.knowledge.values:
            return external_value(frame, pos, full)
        if full in frame.knowledge.calls:
            return value(0, NO, (("x", full),))
    return None
