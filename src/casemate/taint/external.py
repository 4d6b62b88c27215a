"""Calls of what lies outside the program: what knowledge says of them, or the cautious default."""

from __future__ import annotations

from typing import Any

from casemate.knowledge.entries import Call
from casemate.knowledge.entries import Value as Written
from casemate.languages import ir
from casemate.taint import (
    chosen,
    conditions,
    containers,
    declared,
    decoding,
    entries,
    fold,
    guards,
    limits,
    narrowing,
    operators,
    parts,
    programs,
    responses,
    routes,
    sequences,
    user,
)
from casemate.taint.arguments import Arguments
from casemate.taint.frame import Frame, constant
from casemate.taint.provisos import Provisos
from casemate.taint.state import ANY, INEXACT, OPTIONS
from casemate.taint.summary import TEXT
from casemate.taint.values import (
    CLEAN,
    DATA,
    FIELD,
    NO,
    SEEN,
    WIDTH,
    Ref,
    Value,
    any_kind,
    below,
    clear,
    fields,
    guessed,
    keep,
    revive,
    uncross,
    value,
)

FORMAT = "@format"
ENCODED = "encoded"  # the kind for which what a check has let through is alive until it is decoded
# What is looked up by a key is not the key, nor are its attributes: names of functions that look up.
LOOKUPS = ("get_", "find_", "fetch_", "load_", "lookup", "query_", "retrieve_", "select_")
SOME = "@some"  # an attribute, it is not known which
PROPERTY_KEEPERS = frozenset("de")
PLACED = frozenset("dey")
LEFT = ("str.lstrip", "str.strip", "*.lstrip", "*.strip")


def apply_known(
    frame: Frame,
    pos: int,
    dotted: str,
    receiver: Value | None,
    operand: Any,
    args: Arguments,
    *,
    under: Provisos = (),
) -> Value:
    """A call of something outside, by its canonical name. operand: where the receiver stands. under: provisos under which it is
    this that is called."""
    call = frame.knowledge.calls.get(dotted)
    registering = frame.solver.registering.get(dotted)
    if registering:
        _register(frame, registering, receiver, args)
    if frame.met is not None:
        frame.met.setdefault(pos, set()).add(dotted)
    if call is None:
        return unknown(frame, dotted, receiver, operand, args)
    if call.sinks:
        _sinks(frame, pos, call, receiver, args, under=under)
        if call.name in frame.solver.runners:
            programs.handed_on(frame, pos, call, receiver, args)
    if call.acts:
        _acts(frame, pos, call, receiver, args)
    for callback, given in call.invokes:
        for val, _ in args.select(callback, receiver):
            handed = [v for sel in given for v, _ in args.select(sel, receiver, operand)]
            user.call_back(frame, pos, val, [value(frame.deep(v), NO, v.refs) for v in handed])
    out = _result(frame, pos, call, receiver, operand, args)
    if call.tidies and out.taint:
        for val, _ in args.select(call.tidies, receiver):
            copied = [r[1] for r in val.refs if r[0] == "v" or (r[0] == "p" and not r[2])]
            out = value(out.taint, out.const, (*out.refs, *(("v", n) for n in copied)), out.pred)
    for origin, to in call.into:
        for val, _ in args.select(origin, receiver, operand):
            if call.intrinsic:
                continue
            for target, place in args.select(to, receiver, operand):
                containers.put_into(frame, target, place, val)
    if call.guards:
        out = _checks(frame, pos, call, receiver, operand, args, out)
    if call.narrows:
        out = narrowing.narrowed(frame, call, receiver, operand, args, out)
    if call.noreturn:
        frame.dead = True
    return out


