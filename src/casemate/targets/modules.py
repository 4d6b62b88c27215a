"""Dotted module names for the files of a tree: the names by which the program's imports would find them.

An import finds a module below a folder on `sys.path`, and which folders those are is not written anywhere. It is read
from the layout: a package belongs to the folder above its chain of `__init__.py`; folders without files of their own
above it are namespace packages; `src`, installed-package folders and project folders are on the path themselves.
Where a layout allows several readings, the likeliest is the name and the others are aliases, as far as they are unambiguous.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

SOURCE_ROOTS = frozenset({"src", "lib", "python", "site-packages", "dist-packages"})
PROJECT_FILES = frozenset({"pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "manage.py"})

_INIT = "__init__.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleName:
    """How a file is known to the program.

    name: unique in the tree; only a name without "-" and "~" can be imported. package: it is an `__init__.py`. aliases: other
    absolute names that can mean no other file. test: test code, whose functions are no public API.
    """

    name: str
    package: bool
    aliases: tuple[str, ...] = ()
    test: bool = False


def name_modules(
    sources: Iterable[str], *, others: Iterable[str] = (), root: str, reserved: Collection[str] = ()
) -> dict[str, ModuleName]:
    """Names by path, in the order of the sources.

    sources: POSIX paths relative to the root. others: the other files of the tree, which tell its layout. root: the name
    of the root folder, which counts when the root is itself a package. reserved: top-level names of libraries, which no
    alias takes over (`api/requests.py` is not what `import requests` means elsewhere).
    """
    sources = tuple(sources)
    layout = _Layout((*sources, *others), root)
    readings = {path: layout.readings(path) for path in sources}
    names = _unique(layout, {path: reading[0] for path, reading in readings.items()})
    aliases = _aliases(names, readings, sys.stdlib_module_names.union(reserved))
    return {
        path: ModuleName(
            name=names[path],
            package=_folder(layout.shift + path) in layout.packages and _is_package(path),
            aliases=aliases.get(path, ()),
            test=is_test(layout.shift + path, packages=layout.packages),
        )
        for path in sources
    }


def is_test(path: str, *, packages: Collection[str] = ()) -> bool:
    """Whether a path is test code by its name. A folder `test` inside a package is that package's business, and is not."""
    *folders, name = path.split("/")
    if name == "conftest.py" or name.startswith("test_") or name.endswith("_test.py"):
        return True
    above = ""
    for folder in folders:
        if folder == "tests" or (folder == "test" and above not in packages):
            return True
        above = f"{above}/{folder}" if above else folder
    return False


class _Layout:
    """The folders of a tree. When the root is a package, all is seen from the folder above it.

    shift: what stands before every path then.
    """

    def __init__(self, paths: Iterable[str], root: str) -> None:
        paths = tuple(paths)
        self.shift = f"{root}/" if _INIT in paths and root.isidentifier() else ""
        paths = tuple(self.shift + path for path in paths)
        self.packages = frozenset(_folder(path) for path in paths if _is_package(path)) - {""}
        self._holding = frozenset(_folder(path) for path in paths)
        self._projects = frozenset(_folder(path) for path in paths if _last(path) in PROJECT_FILES)

    def readings(self, path: str) -> list[tuple[str, str]]:
        """The ways to read a path as (folder on the path, dotted name), likeliest first."""
        path = self.shift + path
        chain = _folder(path)
        while chain in self.packages:
            chain = _folder(chain)
        if chain == _folder(path):  # in no package: a script, or part of a namespace package
            roots = [self._base(chain), chain, ""]
        else:
            roots = [self._above_namespaces(chain), chain, self._base(chain), ""]
        return [(folder, _dotted(path, folder)) for folder in dict.fromkeys(roots)]

    def _above_namespaces(self, folder: str) -> str:
        while folder and folder not in self._holding and _last(folder).isidentifier() and not _is_source_root(folder):
            folder = _folder(folder)
        return folder

    def _base(self, folder: str) -> str:
        while folder and folder not in self._projects and not _is_source_root(folder):
            folder = _folder(folder)
        return folder


def _unique(layout: _Layout, read: dict[str, tuple[str, str]]) -> dict[str, str]:
    """Distinct names. A top-level name that two folders offer stays with the shallower; the others' modules get their
    whole path as a name, all of them, so that they still find one another by relative imports."""
    groups: dict[tuple[int, str, str], list[str]] = {}
    for path, (folder, name) in read.items():
        groups.setdefault((len(folder.split("/")) if folder else 0, folder, name.partition(".")[0]), []).append(path)
    taken: set[str] = set()
    names: dict[str, str] = {}
    for _, paths in sorted(groups.items()):
        clash = any(read[path][1] in taken for path in paths)
        for path in sorted(paths, key=lambda path: (not _is_package(path), path)):
            name = wanted = _dotted(layout.shift + path, "") if clash else read[path][1]
            count = 1
            while name in taken:
                count += 1
                name = f"{wanted}~{count}"
            taken.add(name)
            names[path] = name
    return names


def _aliases(
    names: dict[str, str], readings: dict[str, list[tuple[str, str]]], reserved: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """Other readings that are importable, mean one file only, and hide no library."""
    taken = set(names.values())
    wanted = {
        path: [name for _, name in reading if name not in taken and _importable(name, reserved)]
        for path, reading in readings.items()
    }
    claims = Counter(name for claimed in wanted.values() for name in set(claimed))
    return {
        path: tuple(sorted({name for name in claimed if claims[name] == 1}))
        for path, claimed in wanted.items()
        if claimed
    }


def _importable(name: str, reserved: Collection[str]) -> bool:
    parts = name.split(".")
    return parts[0] not in reserved and all(part.isidentifier() for part in parts)


def _dotted(path: str, folder: str) -> str:
    """The name of a file below a folder. A dot in a file's or folder's own name becomes "-", as it separates nothing."""
    below = path.removeprefix(f"{folder}/") if folder else path
    *folders, name = below.split("/")
    parts = folders if name == _INIT and folders else [*folders, name.rpartition(".")[0] or name]
    return ".".join(part.replace(".", "-") for part in parts)


def _is_package(path: str) -> bool:
    return _last(path) == _INIT


def _is_source_root(folder: str) -> bool:
    return _last(folder) in SOURCE_ROOTS


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _last(path: str) -> str:
    return path.rpartition("/")[2]
