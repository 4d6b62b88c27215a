"""Which files of a target hold an application, and loading them: what fails is kept as text.

Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import importlib
import inspect
import os
import re
import sys

from . import reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from .site import Site

_SKIP = frozenset(
    (
        "node_modules",
        "site-packages",
        "__pycache__",
        "migrations",
        "build",
        "dist",
        "docs",
        "doc",
        "venv",
        "env",
        "virtualenv",
        "test",
        "tests",
        "testing",
    )
)
_FILES, _BIGGEST = 4000, 1 << 20
_MARKS = re.compile(
    rb"\b(?:Flask|Bottle|FastAPI|Starlette|Quart|Application|default_app)\s*\(|\bdef (?:create_app|make_app|build_app|get_app|"
    rb"app_factory|application|init|init_app|setup_routes|add_routes|register|register_routes)\s*\(|\bbottle\b|\bBlueprint\s*\(|"
    rb"\bAPIRouter\s*\(|\bRouteTableDef\s*\(|DJANGO_SETTINGS_MODULE|^\s*(?:application|app)\s*=",
    re.MULTILINE,
)
_FIRST = ("wsgi", "asgi", "app", "application", "main", "server", "web", "run", "api", "__init__", "manage", "site")
FRAMEWORKS = ("flask", "django", "fastapi", "starlette", "aiohttp", "tornado", "bottle")


class File:
    """One Python file of the target that may hold an application. mentions: frameworks that its text names."""

    __slots__ = ("mentions", "module", "path", "text")

    def __init__(self, path: str, module: str, text: bytes) -> None:
        self.path = path
        self.module = module
        self.text = text
        self.mentions = frozenset(name for name in FRAMEWORKS if re.search(rb"\b" + name.encode() + rb"\b", text))


def files(site: Site) -> list[File]:
    """Files that may hold an application, likeliest first."""
    found: list[File] = []
    number = 0
    for folder, inner, names in os.walk(site.target):
        inner[:] = sorted(
            n for n in inner if n not in _SKIP and not n.startswith((".", "_")) and not _is_venv(folder, n)
        )
        for name in sorted(names):
            if not name.endswith(".py") or name.startswith(("test_", "conftest")) or name.endswith("_test.py"):
                continue
            number += 1
            if number > _FILES:
                return sorted(found, key=_order)
            path = os.path.join(folder, name)
            try:
                with open(path, "rb") as file:
                    text = file.read(_BIGGEST)
            except OSError:
                continue
            if _MARKS.search(text):
                found.append(File(os.path.realpath(path), module_name(site, path), text))
    return sorted(found, key=_order)


def named(site: Site, apps: Iterable[str]) -> list[File]:
    """The files of these applications, `module:attribute`; empty when one of them is not there."""
    found = []
    for app in apps:
        module = app.partition(":")[0]
        below = module.replace(".", os.sep)
        ends = [os.path.join(site.target, top, below + end) for top in ("", "src") for end in (".py", "/__init__.py")]
        path = next((path for path in ends if os.path.isfile(path)), None)
        if path is None:
            return []
        with open(path, "rb") as file:
            found.append(File(os.path.realpath(path), module, file.read(_BIGGEST)))
    return found


def _is_venv(folder: str, name: str) -> bool:
    return os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))


def _order(file: File) -> tuple[int, int, str]:
    last = os.path.basename(file.path)[:-3]
    return file.module.count("."), _FIRST.index(last) if last in _FIRST else len(_FIRST), file.module


def module_name(site: Site, path: str) -> str:
    """The name under which the target itself imports a file: from its root, or from `src`."""
    relative = os.path.relpath(os.path.realpath(path), site.target)[:-3].split(os.sep)
    if relative[0] == "src" and len(relative) > 1:
        relative = relative[1:]
    if relative[-1] == "__init__" and len(relative) > 1:
        relative = relative[:-1]
    return ".".join(relative)


def prepare(site: Site) -> None:
    """Make the target's modules importable, and keep a script that starts a server when it is imported from doing so."""
    for folder in (os.path.join(site.target, "src"), site.target):
        if os.path.isdir(folder) and folder not in sys.path:
            sys.path.insert(0, folder)
    sys.argv[:] = sys.argv[:1]


_SERVERS = (
    "socketserver:BaseServer.serve_forever", "uvicorn:run", "waitress:serve", "hypercorn.run:run",
    "gevent.pywsgi:WSGIServer.serve_forever",
    "eventlet.wsgi:server", "flask_socketio:SocketIO.run", "cheroot.server:HTTPServer.start", "meinheld:run", "bjoern:run",
)  # fmt: skip


def silence(candidates: Iterable[File]) -> None:
    """Replace what would serve for ever when a file is loaded, of the servers that the files name."""
    texts = [file.text for file in candidates]
    for name in _SERVERS:
        module, _, dotted = name.partition(":")
        word = module.partition(".")[0].encode()
        if module != "socketserver" and not any(word in text for text in texts):
            continue
        held: Any = importable(module)
        *way, last = dotted.split(".")
        for step in way:
            held = getattr(held, step, None)
        if held is not None and hasattr(held, last):
            setattr(held, last, nothing)


def nothing(*_args: Any, **_kwargs: Any) -> None:
    """In place of what would serve for ever."""


def load(site: Site, module: str, path: str = "") -> Any:
    """The module, None when it cannot be loaded; what ends the interpreter is a failure like any other."""
    loaded = reading.module_of(path) if path else None
    if loaded is not None:
        return loaded
    folder = os.path.dirname(path)
    try:
        return importlib.import_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        # a script beside its siblings imports them by their bare names
        if (
            isinstance(error, ImportError)
            and path
            and folder not in sys.path
            and not os.path.exists(folder + "/__init__.py")
        ):
            sys.path.insert(0, folder)
            return load(site, os.path.basename(path)[:-3], path)
        site.problem(module, error)
        return None


def detached(site: Site, path: str) -> Any:
    """The module of a file of which no application has a view, None when one has, or when it cannot be loaded."""
    if any(held == path for held, _ in site.index()):
        return None
    return load(site, module_name(site, path), path)


def fitting(function: Any, tries: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Those arguments with which a function can be called."""
    for arguments in tries:
        try:
            inspect.signature(function).bind(*arguments)
        except TypeError:
            continue
        yield arguments


def importable(name: str) -> Any:
    """A framework's module, None when it is not installed."""
    try:
        return importlib.import_module(name)
    except Exception:
        return None
