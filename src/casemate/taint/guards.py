"""What a condition establishes on the way that it guards.

A check clears a kind only where it really refuses what is dangerous for that kind: a pattern must refuse every danger
sample, a prefix must end at a separator and test a value in canonical form, an allow-list must be a collection that no
outsider fills. Checks that merely look right clear nothing.
"""

from __future__ import annotations

import posixpath
import re
from typing import Any

from casemate.knowledge.entries import Guard, Kind
from casemate.taint import fold, hosts, limits, memberships, parts, refusals, steps
from casemate.taint.frame import Frame, constant
from casemate.taint.operators import is_text, pinned
from casemate.taint.state import State
from casemate.taint.values import CLEAN, FIELD, KINDS, NO, WIDTH, Effects, Ref, Value, alive, clear, fields, free, value

NONE_TESTS = {"is": False, "==": False, "is not": True, "!=": True}
QUOTES = "'\""
BELOW = {"<": True, "<=": True, ">": False, ">=": False}
ENDS = {"opens": "^", "closes": "$"}  # checks of how a text begins or ends, and the property it gains


def refine(frame: Frame, state: State, operand: Any, val: Value, answer: bool) -> State:
    """The state on the way taken when the condition answered so. The state given is changed and returned."""
    if val.pred is not None:
        apply(frame, state, val.pred[0 if answer else 1])
    return state


def apply(frame: Frame, state: State, effects: Effects) -> None:
    """Clear kinds on variables and fields of a state."""
    for key, mask, gained in effects:
        if type(key) is tuple and key[0] == "/":
            _clear_all(state, mask, key[1])
        elif type(key) is tuple and key[0] == "==":  # it is the other, so it carries what the other does
            had = state.get(key[1])
            if had is not None:
                state[key[1]] = value(had.taint & _labels(key[2]), had.const, had.refs, had.pred)
        elif type(key) is tuple and key[0] == "=":  # so does it, and that is all that it carries
            had = state.get(key[1])
            if had is not None:
                state[key[1]] = value(key[2], had.const, had.refs, had.pred)
        elif type(key) is tuple and key[0] == "?":  # it speaks of the variable as it was
            had = state.get(key[1])
            if had is not None and had.taint == key[2]:
                state[key[1]] = _cleared(frame, had, mask, gained)
                parts.follow(state, key[1], had.taint, state[key[1]].taint)
        elif type(key) is tuple:
            _, ref, name = key
            content = state.get(ref) or {}
            had = content.get(name) or (frame.default_field(ref, name) if ref[0] == "p" else None)
            if had is not None:
                state[ref] = {**content, name: _cleared(frame, had, mask, gained)}
        else:
            had = state.get(key)
            if had is not None and had.taint:
                _decoded_from(frame, state, had, mask, gained)
                state[key] = _cleared(frame, had, mask, gained)
                if key in frame.parts:
                    parts.follow(state, key, had.taint, state[key].taint)


def _decoded_from(frame: Frame, state: State, copy: Value, mask: int, gained: Ref | None) -> None:
    """A decoded copy was checked: so was the text, as long as it is what was decoded."""
    for ref in copy.refs:
        text = state.get(ref[1]) if ref[0] == "W" else None
        if text is not None and text.taint == ref[2]:
            kept = gained if gained is not None and gained[0] in "kU" else None
            state[ref[1]] = _cleared(frame, text, mask & ref[3], kept)


def _clear_all(state: State, mask: int, base: int) -> None:
    """Nothing is outside of a base that holds everything: the kinds are cleared of all that the base is not made of.

    So a check against the base may be left out on this way; where it is not made on the other, the join tells.
    """
    own = _labels(base)

    def cleared(val: Value) -> Value:
        taint = clear(val.taint & ~own, mask) | (val.taint & own)
        return val if taint == val.taint else value(taint, val.const, val.refs, val.pred)

    for key, held in state.items():
        state[key] = {n: cleared(v) for n, v in held.items()} if type(held) is dict else cleared(held)


def _labels(taint: int) -> int:
    """Every bit of the labels that a taint has."""
    return sum(FIELD << shift for shift, _ in fields(taint))


