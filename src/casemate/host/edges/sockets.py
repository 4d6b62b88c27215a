"""Sockets through which whoever may connect becomes root: those of container engines, and shells behind a port.

Sources: systemd.socket(5) (SocketMode= is 0666 unless it is set), docker's "Docker daemon attack surface" and "Protect the Docker
daemon socket", libvirtd.conf's comments, containerd-config.toml(5). ATT&CK T1611, T1610, T1543.002.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any, Final

from casemate.host.edges.groups import POWERS
from casemate.host.facts import service
from casemate.host.facts.docker import docker
from casemate.host.facts.listening import addresses
from casemate.host.facts.unit_file import Command, expanded
from casemate.host.facts.units import Unit, units
from casemate.host.host import Host
from casemate.host.relation import Grant
from casemate.model.host import ANYONE, NETWORK, ROOT, Actor, Confidence, Fact, NodeKind, group, named
from casemate.model.host_fix import AddLines, Fix, SetLine, SetMode

API: Final = re.compile(
    r"^(?:/var)?/(?:run|lib)/(?:.*/)?(docker\.sock|containerd\.sock|podman\.sock|crio\.sock|buildkitd\.sock|"
    r"lxd(?:/common/lxd)?/unix\.socket|incus/unix\.socket)$"
)
NODES: Final = (
    "/run/docker.sock",
    "/run/containerd/containerd.sock",
    "/run/k3s/containerd/containerd.sock",
    "/run/podman/podman.sock",
    "/run/crio/crio.sock",
    "/run/buildkit/buildkitd.sock",
    "/var/lib/lxd/unix.socket",
    "/var/snap/lxd/common/lxd/unix.socket",
    "/var/lib/incus/unix.socket",
)
SHELLS: Final = ("sh", "bash", "dash", "ash", "zsh", "ksh", "busybox", "python3", "python", "perl")
CONNECT: Final = 0o002
_SAYS: Final = "takes orders of whoever can connect: a container with all of the host's files"


def edges(host: Host) -> Iterator[Grant]:
    """Who may connect to what acts as root."""
    system = host.once(units)
    told: set[str] = set()
    for unit in system.units.values():
        if unit.masked or unit.template:
            continue
        active = unit.name in system.active
        if unit.type == "socket":
            served = system.named(unit.serves)
            for address, network, place in addresses(unit):
                if API.match(expanded(address, unit.meanings)):
                    told.add(address.removeprefix("/var"))
                    yield from _opened(host, unit, place, sure=active)
                elif served is not None and not served.masked and active:
                    yield from _shell(host, unit, served, network, place)
        elif unit.type == "service" and active:
            for command in service.commands(host, unit, "ExecStart"):
                yield from _command(host, unit, command)
    for path in NODES:
        node = host.fs.node(path)
        if node and node.kind is NodeKind.SOCKET and node.mode & CONNECT and path not in told:
            fix = SetMode(path, node.mode, node.mode & ~0o006)
            yield _api(ANYONE, Fact(path, f"can be connected to by everybody (mode {node.mode:04o})"), (fix,))
    yield from _docker(host)
    yield from _containerd(host)
    yield from _libvirt(host)


def _api(who: Actor, place: Fact, fixes: tuple[Fix, ...] = (), *rest: Fact, sure: bool = True) -> Grant:
    return Grant(
        holders=(who,),
        becomes=ROOT,
        kind="container-socket",
        technique="T1610" if who == NETWORK else "T1611",
        via=(place, *rest),
        says=_SAYS,
        confidence=Confidence.PROVED if sure else Confidence.LIKELY,
        fixes=fixes,
    )


def _opened(host: Host, unit: Unit, place: Fact, *, sure: bool) -> Iterator[Grant]:
    """What the unit of an engine's socket lets others do. sure: something starts it; else root may do so."""
    mode = unit.last("SocketMode")
    bits = int(mode.text, 8) if mode and re.fullmatch(r"[0-7]{3,4}", mode.text) else 0o666
    if mode and not re.fullmatch(r"[0-7]{3,4}", mode.text):
        host.odd(mode.path, mode.line, "no mode of a socket")
    if bits & CONNECT:
        if mode:
            fix: Fix = SetLine(mode.path, mode.line, host.fs.line(mode.path, mode.line), "SocketMode=0660")
            where = Fact(mode.path, f"lets everybody connect to {unit.name} (SocketMode={mode.text})", mode.line)
        else:
            fix = AddLines(f"/etc/systemd/system/{unit.name}.d/50-mode.conf", ("[Socket]", "SocketMode=0660"))
            where = Fact(place.path, f"{place.says} with no SocketMode=, which lets everybody connect", place.line)
        yield _api(ANYONE, where, (fix,), sure=sure)
    owning = unit.last("SocketGroup")
    if owning and bits & 0o020:
        name = expanded(owning.text, unit.meanings)
        if name not in POWERS and name not in ("root", "0"):
            found = host.accounts.group(name)
            says = f"lets the group {name} connect to {unit.name}"
            yield _api(group(found.name if found else name), Fact(owning.path, says, owning.line), sure=sure)
    user = unit.last("SocketUser")
    if user and host.accounts.actor(user.text) != ROOT:
        where = Fact(user.path, f"gives {unit.name} to {user.text}", user.line)
        yield _api(host.accounts.actor(user.text), where, sure=sure)


