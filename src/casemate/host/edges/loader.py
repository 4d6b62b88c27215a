"""The dynamic loader: what every program of root loads, and from where (ld.so(8), ldconfig(8))."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from casemate.host.facts.libraries import DEFAULT
from casemate.host.facts.loader import CONFIGURATION, PRELOAD, loader
from casemate.host.host import Host
from casemate.host.relation import Trust
from casemate.model.host import ROOT, Confidence, Fact, Node, NodeKind
from casemate.model.outcome import NotExamined, Reason

MOST: Final = 20_000  # names looked at in the folders of libraries
ENVIRONMENT: Final = (
    "/etc/environment",
    "/etc/profile",
    "/etc/profile.d/*.sh",
    "/etc/bash.bashrc",
    "/etc/bashrc",
    "/root/.profile",
    "/root/.bash_profile",
    "/root/.bashrc",
    "/root/.pam_environment",
    "/etc/security/pam_env.conf",
)
_VARIABLE: Final = re.compile(
    r"^\s*(?:export\s+)?(LD_LIBRARY_PATH|LD_PRELOAD|LD_AUDIT)(?:=|\s+DEFAULT=)[\"']?([^\"'\s;#]*)"
)


def edges(host: Host) -> Iterator[Trust]:
    """The files that set the loader up, the folders and libraries that they name."""
    setup = host.once(loader)
    yield _file(PRELOAD, (), "names libraries that every program loads", missing=host.fs.node(PRELOAD) is None)
    for library in setup.preloaded:
        via = (Fact(library.file, f"makes every program load {library.path}", library.line),)
        for path in _placed(host, library.path):
            yield _library(path, via, "is loaded by every program of root", missing=host.fs.node(path) is None)
    cached = "names folders from which root's programs load libraries"
    for found in setup.files:
        by = (Fact(found.file, f"includes {found.path}", found.line),) if found.file else ()
        yield _file(found.path, by, cached)
    if not setup.files and host.fs.node(CONFIGURATION) is None and host.fs.is_file("/etc/ld.so.cache"):
        yield _file(CONFIGURATION, (), cached, missing=True)
    for pattern in setup.patterns:
        via = (Fact(pattern.file, f"includes files of {pattern.path}", pattern.line),)
        if host.fs.is_folder(pattern.path):
            yield _file(pattern.path, via, "takes files that name folders of libraries", folder=True)
        else:
            yield _file(f"{pattern.path}/x.conf", via, "would name folders of libraries", missing=True)
    yield _file("/etc/ld.so.cache", (), "tells root's programs where their libraries are")
    folders = {folder: () for folder in DEFAULT if host.fs.is_folder(folder)} | {
        named.path: (Fact(named.file, f"makes {named.path} a folder of libraries", named.line),)
        for named in setup.folders
    }
    yield from _folders(host, folders)
    yield from _environment(host)


def _folders(host: Host, folders: dict[str, tuple[()] | tuple[Fact]]) -> Iterator[Trust]:
    done: set[str] = set()
    looked = 0
    for folder, via in folders.items():
        node = host.fs.node(folder)
        real = node.path if node else folder
        if real in done:
            continue
        done.add(real)
        says = "is a folder from which root's programs load libraries"
        if node is None or node.kind is not NodeKind.FOLDER:
            yield _library(folder, via, says, missing=True, confidence=Confidence.LIKELY)
            continue
        yield _library(folder, via, says, folder=True, confidence=Confidence.LIKELY if via else Confidence.PROVED)
        for name in host.fs.names(real):
            looked += 1
            if looked > MOST:
                detail = f"only the first {MOST} names in folders of libraries are looked at"
                host.fs.lose(NotExamined(what=real, reason=Reason.STEP_LIMIT, detail=detail))
                return
            if ".so" in name:
                place = posixpath.join(real, name)
                found = host.fs.node(place)
                if found is not None and found.kind is NodeKind.FILE and (_open(found) or not _within(found, done)):
                    yield _library(place, via, "is a library that root's programs load")


def _within(node: Node, folders: set[str]) -> bool:
    return posixpath.dirname(node.path) in folders or node.path.startswith(("/usr/lib", "/lib"))


def _open(node: Node) -> bool:
    """Whether somebody but root could be able to write to it: only then is it worth asking who."""
    return bool(node.uid or node.mode & 0o022 or node.acl)


def _environment(host: Host) -> Iterator[Trust]:
    """Variables of the loader in the files that set root's environment at a login."""
    for path, line, variable, places in variables(host):
        via = (Fact(path, f"sets {variable} for root", line),)
        for place in places:
            if not place.startswith("/"):
                continue
            folder = variable == "LD_LIBRARY_PATH"
            says = "is where root's programs look for libraries" if folder else "is loaded by root's programs"
            missing = host.fs.node(place) is None
            yield _library(
                place, via, says, missing=missing, folder=folder and not missing, confidence=Confidence.LIKELY
            )


def variables(host: Host) -> Iterator[tuple[str, int, str, tuple[str, ...]]]:
    """(path, line, variable, its entries) for every variable of the loader that a login of root gets."""
    for pattern in ENVIRONMENT:
        for path in host.fs.glob(pattern):
            text = host.fs.text(path)
            for number, line in text.numbered() if text else ():
                match = _VARIABLE.match(line)
                if match:
                    split = r":" if match[1] == "LD_LIBRARY_PATH" else r"[:\s]+"
                    yield path, number, match[1], tuple(re.split(split, match[2]))


def _placed(host: Host, library: str) -> Iterator[str]:
    if "/" in library:
        yield library
        return
    for folder in (*DEFAULT, *(named.path for named in host.once(loader).folders)):
        if host.fs.node(f"{folder}/{library}") is not None:
            yield f"{folder}/{library}"
            return


def _file(path: str, via: tuple[Fact, ...], says: str, *, folder: bool = False, missing: bool = False) -> Trust:
    return Trust(
        runner=ROOT,
        path=path,
        kind="loader-configuration",
        technique="T1574.006",
        via=via,
        says=says,
        folder=folder,
        missing=missing,
    )


def _library(
    path: str,
    via: tuple[Fact, ...] | tuple[()],
    says: str,
    *,
    folder: bool = False,
    missing: bool = False,
    confidence: Confidence = Confidence.PROVED,
) -> Trust:
    return Trust(
        runner=ROOT,
        path=path,
        kind="library-folder",
        technique="T1574.006",
        via=via,
        says=says,
        folder=folder,
        missing=missing,
        confidence=confidence,
    )
