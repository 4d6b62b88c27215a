"""Containers that the host starts, and which rights over it they are given: compose files, quadlets, command lines of units.

Sources: the Compose Specification, podman-systemd.unit(5), docker-run(1) and podman-run(1), CIS Docker Benchmark, section 5.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from casemate.host.facts import service
from casemate.host.facts.unit_file import assignments, words
from casemate.host.facts.units import units
from casemate.host.facts.yaml_tree import Tree, yaml_trees
from casemate.host.host import Host

COMPOSE: Final = ("docker-compose*.yml", "docker-compose*.yaml", "compose*.yml", "compose*.yaml", "podman-compose*.yml")
FOLDERS: Final = (
    "/etc",
    "/etc/*",
    "/etc/docker/*",
    "/opt",
    "/opt/*",
    "/opt/*/*",
    "/srv",
    "/srv/*",
    "/srv/*/*",
    "/root",
    "/root/*",
)
QUADLETS: Final = ("/etc/containers/systemd", "/run/containers/systemd", "/usr/share/containers/systemd")
SOCKETS: Final = re.compile(
    r"^(?:/var)?/run/(?:docker\.sock|podman/podman\.sock|containerd/containerd\.sock|crio/crio\.sock)$|"
    r"^/var/lib/(?:lxd|incus)/unix\.socket$"
)
WHOLE: Final = (
    "/",
    "/etc",
    "/root",
    "/boot",
    "/usr",
    "/var",
    "/var/lib",
    "/var/lib/docker",
    "/bin",
    "/sbin",
    "/lib",
    "/home",
    "/dev",
)
STRONG: Final = re.compile(r"^(?:CAP_)?(ALL|SYS_ADMIN|SYS_MODULE|SYS_PTRACE|SYS_RAWIO|DAC_READ_SEARCH|BPF)$", re.I)
UNCONFINED: Final = re.compile(r"^(?:seccomp|apparmor|systempaths)[=:]\s*unconfined$", re.I)
DISKS: Final = re.compile(r"^/dev/(?:mem|kmem|port|(?:sd|vd|xvd|hd|nvme|mmcblk|dm-|mapper/)\S*)(?::|$)")
MAX_FILES: Final = 200
RUNNERS: Final = ("docker", "podman", "nerdctl")
VALUED: Final = ("-v", "--volume", "--mount", "--cap-add", "--security-opt", "--device", "--pid", "--userns")


@dataclass(frozen=True, slots=True)
class Right:
    """A right that a container gets over its host. whole: it is root's of the host, else it weakens the wall between them."""

    path: str
    line: int
    container: str
    says: str
    whole: bool


def containers(host: Host) -> tuple[Right, ...]:
    """Every such right, in the order of its places."""
    out = [right for path in _compose_files(host) for right in _compose(host, path)]
    for folder in QUADLETS:
        for path in host.fs.glob(f"{folder}/*.container"):
            out += _quadlet(host, path)
    for unit in host.once(units).running():
        for command in service.commands(host, unit):
            given = command.words
            if given[0].rpartition("/")[2] in RUNNERS and {"run", "create"} & set(given[1:4]):
                for says, whole in _arguments(given[1:]):
                    out.append(Right(command.value.path, command.value.line, unit.name, says, whole))
    return tuple(out)


def _compose_files(host: Host) -> list[str]:
    found = {path for folder in FOLDERS for name in COMPOSE for path in host.fs.glob(f"{folder}/{name}")}
    for unit in host.once(units).running():
        for command in service.commands(host, unit):
            given = command.words
            if not any("compose" in word for word in given[:3]):
                continue
            named = [b for a, b in pairwise(given) if a in ("-f", "--file")]
            named += [word.partition("=")[2] for word in given if word.startswith("--file=")]
            folder = service.working_folder(host, unit)
            found |= {posixpath.normpath(posixpath.join(folder, name)) for name in named}
            if not named:
                found |= {path for name in COMPOSE for path in host.fs.glob(f"{folder}/{name}")}
    files = sorted(path for path in found if host.fs.is_file(path))
    return list(host.first(files, MAX_FILES, "/", "compose files"))


