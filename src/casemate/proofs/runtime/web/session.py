"""Sessions and logins that a view demands. Standard library only, Python 3.7 and later."""

from __future__ import annotations

import sys

from . import people

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def texts(held: Any) -> dict[str, str]:
    """What a session holds, as texts."""
    try:
        return {str(key): str(value)[:4096] for key, value in list(dict(held).items())[:64]}
    except Exception:
        return {}


def flask_cookie(application: Any, values: dict[str, Any], environ: dict[str, Any]) -> str:
    """The cookies of a session that holds the values, made by the application itself."""
    interface = application.session_interface
    with application.test_request_context(environ_overrides={"HTTP_HOST": environ["HTTP_HOST"]}) as context:
        held = interface.open_session(application, context.request)
        if held is None:
            return ""
        held.update(values)
        response = application.response_class()
        interface.save_session(application, held, response)
    cookies = [text.split(";", 1)[0] for text in response.headers.getlist("Set-Cookie")]
    return "; ".join(cookies)


def flask_login(application: Any, notes: list[str]) -> dict[str, Any]:
    """What Flask-Login keeps of a user who is there; where none is, its check is off."""
    manager = getattr(application, "login_manager", None)
    if "flask_login" not in sys.modules or manager is None:
        return {}
    with application.test_request_context():
        for name in ("1", "ana", "admin", "user", "2"):
            try:
                user = manager._user_callback(name)
            except Exception:
                user = None
            if user is not None:
                notes.append("logged in as a user of the target's own")
                return {"_user_id": name, "_fresh": True}
    application.config["LOGIN_DISABLED"] = True
    notes.append("the check of logins is off: the target has no user")
    return {}


def greeter(names: list[str], standing: dict[str, bool]) -> Callable[[], None]:
    """Puts a person where the program found nobody, in `flask.g`. standing: which of them were there in the end."""
    flask = sys.modules["flask"]

    def greet() -> None:
        for name in names:
            if getattr(flask.g, name, None) is None:
                setattr(flask.g, name, people.stand_in(name))
            standing[name] = isinstance(getattr(flask.g, name), people.Person)

    return greet
