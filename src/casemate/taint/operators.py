"""What operators, literals, subscripts and loops do to values."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from casemate.languages import ir
from casemate.taint import beginnings, fold, markup, sequences
from casemate.taint.frame import MAX_PATH, Frame, constant
from casemate.taint.state import ANY, INEXACT, KEYS, MAX_FIELDS, TAIL, UNMEASURED, Fields, field_of
from casemate.taint.values import CLEAN, KINDS, MAX_CONST, NO, WIDTH, Ref, Value, clear, cross, join, keep, value

UNKNOWN = "\ufffc"  # stands for text that is not known, in the outline of a text
NAMED = "a"  # stands for the first character of a text that begins with no slash
MAX_OUTLINE = 200
MARKS = ("'", '"', "`")
STR_TYPE = ("i", "str")
# Whatever is added to one of these is one: of `list[str]` the annotation tells the elements only.
LISTS = sequences.ORDERED
TEXT_TYPES = (STR_TYPE, ("i", "bytes"))
SEVERAL = (("i", "tuple"), ("i", "dict"))
VERSION = ("x", "sys.version_info")  # of which a part is another thing
QUERY = ("?", "&")
PATH_MARKS = ("/", "\\", b"/", b"\\")
JSON_TYPE = ("i", "str.json")
RANDOM_TYPE = ("i", "str.random")
CHECKED = ("T",)
HERE_TYPE = ("i", "str.here")  # the folder in which a program works
SEPARATORS = re.compile(r"[/\\]")


def truth(val: Value) -> bool | None:
    """Whether a value is always true or always false; None when it may be either."""
    if val.const is not NO:
        return bool(val.const)
    return None


def is_text(val: Value) -> bool:
    """Whether the value is known to be text."""
    return isinstance(val.const, (str, bytes)) or any(r in TEXT_TYPES for r in val.refs)


def outline(val: Value) -> str:
    """What is known of the text: its constant parts, with UNKNOWN for the others."""
    if val.const is not NO:
        return str(val.const)
    return next((r[1] for r in val.refs if r[0] == "%"), UNKNOWN)


def _begins_query(val: Value) -> bool:
    """Whether a text is one of two marks, by which more of a query is put to an address: whichever it is, a query has begun."""
    marks = [ref[1] for ref in val.refs if ref[0] == "="] if val.const is NO else []
    return bool(marks) and all(mark in QUERY for mark in marks)


@lru_cache(maxsize=4096)
def pinned(patterns: tuple[str, ...], text: str) -> bool:
    """Whether what stands before makes what follows harmless, by the kind's own patterns."""
    return any(re.fullmatch(p, text, re.DOTALL) for p in patterns)


def after(frame: Frame, taint: int, start: str) -> int:
    """The taint of what is appended to a text of this outline."""
    if taint and start:
        for kind in frame.knowledge.kinds.values():
            if kind.pinned_by and pinned(kind.pinned_by, start):
                taint = clear(taint, kind.mask)
    return taint


def _below(frame: Frame, part: Value, taint: int, start: str) -> int:
    """The taint of a part that stands below a fixed text ending in a separator, where that makes it harmless."""
    if taint and start:
        for ref in part.refs:
            if (ref[0] == "j" and start.endswith("/")) or ref[0] == "h":
                taint = clear(taint, frame.knowledge.kinds[ref[1]].mask)
            elif ref[0] == "q" and _open_quote(start) == ref[1]:
                for kind in frame.knowledge.kinds.values():
                    taint = clear(taint, kind.mask) if ref[1] in kind.quotes else taint
            elif ref[0] == "Q" and _open_quote(start) == ref[1]:
                for kind in frame.knowledge.kinds.values():
                    taint = clear(taint, kind.mask) if ref[1] in kind.doubled else taint
    return taint


def _open_quote(start: str) -> str:
    """The quotation mark within which a text stands that follows; "" outside."""
    mark = ""
    for char in start:
        if char == mark:
            mark = ""
        elif not mark and char in MARKS:
            mark = char
    return mark