def _compose(host: Host, path: str) -> Iterator[Right]:
    for document in yaml_trees(host, path):
        services = document.get("services") or document
        for name, one in services.items():
            for tree, says, whole in _of_service(one):
                yield Right(path, tree.line, name, says, whole)


def _of_service(one: Tree) -> Iterator[tuple[Tree, str, bool]]:
    for key, value in one.items():
        if key == "privileged" and value.on:
            yield value, "is privileged", True
        elif key == "volumes":
            for volume in value.each():
                source = volume.get("source")
                text = volume.text
                if source is not None:
                    read_only = volume.get("read_only")
                    text = f"{source.text}:x{':ro' if read_only and read_only.on else ''}"
                yield from ((volume, says, whole) for says, whole in _volume(text))
        elif key == "cap_add":
            yield from ((v, f"has the capability {v.text}", False) for v in value.each() if STRONG.match(v.text))
        elif key == "security_opt":
            yield from ((v, f"runs with {v.text}", False) for v in value.each() if UNCONFINED.match(v.text))
        elif key == "devices":
            yield from (
                (v, f"has the device {v.text.partition(':')[0]}", True) for v in value.each() if DISKS.match(v.text)
            )
        elif key == "pid" and value.text == "host":
            yield value, "sees the host's processes (pid: host)", False


def _volume(text: str) -> Iterator[tuple[str, bool]]:
    source, _, rest = text.partition(":")
    source = posixpath.normpath(source) if source.startswith("/") else source
    options = rest.partition(":")[2].split(",")
    if SOCKETS.match(source) or source in ("/run", "/var/run"):
        yield f"has the container engine's socket ({source})", True
    elif source in WHOLE and rest:
        only = "ro" in options
        yield f"has the host's {source} in it{', to read' if only else ''}", not only


def _quadlet(host: Host, path: str) -> Iterator[Right]:
    name = path.rpartition("/")[2]
    for value in assignments(host, path):
        if value.section != "Container":
            continue
        if value.key == "PodmanArgs":
            rights = list(_arguments(words(value.text)))
        elif value.key == "Volume":
            rights = list(_volume(value.text))
        elif value.key == "AddCapability":
            rights = [(f"has the capability {w}", False) for w in value.text.split() if STRONG.match(w)]
        elif value.key == "SeccompProfile" and value.text == "unconfined":
            rights = [("runs with seccomp=unconfined", False)]
        elif value.key == "AddDevice" and DISKS.match(value.text):
            rights = [(f"has the device {value.text.partition(':')[0]}", True)]
        else:
            continue
        for says, whole in rights:
            yield Right(path, value.line, name, says, whole)


def _arguments(given: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """The rights in the options of docker run."""
    for index, word in enumerate(given):
        option, equals, value = word.partition("=")
        if option == "--privileged" and value in ("", "true"):
            yield "is privileged", True
        if option not in VALUED:
            continue
        value = value if equals else given[index + 1] if index + 1 < len(given) else ""
        if option in ("-v", "--volume"):
            yield from _volume(value)
        elif option == "--mount":
            told = dict(part.partition("=")[::2] for part in value.split(","))
            source = told.get("source") or told.get("src", "")
            yield from _volume(f"{source}:x{':ro' if 'readonly' in told or 'ro' in told else ''}")
        elif option == "--cap-add" and STRONG.match(value):
            yield f"has the capability {value}", False
        elif option == "--security-opt" and UNCONFINED.match(value):
            yield f"runs with {value}", False
        elif option == "--device" and DISKS.match(value):
            yield f"has the device {value.partition(':')[0]}", True
        elif option == "--pid" and value == "host":
            yield "sees the host's processes (--pid host)", False
