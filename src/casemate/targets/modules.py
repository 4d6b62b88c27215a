"""Dotted module names for the files of a tree: the names by which the program's imports would find them.

An import finds a module below a folder on `sys.path`, and which folders those are is not written anywhere. It is read
from the layout: a package belongs to the folder above its chain of `__init__.py`; folders without files of their own
above it are namespace packages; `src`, installed-package folders and project folders are on the path themselves.
Where a layout allows several readings, the likeliest is the name and the others are aliases, as far as they are unambiguous.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

SOURCE_ROOTS = frozenset({"src", "lib", "python", "site-packages", "dist-packages"})
PROJECT_FILES = frozenset({"pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "manage.py"})

PRELOADED = frozenset(
    (
        *(
            "_abc",
            "_codecs",
            "_collections_abc",
            "_imp",
            "_io",
            "_signal",
            "_sitebuiltins",
            "_stat",
            "_thread",
            "_warnings",
        ),
        *(
            "_weakref",
            "abc",
            "builtins",
            "codecs",
            "encodings",
            "genericpath",
            "io",
            "marshal",
            "os",
            "posix",
            "posixpath",
        ),
        *("site", "stat", "sys", "time", "zipimport"),
    )
)
"""What CPython has loaded before it runs the first line of a program: no file of a target is imported in its place, so that a
target cannot hide what it calls behind an `os.py` of its own."""

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
    names = _unique(readings)
    aliases = _aliases(names, readings, sys.stdlib_module_names.union(reserved))
    return {
        path: ModuleName(
            name=names[path], package=layout.is_package(path), aliases=aliases.get(path, ()), test=layout.is_test(path)
        )
        for path in sources
    }


def is_test(path: str, *, packages: Collection[str] = ()) -> bool:
    """Whether a path is test code by its name alone. A folder `test` inside a package may be what that package offers."""
    return _names_test(_last(path)) or _in_tests(_folder(path), packages)


def _names_test(name: str) -> bool:
    return name == "conftest.py" or name.startswith("test_") or name.endswith("_test.py")


def _in_tests(folder: str, packages: Collection[str], own: Collection[str] = ()) -> bool:
    """own: folders inside packages that hold what tests the package itself."""
    while folder:
        inner, folder = folder, _folder(folder)
        name = _last(inner)
        if name == "tests" or (name == "test" and (folder not in packages or inner in own)):
            return True
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """What a folder says of the modules in it.

    readings: (folder on the path, dotted name of this one below it), likeliest first, the root of the tree at last.
    """

    readings: tuple[tuple[str, str], ...]
    test: bool


class _Layout:
    """The folders of a tree. When the root is a package, all is seen from the folder above it."""

    def __init__(self, paths: Iterable[str], root: str) -> None:
        folders_by_name: dict[str, set[str]] = {}
        self._holding: set[str] = set()  # folders with files of their own
        self._testing: set[str] = set()  # folders with files that are tests, at any depth
        every = tuple(paths)
        self._shift = f"{root}/" if _INIT in every and root.isidentifier() else ""
        for path in every:
            folder, _, name = (self._shift + path).rpartition("/")
            self._holding.add(folder)
            if name in PROJECT_FILES or name == _INIT:
                folders_by_name.setdefault(name, set()).add(folder)
            while (
                _names_test(name) and folder
            ):  # what it lies below is for testing the package, and nothing that it offers
                self._testing.add(folder)
                folder = _folder(folder)
        self._packages = folders_by_name.pop(_INIT, set()) - {""}
        self._projects = set().union(*folders_by_name.values())
        self._places: dict[str, _Place] = {}

    def is_package(self, path: str) -> bool:
        """Whether a file makes its folder a package."""
        return _last(path) == _INIT and _folder(self._shift + path) in self._packages

    def is_test(self, path: str) -> bool:
        """Whether a file is test code."""
        return _names_test(_last(path)) or self._place(_folder(self._shift + path)).test

    def readings(self, path: str) -> list[tuple[str, str]]:
        """The ways to read a path as (folder on the path, dotted name), likeliest first; the last is the whole path."""
        place = self._place(_folder(self._shift + path))
        last = "" if self.is_package(path) else _component(_last(path).rpartition(".")[0] or _last(path))
        return [(folder, ".".join(filter(None, (dotted, last)))) for folder, dotted in place.readings]

    def _place(self, folder: str) -> _Place:
        place = self._places.get(folder)
        if place is None:
            chain = folder
            while chain in self._packages:
                chain = _folder(chain)
            if chain == folder:  # in no package: a script, or part of a namespace package
                roots = [self._base(chain), chain, ""]
            else:
                roots = [self._above_namespaces(chain), chain, self._base(chain), ""]
            place = self._places[folder] = _Place(
                readings=tuple((root, _dotted(folder, root)) for root in dict.fromkeys(roots)),
                test=_in_tests(folder, self._packages, self._projects | self._testing),
            )
        return place

    def _above_namespaces(self, folder: str) -> str:
        while folder and folder not in self._holding and _last(folder).isidentifier() and not _is_source_root(folder):
            folder = _folder(folder)
        return folder

    def _base(self, folder: str) -> str:
        while folder and folder not in self._projects and not _is_source_root(folder):
            folder = _folder(folder)
        return folder


def _unique(readings: Mapping[str, Sequence[tuple[str, str]]]) -> dict[str, str]:
    """Distinct names. A top-level name that two folders offer stays with the shallower; the others' modules get their
    whole path as a name, all of them, so that they still find one another by relative imports."""
    groups: dict[tuple[int, str, str], list[str]] = {}
    for path, ((folder, name), *_) in readings.items():
        groups.setdefault((folder.count("/") if folder else -1, folder, name.partition(".")[0]), []).append(path)
    names: dict[str, str] = {}
    taken = set(PRELOADED)
    for _, paths in sorted(groups.items()):
        clash = any(readings[path][0][1] in taken for path in paths)
        for path in sorted(paths, key=lambda path: (_last(path) != _INIT, path)):
            name = wanted = readings[path][-1 if clash else 0][1]
            count = 1
            while name in taken:
                count += 1
                name = f"{wanted}~{count}"
            taken.add(name)
            names[path] = name
    return names


def _aliases(
    names: Mapping[str, str], readings: Mapping[str, Sequence[tuple[str, str]]], reserved: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """Other readings that are importable, mean one file only, and hide no library."""
    taken = PRELOADED.union(names.values())
    wanted = {
        path: [name for _, name in ways if name not in taken and _importable(name, reserved)]
        for path, ways in readings.items()
        if len(ways) > 1
    }
    claims = Counter(name for claimed in wanted.values() for name in set(claimed))
    return {path: tuple(sorted({name for name in claimed if claims[name] == 1})) for path, claimed in wanted.items()}


def _importable(name: str, reserved: Collection[str]) -> bool:
    parts = name.split(".")
    return parts[0] not in reserved and all(part.isidentifier() for part in parts)


def _dotted(folder: str, root: str) -> str:
    """The dotted name of a folder below another."""
    below = folder[len(root) :].strip("/")
    return ".".join(_component(name) for name in below.split("/")) if below else ""


def _component(name: str) -> str:
    """A dot in a file's or folder's own name separates nothing."""
    return name.replace(".", "-")


def _is_source_root(folder: str) -> bool:
    return _last(folder) in SOURCE_ROOTS


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _last(path: str) -> str:
    return path.rpartition("/")[2]
