"""How a piece of code says no to a value, in the words of the file around it: the framework's own answer where one is at hand,
the exception that the file raises for such values otherwise."""

from __future__ import annotations

from casemate.fixes.names import imported, name_from, text, walk
from casemate.fixes.site import Spot, enclosing
from casemate.fixes.source import Edit

_OURS = ("ValueError", "PermissionError", "RuntimeError", "Exception")
_ALL = ("ValueError", "Exception", "BaseException", "")
_WRONG = ("SyntaxError", "TypeError", "NameError")


def refusal(spot: Spot, why: str) -> tuple[str, tuple[Edit, ...]]:
    """A statement that ends what the function does, and the edits that import what it needs. why: a few words without quotes."""
    names = imported(spot.root)
    modules = {meaning.partition(".")[0] for meaning in names.values()}
    if handler(spot):
        if "flask" in modules or "quart" in modules:
            module = "flask" if "flask" in modules else "quart"
            name, edits = name_from(spot.root, f"{module}.abort")
            return f"{name}(400)", edits
        if "fastapi" in modules or "starlette" in modules:
            module = "fastapi" if "fastapi" in modules else "starlette.exceptions"
            name, edits = name_from(spot.root, f"{module}.HTTPException")
            return f'raise {name}(status_code=400, detail="{why}")', edits
        if "django" in modules or "rest_framework" in modules:
            name, edits = name_from(spot.root, "django.core.exceptions.SuspiciousOperation")
            return f'raise {name}("{why}")', edits
        if "aiohttp" in modules:
            name, edits = name_from(spot.root, "aiohttp.web.HTTPBadRequest")
            return f'raise {name}(reason="{why}")', edits
        if "tornado" in modules:
            name, edits = name_from(spot.root, "tornado.web.HTTPError")
            return f"raise {name}(400)", edits
        if "bottle" in modules:
            name, edits = name_from(spot.root, "bottle.abort")
            return f'{name}(400, "{why}")', edits
    return f'raise {_exception(spot)}("{why}")', ()


def handler(spot: Spot) -> bool:
    """Whether the function around answers a request: it has a decorator with a path, or is told the request."""
    function = spot.function
    if function is None:
        return False
    if function.parent is not None and function.parent.type == "decorated_definition":
        for one in function.parent.named_children:
            if one.type == "decorator" and any(node.type in ("call", "attribute") for node in one.named_children):
                return True
    names = {text(node) for node in walk(function) if node.type == "identifier"}
    owner = enclosing(function, "class_definition")
    bases = text(owner.child_by_field_name("superclasses") or owner) if owner is not None else ""
    return "request" in names or "Handler" in bases or "View" in bases


def _exception(spot: Spot) -> str:
    """What the code around handles as a wrong value, where it would not handle ours; else what the function, or the file, raises
    for values that it does not take; ValueError when it raises nothing of that kind."""
    handled = _handled(spot)
    if (
        handled
        and not any(name in _ALL for name in handled)
        and (kinds := [name for name in _WRONG if name in handled])
    ):
        return kinds[0]
    for scope in (spot.scope, spot.root):
        raised = [
            text(call.child_by_field_name("function") or call)
            for node in walk(scope)
            if node.type == "raise_statement"
            for call in node.named_children[:1]
            if call.type == "call"
        ]
        found = [
            name
            for name in raised
            if name in _OURS or name.endswith(("SuspiciousOperation", "SuspiciousFileOperation", "SecurityError"))
        ]
        if found:
            return found[0]
    return "ValueError"


def _handled(spot: Spot) -> list[str]:
    """The exceptions that the innermost `try` around handles, "" for all."""
    around = enclosing(spot.statement.parent or spot.statement, "try_statement", "function_definition")
    found: list[str] = []
    for clause in around.named_children if around is not None and around.type == "try_statement" else ():
        if clause.type == "block" and not clause.start_byte <= spot.statement.start_byte < clause.end_byte:
            return []
        if clause.type == "except_clause":
            given = [one for one in clause.named_children if one.type not in ("block", "comment")]
            found += [text(node) for one in given for node in walk(one) if node.type == "identifier"] or [""]
    return found
