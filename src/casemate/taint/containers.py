"""Operations on containers that the engine follows element by element. Knowledge names them (`intrinsic`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from casemate.taint import operators, rows, sequences, texts
from casemate.taint.arguments import Arguments
from casemate.taint.frame import Frame
from casemate.taint.state import ANY, INEXACT, KEYS, TAIL, field_of
from casemate.taint.values import CLEAN, KINDS, NO, Ref, Value, alive, clear, join, value

DICT = ("i", "dict")
Operation = Callable[[Frame, int, Value, Any, Arguments], Value | None]


def objects(val: Value) -> list[Ref]:
    """The containers a value may be: made here, or the caller's."""
    return [r for r in val.refs if r[0] in "op"]


def put_into(frame: Frame, receiver: Value, operand: Any, val: Value) -> None:
    """The receiver holds the value from now on, somewhere."""
    refs = objects(receiver)
    for ref in refs:
        frame.write_field(ref, ANY, value(frame.deep(val), NO, val.refs))
    taint = frame.deep(val)
    if not refs and taint:
        grown = value(receiver.taint | taint, NO, receiver.refs)
        if type(operand) is str:
            frame.env[operand] = grown
        elif operand in frame.origin:
            _, ref, name = frame.origin[operand]
            frame.write_field(ref, name, grown)