def concatenate(frame: Frame, parts: list[Value], pos: int = -1) -> Value:
    """Text put together from parts, in order. pos: where, when that is known."""
    if (
        pos >= 0
        and any(JSON_TYPE in p.refs for p in parts)
        and any(markup.in_page(p.const) for p in parts if type(p.const) is str)
    ):
        frame.act(pos, "json.dumps", "data-in-page")
    if all(p.const is not NO for p in parts):
        text = "".join(str(p.const) for p in parts)
        return constant(text) if len(text) <= MAX_CONST else value(0, NO, (STR_TYPE,))
    start = ""
    taint = 0
    fixed = any(p.const not in ("", NO) or (p.taint == 0 and is_text(p)) for p in parts) or len(parts) > 2
    for at, part in enumerate(parts):
        if part.const is NO:
            one = _below(frame, part, frame.text(part), start)
            if one and _goes_on(parts, at):
                one = clear(one, frame.solver.longer)
            start += NAMED if ("s",) in part.refs else ""
            # What comes first is not below or inside anything: a suffix added to a path leaves it the caller's path.
            head = outline(part).partition(UNKNOWN)[0]  # what is not known of the part comes behind this
            taint |= after(frame, cross(one) if fixed and start else one, start + head if start else start)
        start += "?" if start[-1:] in ("", UNKNOWN) and _begins_query(part) else outline(part)
        if len(start) > MAX_OUTLINE:
            start = start[:MAX_OUTLINE] + UNKNOWN
    known = start != UNKNOWN and not any(RANDOM_TYPE in p.refs for p in parts)
    refs: tuple[Any, ...] = (STR_TYPE, ("%", start)) if known else (STR_TYPE,)
    if taint and known:
        refs = (*refs, *beginnings.of(frame.knowledge.kinds.values(), start, UNKNOWN, NAMED))
    taint = clear(taint, frame.solver.no_objects)
    last = parts[-1]
    separated = last.const[-1:] in PATH_MARKS if isinstance(last.const, (str, bytes)) else ("/",) in last.refs
    if separated:
        refs = (*refs, ("/",))
        if len(parts) == 2 and last.const in PATH_MARKS:
            # A canonical path with a separator at its end: a prefix that it has, the path has or is.
            refs = (*refs, *(r for r in parts[0].refs if r[0] in "nd"))
    return value(taint, NO, refs)


def _goes_on(parts: list[Value], at: int) -> bool:
    """Whether a fixed part of a text, next to one that is not, goes on with the same name, and not with dots alone."""
    before, behind = (parts[n].const if 0 <= n < len(parts) else "" for n in (at - 1, at + 1))
    names = [
        SEPARATORS.split(before)[-1] if type(before) is str else "",
        SEPARATORS.split(behind)[0] if type(behind) is str else "",
    ]
    return any(name.strip(".") for name in names)


def format_parts(frame: Frame, parts: list[Value], pos: int) -> Value:
    """An f-string."""
    return concatenate(frame, parts, pos) if parts else constant("")


def binary(frame: Frame, pos: int, operator: str, left: Value, right: Value) -> Value:
    """A binary operator; augmented ones end with "="."""
    op = operator[:-1] if operator.endswith("=") else operator
    if left.const is not NO and right.const is not NO:
        folded = fold.binary(op, left.const, right.const)
        if folded is not NO:
            return constant(folded)
    if op == "+":
        objects = [r for v in (left, right) for r in v.refs if r[0] == "o"]
        if (is_text(left) or is_text(right)) and not any(r[2] in LISTS for r in objects):
            return concatenate(frame, [left, right], pos)
        if operator == "+=" and sequences.added(frame, left, right):
            return left
        if objects:
            return _joined_sequence(frame, pos, left, right, augmented=operator == "+=")
        return value(left.taint | right.taint, NO, _arithmetic(left, right))
    # Who gives several values has a text for them, wherever it comes from.
    if op == "%" and (
        is_text(left) or (not _numeric(left) and any(r[0] == "o" and r[2] in SEVERAL for r in right.refs))
    ):
        return percent(frame, left, right, pos)
    if op in ("-", "/", "//", "**", "<<", ">>", "@"):
        return value(0, NO, ()) if _numeric(left) or _numeric(right) else value(left.taint | right.taint)
    return value(left.taint | right.taint, NO, (STR_TYPE,) if is_text(left) else ())