def _cleared(frame: Frame, val: Value, mask: int, gained: Ref | None) -> Value:
    refs = val.refs if gained is None or gained in val.refs else (*val.refs, gained)
    if gained is not None and gained[0] == "A":
        return value(free(val.taint, gained[1]), val.const, val.refs, val.pred)
    if gained is not None and gained[0] == "k":
        refused = 0
        for ref in refs:
            refused |= ref[2] if ref[:2] == gained[:2] and ref[0] == "k" else 0
        mask |= gained[1] if refused == gained[3] else 0
    elif gained is not None and gained[0] == "l" and all(("l", part, gained[2]) in refs for part in "^$-"):
        mask |= sum(kind.mask for kind in frame.knowledge.kinds.values() if gained[2] in kind.quotes)
    taint = clear(val.taint, mask)
    return value(steps.single(frame, taint) if steps.NOT_UP in refs else taint, val.const, refs, val.pred)


def compare(frame: Frame, operator: str, left: Any, right: Any) -> Value:
    """A comparison: its answer when constant, and what each answer establishes."""
    a, b = frame.get(left), frame.get(right)
    if a.const is not NO and b.const is not NO:
        answer = fold.compare(operator, a.const, b.const)
        if answer is not NO:
            return constant(answer)
    effects: Effects = ()
    if b.const is None and a.pred is not None and operator in NONE_TESTS:
        return value(0, NO, (), a.pred if NONE_TESTS[operator] else (a.pred[1], a.pred[0]))  # no match is no answer
    if operator in ("==", "!=", "<>", "is", "is not"):
        other: Effects = ()
        if type(b.const) is str:
            other = _no_piece(frame, (b.const,), a, "G") + steps.unequal(frame, left, a, (b.const,))
        effects = (*_equal(frame, left, a, b), *_equal(frame, right, b, a))
        effects += (*_holds_everything(frame, left, a, b), *_holds_everything(frame, right, b, a))
        effects += (*_element_of(frame, left, a, right, b), *_element_of(frame, right, b, left, a))
        effects += a.pred[1] if b.const == "" and a.pred is not None else ()
        flipped = operator in ("!=", "<>", "is not")
        if other:
            return value(0, NO, (), (other, effects) if flipped else (effects, other))
    elif operator in ("in", "not in"):
        flipped = operator == "not in"
        if any(ref[0] == "G" for ref in a.refs) and type(b.const) is tuple:
            other = _no_piece(frame, b.const, a, "G")
            if other:
                return value(0, NO, (), (other, ()) if flipped else ((), other))
        if effects := memberships.below(frame, right):
            pass
        elif memberships.collection(frame, b) or memberships.ours(frame, a, right, b):
            effects = tuple((k, KINDS, None) for k in frame.keys(left, a)) + _properties(a)
            none_of = steps.unequal(frame, left, a, steps.listed(frame, b))
            if none_of:
                return value(0, NO, (), (none_of, effects) if flipped else (effects, none_of))
        elif memberships.of_type(b) and frame.deep(b):
            effects = _no_more(frame, left, a, frame.deep(b))
        elif type(a.const) is str and a.const:
            absent = _absent(frame, a.const, frame.keys(right, b) + parts.as_it_is(frame, b)) + _between(
                frame, a.const, b
            )
            absent += _no_piece(frame, (a.const,), b, "g")
            if absent:
                return value(0, NO, (), (absent, ()) if flipped else ((), absent))
    elif operator in BELOW:
        flipped = not BELOW[operator]
        effects = _bounded(a, b) + memberships.subset(frame, a, right, b)
        if not effects:
            effects, flipped = _bounded(b, a) + memberships.subset(frame, b, left, a), not flipped
    else:
        return CLEAN
    return value(0, NO, (), ((), effects) if flipped else (effects, ())) if effects else CLEAN


def empty(frame: Frame, filled: str, val: Value) -> Effects:
    """What it establishes of an address that a part of it is empty, which is something in texts that begin so."""
    out: list[tuple[Any, int, Ref | None]] = []
    for kind in frame.knowledge.kinds.values():
        for ref in val.refs if kind.adds_up else ():
            if ref[0] == "e" and ref[2] & kind.mask:
                refused = steps.refused(kind, [re.match(filled, danger) is not None for danger in kind.dangers])
                out += [(ref[1], 0, gained) for gained in refused]
    return tuple(out)


