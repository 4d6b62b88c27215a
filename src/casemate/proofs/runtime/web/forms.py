"""Fields of what programs declare for their input: forms of Django and WTForms, models of pydantic, dataclasses, serializers.

Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

from . import benign

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_HOLDERS = ("base_fields", "model_fields", "__fields__", "_declared_fields", "__dataclass_fields__")


def fields(kind: Any) -> dict[str, Any]:
    """Names and declarations of a class's fields, in order; nothing for what is no such class."""
    if not isinstance(kind, type):
        return {}
    if hasattr(kind, "get_fields") and hasattr(kind, "to_internal_value"):  # a serializer
        try:
            made = kind().get_fields()
        except Exception:
            return {}
        return {name: field for name, field in made.items() if not getattr(field, "read_only", False)}
    for holder in _HOLDERS:
        declared = getattr(kind, holder, None)
        if isinstance(declared, dict) and declared:
            return dict(declared)
    try:
        unbound = [(name, getattr(kind, name)) for name in dir(kind) if not name.startswith("_")]
    except Exception:
        return {}
    return {name: field for name, field in unbound if type(field).__name__ == "UnboundField"}


_TYPES = (
    # in the name of a field's class → a value that it takes
    ("DateTime", "2024-05-12 08:30"), ("Date", "2024-05-12"), ("Time", "08:30"), ("Integer", "1"), ("Decimal", "1.5"),
    ("Float", "1.5"),
    ("Boolean", "on"), ("Email", "ana@example.org"), ("URL", "http://localhost/"), ("UUID", benign.value("uuid")),
    ("Slug", "ok-1"),
    ("IPAddress", "127.0.0.1"), ("JSON", "{}"), ("ModelChoice", "1"), ("ModelMultipleChoice", "1"), ("PrimaryKey", "1"),
)  # fmt: skip


def example(field: Any, name: str) -> str:
    """A value that a declared field takes."""
    made = field.kwargs if type(field).__name__ == "UnboundField" else {}
    kind = field.field_class.__name__ if made or hasattr(field, "field_class") else type(field).__name__
    choices = made.get("choices") or getattr(field, "choices", None)
    if choices is not None and "Model" not in kind and "Related" not in kind:
        try:
            for choice in choices.items() if isinstance(choices, dict) else choices:
                value = choice[0] if isinstance(choice, (tuple, list)) else choice
                if value not in ("", None):
                    return str(value)
        except Exception:
            return benign.value(name)
    return next((value for word, value in _TYPES if word in kind), benign.value(name))
