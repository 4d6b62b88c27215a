"""Tornado: its own server reads the request, over a pair of sockets. Standard library only, Python 3.7 and later."""

from __future__ import annotations

import asyncio
import inspect
import os
import re

from .. import benign, discover, loops, pairs, people, shapes, wsgi
from ..request import Request
from ..site import ISOLATED, App, Route
from .flask import FACTORIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ..site import Site

_METHODS = ("get", "post", "put", "patch", "delete")
_XSRF = "00112233445566778899aabbccddeeff"


class TornadoApp(App):
    """One application."""

    framework = "tornado"

    def __init__(self, name: str, application: Any) -> None:
        super().__init__(name)
        self._application = application
        self._web = discover.importable("tornado.web")

    def find_routes(self) -> None:
        """All rules whose path is told by a regular expression."""
        self.routes = []
        for rule in _rules(self._application, 0):
            pattern = getattr(getattr(rule.matcher, "regex", None), "pattern", None)
            if pattern is None or rule.target.__module__.startswith("tornado."):
                continue
            base = self._web.RequestHandler
            methods = [name for name in _METHODS if getattr(rule.target, name, None) is not getattr(base, name)]
            self.routes.append(Route(pattern, methods, shapes.pieces(pattern), rule.target))

    def send(self, request: Request, variant: dict[str, Any]) -> dict[str, Any]:
        """Send it, with the cookies that the application would have signed, and a token against forged requests."""
        answer: dict[str, Any] = {"status": 0, "headers": [], "body": b"", "error": "", "session": {}, "notes": []}
        cookies = [request.header("Cookie")]
        settings = self._application.settings
        headers = [(key, value) for key, value in request.headers if key.lower() != "cookie"]
        if settings.get("xsrf_cookies"):
            cookies.append(f"_xsrf={_XSRF}")
            headers.append(("X-Xsrftoken", _XSRF))
        if settings.get("cookie_secret"):
            for name, value in (variant.get("signed") or {}).items():
                signed = self._web.create_signed_value(settings["cookie_secret"], name, str(value))
                cookies.append(f"{name}={signed.decode()}")
        if any(cookies):
            headers.append(("Cookie", "; ".join(filter(None, cookies))))
        whole = Request(request.method, request.target, headers, request.body)
        with pairs.Errors("tornado.application") as errors:
            try:
                loops.run(self._exchange(whole, answer, self._serving(variant)))
            except (Exception, asyncio.CancelledError) as error:
                answer["error"] = answer["error"] or wsgi.said(error)
        answer["error"] = next(iter(errors.said), "") or answer["error"]
        return answer

    def _serving(self, variant: dict[str, Any]) -> Any:
        """The application; where the whole address is the value, one in which every address is this handler's."""
        if variant["channel"] != "target":
            return self._application
        rules = [rule for rule in _rules(self._application, 0) if rule.target.__name__ == variant["endpoint"]]
        return self._web.Application([(r".*", rule.target, rule.target_kwargs) for rule in rules[:1]])

    async def _exchange(self, request: Request, answer: dict[str, Any], application: Any) -> None:
        server, client = pairs.pair()
        stream = discover.importable("tornado.iostream").IOStream(server)
        listening = discover.importable("tornado.httpserver").HTTPServer(application)
        listening.handle_stream(stream, ("127.0.0.1", 40000))
        try:
            await pairs.exchange(asyncio.get_event_loop(), client, request, answer)
        finally:
            client.close()
            stream.close()


def _rules(router: Any, deep: int) -> Iterator[Any]:
    for group in (router, getattr(router, "default_router", None), getattr(router, "wildcard_router", None)):
        for rule in getattr(group, "rules", ()) if deep < 5 else ():
            if isinstance(rule.target, type):
                yield rule
            elif rule.target is not getattr(router, "wildcard_router", None):
                yield from _rules(rule.target, deep + 1)


def find(site: Site, candidates: list[discover.File]) -> None:
    """Add the target's applications."""
    wanted = [file for file in candidates if "tornado" in file.mentions]
    if not wanted:
        return
    web = discover.importable("tornado.web")
    if web is None:
        site.problems.append("tornado is not installed for this interpreter")
        return
    loop = discover.importable("tornado.ioloop").IOLoop
    started = loop.start
    web.Application.listen = discover.nothing
    discover.importable("tornado.tcpserver").TCPServer.listen = discover.nothing
    factories: list[tuple[str, Any]] = []
    loop.start = discover.nothing
    try:
        for file in wanted:
            module = discover.load(site, file.module, file.path)
            for name, value in sorted(vars(module).items()) if module is not None else ():
                if isinstance(value, web.Application):
                    _add(site, f"{module.__name__}:{name}", value)
                elif isinstance(value, type) and issubclass(value, web.Application) and value is not web.Application:
                    factories.append((f"{module.__name__}:{name}", value))
                elif inspect.isfunction(value) and os.path.realpath(value.__code__.co_filename) == file.path:
                    if name in FACTORIES or re.fullmatch(r"(?:make|create|build)_\w*app\w*", name):
                        factories.append((f"{module.__name__}:{name}", value))
    finally:
        loop.start = started
    if not any(isinstance(app, TornadoApp) for app in site.apps):
        for name, factory in factories:
            try:
                made = loops.run(_made(factory))
            except (Exception, asyncio.CancelledError) as error:
                site.problem(name, error)
                continue
            if isinstance(made, web.Application):
                _add(site, name, made)


async def _made(factory: Any) -> Any:
    made = factory()
    return await made if inspect.isawaitable(made) else made


def _add(site: Site, name: str, application: Any) -> None:
    if not any(isinstance(app, TornadoApp) and app._application is application for app in site.apps):
        site.apps.append(TornadoApp(name, application))


class _Settings(dict):  # type: ignore[type-arg]
    """Plausible values for what handlers ask of their application."""

    def __missing__(self, name: str) -> str:
        return benign.value(name)


def attach(site: Site, path: str) -> None:
    """Give the handlers of a file that no application has an application of their own."""
    web = discover.importable("tornado.web")
    module = discover.detached(site, path) if web is not None else None
    if module is None:
        return
    rules = []
    for name, kind in sorted(vars(module).items()):
        if not isinstance(kind, type) or not issubclass(kind, web.RequestHandler) or kind.__module__ != module.__name__:
            continue
        own = [getattr(kind, word) for word in _METHODS if getattr(kind, word) is not getattr(web.RequestHandler, word)]
        if own:
            parts = max(len(_wanted(method)) for method in own)
            told = {
                word: people.stand_in(word)
                for word in _wanted(vars(kind).get("initialize", web.RequestHandler.initialize))
            }
            rules.append((f"/casemate/{name}" + "/([^/]*)" * parts, kind, told))
    if rules:
        application = web.Application(rules, cookie_secret="casemate")
        application.settings = _Settings(application.settings)
        app = TornadoApp(module.__name__, application)
        app.fidelity = ISOLATED
        app.notes.append("no application of the target has these handlers: they were given an empty one")
        app.find_routes()
        site.apps.append(app)


def _wanted(function: Any) -> list[str]:
    """Parameters without a default, but for the object itself."""
    given = list(inspect.signature(function).parameters.values())[1:]
    return [one.name for one in given if one.default is one.empty and one.kind < one.VAR_POSITIONAL]
