"""WSGI callables of no framework. Standard library only, Python 3.7 and later."""

from __future__ import annotations

import inspect
import re

from .. import discover, wsgi
from ..site import App, Route

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..request import Request
    from ..site import Site


class PlainApp(App):
    """One callable, which looks at the path by itself."""

    framework = "wsgi"

    def __init__(self, name: str, application: Any) -> None:
        super().__init__(name)
        self.application = application

    def find_routes(self) -> None:
        """One: any path."""
        pieces = [["text", "/"], ["param", "path", "path", ""]]
        self.routes = [Route("/<path>", ["GET", "POST"], pieces, self.application)]

    def send(self, request: Request, variant: dict[str, Any]) -> dict[str, Any]:
        """Send it."""
        return wsgi.call(self.application, wsgi.environ(request))


def find(site: Site, candidates: list[discover.File]) -> None:
    """Add callables that take an environment and the start of an answer, where nothing else was found."""
    if site.apps:
        return
    for file in candidates:
        if not re.search(rb"\bstart_response\b", file.text):
            continue
        module = discover.load(site, file.module, file.path)
        for name, value in sorted(vars(module).items()) if module is not None else ():
            if not callable(value) or isinstance(value, type) or getattr(value, "__module__", "") != module.__name__:
                continue
            try:
                given = list(inspect.signature(value).parameters)
            except (TypeError, ValueError):
                continue
            if (
                len(given) == 2
                and given[1] in ("start_response", "start", "respond")
                and given[0] in ("environ", "env", "e")
            ):
                site.apps.append(PlainApp(f"{module.__name__}:{name}", value))