def unknown(frame: Frame, dotted: str, receiver: Value | None, operand: Any, args: Arguments) -> Value:
    """Nothing is known: the result is taken to carry whatever went in, which nobody saw, and to be an instance when the name is
    written like a class. What is asked of what came from outside as it is came with it."""
    taint = 0
    refs: list[Ref] = []
    for val, _ in args.everything():
        taint |= _of_whom(frame, val) if any(r[0] == "t" for r in val.refs) else frame.text(val)
        refs += [r for r in val.refs if r[0] in "fm"]  # a wrapper is taken for what it wraps
    taint = guessed(taint)
    if receiver is not None:
        taint |= _of_whom(frame, receiver) if DATA in receiver.refs else guessed(_of_whom(frame, receiver))
    last = dotted.rpartition(".")[2]
    if taint and last.startswith(LOOKUPS):
        refs.append(("#", _of_whom(frame, receiver) if receiver is not None else 0))
    if dotted in frame.knowledge.bases or last[:1].isupper():
        refs.append(("i", dotted))
    if receiver is not None and taint & ~receiver.taint:
        containers.put_into(frame, receiver, operand, value(taint)) if last[:3] in ("set", "add", "put") else None
    return value(taint, NO, tuple(refs[:4])) if taint or refs else CLEAN


def at_most(frame: Frame, out: Value, receiver: Value, taint: int) -> Value:
    """The result of an unknown method, where all methods of that name give back no more than this."""
    return value(out.taint & (taint | _of_whom(frame, receiver)), out.const, out.refs, out.pred)


def _of_whom(frame: Frame, receiver: Value) -> int:
    """What the result of an unknown function carries of an object: of what the caller gave, something of it and not it itself."""
    return frame.text(frame.inside(receiver, SOME) if any(r[0] == "p" for r in receiver.refs) else receiver)


def _register(frame: Frame, numbers: list[int], receiver: Value | None, args: Arguments) -> None:
    texts = [val.const for val, _ in args.everything() if type(val.const) is str]
    for number in numbers:
        entry = frame.knowledge.entries[number]
        if entry.routed:
            route = (
                args.positional[0] if args.positional else args.named.get("route", args.named.get("regex", (CLEAN,)))[0]
            )
            routes.told(frame, route)
        for val, _ in args.select(entry.arg, receiver):
            for ref in val.refs:
                if ref[0] in "fm":
                    unit = (ref[1], ref[2])
                    harmless = entries.harmless(entry, frame.program.function(unit), texts)
                    frame.registered.add((unit, number, harmless))


def assigned(frame: Frame, pos: int, written: Written, val: Value) -> None:
    """A value of something outside is set."""
    _acts(frame, pos, written, None, Arguments([val], [None]))


def _acts(frame: Frame, pos: int, said: Call | Written, receiver: Value | None, args: Arguments) -> None:
    """Note what is weak as it stands. What `**options` may hold is not known to be absent."""
    for act in said.acts:
        if args.mapping is not None and any(c.test == "absent" for c in act.when):
            continue
        if frame.answered is not None and _is_switch(frame, frame.answered[0]):
            continue  # the caller asked for it
        if any(c.test == "is" and conditions.may_differ(frame, c, receiver, args) for c in act.when):
            continue
        weak = all(conditions.holds(frame, c, receiver, args) for c in act.when)
        if weak and not chosen.otherwise(frame, pos, receiver, act.name):
            frame.act(pos, said.name, act.name)


def _is_switch(frame: Frame, operand: Any) -> bool:
    """Whether a condition is a parameter that the caller switches something on or off by."""
    return any(parameter.name == operand and parameter.annotation == "bool" for parameter in frame.fn.params)


def made(frame: Frame, pos: int, base: str, args: Arguments, key: tuple[str, int]) -> None:
    """An object of a class (key) of the program is made whose base is this: the base's constructor is given the arguments."""
    call = frame.knowledge.calls.get(base)
    if call is not None:
        _sinks(frame, pos, call, None, args, key)


def _refuses(frame: Frame, key: tuple[str, int], name: str) -> bool:
    """Whether a class has a method of its own of that name that raises."""
    found = frame.program.method(key, name) if name else None
    if found is None or found[0] != "f":
        return False
    return any(end[0] == ir.RAISE for _, end, _ in ir.graph(frame.program.callee((found[1], found[2]))))


