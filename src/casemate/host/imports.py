"""Where Python, Perl and Node look for what a script imports, in their order, and what they find there.

A folder is a danger when it comes before the one where a module is found; those of Python's site packages are one in any case:
a `.pth` file in them is executed at every start (site, in Python's library reference).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from casemate.host.facts.scripts import Script, python
from casemate.host.host import Host
from casemate.host.interpreters import Code

STICKY: Final = 0o1000
MAX_IMPORTS: Final = 200  # of one script
_OWN = "sys builtins time itertools marshal posix gc errno atexit signal __future__ _io _thread _signal faulthandler"
_BUILT_IN: Final = frozenset(_OWN.split())
_IMPORT: Final = re.compile(r"^\s*import\s+([\w., \t]{1,300})")
_FROM: Final = re.compile(r"^\s*from\s+(\.{0,5}[\w.]{0,200})\s+import\s+\(?\s*([\w, \t]{0,300})")
_USE: Final = re.compile(r"^\s*(?:use|require)\s+([A-Z]\w*(?:::\w+)*)\s*[^\w=]")
_USE_LIB: Final = re.compile(r"""^\s*use\s+lib\s+(?:qw\s*[(/]\s*|\(?\s*["'])([^"')/]?[^"')]{1,200})""")
_BARE: Final = re.compile(r"""\brequire\(\s*["']([@\w][\w./@-]{0,200})["']""")


@dataclass(frozen=True, slots=True)
class Importing:
    """A file that is imported, or a folder that is looked into. line: of the script, 0 for its start."""

    path: str
    kind: str
    says: str
    line: int = 0
    folder: bool = False


def imports(
    host: Host, code: Code, found: Script | None, variables: dict[str, str], *, program: str, cwd: str | None
) -> Iterator[Importing]:
    """What an interpreter looks into and finds for a script, or for a module or text of the command line."""
    if code.language == "python":
        yield from _python(host, code, found, variables, program, cwd)
    elif code.language == "perl":
        yield from _perl(host, code, found, variables)
    elif code.language == "node" and found is not None:
        yield from _node(host, found, variables)


def _python(
    host: Host, code: Code, found: Script | None, variables: dict[str, str], program: str, cwd: str | None
) -> Iterator[Importing]:
    version = _version(host, program)
    sites = list(dict.fromkeys(_sites(host, program, version, variables.get("HOME", "")))) if code.site else []
    given = [part for part in variables.get("PYTHONPATH", "").split(":") if part.startswith("/")]
    own = posixpath.dirname(found.path) if found else cwd
    first = [own] if own is not None and code.own and (found or code.module) else []
    library = [f"/usr/lib/python{version}", f"/usr/local/lib/python{version}", f"/usr/lib64/python{version}"]
    search = [*first, *(given if code.environment else ())]
    end: list[str] = []
    for _, folder, front in python(found).path if found else ():
        if front:
            search.insert(0, folder)
        else:
            end.append(folder)
    for folder in sites:
        yield Importing(
            folder, "python-path", "is where Python's site packages are, which it reads at its start", folder=True
        )
        yield from _pth(host, folder)
    names: list[tuple[int, str]] = list(_named(found)) if found else []
    names += [(0, code.module)] if code.module else []
    passed: set[str] = set()
    for line, name in names[:MAX_IMPORTS]:
        if name.startswith("."):
            yield from _relative(host, found, line, name)
            continue
        top = name.partition(".")[0]
        if top in _BUILT_IN or not top:
            continue
        for folder in (*search, *library, *sites, *end):
            place = _module(host, folder, top)
            if place is not None:
                yield Importing(place, "called-script", "is imported", line)
                compiled = posixpath.join(posixpath.dirname(place), "__pycache__")
                if compiled not in passed and host.fs.is_folder(compiled):
                    passed.add(compiled)
                    says = f"holds the compiled form of modules, such as {top}"
                    yield Importing(compiled, "python-path", says, line, folder=True)
                if "." in name and folder not in library:
                    deeper = _module(host, folder, name.replace(".", "/"))
                    if deeper is not None:
                        yield Importing(deeper, "called-script", "is imported", line)
                break
            if folder in passed or folder in library or folder in sites:
                continue
            passed.add(folder)
            node = host.fs.node(folder)
            if found is not None and folder == own and not (node and node.mode & STICKY):
                continue  # who can fill it replaces the script itself
            yield Importing(folder, "python-path", f"is searched for the module {top} first", line, folder=True)


def _relative(host: Host, found: Script | None, line: int, name: str) -> Iterator[Importing]:
    rest = name.lstrip(".")
    folder = posixpath.dirname(found.path) if found else "/"
    for _ in range(len(name) - len(rest) - 1):
        folder = posixpath.dirname(folder)
    place = _module(host, folder, rest.replace(".", "/")) if rest else None
    if place is not None:
        yield Importing(place, "called-script", "is imported", line)


def _module(host: Host, folder: str, name: str) -> str | None:
    base = posixpath.join(folder, name)
    for place in (f"{base}/__init__.py", f"{base}.py"):
        if host.fs.is_file(place):
            return place
    if any(host.fs.glob(f"{_plain(base)}.*.so")) or host.fs.is_file(f"{base}.so"):
        return next(iter(host.fs.glob(f"{_plain(base)}.*.so")), f"{base}.so")
    dynamic = posixpath.join(folder, "lib-dynload")
    if host.fs.is_folder(dynamic):
        for found in host.fs.names(dynamic):
            if found.startswith(f"{name}."):
                return posixpath.join(dynamic, found)
    return None


def _plain(path: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", path)


def _named(found: Script) -> Iterator[tuple[int, str]]:
    """The modules that a Python script names, each once."""
    seen: set[str] = set()
    for number, line in found.numbered():
        names: list[str] = []
        match = _IMPORT.match(line)
        if match:
            names = [part.split(" as ")[0].strip() for part in match[1].split(",")]
        match = _FROM.match(line)
        if match:
            base = match[1]
            names = (
                [base]
                if base.strip(".")
                else [f"{base}{part.split(' as ')[0].strip()}" for part in match[2].split(",")]
            )
        for name in names:
            name = name.split()[0] if name.split() else ""
            if name and name not in seen:
                seen.add(name)
                yield number, name


def _version(host: Host, program: str) -> str:
    for path in (program, "/usr/bin/python3"):
        found = host.fs.resolve(path)
        match = re.search(r"python(\d\.\d+)$", found.node.path) if found else None
        if match:
            return match[1]
    known = [name for name in host.fs.names("/usr/lib") if re.fullmatch(r"python3\.\d+", name)]
    return known[-1].removeprefix("python") if known else "3"


def _sites(host: Host, program: str, version: str, home: str) -> Iterator[str]:
    """site.getsitepackages of Debian and of others, of a virtual environment, and the user's own when it is there."""
    prefix = posixpath.dirname(posixpath.dirname(program))
    if program and host.fs.is_file(posixpath.join(prefix, "pyvenv.cfg")):
        yield posixpath.join(prefix, f"lib/python{version}/site-packages")
        return
    own = posixpath.join(home, f".local/lib/python{version}/site-packages") if home else ""
    if own and host.fs.is_folder(own):
        yield own
    debian = host.fs.is_folder("/usr/lib/python3/dist-packages") or host.fs.is_folder(
        f"/usr/local/lib/python{version}/dist-packages"
    )
    if debian:
        yield f"/usr/local/lib/python{version}/dist-packages"
        yield "/usr/lib/python3/dist-packages"
    else:
        for base in ("/usr/local/lib", "/usr/local/lib64", "/usr/lib", "/usr/lib64"):
            if host.fs.is_folder(f"{base}/python{version}/site-packages"):
                yield f"{base}/python{version}/site-packages"


def _pth(host: Host, folder: str) -> Iterator[Importing]:
    """The `.pth` files of a folder of packages, and the folders that they add."""
    for name in host.fs.names(folder):
        if not name.endswith(".pth") or name.startswith("."):
            continue
        path = posixpath.join(folder, name)
        yield Importing(path, "python-path", "is read by Python at its start")
        text = host.fs.text(path)
        for _, line in text.numbered() if text else ():
            added = line.strip()
            if added and not added.startswith(("#", "import ", "import\t")) and len(added) < 500:
                place = posixpath.join(folder, added)
                if host.fs.is_folder(place):
                    yield Importing(place, "python-path", f"is put on Python's search path by {path}", folder=True)


def _perl(host: Host, code: Code, found: Script | None, variables: dict[str, str]) -> Iterator[Importing]:
    """perlvar(1), @INC: -I, PERL5LIB, what `use lib` puts in front, then the built-in ones."""
    given = [*code.folders, *(p for p in variables.get("PERL5LIB", "").split(":") if p)]
    names: list[tuple[int, str]] = []
    for number, text in found.numbered() if found else ():
        match = _USE_LIB.match(text)
        if match:
            given[:0] = [part for part in match[1].split() if part.startswith("/")]
        match = _USE.match(text)
        if match:
            names.append((number, match[1]))
    if code.text:
        names.append((0, "Carp"))
    built_in = _perl_folders(host)
    passed: set[str] = set()
    for line, name in names[:MAX_IMPORTS]:
        file = name.replace("::", "/") + ".pm"
        for folder in (*given, *built_in):
            place = posixpath.join(folder, file)
            if host.fs.is_file(place):
                yield Importing(place, "called-script", "is imported", line)
                break
            if folder not in passed and (folder in given or host.fs.is_folder(folder)):
                passed.add(folder)
                yield Importing(folder, "perl-path", f"is searched for the module {name} first", line, folder=True)


def _perl_folders(host: Host) -> tuple[str, ...]:
    """The built-in @INC of Debian's perl, then that of others, those that are there."""
    patterns = (
        "/etc/perl",
        "/usr/local/lib/*/perl/5.*",
        "/usr/local/share/perl/5.*",
        "/usr/local/lib*/perl5*",
        "/usr/local/share/perl5*",
        "/usr/lib/*/perl5/5.*",
        "/usr/share/perl5*",
        "/usr/lib/*/perl-base",
        "/usr/lib/*/perl/5.*",
        "/usr/share/perl/5.*",
        "/usr/lib*/perl5*",
        "/usr/local/lib/site_perl",
    )
    return tuple(dict.fromkeys(path for pattern in patterns for path in host.fs.glob(pattern)))


def _node(host: Host, found: Script, variables: dict[str, str]) -> Iterator[Importing]:
    """Node's own search (modules, in its documentation): node_modules of each folder upwards, then NODE_PATH."""
    places = []
    folder = posixpath.dirname(found.path)
    while True:
        if posixpath.basename(folder) != "node_modules":
            places.append(posixpath.join(folder, "node_modules"))
        if folder == "/":
            break
        folder = posixpath.dirname(folder)
    places += [p for p in variables.get("NODE_PATH", "").split(":") if p.startswith("/")]
    passed: set[str] = set()
    for number, line in found.numbered():
        for match in _BARE.finditer(line):
            name = match[1].split("/")[0]
            for place in places:
                if host.fs.resolve(posixpath.join(place, name)) is not None:
                    node = host.fs.resolve(posixpath.join(place, name))
                    assert node is not None
                    yield Importing(node.node.path, "called-script", "is imported", number, folder=True)
                    break
                if place not in passed and host.fs.is_folder(place):
                    passed.add(place)
                    yield Importing(place, "node-path", f"is searched for the module {name} first", number, folder=True)
