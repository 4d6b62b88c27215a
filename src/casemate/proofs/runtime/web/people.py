"""A stand-in for who is logged in, where a program keeps that in a way of its own.

Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

from . import benign

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NAMES = (
    "user",
    "current_user",
    "account",
    "member",
    "identity",
    "principal",
    "username",
    "user_id",
    "uid",
    "person",
    "me",
)
"""What programs call the one who is logged in."""


class Person(str):
    """A name, which also has what a record of a person has. It may do everything."""

    __slots__ = ()

    def __new__(cls, name: str = "ana") -> Person:
        """By the name of the ordinary user."""
        return super().__new__(cls, name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name.startswith(("is_", "has_", "can_", "may_")) or name in ("admin", "staff", "active", "superuser"):
            return name not in ("is_anonymous", "is_banned", "is_blocked", "is_deleted", "is_locked")
        text = benign.value(name)
        return int(text) if text.isdigit() else text

    def __getitem__(self, key: Any) -> Any:
        return getattr(self, key) if isinstance(key, str) else super().__getitem__(key)

    def get(self, key: str, _default: Any = None) -> Any:
        """As of a dictionary."""
        return getattr(self, key)


def somebody() -> Person:
    """For a place that says no name."""
    return Person()


def stand_in(name: str) -> Any:
    """For a place of that name: a number for an id, otherwise a person."""
    return 1 if name in ("user_id", "uid") else Person()