def _equal(frame: Frame, operand: Any, val: Value, other: Value) -> Effects:
    """What equality with a value of our own establishes about the other side."""
    if other.const is None:
        return ((operand, KINDS, None),) if type(operand) is str else ()  # nothing does no harm
    if other.taint or (other.const is NO and not other.refs):
        same = _no_more(frame, operand, val, other.taint) if other.taint else ()
        parent = memberships.directly_below(frame, operand, other)
        return (*_properties(val), *_base_itself(frame, operand, val, other), *same, *parent)
    itself: Effects = tuple((k, KINDS, None) for k in frame.keys(operand, val))
    # That a part is empty tells nothing of the whole that it was taken from.
    if other.const == "":
        return itself
    return (*itself, *_properties(val), *memberships.directly_below(frame, operand, other))


def _no_more(frame: Frame, operand: Any, val: Value, held: int) -> Effects:
    """What it establishes to be something that carries only this: it does no harm that the other does not (`name in
    os.listdir(folder)`). Of what is no more than a part of itself, that it is one (`basename(name) == name`, and it may be ".."
    still)."""
    mask = KINDS & ~alive(held)
    if held & _labels(val.taint):
        mask &= ~frame.solver.longer
    key = operand if type(operand) is str else frame.origin.get(operand)
    return ((key, mask, None),) if mask and key is not None and val.taint else ()


def _element_of(frame: Frame, operand: Any, val: Value, place: Any, other: Value) -> Effects:
    """What it establishes to equal an element of a collection of our own, or a part of one."""
    if not val.taint or other.taint or other.const is not NO or is_text(other):
        return ()
    held = memberships.element(frame, place)
    if held is None or not memberships.ours(frame, val, held, frame.get(held)):
        return ()
    return tuple((k, KINDS, None) for k in frame.keys(operand, val))


def looked_up(frame: Frame, base: Any, key: Any) -> None:
    """What it establishes that something was found under a key: where it is seen to fail otherwise, it is one of the keys."""
    at = frame.get(key)
    if at.taint and memberships.fails(frame) and memberships.ours(frame, at, base, frame.get(base)):
        apply(frame, frame.env, tuple((k, KINDS, None) for k in frame.keys(key, at)))