def _sinks(
    frame: Frame,
    pos: int,
    call: Call,
    receiver: Value | None,
    args: Arguments,
    key: tuple[str, int] | None = None,
    *,
    under: Provisos = (),
) -> None:
    for sink in call.sinks:
        if key is not None and _refuses(frame, key, sink.refusing):
            continue
        kind = frame.knowledge.kinds[sink.kind]
        if sink.item == OPTIONS:
            for val, _ in args.select(sink.arg, receiver):
                handed = [r for r in val.refs if r[0] == "p"] if not any(r[0] == "o" for r in val.refs) else []
                for ref in handed:
                    frame.reach(frame.default_field(ref, OPTIONS).taint, kind.bit, frame.sink(pos, call.name), pos)
        if sink.when and not all(conditions.holds(frame, c, receiver, args) for c in sink.when):
            continue
        site = frame.sink(pos, call.name)
        meant = [(conditions.formatted(frame, args), None)] if sink.item == FORMAT else args.select(sink.arg, receiver)
        for val, _ in meant:
            taint = frame.text(conditions.item_of(frame, val, sink.item) if sink.item != FORMAT else val)
            if taint and not _checked_origin(frame, val, kind.mask):
                if responses.comes_to_nothing(frame, pos, sink):
                    continue
                crossed = TEXT if sink.item == OPTIONS else 0
                frame.reach(taint, kind.bit, site, pos, crossed=crossed, behind=under)


def _checked_origin(frame: Frame, val: Value, mask: int) -> bool:
    """Whether a check of what a value was taken from (the text of a parsed address or program) refused what is dangerous."""
    for ref in val.refs:
        if ref[0] == "e" and ref[2] & mask and type(ref[1]) is str:
            if (origin := frame.env.get(ref[1])) is not None and not any_kind(origin.taint, mask):
                return True
    return False


def _result(frame: Frame, pos: int, call: Call, receiver: Value | None, operand: Any, args: Arguments) -> Value:
    knowledge = frame.knowledge
    if call.fold:
        folded = _folded(call, receiver, args)
        if folded is not NO:
            return constant(folded)
    if call.intrinsic == "object":
        return value(0, NO, (frame.new_object(pos, ("i", call.returns)),))
    if call.intrinsic:
        operation = containers.OPERATIONS.get(call.intrinsic)
        if operation is not None:
            made = operation(frame, pos, receiver if receiver is not None else CLEAN, operand, args)
            if made is not None:
                return _cleared(frame, call, made) if call.clears else made
        special = _special(frame, pos, call, args)
        if special is not None:
            return special
    if call.clean_when and all(conditions.holds(frame, c, receiver, args) for c in call.clean_when):
        return CLEAN
    taint = 0
    properties: list[Ref] = []
    if call.passes is None:
        taint = frame.deep(receiver) if receiver is not None else 0
        for val, _ in args.everything():
            taint |= frame.deep(val)
    else:
        for selector in call.passes:
            for val, place in args.select(selector, receiver, operand):
                taint |= frame.deep(val)
                if len(call.passes) == 1:
                    keepers = PLACED if call.normalises or call.wraps else PROPERTY_KEEPERS
                    properties += [r for r in val.refs if r[0] in keepers]
                    if call.normalises or call.name.endswith(fold.CASES):
                        properties += parts.copied(frame, place, val, fields=bool(call.normalises))
                    for kind in call.normalises:
                        properties += guards.rooted(frame, knowledge.kinds[kind], operators.outline(val))
                    properties += (
                        [r for r in val.refs if r[0] == "n"] if call.normalises or call.name.startswith("str.") else []
                    )
    if call.clears:
        taint = clear(taint, knowledge.mask(call.clears))
    if call.decodes and taint:
        taint = revive(taint, knowledge.kinds[ENCODED].mask, knowledge.mask(call.decodes))
        properties += decoding.copies(call, knowledge.mask(call.decodes), receiver, args)
    if call.returns in ("str", "bytes"):
        taint = clear(taint, frame.solver.no_objects)
    if call.splices and taint:
        taint = _spliced(frame, call, receiver, args, taint)
        properties += parts.of(frame, [*([(receiver, None)] if receiver is not None else []), *args.everything()])
    if call.splices and receiver is None and len(args.positional) > 1 and not args.named:
        way = "/".join(operators.outline(val) for val in args.positional)
        if not way.startswith(operators.UNKNOWN) and not any(operators.RANDOM_TYPE in v.refs for v in args.positional):
            properties.append(("%", way))
    if call.normalises:
        properties += [("n", k) for k in call.normalises]
        if args.positional and operators.outline(args.positional[0]).startswith("/"):
            properties += [("h", k) for k in call.normalises]  # nothing of it leads above the root
    elif call.name in LEFT and [v.const for v in args.positional] == ["/"] and receiver is not None:
        properties += [("s",), *(("j", r[1]) for r in receiver.refs if r[0] in "hj")]
        properties += [r for r in receiver.refs if r[0] == "^"]  # what was first in a loop is the first of what is made
    if call.wraps and len(args.operands) == 1 == len(args.everything()):
        properties += [r for r in args.positional[0].refs if r[0] in "bden"]
        properties += parts.copied(frame, args.operands[0], args.positional[0], fields=True)
    elif call.wraps and args.spread is not None and not args.operands and not args.named:
        properties += [("d", ("@", r, parts.WHOLE)) for r in args.spread.refs if r[0] == "p"]
    if call.source is not None:
        taint |= frame.source(call.source, pos)
    refs = (*_type(frame, call, receiver, args), *dict.fromkeys(properties))
    if call.source is not None and call.returns not in ("str", "bytes"):
        refs = (*refs, DATA)
    return value(taint, NO, refs) if taint or refs else CLEAN


