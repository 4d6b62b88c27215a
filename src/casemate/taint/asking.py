"""What is asked of a function that is given a value, and what it answers."""

from __future__ import annotations

from typing import Any, NamedTuple


class Given(NamedTuple):
    """What a function is asked about: the value stands in these of its parameters, and these others somebody outside gives.
    kinds: of which it may do harm."""

    names: frozenset[str]
    foreign: frozenset[str]
    kinds: int


class Asks(NamedTuple):
    """What a function does with what it is given. answers: it gives back an answer about it. decides: whether it gives it back
    hangs on an answer. refuses: it raises by an answer."""

    answers: bool = False
    decides: bool = False
    refuses: bool = False


class Parts(NamedTuple):
    """Which parts of the value are meant, where it has several: those that these operands hold, or that have these names. wholes:
    the operands of which these are parts: who is asked about a form is not asked about one of its fields."""

    operands: frozenset[Any] = frozenset()
    names: frozenset[str] = frozenset()
    wholes: frozenset[Any] = frozenset()


class Question(NamedTuple):
    """A block that ends in a branch on an answer. leave: by which side the value has leave. known: it is a check that is
    understood, which would be enough on every way."""

    block: int
    leave: bool
    known: bool
