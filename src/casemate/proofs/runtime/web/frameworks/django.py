"""Django: its settings made fit for a sandbox, a database in memory, users, and routes of all kinds.

Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import os
import re
import sys

from .. import discover, forms, session, shapes, wsgi
from ..site import ISOLATED, App, Route
from . import django_data, django_library

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from ..request import Request
    from ..site import Site

_NAMED = re.compile(rb"DJANGO_SETTINGS_MODULE['\"]\s*[\],]\s*=?\s*['\"]([\w.]+)['\"]")
_REPAIRS = 25  # environment variables, missing applications


class DjangoApp(App):
    """One Django project, driven as its own test client drives it."""

    framework = "django"

    def __init__(self, name: str, users: dict[str, Any]) -> None:
        super().__init__(name)
        self._users = users
        self.attached: set[str] = set()
        self._client = discover.importable("django.test.client")
        self.notes.append(
            "the check of CSRF tokens is off, as in the framework's own test client; the database is an empty one"
        )

    def find_routes(self) -> None:
        """All patterns, below all resolvers."""
        resolver = discover.importable("django.urls").get_resolver()
        self.routes = list(_walk(resolver.url_patterns, [["text", "/"]]))
        for route in self.routes:
            if route.endpoint.startswith(django_library.PREFIX):
                route.fidelity = ISOLATED

    def defaults(self, route: Route) -> dict[str, Any]:
        """What the serializer or the form of a class takes."""
        kind = getattr(route.view, "cls", None) or getattr(route.view, "view_class", None)
        declared = getattr(kind, "serializer_class", None) or getattr(kind, "form_class", None)
        fields = {name: forms.example(field, name) for name, field in forms.fields(declared).items()}
        return {"form": fields, "json": fields} if fields else {}

    def send(self, request: Request, variant: dict[str, Any]) -> dict[str, Any]:
        """Send it, as the user that the variant names."""
        made = wsgi.environ(request)
        cookies = [made.get("HTTP_COOKIE", ""), self._cookies(variant)]
        made["HTTP_COOKIE"] = "; ".join(filter(None, cookies))
        signals = discover.importable("django.core.signals")
        errors: list[str] = []

        def note(**_told: Any) -> None:
            error = sys.exc_info()[1]
            if error is not None:
                errors.append(wsgi.said(error))

        signals.got_request_exception.connect(note, weak=False)
        answer: dict[str, Any] = {"status": 0, "headers": [], "body": b"", "error": "", "session": {}, "notes": []}
        try:
            response = self._client.ClientHandler(enforce_csrf_checks=False)(made)
            answer["status"] = int(response.status_code)
            answer["headers"] = [[str(key), str(value)] for key, value in response.items()]
            answer["headers"] += [["Set-Cookie", c.output(header="").strip()] for c in response.cookies.values()]
            answer["body"] = _body(response)
            answer["session"] = session.texts(getattr(response.wsgi_request, "session", {}))
        except Exception as error:
            answer["error"] = wsgi.said(error)
        finally:
            signals.got_request_exception.disconnect(note)
        answer["error"] = answer["error"] or next(iter(errors), "")
        if variant.get("login"):
            answer["notes"].append(f"logged in: {variant['login']}")
        return answer

    def _cookies(self, variant: dict[str, Any]) -> str:
        user = self._users.get(variant.get("login") or "")
        if user is None and not variant.get("session"):
            return ""
        client = self._client.Client()
        try:
            if user is not None:
                client.force_login(user)
            if variant.get("session"):
                held = client.session
                held.update(variant["session"])
                held.save()
                name = discover.importable("django.conf").settings.SESSION_COOKIE_NAME
                client.cookies[name] = held.session_key
        except Exception as error:
            self.notes.append(f"no session could be made: {type(error).__name__}")
        return "; ".join(f"{key}={morsel.value}" for key, morsel in client.cookies.items())


def _body(response: Any) -> bytes:
    if not getattr(response, "streaming", False):
        return bytes(response.content)
    body = b""
    for piece in response.streaming_content:
        body += piece
        if len(body) >= wsgi.MOST:
            break
    return body


def _walk(patterns: Any, before: list[list[str]]) -> Iterator[Route]:
    for pattern in patterns:
        pieces = before + _pieces(pattern)
        if hasattr(pattern, "url_patterns"):
            try:
                inner = pattern.url_patterns
            except Exception:
                continue
            yield from _walk(inner, pieces)
        elif pattern.callback is not None:
            rule = "".join(piece[1] if piece[0] == "text" else f"<{piece[1]}>" for piece in pieces)
            route = Route(rule, _methods(pattern.callback), pieces, pattern.callback, pattern.name or "")
            for action in (getattr(pattern.callback, "actions", None) or {}).values():
                route.names |= {action, f"perform_{action.replace('partial_', '')}"}
            yield route


def _pieces(pattern: Any) -> list[list[str]]:
    inner = getattr(pattern, "pattern", None)
    if inner is None:
        return shapes.pieces(pattern.regex.pattern)  # before Django 2
    if hasattr(inner, "_route"):
        made: list[list[str]] = []
        for text in re.split(r"(<[^>]+>)", str(inner._route)):
            if text.startswith("<"):
                kind, _, name = text[1:-1].rpartition(":")
                converter = inner.converters.get(name)
                known = kind in ("", "str", "int", "slug", "uuid", "path")
                made.append(["param", name, kind, "" if known else str(getattr(converter, "regex", ""))])
            elif text:
                made.append(["text", text])
        return made
    if hasattr(inner, "_regex"):
        return shapes.pieces(str(inner._regex))
    return [["text", str(inner)]]  # a prefix for the language


def _methods(callback: Any) -> list[str]:
    actions = getattr(callback, "actions", None)
    if isinstance(actions, dict):
        return list(actions)
    kind = getattr(callback, "view_class", None) or getattr(callback, "cls", None)
    if isinstance(kind, type):
        return [name for name in getattr(kind, "http_method_names", ()) if hasattr(kind, name)]
    view = callback
    for _ in range(8):
        code = getattr(view, "__code__", None)
        if code is not None and "request_method_list" in code.co_freevars:
            return list(view.__closure__[code.co_freevars.index("request_method_list")].cell_contents)
        view = getattr(view, "__wrapped__", None)
    return ["GET", "POST"]


def find(site: Site, candidates: list[discover.File]) -> None:
    """Set up the target's Django project, if it is one."""
    name = next((found for f in candidates for found in [named_in(f.text)] if found), "")
    name = os.environ.get("DJANGO_SETTINGS_MODULE") or name or _settings_file(site, candidates)
    if not name and not any("django" in file.mentions for file in candidates) and not django_library.packages(site):
        return
    if discover.importable("django") is None:
        site.problems.append("django is not installed for this interpreter")
        return
    for file in candidates:
        folder = os.path.dirname(file.path)
        if os.path.basename(file.path) == "manage.py" and folder not in sys.path:
            sys.path.insert(0, folder)
    if name:
        os.environ["DJANGO_SETTINGS_MODULE"] = name
        settings = loaded(site.problem)
    else:
        name, settings = django_library.NAME, django_library.configured(site)
    if settings is None:
        return
    _override(settings)
    if not _set_up(site, settings):
        return
    if not django_data.tables(site, settings):
        return
    users = django_data.users(site, settings)
    django_data.rows(site, users)
    app = DjangoApp(name, users)
    _middleware(site, settings, app)
    if name == django_library.NAME:
        django_library.addresses(site)
        app.notes.append("the project around the application is ours")
    site.apps.append(app)