def _folded(call: Call, receiver: Value | None, args: Arguments) -> Any:
    if args.named or args.star is not None or args.mapping is not None:
        return NO
    given = [v.const for v in args.positional]
    if NO in given:
        return NO
    if receiver is not None:
        return fold.method(receiver.const, call.name.rpartition(".")[2], given) if receiver.const is not NO else NO
    return fold.function(call.name, given)


def _special(frame: Frame, pos: int, call: Call, args: Arguments) -> Value | None:
    """`getattr` with a known name; `super`; a compiled pattern."""
    if call.intrinsic == "getattr" and len(args.positional) >= 2 and type(args.positional[1].const) is str:
        return frame.inside(args.positional[0], args.positional[1].const)
    if call.intrinsic == "getattr" and args.positional and any(r[0] == "p" for r in args.positional[0].refs):
        return frame.inside(args.positional[0], SOME)
    if call.intrinsic == "setattr" and len(args.positional) == 3:
        name = args.positional[1].const
        for ref in containers.objects(args.positional[0]):
            frame.write_field(ref, name if type(name) is str else ANY, args.positional[2])
        return CLEAN
    if call.intrinsic == "declare":
        return declared.declare(frame, args)
    if call.intrinsic == "map":
        return _mapped(frame, pos, args)
    if call.intrinsic == "super":
        return value(0, NO, (("S", frame.unit[0], frame.fn.owner),)) if frame.fn.owner >= 0 else CLEAN
    if call.intrinsic == "pattern" and args.positional and type(args.positional[0].const) is str:
        return value(0, NO, (("i", "re.Pattern"), ("r", args.positional[0].const)))
    return None


def _mapped(frame: Frame, pos: int, args: Arguments) -> Value | None:
    """`map(str, items)`: what a function from outside makes of each element."""
    callback = args.positional[0].refs if len(args.positional) == 2 else ()
    known = frame.knowledge.calls.get(callback[0][1]) if len(callback) == 1 and callback[0][0] == "x" else None
    if known is None or known.sinks:
        return None

    def made(val: Value) -> Value:
        return apply_known(frame, pos, callback[0][1], None, None, Arguments([val], [None]))

    laid = sequences.laid_out(frame, args.positional[1])
    content = dict(enumerate(laid[0])) if laid is not None and laid[1] else sequences.copied(frame, args.positional[1])
    content = {name: made(val) if name != INEXACT else val for name, val in content.items()}
    return value(0, NO, (frame.new_object(pos, sequences.LIST, content),))


