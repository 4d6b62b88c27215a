"""Bottle: applications, and the one that its module holds. Standard library only, Python 3.7 and later."""

from __future__ import annotations

import io
import re

from .. import discover, wsgi
from ..site import App, Route

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..request import Request
    from ..site import Site

_RULE = re.compile(r"<(\w*)(?::(\w+)(?::([^>]*))?)?>|(?<=/):(\w+)")


class BottleApp(App):
    """One application, driven through its WSGI interface."""

    framework = "bottle"

    def __init__(self, name: str, application: Any) -> None:
        super().__init__(name)
        self.application = application

    def find_routes(self) -> None:
        """All routes; those of one rule with several methods stand as several."""
        self.routes = []
        for route in self.application.routes:
            methods = ["GET", "POST"] if route.method in ("ANY", "PROXY") else [route.method]
            self.routes.append(Route(route.rule, methods, _pieces(route.rule), route.callback))

    def send(self, request: Request, variant: dict[str, Any]) -> dict[str, Any]:
        """Send it; what a view raised is read from the log that Bottle writes of it."""
        made = wsgi.environ(request)
        made["wsgi.errors"] = log = io.StringIO()
        answer = wsgi.call(self.application, made)
        lines = [line for line in log.getvalue().splitlines() if line.strip()]
        if lines and answer["status"] == 500:
            answer["error"] = answer["error"] or lines[-1][:2000]
        return answer


def _pieces(rule: str) -> list[list[str]]:
    made: list[list[str]] = []
    at = 0
    for found in _RULE.finditer(rule):
        if found.start() > at:
            made.append(["text", rule[at : found.start()]])
        name, kind, pattern = found.group(1) or found.group(4) or "", found.group(2) or "", found.group(3) or ""
        made.append(["param", name, "" if kind == "re" else kind, pattern if kind == "re" else ""])
        at = found.end()
    if at < len(rule):
        made.append(["text", rule[at:]])
    return made


def find(site: Site, candidates: list[discover.File]) -> None:
    """Add the target's applications."""
    wanted = [file for file in candidates if "bottle" in file.mentions]
    if not wanted:
        return
    bottle = discover.importable("bottle")
    if bottle is None:
        site.problems.append("bottle is not installed for this interpreter")
        return
    bottle.run = bottle.Bottle.run = discover.nothing
    known: list[Any] = []
    for file in wanted:
        module = discover.load(site, file.module, file.path)
        for name, value in sorted(vars(module).items()) if module is not None else ():
            if isinstance(value, bottle.Bottle) and not any(value is other for other in known):
                known.append(value)
                site.apps.append(BottleApp(f"{module.__name__}:{name}", value))
    default = bottle.default_app()
    if default.routes and not any(default is other for other in known):
        site.apps.append(BottleApp("bottle:default_app", default))