_INI = re.compile(r"^\s*DJANGO_SETTINGS_MODULE\s*=\s*[\"']?([\w.]+)", re.MULTILINE)


def _settings_file(site: Site, candidates: list[discover.File]) -> str:
    """The settings that are asked for, that its own tests name, or that lie somewhere, those of tests last."""
    for file in candidates:
        if b"INSTALLED_APPS" in file.text and b"settings.configure" not in file.text:
            return file.module
    for name in ("pytest.ini", "setup.cfg", "tox.ini", "pyproject.toml"):
        try:
            with open(os.path.join(site.target, name), encoding="utf-8", errors="replace") as ini:
                found = _INI.search(ini.read())
        except OSError:
            continue
        if found:
            return found.group(1)
    lying: list[tuple[bool, str]] = []
    for folder, inner, names in os.walk(site.target):
        inner[:] = sorted(n for n in inner if not n.startswith(".") and n not in ("node_modules", "site-packages"))
        for name in {"settings.py", "test_settings.py", "settings_test.py"} & set(names):
            path = os.path.join(folder, name)
            with open(path, "rb") as file_of_settings:
                if b"INSTALLED_APPS" in file_of_settings.read(1 << 20):
                    lying.append(("test" in os.path.relpath(path, site.target), path))
    return discover.module_name(site, min(lying)[1]) if lying else ""


