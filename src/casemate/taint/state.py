"""The state at a point of a function: variables and objects, and how two states join.

A state is a dictionary from variable name to Value and from object reference to its fields, a dictionary from field name
to Value that is never changed in place. Field names: an attribute is its name, a constant string key "[key", a small
constant index the number itself, anything else "*"; "+" is what comes after a list's numbered elements, "?" marks a sequence
whose length is not known; "@keys" is what a mapping's own keys carry; "@options" of what a caller gives is what a program
that runs it may take for an option.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any, Final

from casemate.taint import flags
from casemate.taint.values import CLEAN, Ref, Value, join, value

ANY: Final = "*"
TAIL: Final = "+"
INEXACT: Final = "?"
OPTIONS: Final = "@options"
KEYS: Final = "@keys"
UNMEASURED: Final = frozenset({ANY, TAIL, INEXACT})  # with one of these the length of a sequence is not known
MAX_FIELDS: Final = 64

Fields = dict[Any, Value]
State = dict[Any, Any]
Default = Callable[[Ref, Any], Value]
Matter = Callable[[State], bool]


def field_of(key: Any) -> Any:
    """The field that a constant subscript names."""
    if type(key) is str:
        return "[" + key
    if type(key) is int and -MAX_FIELDS < key < MAX_FIELDS:
        return key
    return ANY


def join_fields(a: Fields, b: Fields) -> Fields:
    """The fields of an object that came by either way."""
    if a is b or a == b:
        return a
    out = dict(a)
    for name, val in b.items():
        mine = out.get(name)
        out[name] = val if mine is None else join(mine, val)
    if len(a) != len(b):
        out[INEXACT] = CLEAN
    return out


def join_symbolic(ref: Ref, a: Fields, b: Fields, default: Default) -> Fields:
    """The same for what the caller gave: a field that only one way has written is the caller's own on the other."""
    if a is b or a == b:
        return a
    return {name: join(a.get(name) or default(ref, name), b.get(name) or default(ref, name)) for name in {**a, **b}}


def join_states(
    old: State, new: State, default: Default, live: Container[Any] | None = None, matter: Matter | None = None
) -> State | None:
    """The join, or None when `new` adds nothing to `old`. default: a field of what the caller gave, as it was given.

    live: variables that count, None for all. matter: whether these objects, in which alone the states differ, count.
    """
    out: State | None = None
    objects: State = {}
    apart: list[Any] = []  # variables that tell the ways apart
    get = old.get
    joined: Any
    for key, val in new.items():
        mine = get(key)
        if mine is val:
            continue
        if type(val) is dict:
            if key[0] == "p":
                joined = join_symbolic(key, mine or {}, val, default)
            else:
                joined = val if mine is None else join_fields(mine, val)
            if joined != mine:
                objects[key] = joined
            continue
        if live is not None and key not in live:
            continue
        if mine is None:
            joined = val
        else:
            joined = join(mine, val)
            if type(key) is str and flags.answers_apart(mine, val):
                apart.append(key)
                joined = value(joined.taint, joined.const, joined.refs, mine.pred)  # until all is joined
            if joined == mine:
                continue
        if out is None:
            out = dict(old)
        out[key] = joined
    if objects and (out is not None or matter is None or matter(objects)):
        out = dict(old) if out is None else out
        out.update(objects)
    for key in apart:
        both = out if out is not None else old
        pred = flags.told(old[key], new[key], old, new, both)
        if pred != both[key].pred:
            out = dict(old) if out is None else out
            had = out[key]
            out[key] = value(had.taint, had.const, had.refs, pred)
    return out


def forget(state: State, key: str) -> None:
    """The variable is another from here on: a check of it tells nothing of what was made with it before, nor a check of a part
    that was taken from it of what it is now."""
    for name, held in state.items():
        if type(held) is not dict and any(ref[0] in "dye" and ref[1] == key for ref in held.refs):
            refs = tuple(ref for ref in held.refs if ref[0] not in "dye" or ref[1] != key)
            state[name] = value(held.taint, held.const, refs, held.pred)
