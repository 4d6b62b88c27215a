"""Settings for a library that wants to be told some before it is used: Django's, where the module at hand speaks of it.

Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os

_APPS = ("contenttypes", "auth", "sessions", "messages")


def prepare(target: str, path: str) -> None:
    """Do it for a file of the target, and for what its folder holds."""
    folder = os.path.dirname(os.path.join(target, path))
    if not any(_speaks(os.path.join(folder, name)) for name in _sources(folder)):
        return
    with contextlib.suppress(BaseException):
        if importlib.util.find_spec("django") is None:
            return
        conf = importlib.import_module("django.conf")
        if os.environ.get("DJANGO_SETTINGS_MODULE") or conf.settings.configured:
            return
        conf.settings.configure(
            SECRET_KEY="casemate",
            INSTALLED_APPS=[f"django.contrib.{name}" for name in _APPS],
            DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
            DEFAULT_AUTO_FIELD="django.db.models.AutoField",
            ROOT_URLCONF="casemate_addresses",
            USE_TZ=True,
        )
        importlib.import_module("django").setup()


def _sources(folder: str) -> list[str]:
    return [name for name in os.listdir(folder) if name.endswith(".py")] if os.path.isdir(folder) else []


def _speaks(path: str) -> bool:
    with contextlib.suppress(OSError), open(path, "rb") as file:
        return b"django" in file.read(1 << 16)
    return False