def _append(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    refs = objects(receiver)
    if len(refs) == 1 and refs[0][0] == "o":
        length = sequences.exact_length(frame.env.get(refs[0]) or {})
        if length is not None and length < sequences.MAX_PLACES:
            begun = _first_of_all(frame, args.first(), refs[0]) if not length else None
            if begun is not None:
                frame.env[refs[0]] = {0: begun, TAIL: args.first(), INEXACT: CLEAN}
            else:
                frame.write_field(refs[0], length, args.first())
            return CLEAN
    if not _at_the_end(frame, refs, args.first()):
        put_into(frame, receiver, operand, args.first())
    return CLEAN


def _first_of_all(frame: Frame, val: Value, made: Ref) -> Value | None:
    """What an empty list begins with that is filled by a loop which began after the list was made: the first that the loop
    comes to."""
    for ref in val.refs:
        if ref[0] == "^" and type(made[1]) is int and made[1] < ref[1]:
            begun = value(ref[2]) if type(ref[2]) is int else frame.inside(value(0, NO, (ref[2],)), 0)
            return value(clear(begun.taint, KINDS & ~alive(val.taint)), begun.const, begun.refs)  # checked like each
    return None


def _at_the_end(frame: Frame, refs: list[Ref], val: Value) -> bool:
    """Put behind the numbered elements of lists made here, which stay what they are: the program in an argument list."""
    if not refs or any(ref[0] != "o" or ref[2] != ("i", "list") for ref in refs):
        return False
    for ref in refs:
        frame.write_field(ref, TAIL, value(frame.deep(val), NO, val.refs, val.pred), weak=True)
    return True


def _shifted(frame: Frame, refs: list[Ref]) -> None:
    """Elements of lists whose length is not known have moved: none has a number any more."""
    for ref in refs:
        content = frame.env.get(ref) or {}
        if ref[0] == "o" and any(type(k) is int for k in content):
            everything = frame.elements(content)
            frame.env[ref] = {ANY: everything, INEXACT: CLEAN} if everything is not None else {INEXACT: CLEAN}


def _add(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    put_into(frame, receiver, operand, args.first())
    return CLEAN


def _extend(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    refs = objects(receiver)
    if len(refs) == 1 and refs[0][0] == "o" and refs[0][2] == sequences.LIST:
        content = sequences.extended(frame, frame.env.get(refs[0]) or {}, args.first())
        if content is not None:
            frame.env[refs[0]] = content
            return CLEAN
    inner = frame.inside(args.first(), ANY)
    if not _at_the_end(frame, refs, inner):
        put_into(frame, receiver, operand, inner)
    return CLEAN


def _insert(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    item = args.positional[1] if len(args.positional) > 1 else CLEAN
    at = args.first().const
    refs = objects(receiver)
    if len(refs) == 1 and refs[0][0] == "o" and type(at) is int:
        content = sequences.inserted(frame.env.get(refs[0]) or {}, at, item)
        if content is not None:
            frame.env[refs[0]] = content
            return CLEAN
    _shifted(frame, refs)
    put_into(frame, receiver, operand, item)
    return CLEAN


def _pop(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    refs = objects(receiver)
    if len(refs) == 1 and refs[0][0] == "o":
        content = frame.env.get(refs[0]) or {}
        length = sequences.exact_length(content)
        at = args.first().const if args.positional else -1
        if refs[0][2] == ("i", "list") and length and type(at) is int and -length <= at < length:
            items = [content[n] for n in range(length)]
            out = items.pop(at)
            frame.env[refs[0]] = dict(enumerate(items))
            return value(out.taint | receiver.taint, out.const if not receiver.taint else NO, out.refs)
    popped = _get(frame, pos, receiver, operand, args)
    if args.positional:
        _shifted(frame, [r for r in refs if r[2] == ("i", "list")])
    return popped


def _get(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    key = args.first()
    out = frame.element(receiver, key)
    missing = args.positional[1] if len(args.positional) > 1 else args.named.get("default", (CLEAN, None))[0]
    return join(out, missing) if len(args.positional) > 1 or "default" in args.named else value(out.taint, NO, out.refs)


def _setdefault(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    key = args.first()
    item = args.positional[1] if len(args.positional) > 1 else CLEAN
    out = join(frame.element(receiver, key), item)
    for ref in objects(receiver):
        frame.write_field(ref, field_of(key.const) if key.const is not NO else ANY, item, weak=True)
        if frame.deep(key):
            frame.write_field(ref, KEYS, value(frame.deep(key)), weak=True)
    return out


def _update(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    for ref in objects(receiver):
        for keyword, (val, _) in args.named.items():
            frame.write_field(ref, "[" + keyword, val)
        for val in args.positional:
            for other in val.refs:
                if other[0] == "o":
                    for name, inner in (frame.env.get(other) or {}).items():
                        if name != INEXACT:
                            frame.write_field(ref, name, inner, weak=name in (ANY, KEYS))
                    if other[2] != DICT:  # pairs
                        pair = frame.inside(val, ANY)
                        frame.write_field(ref, ANY, frame.inside(pair, 1), weak=True)
                        frame.write_field(ref, KEYS, value(frame.deep(frame.inside(pair, 0))), weak=True)
            if val.taint:
                frame.write_field(ref, ANY, value(val.taint), weak=True)
                frame.write_field(ref, KEYS, value(val.taint), weak=True)
    if not objects(receiver):
        for val, _ in args.everything():
            put_into(frame, receiver, operand, val)
    return CLEAN


def _set_in(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    """`config.set(section, key, value)`: a dict within the object."""
    if len(args.positional) < 3 or not objects(receiver):
        for val, _ in args.everything():
            put_into(frame, receiver, operand, val)
        return CLEAN
    section, key, item = args.positional[:3]
    for ref in objects(receiver):
        name = field_of(section.const) if section.const is not NO else ANY
        held = (frame.env.get(ref) or {}).get(name)
        inner = [r for r in held.refs if r[0] == "o"] if held is not None else []
        if not inner:
            inner = [frame.new_object(pos, ("i", "dict"))]
            frame.write_field(ref, name, value(0, NO, (inner[0],)))
        for one in inner:
            frame.write_field(one, field_of(key.const) if key.const is not NO else ANY, item)
    return CLEAN


def _get_in(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    """`config.get(section, key)`."""
    if len(args.positional) < 2 or not objects(receiver):
        return None
    out = frame.element(frame.element(receiver, args.positional[0]), args.positional[1])
    missing = args.named.get("fallback")
    return join(out, missing[0]) if missing is not None else value(out.taint, NO, out.refs)


def _items(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    """A list of pairs; keys carry what the dict as a whole carries."""
    inner = frame.inside(receiver, ANY)
    pair = frame.new_object(pos, ("i", "tuple"), {0: operators.key(frame, receiver), 1: inner})
    whole = 0 if operators.named_by_callers(frame, receiver) else frame.outer(receiver)
    return value(whole, NO, (frame.new_object(pos + 1, ("i", "list"), {ANY: value(0, NO, (pair,))}),))


def _keys(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    key = operators.key(frame, receiver)
    keys = value(0, NO, (frame.new_object(pos, ("i", "list"), {ANY: key}),))
    return _keys_of(frame, keys, operand, receiver)


def _values(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    return value(0, NO, (frame.new_object(pos, ("i", "list"), {ANY: frame.inside(receiver, ANY)}),))


def _copy(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    return _copied(frame, pos, receiver, None)


def _copied(frame: Frame, pos: int, source: Value, kind: Ref | None, *, ordered: bool = True) -> Value:
    made = [r for r in source.refs if r[0] == "o"]
    if len(made) == 1 and len(source.refs) == 1:
        content = dict(frame.env.get(made[0]) or {})
        if made[0][2] == DICT and kind not in (None, DICT):
            content = {ANY: operators.iterate(frame, source)}
        elif kind == DICT != made[0][2]:
            pair = frame.inside(source, ANY)
            content = {ANY: frame.inside(pair, 1), KEYS: value(frame.deep(frame.inside(pair, 0)))}
        return value(source.taint, NO, (frame.new_object(pos, kind or made[0][2], content),))
    inner = frame.inside(source, ANY)
    content = {ANY: inner, INEXACT: CLEAN}
    if ordered and (kind or sequences.LIST) in sequences.ORDERED and not made:
        content = sequences.copied(frame, source)
    if kind == DICT:
        content[KEYS] = value(operators.keys_of(frame, source) | frame.deep(frame.inside(inner, 0)))
    return value(frame.outer(source), NO, (frame.new_object(pos, kind or sequences.LIST, content),))


def _to(kind: str, *, ordered: bool = True) -> Operation:
    def act(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
        if not args.positional:
            content = {"[" + name: val for name, (val, _) in args.named.items()}
            if args.mapping is not None:
                content |= {ANY: args.mapping, KEYS: value(args.keys or frame.deep(args.mapping))}
            return value(0, NO, (frame.new_object(pos, ("i", kind), content),))
        source = args.first()
        if kind == "dict" and not any(r[0] in "op" and r[2:] for r in source.refs):
            return None
        out = _copied(frame, pos, source, ("i", kind), ordered=ordered)
        return _keys_of(frame, out, args.operands[0], source) if kind == "set" else out

    return act


def _keys_of(frame: Frame, keys: Value, operand: Any, mapping: Value) -> Value:
    return value(keys.taint, keys.const, (*keys.refs, *(("K", key) for key in frame.keys(operand, mapping))))


def _enumerate(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    item = operators.iterate(frame, args.first())
    pair = frame.new_object(pos, ("i", "tuple"), {0: value(0, NO, (("i", "int"),)), 1: item})
    return value(0, NO, (frame.new_object(pos + 1, ("i", "list"), {ANY: value(0, NO, (pair,))}),))


def _zip(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    items = {n: operators.iterate(frame, val) for n, val in enumerate(args.positional)}
    row = frame.new_object(pos, ("i", "tuple"), dict(items))
    return value(0, NO, (frame.new_object(pos + 1, ("i", "list"), {ANY: value(0, NO, (row,))}),))


def _answer(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    """`bool(check(x))`: the answer itself."""
    pred = args.first().pred
    return value(0, NO, (), pred) if pred is not None else None


def _some(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    """`any(name == one for one in ours)`: what each of the answers would establish."""
    answers = [frame.elements(frame.env.get(ref) or {}) for ref in objects(args.first()) if ref[0] == "o"]
    if len(answers) != 1 or answers[0] is None or answers[0].pred is None:
        return None
    return value(0, NO, (), (answers[0].pred[0], ()))


def _tempdir(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    return value(0, NO, (operators.STR_TYPE, ("%", "/tmp")))


OPERATIONS: dict[str, Operation] = {
    "append": _append, "add": _add, "extend": _extend, "insert": _insert, "pop": _pop, "get": _get,
    "setdefault": _setdefault, "update": _update, "items": _items, "keys": _keys, "values": _values, "copy": _copy,
    "list": _to("list"), "tuple": _to("tuple"), "sorted": _to("list", ordered=False),
    "set": _to("set", ordered=False), "dict": _to("dict"),
    "enumerate": _enumerate, "set_in": _set_in, "get_in": _get_in, "zip": _zip,
    "split": texts.split, "rsplit": texts.rsplit, "ending": texts.ending, "join": texts.join,
    "replace": texts.replace, "substitute": texts.substitute, "format": texts.format, "str": texts.string_of,
    "tempdir": _tempdir, "words": texts.words, "answer": _answer, "some": _some,
    "columns": rows.columns, "row_replace": rows.replaced, "row_dict": rows.named,
}  # fmt: skip
