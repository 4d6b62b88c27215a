"""Flask: applications, factories, and blueprints and registering functions that nothing attaches.

Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import inspect
import os
import re
import shutil
import sys
import tempfile

from ... import fixtures
from .. import discover, session, wsgi
from ..site import ENTRY_POINT, ISOLATED, App, Route, owners

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..request import Request
    from ..site import Site

FACTORIES = (
    "create_app",
    "make_app",
    "build_app",
    "get_app",
    "app_factory",
    "create_application",
    "make_application",
    "application",
)
_LOGIN = "a login"
_FROM_TESTS = 3  # applications that the tests make
REGISTERS = ("init", "init_app", "setup_routes", "add_routes", "register", "register_routes", "setup", "init_routes")


class FlaskApp(App):
    """One Flask application, driven through its WSGI interface."""

    framework = "flask"

    def __init__(self, name: str, application: Any, fidelity: str = ENTRY_POINT) -> None:
        super().__init__(name, fidelity)
        self.application = application
        self.cookies = ""
        if not application.secret_key:
            application.secret_key = "casemate"
            self.notes.append("a key for sessions was set: the application has none")
        application.config["WTF_CSRF_ENABLED"] = False
        application.config["PROPAGATE_EXCEPTIONS"] = False
        if "flask_wtf" in sys.modules:
            self.notes.append("the check of CSRF tokens is off, as in the framework's own test client")

    def find_routes(self) -> None:
        """All rules but that of static files."""
        self.routes = []
        for rule in self.application.url_map.iter_rules():
            view = self.application.view_functions.get(rule.endpoint)
            if view is None or rule.endpoint == "static":
                continue
            self.routes.append(Route(rule.rule, rule.methods or ["GET"], _pieces(rule), view, rule.endpoint))

    def around(self) -> set[tuple[str, int, str]]:
        """What runs before and after each request."""
        found: set[tuple[str, int, str]] = set()
        for group in (self.application.before_request_funcs, self.application.after_request_funcs):
            for functions in group.values():
                for function in functions:
                    found |= owners(function)
        return found

    def defaults(self, route: Route) -> dict[str, Any]:
        """The host that the configuration asks for."""
        name = self.application.config.get("SERVER_NAME")
        return {"host": name} if name else {}

    def send(self, request: Request, variant: dict[str, Any]) -> dict[str, Any]:
        """Send it; the session is as it was when it was saved."""
        application = self.application
        made = wsgi.environ(request)
        notes: list[str] = []
        values = dict(variant.get("session") or {})
        if variant.get("login"):
            values.update(session.flask_login(application, notes))
        if values:
            cookies = session.flask_cookie(application, values, made)
            made["HTTP_COOKIE"] = "; ".join(filter(None, [made.get("HTTP_COOKIE", ""), cookies]))
        if self.cookies:
            made["HTTP_COOKIE"] = "; ".join(filter(None, [made.get("HTTP_COOKIE", ""), self.cookies]))
        errors: list[str] = []
        kept: dict[str, str] = {}
        log, interface = application.log_exception, application.session_interface
        save = interface.save_session

        def note(exc_info: Any) -> None:
            errors.append(wsgi.said(exc_info[1]))

        def keep(app: Any, held: Any, response: Any) -> Any:
            kept.update(session.texts(held))
            return save(app, held, response)

        application.log_exception = note
        interface.save_session = keep
        before = application.before_request_funcs
        standing: dict[str, bool] = {}
        if variant.get("people"):
            greet = session.greeter(variant["people"], standing)
            application.before_request_funcs = {
                scope: [greet, *(each for function in functions for each in (function, greet))]
                for scope, functions in {None: [], **before}.items()
            }
        try:
            answer = wsgi.call(application, made)
        finally:
            application.log_exception, interface.save_session = log, save
            application.before_request_funcs = before
        answer["error"] = answer["error"] or next(iter(errors), "")
        notes += [f"logged in: g.{name} was a stand-in" for name, stood in standing.items() if stood]
        answer["session"], answer["notes"] = kept, notes
        answer["stubs"] = [_LOGIN] if any(standing.values()) or application.config.get("LOGIN_DISABLED") else []
        return answer


def _pieces(rule: Any) -> list[list[str]]:
    made: list[list[str]] = []
    at = 0
    for found in re.finditer(r"<(?:([a-zA-Z_]\w*)(?:\(([^)]*)\))?:)?([a-zA-Z_]\w*)>", rule.rule):
        if found.start() > at:
            made.append(["text", rule.rule[at : found.start()]])
        kind, arguments, name = found.groups()
        pattern = (
            "|".join(re.escape(w.strip(" '\"")) for w in arguments.split(",")) if kind == "any" and arguments else ""
        )
        converter = getattr(rule, "_converters", {}).get(name)
        if converter is not None and kind not in (None, "string", "int", "float", "path", "uuid", "any"):
            pattern = str(getattr(converter, "regex", ""))
        made.append(["param", name, kind or "", pattern])
        at = found.end()
    if at < len(rule.rule):
        made.append(["text", rule.rule[at:]])
    return made


def find(site: Site, candidates: list[discover.File]) -> None:
    """Add the target's Flask applications."""
    if not any("flask" in file.mentions for file in candidates) and not fixtures.files(site.target):
        return
    flask = discover.importable("flask")
    if flask is None:
        site.problems.append("flask is not installed for this interpreter")
        return
    flask.Flask.run = discover.nothing
    factories: list[tuple[str, Any]] = []
    for file in candidates:
        if "flask" not in file.mentions and not re.search(rb"\b(?:create_app|make_app)\b", file.text):
            continue
        if not re.search(rb"\bFlask\s*\(|import\s+.*\bapp\b|create_app|make_app|\bdef \w*app\w*\(", file.text):
            continue
        module = discover.load(site, file.module, file.path)
        if module is None:
            continue
        _instances(site, flask, module)
        factories += [
            (f"{module.__name__}:{name}", value)
            for name, value in sorted(vars(module).items())
            if inspect.isfunction(value) and (name in FACTORIES or re.fullmatch(r"(?:create|make|build)_\w*app\w*", name))
            and os.path.realpath(value.__code__.co_filename) == file.path
        ]  # fmt: skip
    _from_tests(site, flask)
    made = [app.application for app in site.apps if isinstance(app, FlaskApp)]
    if not made or not any(app.url_map._rules[1:] for app in made):
        for name, factory in factories:
            _from_factory(site, flask, name, factory)
    for app in site.apps:
        if isinstance(app, FlaskApp):
            _places(site, app)
            _database(app)