def _spliced(frame: Frame, call: Call, receiver: Value | None, args: Arguments, taint: int) -> int:
    """Below something that others fixed: all but what stands first is spliced. The folder in which one works fixes nothing."""
    mask = frame.knowledge.mask(call.splices)
    given = [val for val, _ in args.everything()]
    if receiver is not None:
        given.insert(0, receiver)
    elif given and operators.HERE_TYPE in given[0].refs:
        given.pop(0)
    lead = frame.deep(given[0]) if given else 0
    rest = 0
    for val in given[1:]:
        harmless = sum(frame.knowledge.kinds[r[1]].mask & mask for r in val.refs if r[0] == "j")
        rest |= clear(frame.deep(val), harmless)
        taint = clear(taint, harmless) if harmless and len(given) == 2 and not lead else taint
    if len(given) < 2:
        return taint
    # Whoever gives what stands first as well is not below anything that others fixed.
    same = _given_by_the_same(frame, lead, rest, mask)
    crossed = below(keep(rest & ~same, mask | SEEN)) | clear(rest & ~same, mask) | uncross(rest & same)
    return (taint & (lead | crossed)) | crossed


def _given_by_the_same(frame: Frame, lead: int, rest: int, mask: int) -> int:
    """The labels of `rest` whose giver gives what stands first, too: the same label, or an attribute of the same thing."""
    first = [frame.labels[shift // WIDTH] for shift, bits in fields(lead) if bits & mask]
    out = 0
    for shift, _ in fields(rest) if first else ():
        label = frame.labels[shift // WIDTH]
        if any(
            label == one or (one[0] == "p" and one[:2] == label[:2] and label[2][: len(one[2])] == one[2])
            for one in first
        ):
            out |= FIELD << shift
    return out


def _cleared(frame: Frame, call: Call, made: Value) -> Value:
    return value(clear(made.taint, frame.knowledge.mask(call.clears)), made.const, made.refs, made.pred)


def _type(frame: Frame, call: Call, receiver: Value | None, args: Arguments) -> tuple[Ref, ...]:
    if not call.returns:
        return (("i", call.name),) if call.name in frame.knowledge.bases else ()
    if call.returns == "@receiver":
        return tuple(r for r in receiver.refs if r[0] in "oit") if receiver is not None else ()
    if call.returns == "@0":
        made: list[Ref] = []
        for ref in args.positional[0].refs if args.positional else ():
            if ref[0] == "c":
                made.append(("t", ref[1], ref[2]))
            elif ref[0] == "x":
                made.append(("i", ref[1]))
            elif ref[0] in "fm":
                made.append(ref)
        return tuple(made)
    return (("i", call.returns),)


def _checks(
    frame: Frame, pos: int, call: Call, receiver: Value | None, operand: Any, args: Arguments, out: Value
) -> Value:
    """What the call establishes about its arguments: at once when it would have raised, else with its answer."""
    when_true: tuple[Any, ...] = ()
    when_false: tuple[Any, ...] = ()
    answers: tuple[Ref, ...] = ()
    for guard in call.guards if len(args.everything()) < 2 else [one for one in call.guards if not one.alone]:
        others = [v for v, _ in args.select(guard.other, receiver)] if guard.other else []
        for val, place in args.select(guard.arg, receiver, operand):
            if guard.check in ("prefix", "common") and val.taint | (guard.check == "common"):
                limits.told_by_beginning(frame, pos, guard, val, others)
            found = guards.effects(frame, guard, call.name, val, place, others)
            if guard.when == "returns":
                guards.apply(frame, frame.env, found)
            elif guard.when == "true":
                when_true += found
            elif guard.when == "false":
                when_false += found
            else:
                answer = "u" if guard.check == "fixpoint" else guard.when[0]  # "e" or "b"
                answers += tuple((answer, k, m) for k, m, _ in found)
                frame.parts.update(k for k, _, _ in found if type(k) is str)
    if answers:
        out = value(out.taint, out.const, (*out.refs, *answers), out.pred)
    if when_true or when_false:
        out = value(out.taint, out.const, out.refs, (when_true, when_false))
    return out
