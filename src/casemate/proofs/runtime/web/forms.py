"""Fields of what programs declare for their input: forms of Django and WTForms, models of pydantic, dataclasses, serializers.

Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_HOLDERS = ("base_fields", "model_fields", "__fields__", "_declared_fields", "__dataclass_fields__")


def fields(kind: Any) -> dict[str, Any]:
    """Names and declarations of a class's fields, in order; nothing for what is no such class."""
    if not isinstance(kind, type):
        return {}
    for holder in _HOLDERS:
        declared = getattr(kind, holder, None)
        if isinstance(declared, dict) and declared:
            return dict(declared)
    try:
        unbound = [(name, getattr(kind, name)) for name in dir(kind) if not name.startswith("_")]
    except Exception:
        return {}
    return {name: field for name, field in unbound if type(field).__name__ == "UnboundField"}
