"""Operations on text that the engine follows piece by piece. Knowledge names them (`intrinsic`)."""

from __future__ import annotations

import re
import string
from typing import Any

from casemate.taint import guards, operators, refusals, sequences
from casemate.taint.arguments import Arguments
from casemate.taint.frame import Frame, constant
from casemate.taint.state import ANY, TAIL, Fields
from casemate.taint.values import CLEAN, KINDS, NO, SPLICED, Ref, Value, clear, cross, fields, value

ADDRESS = ("", "/", "?", "#")  # by which parts of a path or an address are joined: the first says where it leads


def split(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    """`text.split(separator)`: several pieces, in which the separator does not occur."""
    if receiver.const is not NO:
        return None
    separator = args.first().const
    keys = frame.keys(operand, receiver) if type(separator) is str and separator else ()
    return value(receiver.taint, NO, (("i", "str.several"), *(("g", key, separator) for key in keys)))


def rsplit(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    """`path.rsplit("/", 1)`: the last piece is a name, nothing that leads elsewhere."""
    sep = args.first().const
    most = args.positional[1] if len(args.positional) > 1 else args.named.get("maxsplit", (CLEAN, None))[0]
    mask = sum(kind.mask for kind in frame.knowledge.kinds.values() if sep in kind.everything)
    if not mask or most.const != 1 or receiver.const is not NO:
        return split(frame, pos, receiver, operand, args)
    head = value(receiver.taint, NO, (operators.STR_TYPE,))
    name = value(clear(receiver.taint, mask), NO, (operators.STR_TYPE,))
    return value(0, NO, (frame.new_object(pos, ("i", "list"), {0: head, 1: name}),))


def ending(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    """`os.path.split(path)`, `os.path.splitext(path)`: the second is a name or an ending, in which no separator stands."""
    path = args.first()
    if path.const is not NO or not path.taint:
        return None
    mask = sum(kind.mask for kind in frame.knowledge.kinds.values() if "/" in kind.everything)
    head = value(path.taint, NO, (operators.STR_TYPE,))
    end = value(clear(path.taint, mask), NO, (operators.STR_TYPE,))
    return value(0, NO, (frame.new_object(pos, ("i", "tuple"), {0: head, 1: end}),))


# One of several characters, as a class or one by one.
ONE_OF = re.compile(r"(?:\[(?!\^)(?:[^\]\\]|\\.)+\]|(?:\\.|[\r\n])(?:\|(?:\\.|[\r\n]))*)\+?", re.DOTALL)
PUNCTUATION = "\r\n" + string.punctuation
ONE_CLASS = re.compile(r"\[\^((?:[^\]\\]|\\.)+)\][+*]?")  # all but these characters


def substitute(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    """`re.sub("[^a-z]", "-", text)` leaves nothing but what the class names and the replacement."""
    compiled = _compiled(receiver)
    given = args.positional if compiled is not None else args.positional[1:]
    pattern = compiled or _compiled(args.first()) or args.first().const
    if type(pattern) is not str or len(given) != 2 or type(given[0].const) is not str or args.named:
        return None
    found = ONE_CLASS.fullmatch(pattern)
    if found is None:
        return _without(frame, given[1], pattern, given[0].const) if ONE_OF.fullmatch(pattern) else None
    allowed = f"(?:[{found[1]}]|{re.escape(given[0].const)})*"
    kinds = [
        k for k in frame.knowledge.kinds.values() if k.dangers and refusals.refuses(allowed, "fullmatch", k.dangers)
    ]
    return value(clear(frame.deep(given[1]), sum(k.mask for k in kinds)), NO, (operators.STR_TYPE,))


def _compiled(val: Value) -> Any:
    return next((ref[1] for ref in val.refs if ref[0] == "r"), None)


def _without(frame: Frame, val: Value, pattern: str, other: str) -> Value:
    """`re.sub("[\\r\\n]", "", text)`: none of the marks that the pattern names is left, unless the replacement has it."""
    out = value(frame.deep(val), NO, (operators.STR_TYPE,))
    for mark in PUNCTUATION:
        if mark not in other and re.fullmatch(pattern, mark):
            out = guards.without(frame, out, mark)
    return out


def join(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    """`separator.join(items)`: spliced wherever the separator or a fellow item is the developer's."""
    items = args.first()
    for ref in items.refs:
        content = frame.env.get(ref) if ref[0] == "o" else None
        if content is not None and sequences.exact_length(content):
            parts: list[Value] = []
            for n in range(sequences.exact_length(content) or 0):
                parts += [receiver] if n and receiver.const != "" else []
                parts.append(content[n])
            return operators.concatenate(frame, parts)
    inner = operators.iterate(frame, items) if any(r[0] == "o" for r in items.refs) else frame.inside(items, ANY)
    taint = frame.deep(inner) | items.taint | receiver.taint
    contents = [frame.env.get(ref) or {} for ref in items.refs if ref[0] == "o"]
    if (
        receiver.const in ADDRESS
        and len(contents) == 1
        and 0 in contents[0]
        and not items.taint
        and ANY not in contents[0]
    ):
        rest = frame.elements({name: val for name, val in contents[0].items() if name != 0})
        after = [receiver, value(frame.deep(rest))] if rest is not None else []
        return operators.concatenate(frame, [contents[0][0], *(after if receiver.const else after[1:])])
    refs: tuple[Ref, ...] = (operators.STR_TYPE,)
    if receiver.const == " " and len(contents) == 1 and 0 in contents[0] and not items.taint and ANY not in contents[0]:
        refs = (*refs, ("1", frame.deep(contents[0][0])))
    return value(cross(taint) if receiver.const not in ("", NO) else taint, NO, refs)


def words(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    """`shlex.split(" ".join([program, *rest]))`: the first word is the program; what follows it is not."""
    text = args.first()
    head = next((r[1] for r in text.refs if r[0] == "1"), None)
    if head is None:
        return None
    content: Fields = {0: value(head), TAIL: value(text.taint)}
    return value(0, NO, (frame.new_object(pos, ("i", "list"), content),))


def format(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    """`template.format(…)`."""
    if type(receiver.const) is not str:
        taint = frame.deep(receiver)
        given = 0
        for val, _ in args.everything():
            given |= frame.text(val)
        # Whoever gives the template as well fixes what stands around the value; a caller, whatever stood around it before.
        if any(label[0] == "p" for label, _ in frame.spread(taint)):
            return value(_whole(taint, given), NO, (operators.STR_TYPE,))
        return value(taint | given if taint else cross(given), NO, (operators.STR_TYPE,))
    parts: list[Value] = []
    nth = 0
    try:
        pieces = list(string.Formatter().parse(receiver.const))
    except ValueError:
        return None
    for text, name, _spec, _conversion in pieces:
        if text:
            parts.append(constant(text))
        if name is None:
            continue
        head = name.split(".")[0].split("[")[0]
        if head.isdigit() or head == "":
            at = int(head) if head else nth
            nth += 1
            got = args.positional[at] if at < len(args.positional) else args.star or CLEAN
        else:
            got = args.named.get(head, (args.mapping or CLEAN, None))[0]
        parts.append(got if name == head else value(frame.text(got)))
    return operators.concatenate(frame, parts, pos) if parts else constant("")


def _whole(template: int, given: int) -> int:
    """Both, the values as if they were spliced into nothing, save those of which the template is made as well."""
    out = template | given
    for shift, bits in fields(given):
        if bits & KINDS & ~(template >> shift):
            out &= ~(SPLICED << shift)
    return out


def replace(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    """`text.replace(piece, other)`: a single character that is replaced occurs no more."""
    if len(args.positional) != 2:
        return None
    old, new = (val.const for val in args.positional)
    if type(old) is not str or len(old) != 1 or type(new) is not str:
        return None
    if new == old * 2:
        return value(frame.deep(receiver), NO, (operators.STR_TYPE, ("Q", old)))
    if old in new:
        return None
    kept = tuple(r for r in receiver.refs if r[0] == "k" or (r[0] in "qQ" and r[1] not in old + new))
    return guards.without(frame, value(frame.deep(receiver), NO, (operators.STR_TYPE, *kept)), old)


def string_of(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    """`str(value)`."""
    val = args.first()
    if val.const is not NO:
        return None
    keep = tuple(r for r in val.refs if r[0] in "nde%/qkQ1^" or r == operators.RANDOM_TYPE)
    return value(frame.text(val), NO, (operators.STR_TYPE, *keep))