def _shell(host: Host, unit: Unit, served: Unit, network: bool, place: Fact) -> Iterator[Grant]:
    """A shell that reads what comes through a socket."""
    if served.text("StandardInput") != "socket":
        return
    mode = unit.text("SocketMode") or "0666"
    who = NETWORK if network else ANYONE if mode[-1:] in ("2", "3", "6", "7") else None
    for command in served.commands("ExecStart") if who else ():
        if _is_shell(command.words):
            runner = service.runs_as(host, served, command)
            yield _handed(
                who or ANYONE, runner, (place, Fact(command.value.path, "runs a shell on it", command.value.line))
            )


def _command(host: Host, unit: Unit, command: Command) -> Iterator[Grant]:
    """A program that gives a shell to whoever connects, or an engine that listens to the network."""
    program = command.words[0].rpartition("/")[2]
    line = " ".join(command.words[1:])
    place = command.value
    runner = service.runs_as(host, unit, command)
    listens = re.search(r"(?:^|\s)(?:TCP|UDP|SCTP|OPENSSL)\d?-L(?:ISTEN)?:", line, re.I) and program.startswith("socat")
    waits = program in ("nc", "ncat", "netcat", "nc.traditional") and re.search(r"(?:^|\s)(?:-\w*l|--listen)", line)
    if (listens and re.search(r"(?:^|\s)(?:EXEC|SYSTEM|SHELL)[:\s]", line + " ", re.I)) or (
        waits and re.search(r"(?:^|\s)(?:-\w*[ec]|--exec|--sh-exec)[\s=]", line)
    ):
        local = re.search(r"bind=(?:127\.|localhost)|(?:^|\s)(?:127\.0\.0\.1|localhost)(?:\s|$)", line)
        who = ANYONE if local else NETWORK
        yield _handed(who, runner, (Fact(place.path, f"gives {program}'s program to whoever connects", place.line),))
    if program == "podman" and re.search(r"\bsystem service\b", line) and runner == ROOT:
        found = re.search(r"\btcp:(?://)?(\S*)", line)
        if found:
            who = ANYONE if re.match(r"127\.|localhost|\[::1\]", found[1]) else NETWORK
            yield _api(who, Fact(place.path, f"makes podman listen on {found[0]}", place.line))


def _is_shell(words: tuple[str, ...]) -> bool:
    program = words[0].rpartition("/")[2]
    return program in SHELLS and all(w.startswith("-") or w in ("sh", "ash") for w in words[1:]) and "-c" not in words


def _handed(who: Actor, runner: Actor, via: tuple[Fact, ...]) -> Grant:
    return Grant(
        holders=(who,),
        becomes=runner,
        kind="shell-service",
        technique="T1543.002",
        via=via,
        says=f"gives a shell of {named(runner)} to whoever connects",
    )


def _docker(host: Host) -> Iterator[Grant]:
    """dockerd's own listeners, which ask nobody who they are unless certificates are verified."""
    found = host.once(docker)
    if not found.verified:
        for listener in found.listeners:
            who = ANYONE if listener.local else NETWORK
            says = f"{listener.place.says} without asking for a certificate"
            yield _api(who, Fact(listener.place.path, says, listener.place.line), listener.fixes)
    if found.group and found.group_place and found.group not in POWERS and found.group not in ("root", "0"):
        known = host.accounts.group(found.group)
        yield _api(group(known.name if known else found.group), found.group_place)


def _containerd(host: Host) -> Iterator[Grant]:
    """Whom containerd's settings give its socket to."""
    path = "/etc/containerd/config.toml"
    text = host.fs.text(path)
    if text is None:
        return
    try:
        loaded: dict[str, Any] = tomllib.loads("\n".join(text.lines))
    except (ValueError, RecursionError):
        host.odd(path, 1, "no TOML")
        return
    grpc = loaded.get("grpc")
    for key in ("uid", "gid", "tcp_address") if isinstance(grpc, dict) else ():
        value = grpc.get(key) if isinstance(grpc, dict) else None
        line = next((n for n, one in text.numbered() if one.strip().startswith(key)), 1)
        if key == "tcp_address" and isinstance(value, str) and value:
            who = ANYONE if value.startswith(("127.", "localhost")) else NETWORK
            yield _api(who, Fact(path, f"makes containerd listen on {value}", line), sure=False)
        elif isinstance(value, int) and not isinstance(value, bool) and value:
            owner = host.accounts.of_uid(value) if key == "uid" else None
            owning = host.accounts.of_gid(value) if key == "gid" else None
            if owner:
                yield _api(owner.actor, Fact(path, f"gives containerd's socket to {owner.name}", line))
            if owning and owning.name not in POWERS:
                yield _api(
                    group(owning.name), Fact(path, f"gives containerd's socket to the group {owning.name}", line)
                )


def _libvirt(host: Host) -> Iterator[Grant]:
    """libvirtd that asks nobody, on a socket that is open to all."""
    for path in ("/etc/libvirt/libvirtd.conf", "/etc/libvirt/virtqemud.conf"):
        text = host.fs.text(path)
        told: dict[str, tuple[str, int]] = {}
        for number, line in text.numbered() if text else ():
            key, equals, rest = line.partition("=")
            if equals and not line.lstrip().startswith("#"):
                told[key.strip()] = (rest.strip().strip("\"'"), number)
        auth, where = told.get("auth_unix_rw", ("", 0))
        mode = told.get("unix_sock_rw_perms", ("", 0))[0]
        if auth == "none" and mode[-1:] in ("2", "3", "6", "7"):
            yield _api(ANYONE, Fact(path, "lets everybody connect to libvirt without asking who they are", where))
        if told.get("listen_tcp", ("", 0))[0] == "1" and told.get("auth_tcp", ("", 0))[0] == "none":
            yield _api(
                NETWORK, Fact(path, "lets the network give orders to libvirt (auth_tcp = none)", told["auth_tcp"][1])
            )