def named_in(text: bytes) -> str:
    """The settings that a file, such as `manage.py`, says to use; "" when it says none."""
    found = _NAMED.search(text)
    return found.group(1).decode() if found else ""


def loaded(problem: Callable[[str, BaseException], None]) -> Any:
    """The settings, loaded; environment variables that they ask for are given. problem: is told why there are none."""
    conf = discover.importable("django.conf")
    for _ in range(_REPAIRS):
        try:
            _ = conf.settings.INSTALLED_APPS
            return conf.settings
        except (KeyError, ValueError) as error:
            name = str(error.args[0]) if error.args else ""
            if not _give(name):
                problem("settings", error)
                return None
        except Exception as error:
            found = re.search(r"\b([A-Z][A-Z0-9_]{2,})\b", str(error))
            if found is None or not _give(found.group(1)):
                problem("settings", error)
                return None
        except SystemExit as error:
            problem("settings", error)
            return None
    return None


def _give(name: str) -> bool:
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*", name) or name in os.environ:
        return False
    os.environ[name] = (
        "sqlite://:memory:" if name.endswith("DATABASE_URL") else "1" if name.endswith("PORT") else "casemate"
    )
    for module in [m for m in sys.modules if m == os.environ["DJANGO_SETTINGS_MODULE"]]:
        del sys.modules[module]
    return True


def _override(settings: Any) -> None:
    """What a test would set: nothing that leaves the process, nothing slow."""
    databases = dict(settings.DATABASES) or {"default": {}}
    settings.DATABASES = {
        alias: {"ENGINE": "django.db.backends.sqlite3", "NAME": f"file:casemate_{alias}?mode=memory&cache=shared"}
        for alias in {**databases, "default": {}}
    }
    settings.ALLOWED_HOSTS = ["*"]
    settings.SECURE_SSL_REDIRECT = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    caches = dict(settings.CACHES) or {"default": {}}
    settings.CACHES = {
        alias: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": alias} for alias in caches
    }
    settings.LOGGING_CONFIG = None
    settings.CELERY_TASK_ALWAYS_EAGER = True
    if not settings.SECRET_KEY:
        settings.SECRET_KEY = "casemate"
    storages = getattr(settings, "STORAGES", None)
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    if isinstance(storages, dict) and "staticfiles" in storages:
        settings.STORAGES = {**storages, "staticfiles": {"BACKEND": plain}}
    elif getattr(settings, "STATICFILES_STORAGE", ""):
        settings.STATICFILES_STORAGE = plain
    root = getattr(settings, "MEDIA_ROOT", "")
    if root:
        try:
            os.makedirs(str(root), exist_ok=True)
        except OSError:
            pass


def _set_up(site: Site, settings: Any) -> bool:
    """Load its applications; those that are not installed are left out."""
    django = discover.importable("django")
    registry = discover.importable("django.apps.registry").apps
    for _ in range(_REPAIRS):
        try:
            django.setup()
            return True
        except ModuleNotFoundError as error:
            missing = str(error.name or "")
            left = [app for app in settings.INSTALLED_APPS if app.partition(".")[0] != missing.partition(".")[0]]
            site.problem("an application is left out", error)
            if len(left) == len(settings.INSTALLED_APPS):
                return False
            settings.INSTALLED_APPS = left
            registry.app_configs.clear()
            registry.all_models.clear()
            registry.apps_ready = registry.models_ready = registry.ready = registry.loading = False
            registry.clear_cache()
        except Exception as error:
            site.problem("django.setup", error)
            return False
    return False


def _middleware(site: Site, settings: Any, app: DjangoApp) -> None:
    """Leave out middleware that cannot be loaded."""
    load = discover.importable("django.utils.module_loading").import_string
    kept = []
    for name in settings.MIDDLEWARE or ():
        try:
            load(name)
            kept.append(name)
        except Exception as error:
            site.problem("middleware is left out", error)
            app.notes.append(f"without the middleware {name}")
    settings.MIDDLEWARE = kept


def attach(site: Site, path: str) -> None:
    """Give the views of a file that no address leads to an address each."""
    app = next((app for app in site.apps if isinstance(app, DjangoApp)), None)
    if app is None or path in app.attached:
        return
    app.attached.add(path)
    known = {owner for route in app.routes for owner in route.owners}
    if django_library.attach(site, path, known):
        app.find_routes()
        site.changed()
