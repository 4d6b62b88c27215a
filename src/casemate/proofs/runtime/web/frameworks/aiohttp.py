"""aiohttp: its own server reads the request, over a pair of sockets. Standard library only, Python 3.7 and later."""

from __future__ import annotations

import asyncio
import inspect
import os
import re

from .. import discover, loops, pairs, shapes, wsgi
from ..site import ISOLATED, App, Route
from .flask import FACTORIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..request import Request
    from ..site import Site

_METHODS = ("get", "post", "put", "patch", "delete")


class AiohttpApp(App):
    """One application. make: makes it, where it must be made in the loop that it runs in."""

    framework = "aiohttp"

    def __init__(self, name: str, web: Any, application: Any, make: Any = None) -> None:
        super().__init__(name)
        self._web = web
        self._application = application
        self._make = make

    def find_routes(self) -> None:
        """All routes, of applications within it too."""
        self.routes = []
        for route in self._application.router.routes():
            if route.resource is None or route.handler is None:
                continue
            told = route.resource.get_info()
            pattern = told.get("pattern")
            if pattern is None and "path" not in told:
                continue
            pieces = shapes.pieces(pattern.pattern) if pattern is not None else [["text", told["path"]]]
            methods: list[str] = [route.method]
            if isinstance(route.handler, type):
                methods = [name for name in _METHODS if hasattr(route.handler, name)]
            elif route.method == "*":
                methods = ["GET", "POST"]
            rule = told.get("path") or told.get("formatter") or ""
            self.routes.append(Route(rule, methods, pieces, route.handler))

    def send(self, request: Request, variant: dict[str, Any]) -> dict[str, Any]:
        """Send it."""
        answer: dict[str, Any] = {"status": 0, "headers": [], "body": b"", "error": "", "session": {}, "notes": []}
        with pairs.Errors("aiohttp.server", "aiohttp.web") as errors:
            try:
                loops.run(self._exchange(request, answer))
            except (Exception, asyncio.CancelledError) as error:
                answer["error"] = answer["error"] or wsgi.said(error)
        answer["error"] = next(iter(errors.said), "") or answer["error"]
        return answer

    async def _exchange(self, request: Request, answer: dict[str, Any]) -> None:
        application = self._application
        if self._make is not None:
            made = self._make()
            application = await made if inspect.isawaitable(made) else made
        _free(application)
        runner = self._web.AppRunner(application, handle_signals=False, access_log=None)
        await runner.setup()
        server, client = pairs.pair()
        loop = asyncio.get_event_loop()
        try:
            await loop.connect_accepted_socket(runner.server, server)
            await pairs.exchange(loop, client, request, answer)
        finally:
            client.close()
            await runner.cleanup()


def _free(application: Any) -> None:
    """An application belongs to the loop that it ran in first; that one is gone."""
    for one in [application, *getattr(application, "_subapps", ())]:
        if getattr(one, "_loop", None) is not None:
            one._loop = None


def find(site: Site, candidates: list[discover.File]) -> None:
    """Add the target's applications."""
    wanted = [file for file in candidates if "aiohttp" in file.mentions]
    if not wanted:
        return
    web = discover.importable("aiohttp.web")
    if web is None:
        site.problems.append("aiohttp is not installed for this interpreter")
        return
    web.run_app = discover.nothing
    factories: list[tuple[str, Any]] = []
    for file in wanted:
        if not re.search(rb"\bApplication\s*\(|^\s*(?:app|application)\s*=|\bdef \w*app\w*\(", file.text, re.MULTILINE):
            continue
        module = discover.load(site, file.module, file.path)
        for name, value in sorted(vars(module).items()) if module is not None else ():
            if isinstance(value, web.Application):
                if not any(isinstance(app, AiohttpApp) and app._application is value for app in site.apps):
                    site.apps.append(AiohttpApp(f"{module.__name__}:{name}", web, value))
            elif inspect.isfunction(value) and os.path.realpath(value.__code__.co_filename) == file.path:
                if name in (*FACTORIES, "init_app", "init", "init_func", "app_factory") or re.fullmatch(
                    r"make_\w*app", name
                ):
                    factories.append((f"{module.__name__}:{name}", value))
    if any(isinstance(app, AiohttpApp) for app in site.apps):
        _without_inner(site)
        return
    for name, factory in factories:
        tries: list[tuple[Any, ...]] = [(), ([],), (None,), ({},)]
        for arguments in discover.fitting(factory, tries):
            try:
                made = loops.run(_made(factory, arguments))
            except (Exception, asyncio.CancelledError) as error:
                site.problem(name, error)
                continue
            if isinstance(made, web.Application):
                site.apps.append(AiohttpApp(name, web, made, lambda f=factory, a=arguments: f(*a)))
                break


async def _made(factory: Any, arguments: Any) -> Any:
    made = factory(*arguments)
    return await made if inspect.isawaitable(made) else made


def _without_inner(site: Site) -> None:
    """An application within another one is reached by that one."""
    inner = {
        id(one) for app in site.apps if isinstance(app, AiohttpApp) for one in getattr(app._application, "_subapps", ())
    }
    site.apps[:] = [app for app in site.apps if not (isinstance(app, AiohttpApp) and id(app._application) in inner)]


def attach(site: Site, path: str) -> None:
    """Give the views of a file that no application has an application of their own."""
    web = discover.importable("aiohttp.web")
    module = discover.detached(site, path) if web is not None else None
    if module is None:
        return
    application = web.Application()
    number = 0
    for name, value in sorted(vars(module).items()):
        own = getattr(value, "__module__", "") == getattr(module, "__name__", "")
        if isinstance(value, web.RouteTableDef):
            application.add_routes(value)
        elif inspect.iscoroutinefunction(value) and own and list(inspect.signature(value).parameters) == ["request"]:
            application.router.add_route("*", f"/casemate/{name}", value)
        elif isinstance(value, type) and own and issubclass(value, web.View):
            application.router.add_view(f"/casemate/{name}", value)
        else:
            continue
        number += 1
    if number:
        app = AiohttpApp(module.__name__, web, application)
        app.fidelity = ISOLATED
        app.notes.append("no application of the target has these views: they were given an empty one")
        app.find_routes()
        site.apps.append(app)
