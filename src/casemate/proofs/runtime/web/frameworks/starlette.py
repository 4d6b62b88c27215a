"""Starlette and FastAPI: routes, what their views declare, and driving by ASGI. Standard library only, Python 3.7 and later."""

from __future__ import annotations

import inspect
import os
import re

from .. import asgi, discover, people, schemas
from ..site import ISOLATED, App, Route
from .flask import FACTORIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ..request import Request
    from ..site import Site

_METHODS = ("get", "post", "put", "patch", "delete")
_GROUPS = (("path_params", "path"), ("query_params", "query"), ("header_params", "header"), ("cookie_params", "cookie"))


class AsgiApp(App):
    """One application of Starlette or FastAPI."""

    framework = "starlette"

    def __init__(self, name: str, application: Any) -> None:
        super().__init__(name)
        self.application = application
        self._dependants: dict[int, Any] = {}
        try:
            self._document = dict(application.openapi()) if hasattr(application, "openapi") else {}
        except Exception as error:
            self._document = {}
            self.notes.append(f"its OpenAPI document cannot be made: {type(error).__name__}")

    def find_routes(self) -> None:
        """All routes, also of what is mounted or included."""
        self.routes = []
        for prefix, route in _walk(self.application.routes, "", 0):
            endpoint = getattr(route, "endpoint", None) or getattr(
                getattr(route, "original_route", None), "endpoint", None
            )
            path = str(getattr(route, "path", None) or getattr(getattr(route, "starlette_route", None), "path", ""))
            if endpoint is None or "websocket" in type(route).__name__.lower():
                continue
            methods = getattr(route, "methods", None) or getattr(
                getattr(route, "original_route", None), "methods", None
            )
            if isinstance(endpoint, type):
                methods = [name for name in _METHODS if hasattr(endpoint, name)]
            made = Route(prefix + path, methods or ["GET"], _pieces(prefix + path), endpoint)
            dependant = getattr(route, "dependant", None) or getattr(
                getattr(route, "original_route", None), "dependant", None
            )
            if dependant is not None:
                self._dependants[id(made)] = dependant
                for inner in _flat(dependant):
                    made.include(inner.call)
            self.routes.append(made)

    def declared(self, route: Route, name: str) -> list[tuple[str, list[Any]]]:
        """Channel and keys of a parameter of the view, or of what it depends on."""
        found: list[tuple[str, list[Any]]] = []
        for dependant in _flat(self._dependants.get(id(route))):
            for group, channel in _GROUPS:
                for field in getattr(dependant, group):
                    if field.name != name:
                        continue
                    inner = _fields(field)
                    found += [(channel, [key]) for key in inner] if inner else [(channel, [field.alias])]
            for field in dependant.body_params:
                if field.name == name:
                    found += self._body(route, field)
        return found

    def _body(self, route: Route, field: Any) -> list[tuple[str, list[Any]]]:
        kind = type(field.field_info).__name__
        inner = _fields(field)
        if kind == "File":
            return [("file", [field.alias])]
        if kind == "Form":
            return [("form", [key]) for key in inner] if inner else [("form", [field.alias])]
        schema = self._schema(route, "application/json")
        known = schemas.texts(schema, self._document)
        whole = schemas.resolved(schema, self._document)
        embedded = isinstance(whole, dict) and str(whole.get("title", "")).startswith("Body_")
        below = [keys for keys in known if keys[:1] == [field.alias]] if embedded else known
        return [("json", keys) for keys in below] or [("json", [field.alias] if embedded else [])]

    def _operation(self, route: Route) -> dict[str, Any]:
        path = re.sub(r"\{(\w+):[^}]*\}", r"{\1}", route.rule)
        paths = self._document.get("paths", {})
        operations = paths.get(path) or {}
        return next((dict(operations[m.lower()]) for m in route.methods if m.lower() in operations), {})

    def _schema(self, route: Route, kind: str) -> Any:
        body = self._operation(route).get("requestBody") or {}
        return ((body.get("content") or {}).get(kind) or {}).get("schema")

    def defaults(self, route: Route) -> dict[str, Any]:
        """An example of each part that its OpenAPI document describes."""
        made: dict[str, Any] = {}
        for told in self._operation(route).get("parameters") or ():
            value = schemas.example(told.get("schema") or {}, self._document, told["name"])
            text = str(value).lower() if isinstance(value, bool) else str(value)
            if told.get("required") or told["in"] == "path":
                made.setdefault(told["in"], {})[told["name"]] = text
        schema = self._schema(route, "application/json")
        if schema:
            made["json"] = schemas.example(schema, self._document)
        for kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
            whole = schemas.resolved(self._schema(route, kind), self._document) or {}
            for name, inner in (whole.get("properties") or {}).items():
                real = schemas.resolved(inner, self._document)
                if real.get("format") == "binary" or "contentMediaType" in str(real):
                    made.setdefault("file", {})[name] = ("upload.txt", "ok")
                else:
                    made.setdefault("form", {})[name] = str(schemas.example(inner, self._document, name))
        return made

    def send(self, request: Request, variant: dict[str, Any]) -> dict[str, Any]:
        """Send it. Who has to be logged in is a stand-in."""
        held = getattr(self.application, "dependency_overrides", {})
        before = dict(held)
        greeted = []
        for call in self._guards(variant):
            if call not in held:
                held[call] = people.somebody
                greeted.append(f"logged in: {getattr(call, '__name__', type(call).__name__)} was a stand-in")
        try:
            answer = asgi.call(self.application, request)
        finally:
            held.clear()
            held.update(before)
        answer["notes"] += greeted
        answer["stubs"] = ["a login"] if greeted else []
        return answer

    def _guards(self, variant: dict[str, Any]) -> list[Any]:
        """What the route depends on and what itself asks for a token or a password."""
        base = discover.importable("fastapi.security.base")
        found: list[Any] = []
        for route in self.routes if base is not None else ():
            if route.rule == variant["route"] and variant["method"] in route.methods:
                dependant = self._dependants.get(id(route))
                for inner in dependant.dependencies if dependant is not None else ():
                    if any(isinstance(one.call, base.SecurityBase) for one in _flat(inner)):
                        found.append(inner.call)
        return found


