"""What knowledge asks of a call: which part of an argument is meant, and whether it is one of the values named."""

from __future__ import annotations

import re
from typing import Any

from casemate.knowledge.entries import Condition
from casemate.taint import operators, redos
from casemate.taint.arguments import Arguments
from casemate.taint.frame import Frame
from casemate.taint.lines import is_line
from casemate.taint.state import ANY, OPTIONS, TAIL, field_of
from casemate.taint.values import CLEAN, NO, Ref, Value, guessed, same_constant, value

GIVEN = "@given"  # among the values of a condition: whatever the function's own caller gave


def may_differ(frame: Frame, condition: Condition, receiver: Value | None, args: Arguments) -> bool:
    """Whether an argument refers to one of several things, not all of which are meant (`NONE if insecure else REQUIRED`)."""
    for val, _ in args.select(condition.arg, receiver):
        refs = [ref for ref in val.refs if ref[0] in "xio"]
        if len(refs) > 1 and condition.item is None:
            return not all(is_one_of(frame, value(0, NO, (ref,)), condition.values) for ref in refs)
    return False


def item_of(frame: Frame, val: Value, item: Any) -> Value:
    """The element of an argument that a sink means; the whole when it is no container."""
    if item == OPTIONS:
        return _options(frame, val)
    if item is None or not any(r[0] == "o" or (r[0] == "p" and type(item) is int) for r in val.refs):
        return val
    inner = frame.inside(val, field_of(item))
    if any(r[0] == "p" for r in val.refs):
        # What the caller gave may be a list, whose element is meant, or no container: the caller's side tells.
        return placed(frame, val, item, value(inner.taint, inner.const, inner.refs)) if val.taint else CLEAN
    return placed(frame, val, item, inner) if type(item) is int else inner


def placed(frame: Frame, val: Value, item: Any, inner: Value) -> Value:
    """An element, as seen as its place is: of a list in which several came together it may be any of them, and nobody saw
    which. Of what the caller gave the caller tells."""
    made = [frame.env.get(ref) or {} for ref in val.refs if ref[0] == "o"]
    given = 0
    for ref in val.refs:
        given |= frame.default_field(ref, field_of(item)).taint | val.taint if ref[0] == "p" else 0
    if not inner.taint or (all(item in content and ANY not in content for content in made) and not given):
        return inner
    return value(guessed(inner.taint) | (inner.taint & given), inner.const, inner.refs)


def options(frame: Frame, val: Value) -> int:
    """The taint of what a program may take for an option, of a list that is handed to a helper which runs it: where the
    list is made here, of a program with such options; else as its giver has it."""
    taint = 0
    for ref in val.refs:
        if ref[0] == "p":
            taint |= frame.default_field(ref, OPTIONS).taint
        elif ref[0] == "o":
            program = (frame.env.get(ref) or {}).get(0)
            if program is not None and any(is_one_of(frame, program, (p,)) for p in frame.solver.option_programs):
                taint |= _options(frame, value(0, NO, (ref,))).taint
    return taint


def _options(frame: Frame, val: Value) -> Value:
    """What a program may take for an option: the elements after the first, up to a "--", save the value that follows an
    option (`-m text`)."""
    taint = 0
    for ref in val.refs:
        content = (frame.env.get(ref) or {}) if ref[0] == "o" else {}
        before: Any = ""
        for n in sorted(k for k in content if type(k) is int):
            one = content[n]
            if one.const == "--":
                break
            if n and not (type(before) is str and before.startswith("-")):
                taint |= frame.deep(one)
            before = one.const
        else:
            for name in {ANY, TAIL} & content.keys():
                taint |= frame.deep(content[name])
    return value(taint)


def formatted(frame: Frame, args: Arguments) -> Value:
    """A text made from a format and its values, as far as they are known one by one."""
    at = next((n for n, val in enumerate(args.positional) if ("i", "int") not in val.refs), 0)
    if at >= len(args.positional):
        return CLEAN
    rest = args.positional[at + 1 :]
    if not rest:
        return args.positional[at]
    made = frame.new_object(-1, ("i", "tuple"), dict(enumerate(rest)))
    return operators.percent(frame, args.positional[at], value(0, NO, (made,)))