def _instances(site: Site, flask: Any, module: Any) -> None:
    known = [app.application for app in site.apps if isinstance(app, FlaskApp)]
    for name, value in sorted(vars(module).items()):
        if isinstance(value, flask.Flask) and not any(value is other for other in known):
            known.append(value)
            site.apps.append(FlaskApp(f"{module.__name__}:{name}", value))


def _from_factory(site: Site, flask: Any, name: str, factory: Any) -> None:
    tries: list[tuple[Any, ...]] = [(), ("testing",), ("development",), ("default",), ({"TESTING": True},), (None,)]
    for arguments in discover.fitting(factory, tries):
        try:
            made = factory(*arguments)
        except Exception as error:
            site.problem(f"{name}{arguments!r}", error)
            continue
        made = made[0] if isinstance(made, tuple) and made else made
        if isinstance(made, flask.Flask):
            site.apps.append(FlaskApp(name, made))
            return


def _places(site: Site, app: FlaskApp) -> None:
    """Files and folders below the target that its configuration names and that it writes to: made, and elsewhere if need be."""
    spare = os.path.join(tempfile.gettempdir(), "casemate-places")
    for key, value in sorted(app.application.config.items()):
        if not isinstance(value, str) or not os.path.isabs(value):
            continue
        real = os.path.normpath(value)
        folder = os.path.dirname(real) if os.path.splitext(real)[1] else real
        if not real.startswith(site.target + os.sep) or (os.path.exists(real) and os.access(real, os.W_OK)):
            continue
        try:
            os.makedirs(folder, exist_ok=True)
            if not os.access(folder, os.W_OK):
                raise PermissionError(folder)
        except OSError:
            moved = os.path.join(spare, os.path.relpath(real, site.target))
            os.makedirs(moved if folder == real else os.path.dirname(moved), exist_ok=True)
            if os.path.isfile(real):
                shutil.copy(real, moved)
            app.application.config[key] = moved


def _from_tests(site: Site, flask: Any) -> None:
    """The applications that the target's own tests make, with what they put in place, and their logins first."""
    found: list[FlaskApp] = []
    for path in fixtures.files(site.target):
        module = os.path.relpath(path, site.target)[: -len(".py")].replace(os.sep, ".")
        try:
            known = fixtures.Fixtures(path)
        except BaseException as error:
            site.problem(module, error)
            continue
        for name in known:
            if not re.search(r"client|app|anonym|user|admin|logged", name):
                continue
            try:
                value = known.value(name)
            except BaseException as error:
                site.problem(f"{module}.{name}", error)
                continue
            application = getattr(value, "application", value)
            if isinstance(application, flask.Flask) and not callable(getattr(value, "post_json", None)):
                app = FlaskApp(f"{module}:{name}", application)
                app.cookies = _cookies(value)
                app.notes.append("set up as the target's own tests do")
                found.append(app)
    found.sort(key=lambda app: (not app.cookies, app.name))
    site.apps[:0] = found[:_FROM_TESTS]


def _cookies(client: Any) -> str:
    """What a test client has in its jar."""
    held = getattr(client, "_cookies", None)  # Werkzeug 2.3 and later
    if isinstance(held, dict):
        return "; ".join(f"{cookie.key}={cookie.value}" for cookie in held.values())
    jar = getattr(client, "cookie_jar", None)
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar) if jar is not None else ""


def _database(app: FlaskApp) -> None:
    """Tables of Flask-SQLAlchemy, where they are not there yet."""
    extension = app.application.extensions.get("sqlalchemy")
    database = getattr(extension, "db", extension)
    if hasattr(database, "create_all"):
        try:
            with app.application.app_context():
                database.create_all()
        except Exception as error:
            app.notes.append(f"tables could not be made: {type(error).__name__}")


def attach(site: Site, path: str) -> None:
    """Give a file whose routes no application has an application of its own."""
    flask = discover.importable("flask")
    module = discover.detached(site, path) if flask is not None else None
    if module is None:
        return
    application = flask.Flask(module.__name__.split(".")[0], root_path=os.path.dirname(path))
    attached = False
    for name, value in sorted(vars(module).items()):
        try:
            if isinstance(value, flask.Blueprint) and not getattr(value, "_got_registered_once", False):
                application.register_blueprint(value)
                attached = True
            elif inspect.isfunction(value) and name in REGISTERS and value.__code__.co_argcount == 1:
                value(application)
                attached = True
        except Exception as error:
            site.problem(f"{module.__name__}.{name}", error)
    if attached:
        app = FlaskApp(module.__name__, application, ISOLATED)
        app.notes.append("no application of the target attaches these routes: they were attached to an empty one")
        app.find_routes()
        site.apps.append(app)
