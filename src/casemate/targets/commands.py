"""Which packages of a target are started by a command and not imported: what its project files and its README say.

Commands stand in `pyproject.toml` (PyPA specification "Declaring project metadata", `project.scripts` and `gui-scripts`; Poetry's
`tool.poetry.scripts`), in the groups `console_scripts` and `gui_scripts` of "Entry points specification" (`entry_points.txt`,
`setup.cfg`, `setup.py`), and a wheel brings scripts of its own (PyPA, "Binary distribution format": `*.data/scripts`), which
import what they start. Packages of one distribution that no README shows are parts of one program. A module `__main__` alone
says nothing: libraries have one, too. Whoever is to import a package is shown how by its README.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from casemate.model.packages import Packages

_PROJECT = frozenset({"pyproject.toml", "setup.cfg", "setup.py"})
_INSTALLED = frozenset({"entry_points.txt", "top_level.txt", "METADATA", "PKG-INFO"})
_SCRIPTS = ".data/scripts"
_DEPTH = 2  # folders above such a file: a tree may hold several projects
_INFO = (".dist-info", ".egg-info")
_README = re.compile(r"README(\.(md|rst|txt))?", re.IGNORECASE)
_GROUP = re.compile(r"\b(?:console|gui)_scripts\b[\"'\]]?\s*[:=]?\s*\[?([^\[\]]*)")
_TARGET = re.compile(r"=\s*([A-Za-z_]\w*)(?:\.\w+)*\s*:")
_IMPORT = re.compile(
    r"^[\s>.`]*(?:from\s+(\w+)[\w.]*\s+import\b|import\s+(\w+)(?:\.\w+)*(?:\s+as\s+\w+)?\s*$)", re.MULTILINE
)


def states(path: str) -> bool:
    """Whether a file says what the project is for: beside the sources, or left by its installation."""
    folder, _, name = path.rpartition("/")
    if path.count("/") > _DEPTH:
        return False
    if folder.endswith(_INFO):
        return name in _INSTALLED
    if folder.endswith(_SCRIPTS):
        return True
    return name in _PROJECT or name == "PKG-INFO" or _README.fullmatch(name) is not None


def packages(texts: Mapping[str, str]) -> Packages:
    """What the files that `states` say of packages. texts: by path."""
    found: set[str] = set()
    shown: set[str] = set()
    together: list[set[str]] = []
    for path, text in texts.items():
        name = path.rpartition("/")[2]
        if path.endswith(f"{_SCRIPTS}/{name}"):
            found.update(root for match in _IMPORT.findall(text) for root in match)
        elif name == "top_level.txt":
            together.append(set(text.split()))
        elif name == "pyproject.toml":
            found |= _declared(text)
        elif name in ("METADATA", "PKG-INFO") or _README.fullmatch(name):
            shown.update(root for match in _IMPORT.findall(text) for root in match)
        else:
            found.update(target for group in _GROUP.findall(text) for target in _TARGET.findall(group))
    begun = frozenset(found)
    for roots in together:
        found |= roots if roots & begun and not roots & shown else set()
    return Packages(frozenset(found) - {""}, frozenset(shown) - {""})


def _declared(text: str) -> set[str]:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return set()
    project, poetry = _table(content, "project"), _table(content, "tool", "poetry")
    tables = (_table(project, "scripts"), _table(project, "gui-scripts"), _table(poetry, "scripts"))
    return {root for table in tables for value in table.values() for root in _TARGET.findall(f"={value}")}


def _table(value: Any, *keys: str) -> Mapping[str, Any]:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}