def _flat(dependant: Any) -> Iterator[Any]:
    if dependant is not None:
        yield dependant
        for inner in dependant.dependencies:
            yield from _flat(inner)


def _fields(field: Any) -> list[str]:
    """Names within a model that stands for several parameters."""
    kind = getattr(field, "type_", None) or getattr(getattr(field, "field_info", None), "annotation", None)
    declared = getattr(kind, "model_fields", None) if isinstance(kind, type) else None
    return [str(inner.alias or name) for name, inner in declared.items()] if declared else []


def _walk(routes: Any, prefix: str, deep: int) -> Iterator[tuple[str, Any]]:
    for route in routes if deep < 6 else ():
        if hasattr(route, "effective_candidates"):  # a router that FastAPI takes in when it is asked
            yield from _walk(route.effective_candidates(), prefix, deep + 1)
        elif getattr(route, "endpoint", None) is None and getattr(route, "routes", None):
            yield from _walk(route.routes, prefix + getattr(route, "path", ""), deep + 1)
        else:
            yield prefix, route


def _pieces(path: str) -> list[list[str]]:
    made: list[list[str]] = []
    for text in re.split(r"(\{\w+(?::\w+)?\})", path):
        if text.startswith("{"):
            name, _, kind = text[1:-1].partition(":")
            made.append(["param", name, kind, ""])
        elif text:
            made.append(["text", text])
    return made


def find(site: Site, candidates: list[discover.File]) -> None:
    """Add the target's applications of Starlette and FastAPI."""
    wanted = [file for file in candidates if file.mentions & {"starlette", "fastapi"}]
    if not wanted:
        return
    starlette = discover.importable("starlette.applications")
    if starlette is None:
        site.problems.append("starlette is not installed for this interpreter")
        return
    factories: list[tuple[str, Any]] = []
    for file in wanted:
        if not re.search(
            rb"\b(?:FastAPI|Starlette)\s*\(|^\s*(?:app|application)\s*=|\bdef \w*app\w*\(", file.text, re.MULTILINE
        ):
            continue
        module = discover.load(site, file.module, file.path)
        for name, value in sorted(vars(module).items()) if module is not None else ():
            if isinstance(value, starlette.Starlette):
                _add(site, f"{module.__name__}:{name}", value)
            elif (
                inspect.isfunction(value)
                and name in FACTORIES
                and os.path.realpath(value.__code__.co_filename) == file.path
            ):
                factories.append((f"{module.__name__}:{name}", value))
    if not any(isinstance(app, AsgiApp) for app in site.apps):
        for name, factory in factories:
            try:
                made = factory()
            except Exception as error:
                site.problem(name, error)
                continue
            if isinstance(made, starlette.Starlette):
                _add(site, name, made)
    _without_what_is_mounted(site)


def _add(site: Site, name: str, application: Any) -> None:
    if not any(isinstance(app, AsgiApp) and app.application is application for app in site.apps):
        site.apps.append(AsgiApp(name, application))


def _without_what_is_mounted(site: Site) -> None:
    """An application that another one mounts is reached by that one."""
    mounted = {
        id(route.app)
        for app in site.apps
        if isinstance(app, AsgiApp)
        for route in app.application.routes
        if hasattr(route, "app") and getattr(route, "endpoint", None) is None
    }
    site.apps[:] = [app for app in site.apps if not (isinstance(app, AsgiApp) and id(app.application) in mounted)]


def attach(site: Site, path: str) -> None:
    """Give the routers and views of a file that no application has an application of their own."""
    routing = discover.importable("starlette.routing")
    module = discover.detached(site, path) if routing is not None else None
    if module is None:
        return
    routers, routes = [], []
    for name, value in sorted(vars(module).items()):
        if isinstance(value, routing.Router):
            routers.append(value)
        elif inspect.isfunction(value) and os.path.realpath(value.__code__.co_filename) == path:
            if list(inspect.signature(value).parameters) == ["request"]:
                routes.append(routing.Route(f"/casemate/{name}", value, methods=["GET", "POST"]))
        elif isinstance(value, type) and value.__module__ == module.__name__ and hasattr(value, "dispatch"):
            routes.append(routing.Route(f"/casemate/{name}", value))
    fastapi = discover.importable("fastapi") if routers else None
    application: Any = fastapi.FastAPI() if fastapi else discover.importable("starlette.applications").Starlette()
    application.router.routes.extend(routes)
    for router in routers:
        if fastapi and isinstance(router, fastapi.APIRouter):
            application.include_router(router)
        else:
            application.router.routes.extend(router.routes)
    if routers or routes:
        app = AsgiApp(module.__name__, application)
        app.fidelity = ISOLATED
        app.notes.append("no application of the target has these routes: they were given an empty one")
        app.find_routes()
        site.apps.append(app)