def _arithmetic(left: Value, right: Value) -> tuple[Any, ...]:
    return left.refs if left.refs == right.refs and all(r[0] == "i" for r in left.refs) else ()


def _numeric(val: Value) -> bool:
    return type(val.const) in (int, float) or ("i", "int") in val.refs or ("i", "float") in val.refs


def _joined_sequence(frame: Frame, pos: int, left: Value, right: Value, *, augmented: bool) -> Value:
    new = sequences.sum_of(frame, left, right)
    mine = [r for r in left.refs if r[0] == "o"]
    if augmented and len(mine) == 1:
        frame.env[mine[0]] = new  # `a += b` changes the object itself, for every name of it
        return left
    kind = mine[0][2] if mine else sequences.LIST
    return value(0, NO, (frame.new_object(pos, kind, new),))


def percent(frame: Frame, left: Value, right: Value, pos: int = -1) -> Value:
    """`text % values`."""
    args = [right]
    for ref in right.refs:
        if ref[0] == "o" and ref[2] == ("i", "tuple"):
            content = frame.env.get(ref) or {}
            args = [content[k] for k in content if k != INEXACT]
    template = left.const if type(left.const) is str else None
    if template is None:
        return value(left.taint | _all_taint(frame, args), NO, (STR_TYPE,))
    pieces = re.split(r"%(?:\([^)]*\))?[-#0 +]*(?:\*|\d+)?(?:\.\d+)?([a-zA-Z%])", template)
    as_it_is = not re.search(r"%[-#0 +*\d.]", template)  # nothing is filled up or cut off
    # pieces: text, conversion, text, conversion, ..., text
    parts = [constant(pieces[0])]
    given = iter(args) if len(args) * 2 + 1 == len([p for p in pieces if p != "%"]) or len(args) > 1 else None
    for n in range(1, len(pieces), 2):
        conversion = pieces[n]
        if conversion == "%":
            parts.append(constant("%"))
        else:
            arg = next(given, CLEAN) if given is not None else right
            numeric = conversion in "dioxXeEfFgGc"
            told = "jqQ%" if conversion == "s" and as_it_is else "jqQ"
            kept = tuple(r for r in arg.refs if r[0] in told or r in (JSON_TYPE, RANDOM_TYPE))
            taint = 0 if numeric else frame.text(arg)
            if conversion in "ra" and taint:
                taint = clear(taint, frame.knowledge.mask(frame.knowledge.calls["builtins.repr"].clears))
            parts.append(value(taint, arg.const if not numeric else NO, kept))
        parts.append(constant(pieces[n + 1]))
    return concatenate(frame, [p for p in parts if p.const != ""] or [constant("")], pos)


def _all_taint(frame: Frame, items: list[Value]) -> int:
    taint = 0
    for item in items:
        taint |= cross(frame.text(item))
    return taint


def unary(operator: str, val: Value) -> Value:
    """`not`, `-`, `+`, `~`."""
    if operator == "not":
        if val.const is not NO:
            return constant(not val.const)
        return value(0, NO, (), (val.pred[1], val.pred[0]) if val.pred else None)
    if operator == "-" and type(val.const) in (int, float):
        return constant(-val.const)
    return value(val.taint)


def subscript(frame: Frame, base: Value, key: Value) -> Value:
    """`base[key]`."""
    if base.const is not NO and key.const is not NO:
        try:
            return constant(fold.bounded(base.const[key.const]))
        except (TypeError, LookupError, ValueError):
            return CLEAN
    out = frame.element(base, key)
    if is_text(base):
        return value(base.taint, NO, (STR_TYPE,))
    return out


