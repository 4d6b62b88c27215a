"""From a frame that has run to the summary of its function."""

from __future__ import annotations

from typing import Any

from casemate.languages import ir
from casemate.taint import states
from casemate.taint.frame import MAX_PATH, Frame
from casemate.taint.loops import EACH
from casemate.taint.parts import WHOLE
from casemate.taint.provisos import Provisos, together
from casemate.taint.state import ANY, INEXACT
from casemate.taint.summary import Label, SinkHit, Summary, Write
from casemate.taint.values import KINDS, NO, PROPERTIES, Ref, Value, value

MAX_WRITES = 32  # fields of arguments that a summary tells of
MAX_APART = 8  # fields of an object in one of these that are told apart


def summarise(frame: Frame) -> Summary:
    """The summary of what a frame has found."""
    returned = frame.returned
    returns: dict[tuple[tuple[Any, ...], Any, Provisos], int] = {}
    fields: list[tuple[Any, tuple[Any, ...], tuple[Ref, ...]]] = []
    constant: tuple[Any, ...] = ()
    refs: tuple[Ref, ...] = ()
    if returned is not None:
        for label, behind, mask in _returned(frame, returned.taint):
            behind = together(behind, frame.entered.get(label, ()))
            returns[(), label, behind] = returns.get(((), label, behind), 0) | mask
        for name, inner in frame.returned_fields.items():
            if name == INEXACT:
                continue
            for label, mask in frame.spread(inner.taint):
                key = ((name,), label, frame.entered.get(label, ()))
                returns[key] = returns.get(key, 0) | mask
            outside = tuple(r for r in map(frame.externalise, inner.refs) if r)
            fields.append((name, (inner.const,) if inner.const is not NO else (), outside))
        constant = (returned.const,) if returned.const is not NO else ()
        # The outline of a text stays what it is, and how a list begins.
        told = [r for r in returned.refs if r[0] not in PROPERTIES or r[0] in "%["]
        refs = tuple(dict.fromkeys(_exported(frame, r) for r in told))
    hits: tuple[SinkHit, ...] = tuple(frame.hits.values())
    if len(hits) > 1:  # in an order that does not depend on the way; labels hold numbers and texts in the same place
        rank = {label: n for n, label in enumerate(sorted({hit.label for hit in hits}, key=repr))}
        hits = tuple(sorted(hits, key=lambda hit: (rank[hit.label], str(hit.kind), repr(hit.site))))
    if frame.fn.kind == "class":
        number = frame.program.class_of_body(frame.unit)
        for name, val in frame.env.items():
            if type(name) is str:
                frame.publish(("attr", frame.unit[0], number, name), value(val.taint, val.const, val.refs))
    whole = not frame.lost  # of a part, what it establishes and whether it ends is not known
    return Summary(
        returns=tuple((path, label, mask, behind) for (path, label, behind), mask in returns.items()),
        constant=constant if whole else (),
        refs=refs,
        fields=tuple(fields),
        hits=hits,
        writes=_writes(frame),
        checks=_established(frame) if whole else (),
        never=whole and not frame.exits and returned is None and not frame.fn.is_generator and bool(frame.fn.blocks),
        sinks=tuple(sorted(frame.sinks)),
        sources=frame.sources,
        lost=frame.lost,
        acts=tuple(sorted(frame.acts)),
        states=states.left_in(frame) if whole else (),
    )


def _returned(frame: Frame, taint: int) -> list[tuple[Label, Provisos, int]]:
    """The labels that the result carries, with the provisos under which it does."""
    whole = frame.spread(taint)
    always = frame.returned_behind.get((), 0)
    if always == taint:
        return [(label, (), mask) for label, mask in whole]
    out = []
    known = dict(whole)
    ever = dict(frame.spread(always))
    for behind, part in sorted(frame.returned_behind.items(), key=lambda pair: repr(pair[0])):
        for label, mask in frame.spread(part):
            mask &= known[label]  # what it is marked as is told of the whole
            if not behind or mask & ~ever.get(label, 0):
                out.append((label, behind, mask))
    return out