def holds(frame: Frame, condition: Condition, receiver: Value | None, args: Arguments) -> bool:
    """Whether a call is as the condition says."""
    given = args.select(condition.arg, receiver)
    if condition.test == "absent":
        return not given
    if condition.test == "present":
        return bool(given)
    if condition.test in ("slow", "slow-whole"):
        texts = [one for one in args.operands if all(one is not operand for _, operand in given)]
        return any(_slow(frame, val, texts, whole=condition.test == "slow-whole") for val, _ in given)
    meant = [item_of(frame, val, condition.item) for val, _ in given]
    if condition.test in OUTLINES:
        return any(OUTLINES[condition.test](operators.outline(val), condition.values) for val in meant)
    if condition.test in MEASURES:
        return any(MEASURES[condition.test](val.const, condition.values) for val in meant)
    if condition.test == "no-words":
        return not any(_words(val.const, condition.values) for val in meant)
    matched = any(is_one_of(frame, val, condition.values) for val in meant)
    return matched if condition.test == "is" else not matched


def _any_case(const: Any, values: tuple[Any, ...]) -> bool:
    return type(const) is str and const.lower() in [str(v).lower() for v in values]


def _bits(const: Any, values: tuple[Any, ...]) -> bool:
    return type(const) is int and any(const & v for v in values)


def _below(const: Any, values: tuple[Any, ...]) -> bool:
    return type(const) is int and any(const < v for v in values)


def _words(const: Any, values: tuple[Any, ...]) -> bool:
    """Whether an identifier (`session_id`, `authToken`, `X-Token`) has one of the words."""
    return type(const) is str and any(w.lower() in values for w in WORD.findall(const))


def _begins(outline: str, values: tuple[Any, ...]) -> bool:
    return outline.startswith(values)


def _ends(outline: str, values: tuple[Any, ...]) -> bool:
    return outline.endswith(values)


OUTLINES = {"begins": _begins, "ends": _ends}
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
MEASURES = {"any-case": _any_case, "bits": _bits, "below": _below, "words": _words}


def _slow(frame: Frame, val: Value, matched: list[Any], *, whole: bool) -> bool:
    """Whether a pattern, as text or compiled, is one that a matcher can be kept busy with; by one line, where it is given nothing
    else. A line may have its end, at which a demand for the text's own end fails."""
    texts = [val.const] if type(val.const) is str else [str(ref[1]) for ref in val.refs if ref[0] == "r"]
    slow = [text for text in texts if redos.slow(text, whole=whole)]
    line = bool(slow) and not whole and bool(matched) and all(is_line(frame, operand) for operand in matched)
    return any(not line or "\\Z" in text or redos.slow(text, line=True) for text in slow)


def is_one_of(frame: Frame, val: Value, values: tuple[object, ...]) -> bool:
    """Whether a value is one of these constants, or refers to something of one of these dotted names or derived from it."""
    if any(val.const is v or same_constant(val.const, v) for v in values):
        return True
    names: list[str] = [ref[1] for ref in val.refs if ref[0] == "="]
    for ref in val.refs:
        if ref[0] == "o":
            ref = ref[2]
        if ref[0] == "f":
            names += _made_by(frame, ref)
        elif ref[0] in "xi":
            names += frame.program.external_lineage(ref[1])
        elif ref[0] in "ct":
            names += frame.program.external_bases((ref[1], ref[2]))
    if not names and GIVEN in values:  # what stands in when nothing is given has no name that could be told
        return any(ref[0] == "p" for ref in val.refs)
    return any(name in values for name in names)


def _made_by(frame: Frame, ref: Ref) -> list[str]:
    """The names of what a function of the program makes: it may stand where a class is asked for."""
    made = [r[1] if r[0] == "o" else r for r in frame.solver.summary(frame, (ref[1], ref[2])).refs if r[0] in "oct"]
    return [name for one in made if one[0] in "ct" for name in frame.program.external_bases((one[1], one[2]))]
