"""Django applications without a project: settings of ours around them, and addresses for views that have none.

Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import inspect
import os
import sys
import types

from .. import discover, reading
from ..site import owners

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..site import Site

NAME = "casemate_project"
PREFIX = "casemate:"
_PARTS = ("models.py", "apps.py", "urls.py", "views.py", "admin.py", "templatetags")
_CONTRIB = ("admin", "auth", "contenttypes", "sessions", "messages", "staticfiles")
_MOST = 40


def packages(site: Site) -> list[str]:
    """Packages of the target that look like applications of Django, by their dotted names."""
    found: list[str] = []
    for folder, inner, names in os.walk(site.target):
        inner[:] = sorted(
            n
            for n in inner
            if not n.startswith((".", "_")) and n not in ("tests", "docs", "node_modules", "build", "migrations")
        )
        if "__init__.py" in names and folder != site.target and {*names, *inner} & set(_PARTS):
            if _speaks_of_django(folder, names):
                found.append(discover.module_name(site, os.path.join(folder, "__init__.py")))
        if len(found) >= _MOST:
            break
    return found


def _speaks_of_django(folder: str, names: list[str]) -> bool:
    for name in ("models.py", "apps.py", "urls.py", "views.py", "admin.py"):
        if name in names:
            with open(os.path.join(folder, name), "rb") as file:
                if b"django" in file.read(1 << 16):
                    return True
    return False


def configured(site: Site) -> Any:
    """Settings with the packages as applications, and their addresses below their names."""
    settings = discover.importable("django.conf").settings
    apps = [name for name in packages(site) if _imports(site, name)]
    urls = types.ModuleType(NAME)
    urls.urlpatterns = []  # type: ignore[attr-defined]
    sys.modules[NAME] = urls
    if not settings.configured:
        settings.configure(
            SECRET_KEY="casemate",
            INSTALLED_APPS=[f"django.contrib.{name}" for name in _CONTRIB] + apps,
            MIDDLEWARE=[
                "django.contrib.sessions.middleware.SessionMiddleware",
                "django.contrib.auth.middleware.AuthenticationMiddleware",
                "django.contrib.messages.middleware.MessageMiddleware",
            ],
            ROOT_URLCONF=NAME,
            STATIC_URL="/static/",
            DEFAULT_AUTO_FIELD="django.db.models.AutoField",
            USE_TZ=True,
            TEMPLATES=[
                {
                    "BACKEND": "django.template.backends.django.DjangoTemplates",
                    "APP_DIRS": True,
                    "OPTIONS": {
                        "context_processors": [
                            "django.template.context_processors.request",
                            "django.contrib.auth.context_processors.auth",
                            "django.contrib.messages.context_processors.messages",
                        ]
                    },
                }
            ],
        )
    return settings


def _imports(site: Site, name: str) -> bool:
    try:
        __import__(name)
    except Exception as error:
        site.problem(name, error)
        return False
    return True


def addresses(site: Site) -> None:
    """Include the addresses of all packages, where the project is ours."""
    urls: Any = sys.modules.get(NAME)
    conf = discover.importable("django.urls")
    for name in packages(site) if urls is not None else ():
        try:
            __import__(name + ".urls")
            urls.urlpatterns.append(conf.path(name.replace(".", "/") + "/", conf.include(name + ".urls")))
        except ModuleNotFoundError as error:
            if error.name != name + ".urls":
                site.problem(name + ".urls", error)
        except Exception as error:
            site.problem(name + ".urls", error)


def attach(site: Site, path: str, known: set[tuple[str, int, str]]) -> bool:
    """Add an address for each view of a file that has none. Whether there was one."""
    conf = discover.importable("django.urls")
    base = discover.importable("django.views")
    root = discover.importable(discover.importable("django.conf").settings.ROOT_URLCONF)
    module = discover.load(site, discover.module_name(site, path), path)
    if module is None or root is None:
        return False
    made = []
    for name, value in sorted(vars(module).items()):
        view, function = value, value
        if isinstance(value, type) and issubclass(value, base.View) and value.__module__ == module.__name__:
            try:
                view = value.as_view()  # type: ignore[attr-defined]
            except Exception as error:
                site.problem(name, error)
                continue
            methods = [getattr(value, word, None) for word in ("get", "post", "put", "patch", "delete", "dispatch")]
            function = next(
                (method for method in methods if inspect.isfunction(method) and method.__module__ == module.__name__),
                None,
            )
        if not inspect.isfunction(function) or os.path.realpath(function.__code__.co_filename) != path:
            continue
        given = [p.name for p in inspect.signature(function).parameters.values() if p.default is p.empty and p.kind < 2]
        given = given[1:] if given[:1] == ["self"] else given
        if given[:1] != ["request"] or owners(view) & known:
            continue
        rest = "".join(
            f"<path:{word}>/" if at == len(given) - 2 else f"<str:{word}>/" for at, word in enumerate(given[1:])
        )
        made.append(conf.path(f"casemate/{module.__name__}/{name}/{rest}", view, name=f"{PREFIX}{name}"))
    if made:
        root.urlpatterns = [*root.urlpatterns, *made]
        discover.importable("django.urls").clear_url_caches()
        reading.module_of(path)
    return bool(made)
