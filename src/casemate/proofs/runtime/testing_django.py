"""Makes ready for the tests of a Django project, as its `manage.py test` would: settings, applications, databases of their own.

Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import importlib.util
import os
import sys

from .web.frameworks import django

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_OWN = (b"settings.configure", b"django.setup", b"DJANGO_SETTINGS_MODULE")


def ready(folders: Sequence[str], files: Sequence[str]) -> str:
    """Set up the project whose `manage.py` stands in one of the folders, for files of tests below the first of them. Returns why
    that could not be done; "" when it is done, or left to the tests or to `pytest-django`, or when there is no such project."""
    if _set_up_themselves(folders[0], files):
        return ""
    for folder in folders:
        name = django.named_in(_read(os.path.join(folder, "manage.py")))
        if name and importlib.util.find_spec("pytest_django") is None:
            if folder not in sys.path:
                sys.path.insert(0, folder)
            try:
                return _set_up(name)
            except (Exception, SystemExit) as error:  # the project's own settings, models and migrations run here
                return f"its project cannot be set up: {error!r}"
    return ""


def _set_up_themselves(root: str, files: Sequence[str]) -> bool:
    """Whether the tests, or what pytest reads before them, choose the settings: nobody may come before them then."""
    looked = {os.path.join(root, file) for file in files}
    for file in files:
        folder = os.path.dirname(file)
        while folder:
            looked.add(os.path.join(root, folder, "conftest.py"))
            folder = os.path.dirname(folder)
    looked.add(os.path.join(root, "conftest.py"))
    return any(word in text for text in map(_read, sorted(looked)) for word in _OWN)


def _set_up(name: str) -> str:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", name)
    problems: list[str] = []
    if django.loaded(lambda what, error: problems.append(f"{what}: {error!r}")) is None:
        return problems[0] if problems else "its settings cannot be loaded"
    importlib.import_module("django").setup()
    utils = importlib.import_module("django.test.utils")
    utils.setup_test_environment()
    utils.setup_databases(verbosity=0, interactive=False)
    return ""


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(1 << 20)
    except OSError:
        return b""