def _exported(frame: Frame, ref: Ref) -> Ref:
    return ("o", ref[2]) if ref[0] == "o" else ref


def _writes(frame: Frame) -> tuple[Write, ...]:
    """What the function stores into what it was given, from elsewhere: moves within one argument are not told."""
    out: list[Write] = []
    for key, content in frame.env.items():
        if type(key) is tuple and key[0] == "p":
            for name, val in content.items():
                if not (val[0] or val[2]):
                    continue
                apart = _apart(frame, key, (*key[2], name), val)
                if len(out) + len(apart) > MAX_WRITES or len(apart) > MAX_APART:
                    apart = _marked(frame, key, (*key[2], name), frame.deep(val))
                if len(out) < MAX_WRITES:
                    out += apart
    return tuple(out)


def _apart(frame: Frame, key: Any, path: tuple[Any, ...], val: Value) -> list[Write]:
    """What is stored at a place; of an object that is nothing but its attributes, each of these by itself."""
    made = [ref for ref in val.refs if ref[0] == "o"]
    if len(made) != 1 or len(path) >= MAX_PATH or not frame.is_plain(made[0]):
        return _marked(frame, key, path, frame.deep(val))
    out = _marked(frame, key, path, frame.own(val))
    for name, inner in (frame.env.get(made[0]) or {}).items():
        if inner[0] or inner[2]:
            out += _apart(frame, key, (*path[:-1], (path[-1], made[0][2]), name), inner)
    return out


def _marked(frame: Frame, key: Any, path: tuple[Any, ...], taint: int) -> list[Write]:
    plain = tuple(step[0] if type(step) is tuple else step for step in path)
    marks = tuple(
        [
            (label, mask)
            for label, mask in frame.spread(taint)
            if label[:2] != key[:2] or (len(label[2]) > 1 and label[2] != plain)
        ]
    )
    return [(key[1], path, marks)] if marks else []


def _established(frame: Frame) -> tuple[tuple[Any, tuple[Any, ...], str, int], ...]:
    """For each parameter, the kinds that an answer, or returning at all, rules out."""
    out: list[tuple[Any, tuple[Any, ...], str, int]] = []
    fn = frame.fn  # what a generator checks it checks when it is gone through
    always = frame.env if frame.exits and not (fn.is_generator and not fn.decorators) else None
    if not frame.numbers:
        return ()
    for when, state in (("true", frame.truth.get("True")), ("false", frame.truth.get("False")), ("returns", always)):
        if state is None:
            continue
        for number, parameter in enumerate(frame.fn.params):
            if parameter.how != ir.VARARGS:
                asked: tuple[tuple[tuple[Any, ...], Value | None], ...] = (((), state.get(parameter.name)),)
            else:
                content = state.get(("p", number, ()), {})
                asked = (((WHOLE,), content.get(WHOLE)), ((EACH,), content.get(EACH)))
            for path, val in asked:
                label = ("p", number, (ANY,) if path == (EACH,) else path)
                refused = _refused(frame, label, val) if val is not None else 0
                if refused:
                    out.append((number, path, when, refused))
    return tuple(out)


def _refused(frame: Frame, label: Label, val: Value) -> int:
    """The kinds of which a value is free that the caller gave."""
    at = frame.numbers.get(label)
    if at is None or frame.labels[at] != label:
        return 0
    refused: int = KINDS & ~(val.taint >> 32 * at)
    if label not in val.refs:
        # Another text; or a tidied copy, of which a check counts for some kinds.
        copied = frame.solver.tidied if ("v", label[1]) in val.refs else 0
        refused &= copied | max((ref[2] for ref in val.refs if ref[:2] == ("V", label[1])), default=0)
    return refused
