"""What a function does to its callers, in plain data: the facts that the solver computes, caches and compares.

A label is a plain tuple:
    ("p", parameter, path)                       what the caller gave; parameter: its number, or "^name" for a closure's variable
    ("s", boundary, what, module, number, pos)   a source, in that function
A sink's site is (module, function number, pos, what): the place of the dangerous call and its name. Positions are byte
offsets from the start of their function, so that an edit elsewhere in the file changes no fact.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from casemate.taint.provisos import Provisos

Label = tuple[Any, ...]
Site = tuple[str, int, int, str]
Deed = tuple[Site, str]  # a place, and the name of the act that is weak there
PATH = 1
TEXT = 2
Write = tuple[Any, tuple[Any, ...], tuple[tuple[Label, int], ...]]


class SinkHit(NamedTuple):
    """A value of `label` reaches `site` with the kind alive. pos: the call in this function through which it gets there.

    crossed: whether it was spliced on its way, `PATH` only below a path or address, `TEXT` into text. inner: the label of the
    callee that carries it on, None when the sink is in this very function. behind: it happens under these provisos alone.
    seen: every step of one of its ways was seen; else some object that it went into was taken to hold it in an attribute.
    """

    label: Label
    kind: int  # bit number
    crossed: int
    site: Site
    pos: int
    callee: tuple[str, int] | None
    inner: Label | None
    behind: Provisos = ()
    seen: bool = True


class Summary(NamedTuple):
    """The effect of a call.

    returns: (path, label, mask, provisos) the result (path (): itself; ("name",): a field) carries this label for these kinds.
    constant: (value,) when the result is always this constant. refs: what the result may be. hits: parameters and sources
    that reach sinks. writes: (parameter, path, (label, mask)…) what the call stores into its arguments, a step of the path being
    a field, or (field, class) of one in which the call puts a new object of that class. checks: (parameter, path, when, kinds)
    what the call establishes: when is "true", "false" or "returns". never: it does not return.
    sinks: the sinks of this body. acts: what is weak in it as it stands. lost: it could not be examined to the end.
    states: the state in which it leaves its object (see `states`).
    """

    returns: tuple[tuple[tuple[Any, ...], Label, int, Provisos], ...] = ()
    constant: tuple[Any, ...] = ()
    refs: tuple[tuple[Any, ...], ...] = ()
    fields: tuple[tuple[Any, tuple[Any, ...], tuple[tuple[Any, ...], ...]], ...] = ()
    hits: tuple[SinkHit, ...] = ()
    writes: tuple[Write, ...] = ()
    checks: tuple[tuple[Any, tuple[Any, ...], str, int], ...] = ()
    never: bool = False
    sinks: tuple[Site, ...] = ()
    sources: int = 0
    lost: str = ""
    acts: tuple[Deed, ...] = ()
    states: tuple[str, ...] = ()


UNKNOWN = Summary()
CRASHED = "crashed"  # how `lost` begins after a fault of the engine