def store_subscript(frame: Frame, pos: int, base: Value, key: Value, val: Value, operand: Any) -> None:
    """`base[key] = val`."""
    name = field_of(key.const) if key.const is not NO else ANY
    objects = [r for r in base.refs if r[0] in "op"]
    taint = frame.deep(key)
    for ref in objects:
        frame.write_field(ref, name, val, weak=len(objects) > 1)
        if name == ANY and taint and (ref[0] == "p" or ref[2] not in LISTS):
            # A hostile key matters where keys are read; what is kept under it is not the key.
            frame.write_field(ref, KEYS, value(taint), weak=ref in frame.env and KEYS in frame.env[ref])
    if objects or type(operand) is not str:
        return
    if type(key.const) is str and not base.refs and frame.deep(val):
        # Of a mapping of which nothing is known this much is: what it holds under the key, and that others are as they were.
        made = frame.new_object(pos, ("i", "dict"), {name: val, INEXACT: CLEAN})
        frame.env[operand] = value(base.taint, NO, (made,))
    elif val.taint or key.taint:
        frame.env[operand] = value(base.taint | frame.deep(val), NO, base.refs)


def slice_of(frame: Frame, base: Value, operand: Any, low: Value, high: Value, step: Value, pos: int) -> Value:
    """`base[low:high:step]`."""
    bounds = (low.const, high.const, step.const)
    if NO not in bounds and all(b is None or type(b) is int for b in bounds):
        if base.const is not NO:
            try:
                return constant(fold.bounded(base.const[slice(*bounds)]))
            except (TypeError, ValueError):
                return CLEAN
        refs = [r for r in base.refs if r[0] == "o"]
        content = frame.env.get(refs[0], {}) if len(refs) == 1 else None
        if (
            content is not None
            and INEXACT not in content
            and ANY not in content
            and all(type(k) is int for k in content)
        ):
            items = [content[k] for k in sorted(content)][slice(*bounds)]
            return value(base.taint, NO, (frame.new_object(pos, refs[0][2], dict(enumerate(items))),))
    refs2 = tuple(r for r in base.refs if r[0] not in "%wlhkUVWd" and r != VERSION)
    if bounds == (1, None, None):
        refs2 += tuple(("j", r[1]) for r in base.refs if r[0] == "h")
    if bounds == (1, -1, None):
        refs2 += tuple(("w", key) for key in frame.keys(operand, base))
    return value(base.taint, NO, refs2)


def sequence(frame: Frame, pos: int, kind: str, items: tuple[Any, ...]) -> Value:
    """A list, tuple or set literal."""
    content: Fields = {}
    consts: list[Any] = []
    rest = ANY if kind == "set" else TAIL
    for item in items:
        if type(item) is tuple:
            val = frame.get(item[1])
            laid = sequences.laid_out(frame, val) if kind != "set" and INEXACT not in content else None
            if laid is not None and laid[1] and len(content) + len(laid[0]) < MAX_FIELDS:
                content.update(enumerate(laid[0], len(content)))
                consts += [one.const for one in laid[0]]
                continue
            if not content and kind != "set":  # a list that begins with another begins with its first element
                content[0] = sequences.first(frame, val)
            inner = frame.inside(val, ANY)
            content[rest] = join(content[rest], inner) if rest in content else inner
            content[INEXACT] = CLEAN
            consts.append(NO)
            continue
        val = sequences.argument(frame, frame.get(item), consts)
        consts.append(val.const)
        at = len(content)
        placed = at < MAX_FIELDS and kind != "set" and INEXACT not in content
        content[at if placed else rest] = val if placed else join(content.get(rest, val), val)
    const = tuple(consts) if kind == "tuple" and NO not in consts and len(consts) <= 64 else NO
    return value(0, const, (frame.new_object(pos, ("i", kind), content),))


def mapping(frame: Frame, pos: int, pairs: tuple[Any, ...]) -> Value:
    """A dict literal."""
    content: Fields = {}
    for key, operand in pairs:
        val = frame.get(operand)
        if key is None:
            for ref in val.refs:
                if ref[0] == "o":
                    content.update(frame.env.get(ref) or {})
            if val.taint:
                for name in (ANY, KEYS):
                    content[name] = join(content[name], value(val.taint)) if name in content else value(val.taint)
            continue
        at = frame.get(key)
        name = field_of(at.const) if at.const is not NO and len(content) < 64 else ANY
        taint = frame.deep(at)
        if taint:
            content[KEYS] = join(content[KEYS], value(taint)) if KEYS in content else value(taint)
        content[name] = join(content[ANY], val) if name == ANY and ANY in content else val
    return value(0, NO, (frame.new_object(pos, ("i", "dict"), content),))


