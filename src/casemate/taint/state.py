"""The state at a point of a function: variables and objects, and how two states join.

A state is a dictionary from variable name to Value and from object reference to its fields, a dictionary from field name
to Value that is never changed in place. Field names: an attribute is its name, a constant string key "[key", a small
constant index the number itself, anything else "*"; "+" is what comes after a list's numbered
elements, "?" marks a sequence whose length is not known; "@options" of what a caller gives is what a program that runs it may
take for an option.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from casemate.taint.values import CLEAN, Ref, Value, join

ANY: Final = "*"
TAIL: Final = "+"
INEXACT: Final = "?"
OPTIONS: Final = "@options"
UNMEASURED: Final = frozenset({ANY, TAIL, INEXACT})  # with one of these the length of a sequence is not known
MAX_FIELDS: Final = 64

Fields = dict[Any, Value]
State = dict[Any, Any]
Default = Callable[[Ref, Any], Value]


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


def join_states(old: State, new: State, default: Default) -> State | None:
    """The join, or None when `new` adds nothing to `old`. default: a field of what the caller gave, as it was given."""
    if old == new:
        return None
    out: State | None = None
    get = old.get
    for key, val in new.items():
        mine = get(key)
        if mine is val:
            continue
        joined: Any
        if type(val) is dict:
            if key[0] == "p":
                joined = join_symbolic(key, mine or {}, val, default)
            else:
                joined = val if mine is None else join_fields(mine, val)
            if joined == mine:
                continue
        elif mine is None:
            joined = val
        else:
            joined = join(mine, val)
            if joined == mine:
                continue
        if out is None:
            out = dict(old)
        out[key] = joined
    return out