def _base_itself(frame: Frame, operand: Any, val: Value, other: Value) -> Effects:
    """What it establishes that a canonical path is the very base that it was put below: what came below it is nothing. Of two
    that both are in canonical form, and given by others, one is no more than the other, whatever it was made of."""
    if not any(ref[0] == "n" for ref in val.refs):
        return ()
    made_of = _labels(other.taint)
    if type(operand) is str and val.taint & made_of and val.taint & ~made_of:
        return ((("==", operand, other.taint), KINDS, None),)
    alike = any(ref[0] == "n" and ref in other.refs for ref in val.refs) and not val.taint & made_of
    if not alike or any(frame.labels[shift // WIDTH][0] != "p" for shift, _ in fields(other.taint)):
        return ()
    return tuple((("=", key, other.taint), KINDS, None) for key in frame.keys(operand, val) if type(key) is str)


def _bounded(val: Value, other: Value) -> Effects:
    """What it establishes that one side is below a value of our own."""
    return tuple((r[1], r[2], None) for r in val.refs if r[0] == "b") if not other.taint else ()


def _holds_everything(frame: Frame, operand: Any, base: Value, other: Value) -> Effects:
    """What equality establishes when it says that one side is a base which holds everything."""
    mask = 0
    if type(other.const) is str:
        mask = sum(kind.mask for kind in frame.knowledge.kinds.values() if other.const in kind.everything)
    for ref in other.refs:
        if ref[0] == "u" and ref[1] in frame.keys(operand, base):
            mask |= ref[2]
    return ((("/", base.taint), mask, None),) if mask else ()


def _properties(val: Value) -> Effects:
    return tuple((r[1], r[2], None) for r in val.refs if r[0] == "e")


def _absent(frame: Frame, piece: str, keys: list[Any]) -> Effects:
    """What it establishes that a piece does not occur in a text: kinds all of whose dangers have it are cleared, and kinds
    all of whose dangers below a fixed text have it will be, once the text stands there."""
    mask = 0
    gained: list[Ref] = []
    for kind in frame.knowledge.kinds.values():
        if kind.dangers and all(piece in danger for danger in kind.dangers):
            mask |= kind.mask
        elif kind.dangers_below and all(piece in danger for danger in kind.dangers_below):
            gained.append(("j", kind.name))
        if kind.adds_up:
            gained += steps.refused(kind, [piece in danger for danger in kind.dangers])
    if piece in QUOTES:
        gained.append(("q", piece))
    if piece in steps.UP:
        gained.append(steps.NOT_UP)
    if mask and len(piece) == 1:
        gained.append(("T",))
    out: list[tuple[Any, int, Ref | None]] = [(k, mask, None) for k in keys] if mask else []
    out += [(k, 0, ref) for k in keys for ref in gained]
    return tuple(out)


def _no_piece(frame: Frame, refused_pieces: tuple[Any, ...], pieces: Value, which: str) -> Effects:
    """What it establishes that none of the pieces into which a text was split is one of these. which: "g", all of them, or
    "G", each in turn."""
    out: list[tuple[Any, int, Ref | None]] = []
    for ref in pieces.refs:
        for kind in frame.knowledge.kinds.values() if ref[0] == which else ():
            refused = [any(piece in danger.split(ref[2]) for piece in refused_pieces) for danger in kind.dangers]
            if refused and all(refused):
                out.append((ref[1], kind.mask, None))
            elif kind.dangers_below and all(
                any(piece in danger.split(ref[2]) for piece in refused_pieces) for danger in kind.dangers_below
            ):
                out.append((ref[1], 0, ("j", kind.name)))
            if kind.adds_up:
                out += [(ref[1], 0, gained) for gained in steps.refused(kind, refused)]
    return tuple(out)


def _begins(check: str, kind: Kind, others: list[Value], *, canonical: bool) -> list[Ref]:
    """What a test for a beginning says of a kind for which checks add up. A beginning that no danger has tells nothing: it may
    end in the middle of a name. canonical: the text is in canonical form, so that its steps up stand at its beginning."""
    start = others[0].const if others else NO
    starts = start if type(start) is tuple else (start,)
    if not kind.adds_up or not starts or not all(type(s) is str and s for s in starts):
        return []
    if check == "no-prefix" and canonical and kind.everything:
        normal = [posixpath.normpath(danger) for danger in kind.dangers]
        return steps.refused(
            kind, [step.startswith(starts) or not step.startswith(("..", *kind.everything)) for step in normal]
        )
    if check == "no-prefix":
        return steps.refused(kind, [danger.startswith(starts) for danger in kind.dangers])
    if not all(any(danger.startswith(s) for danger in kind.dangers) for s in starts):
        return []
    return steps.refused(kind, [not danger.startswith(starts) for danger in kind.dangers])


def rooted(frame: Frame, kind: Kind, start: str) -> list[Ref]:
    """What it tells of a text in canonical form that it begins so: with the root, it leads no further up."""
    if not kind.adds_up or not start.startswith(kind.everything or "\0"):
        return []
    return steps.refused(kind, [not danger.startswith(kind.everything) for danger in kind.dangers])


def without(frame: Frame, val: Value, piece: str) -> Value:
    """A text from which every occurrence of a piece has been taken."""
    for _, mask, gained in _absent(frame, piece, [None]):
        val = _cleared(frame, val, mask, gained)
    return val


def _between(frame: Frame, piece: str, val: Value) -> Effects:
    """What it establishes that a quote does not occur in what is left of a text without its ends."""
    if not any(piece in kind.quotes for kind in frame.knowledge.kinds.values()):
        return ()
    return tuple((r[1], 0, ("l", "-", piece)) for r in val.refs if r[0] == "w")


def effects(frame: Frame, guard: Guard, call: str, checked: Value, operand: Any, others: list[Value]) -> Effects:
    """What a checking call establishes about its argument when it answers as the guard says.

    Of a list that is checked together (`commonpath([root, path])`), each element for itself.
    """
    for ref in checked.refs:
        if ref[0] == "o" and guard.check in ("containment", "common"):
            out: Effects = ()
            for inner in (frame.env.get(ref) or {}).values():
                # What has no name of its own, as `realpath(path)` within the list, speaks for what it was made of.
                names: list[Any] = [k for k, v in frame.env.items() if type(k) is str and v is inner]
                for name in names or [None]:
                    out += effects(frame, guard, call, inner, name, others)
            return out
    kinds = frame.knowledge.kinds
    if guard.check == "subset":
        return memberships.subset(frame, checked, None, others[0] if others else CLEAN)
    if guard.check in ENDS:
        quote = others[0].const if others else NO
        if not any(quote in kind.quotes for kind in kinds.values()):
            return ()
        return tuple((k, 0, ("l", ENDS[guard.check], quote)) for k in frame.keys(operand, checked))
    wanted = list(kinds.values()) if guard.clears == ("*",) else [kinds[k] for k in guard.clears]
    mask = 0
    gained: list[Ref] = []
    for kind in wanted:
        if guard.check in ("prefix", "no-prefix"):
            gained += _begins(guard.check, kind, others, canonical=("n", kind.name) in checked.refs)
        elif guard.check == "absolute":
            gained += [("A", kind.mask)]
        elif guard.check == "rooted":
            gained += steps.refused(kind, [danger.startswith(kind.everything) for danger in kind.dangers])
        elif guard.check == "instance":
            mask |= kind.mask if _told(frame, kind, others) else 0
        if _holds(guard.check, kind, call, checked, others):
            mask |= kind.mask
    if guard.check == "instance":
        gained += _types(frame, others)
    elif guard.check == "no-prefix" and steps.begins(others):
        gained.append(steps.NOT_UP)
    keys = frame.keys(operand, checked)
    out = tuple((k, mask, None) for k in keys) if mask else ()
    if mask and guard.check in ("prefix", "containment"):
        out += parts.alone(frame, checked, mask)
    if guard.check == "origin":
        # That it is one of several that are named lets in what is known; that it is this one tells nothing.
        if guard.other and not any(ref[0] == "o" for val in others for ref in val.refs):
            return ()
        return hosts.origin(checked, frame.knowledge.mask(guard.clears))
    if guard.check == "suffix":
        return hosts.ends(checked, frame.knowledge.mask(guard.clears), others)
    out += hosts.origin(checked, mask)
    return (*out, *((k, 0, ref) for k in keys for ref in gained))


def _types(frame: Frame, others: list[Value]) -> list[Ref]:
    """The type from outside of which a value is, where it was asked for one whose attributes are known."""
    classes = [ref for val in others for ref in val.refs]
    known = [ref[1] for ref in classes if ref[0] == "x" and ref[1] in frame.knowledge.bases]
    return [("i", known[0])] if len(known) == 1 == len(classes) else []


def _told(frame: Frame, kind: Kind, others: list[Value]) -> bool:
    """Whether objects of each of these classes tell such a text of themselves."""
    classes = [ref for val in (*others, *(v for o in others for v in limits.elements(frame, o))) for ref in val.refs]
    known = [ref for ref in classes if ref[0] in "cxf"]
    return bool(known) and all(
        (ref[0] == "c" and frame.program.method(ref[1:], kind.tells) is not None)
        or (ref[0] == "x" and ref[1] in frame.knowledge.calls and kind.name in frame.knowledge.calls[ref[1]].clears)
        for ref in known
    )


def _holds(check: str, kind: Kind, call: str, checked: Value, others: list[Value]) -> bool:
    canonical = ("n", kind.name) in checked.refs
    if check in ("", "fixpoint"):
        return True
    if check in ("containment", "common"):
        return canonical
    if check == "prefix":
        start = others[0] if others else CLEAN
        if kind.pinned_by and type(start.const) is str and pinned(kind.pinned_by, start.const):
            return True
        return canonical and start.const != ""
    if check == "pattern":
        pattern, how = _pattern(others), call.rpartition(".")[2]
        if kind.tidied and hosts.goes_on(pattern, how):
            return False
        return bool(pattern and kind.dangers) and refusals.refuses(pattern, how, kind.dangers)
    return False


def _pattern(others: list[Value]) -> str:
    for other in others:
        if type(other.const) is str:
            return other.const
        for ref in other.refs:
            if ref[0] == "r":
                return str(ref[1])
    return ""