def filled(frame: Frame, val: Value) -> bool:
    """Whether there is always an element to iterate over: of a constant, a list written out, the pieces of a text, and what a
    name was resolved to."""
    if type(val.const) in (tuple, str, bytes):
        return len(val.const) > 0
    for ref in val.refs:
        if ref[0] == "o" and len(val.refs) == 1:
            content = frame.env.get(ref) or {}
            return 0 in content and not content.keys() & UNMEASURED
        if ref[0] == "g":
            return True
    resolved = any(ref[0] == "e" for ref in val.refs)
    return resolved and any(ref[0] == "i" and ref[1].endswith(".several") for ref in val.refs)


def iterate(frame: Frame, val: Value) -> Value:
    """One element of iterating a value; iterating a dict gives its keys."""
    if type(val.const) in (tuple, str, bytes):
        if len(val.const) == 1:
            return constant(val.const[0] if type(val.const) is not bytes else 0)
        return value(0, NO, (STR_TYPE,) if type(val.const) is str else ())
    keyed = [r for r in val.refs if r[0] == "o" and r[2] == ("i", "dict")]
    if keyed and not any(r[0] == "p" for r in val.refs):
        return value(frame.outer(val) | _keys(frame, val), NO, (STR_TYPE,))
    if named_by_callers(frame, val):
        return value(keys_of(frame, val), NO, (STR_TYPE,))
    inner, keys = frame.inside(val, ANY), _keys(frame, val)
    if CHECKED in val.refs:
        inner = value(_of_checked(frame, val, inner.taint), NO, inner.refs)
    return value(inner.taint | keys, NO, inner.refs) if keys else inner


def _of_checked(frame: Frame, val: Value, taint: int) -> int:
    """The taint of a character of a text that others gave: it does no harm of which the text was cleared."""
    for ref in val.refs:
        if ref[0] == "p" and ref in frame.numbers:
            taint = keep(taint, val.taint >> WIDTH * frame.numbers[ref] & KINDS)
    return taint


def key(frame: Frame, val: Value) -> Value:
    """One key of what is a mapping, as its methods say."""
    if any(ref[0] == "p" for ref in val.refs):
        return value(keys_of(frame, val), NO, (STR_TYPE,))
    return iterate(frame, val)


def in_turn(frame: Frame, pos: int, val: Value, one: Value) -> tuple[Ref, ...]:
    """That one element after the other is meant, by the loop at this place, where the first may be another than the rest."""
    if not one.taint or not val.refs or CHECKED in val.refs:
        return ()
    given = [ref for ref in val.refs if ref[0] in "op"]
    if len(given) != 1:
        return ()
    ref = given[0]
    if ref[0] == "p":
        return (("^", pos, ref),) if len(ref[2]) < MAX_PATH else ()
    known = sequences.laid_out(frame, val) if ref[2] in LISTS else None
    if known is None or not known[0] or known[0][0].taint == one.taint:
        return ()
    return (("^", pos, frame.deep(known[0][0])),)


def named_by_callers(frame: Frame, val: Value) -> bool:
    """Whether the value is the mapping that `**options` is: its keys are names that stand in the calls, unless they come out of
    another mapping."""
    given = [ref for ref in val.refs if ref[0] in "op"]
    return len(given) == 1 and given[0][0] == "p" and not given[0][2] and _takes_named(frame, given[0][1])


def _takes_named(frame: Frame, parameter: Any) -> bool:
    return type(parameter) is int and frame.fn.params[parameter].how == ir.VARKW


def keys_of(frame: Frame, val: Value) -> int:
    """The taint of a mapping's keys: of what the caller gave, that of its own keys."""
    taint = frame.outer(val) | _keys(frame, val)
    for ref in val.refs:
        taint |= frame.default_field(ref, KEYS).taint if ref[0] == "p" else 0
    return taint


def _keys(frame: Frame, val: Value) -> int:
    """The taint of what a mapping's keys are known to be."""
    taint = 0
    for ref in val.refs:
        if ref[0] in "op":
            keys = (frame.env.get(ref) or {}).get(KEYS)
            taint |= keys.taint if keys is not None else 0
    return taint
