"""An example of what a JSON schema describes, as OpenAPI documents hold them. Standard library only, Python 3.7 and later."""

from __future__ import annotations

from . import benign, shapes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_FORMATS = {
    "email": "ana@example.org", "date": "2024-05-12", "date-time": "2024-05-12T08:30:00", "time": "08:30:00", "uri": "http://localhost/",
    "uuid": benign.value("uuid"), "ipv4": "127.0.0.1", "ipvanyaddress": "127.0.0.1", "binary": "ok", "duration": "P1D",
}  # fmt: skip
_DEEP = 6


def example(schema: Any, document: dict[str, Any], name: str = "", deep: int = 0) -> Any:
    """A value that the schema takes. document: what its references point into."""
    schema = resolved(schema, document)
    if not isinstance(schema, dict) or deep > _DEEP:
        return "ok"
    for key in ("const", "default", "example"):
        if schema.get(key) is not None:
            return schema[key]
    for key in ("enum", "examples"):
        if isinstance(schema.get(key), list) and schema[key]:
            return schema[key][0]
    for key in ("anyOf", "oneOf"):
        for one in schema.get(key) or ():
            if resolved(one, document).get("type") != "null":
                return example(one, document, name, deep + 1)
    if schema.get("allOf"):
        parts = [example(one, document, name, deep + 1) for one in schema["allOf"]]
        objects = [part for part in parts if isinstance(part, dict)]
        return {key: value for part in objects for key, value in part.items()} if objects else parts[0]
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        return {key: example(inner, document, key, deep + 1) for key, inner in (schema.get("properties") or {}).items()}
    if kind == "array":
        return [example(schema.get("items") or {}, document, name, deep + 1)]
    if kind == "integer":
        return int(max(schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1), 1))
    if kind == "number":
        return max(schema.get("minimum", 1.5), schema.get("exclusiveMinimum", 0) + 0.5)
    if kind == "boolean":
        return True
    return _text(schema, name)


def _text(schema: dict[str, Any], name: str) -> str:
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    if schema.get("pattern"):
        return benign.matching(schema["pattern"], name) or shapes.example(schema["pattern"])
    text = benign.value(name)
    least = int(schema.get("minLength") or 0)
    return text + "k" * (least - len(text)) if len(text) < least else text[: int(schema.get("maxLength") or 1000)]


def resolved(schema: Any, document: dict[str, Any]) -> Any:
    """The schema that a reference means."""
    for _ in range(_DEEP):
        if not isinstance(schema, dict) or "$ref" not in schema:
            break
        found: Any = document
        for part in str(schema["$ref"]).split("/")[1:]:
            found = found.get(part, {}) if isinstance(found, dict) else {}
        schema = found
    return schema


def texts(schema: Any, document: dict[str, Any], deep: int = 0) -> list[list[Any]]:
    """The keys that lead to each text within what the schema describes."""
    schema = resolved(schema, document)
    if not isinstance(schema, dict) or deep > 4:
        return []
    several = [one for key in ("anyOf", "oneOf", "allOf") for one in schema.get(key) or ()]
    if several:
        return [found for one in several for found in texts(one, document, deep + 1)]
    if schema.get("type") == "array":
        return [[0, *found] for found in texts(schema.get("items") or {}, document, deep + 1)]
    if "properties" in schema:
        return [
            [key, *found] for key, inner in schema["properties"].items() for found in texts(inner, document, deep + 1)
        ]
    if schema.get("type") == "object":
        return [["field"]]
    return (
        [[]]
        if schema.get("type") in ("string", None) and schema.get("format") not in ("date", "date-time", "uuid")
        else []
    )
