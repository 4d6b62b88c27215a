"""Frozen types as plain data and back: what the cache can hold of them.

What was written is read as data and calls nothing but the constructors of the types that the reader lists, so an entry that
somebody else has made can give wrong facts, but run nothing.
"""

from __future__ import annotations

import marshal
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

_TUPLE = -1
_DICT = -2


class Codec:
    """Values made of these types (dataclasses with keyword arguments, enumerations), of tuples, dictionaries, texts and
    numbers. Both sides must list the same types in the same order: `shape` tells one list from another."""

    def __init__(self, types: Sequence[type]) -> None:
        self._types = tuple(types)
        self._numbers = {kind: number for number, kind in enumerate(types)}
        self._names = [tuple(f.name for f in fields(kind)) if is_dataclass(kind) else () for kind in types]
        self.shape = repr([(kind.__qualname__, names) for kind, names in zip(types, self._names, strict=True)])

    def dump(self, value: object) -> bytes:
        """The value as bytes. Raises KeyError for a type that is not listed."""
        return marshal.dumps(self._plain(value))

    def load(self, data: bytes) -> Any:
        """The inverse of `dump`. Raises ValueError, TypeError, EOFError, IndexError or KeyError on other bytes."""
        return self._value(marshal.loads(data))

    def _plain(self, value: Any) -> Any:
        kind = type(value)
        if value is None or kind in (str, int, bool, bytes, float):
            return value
        if kind is tuple:
            return (_TUPLE, *map(self._plain, value))
        if kind is dict:
            return (_DICT, *((self._plain(key), self._plain(of)) for key, of in value.items()))
        number = self._numbers[kind]
        if isinstance(value, Enum):
            return number, value.value
        return (number, *(self._plain(getattr(value, name)) for name in self._names[number]))

    def _value(self, plain: Any) -> Any:
        if type(plain) is not tuple:
            return plain
        number = plain[0]
        if number == _TUPLE:
            return tuple(map(self._value, plain[1:]))
        if number == _DICT:
            return {self._value(key): self._value(of) for key, of in plain[1:]}
        if not 0 <= number < len(self._types):
            raise ValueError(f"no such type: {number}")
        names = self._names[number]
        if not names:
            return self._types[number](plain[1])
        return self._types[number](**dict(zip(names, map(self._value, plain[1:]), strict=True)))
