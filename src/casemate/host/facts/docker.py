"""What dockerd is told: on its command line, in daemon.json, in the file of defaults (dockerd(8))."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from casemate.host.facts.units import units
from casemate.host.host import Host
from casemate.model.host import Fact
from casemate.model.host_fix import Fix, SetLine

DAEMON_JSON: Final = "/etc/docker/daemon.json"
DEFAULTS: Final = ("/etc/default/docker", "/etc/sysconfig/docker", "/etc/conf.d/docker")
_LOCAL: Final = re.compile(r"^(?:tcp://)?(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])(?::\d+)?(?:/.*)?$")
_TCP: Final = re.compile(r"^(?:tcp://\S*|[\w.\[\]:*-]*:\d{1,5})$")
_OPTION: Final = re.compile(r"(?:-H|--host)(?:=|\s+)[\"']?(\S+?)[\"']?(?=\s|$|\"|')")


@dataclass(frozen=True, slots=True)
class Listener:
    """An address of TCP that the daemon listens on. local: this machine alone. place: the line that says so."""

    address: str
    local: bool
    place: Fact
    fixes: tuple[Fix, ...] = ()


@dataclass(frozen=True, slots=True)
class Docker:
    """What the daemon is told. verified: clients must show a certificate. group: of its own socket, "" when none is said.

    settings: of daemon.json; line: of a key in it.
    """

    listeners: tuple[Listener, ...] = ()
    verified: bool = False
    group: str = ""
    group_place: Fact | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


def docker(host: Host) -> Docker:
    """All that is said to dockerd."""
    settings, lines = json_settings(host, DAEMON_JSON)
    listeners = list(_of_json(host, settings, lines))
    verified = settings.get("tlsverify") is True
    owning = settings.get("group")
    place = Fact(DAEMON_JSON, f"gives its socket to group {owning}", lines.get("group", 1)) if owning else None
    dollar = False
    services = [unit for unit in host.once(units).units.values() if unit.type == "service" and not unit.masked]
    for unit in services:  # also those that nothing starts by itself: dockerd is often started by its socket
        for command in unit.commands("ExecStart"):
            if command.words[0].rpartition("/")[2] not in ("dockerd", "dockerd-current", "docker"):
                continue
            value = command.value
            dollar = dollar or any(w.startswith("$") for w in command.words)
            verified = verified or any(w in ("--tlsverify", "--tlsverify=true") for w in command.words)
            for option, text in options(command.words[1:]):
                if option in ("H", "host") and _TCP.match(text):
                    was = host.fs.line(value.path, value.line)
                    to = re.sub(rf"\s+(?:-H|--host)(?:=|\s+)['\"]?{re.escape(text)}['\"]?(?=\s|$)", "", was)
                    fixes = (SetLine(value.path, value.line, was, to),) if to != was else ()
                    fact = Fact(value.path, f"makes dockerd listen on {text}", value.line)
                    listeners.append(Listener(text, bool(_LOCAL.match(text)), fact, fixes))
                elif option in ("G", "group"):
                    owning, place = text, Fact(value.path, f"gives its socket to group {text}", value.line)
    if dollar or not any(unit.name == "docker.service" for unit in services):
        found, told = _of_defaults(host)
        listeners += found
        verified = verified or told
    return Docker(tuple(listeners), verified, str(owning or ""), place, settings, lines)


def options(words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The options of a command line with their values, whether joined by = or not."""
    for index, word in enumerate(words):
        if word.startswith("-"):
            name, equals, text = word.partition("=")
            follows = words[index + 1] if index + 1 < len(words) and not words[index + 1].startswith("-") else ""
            yield name.lstrip("-"), text if equals else follows


def json_settings(host: Host, path: str) -> tuple[dict[str, Any], dict[str, int]]:
    """The keys of a JSON file's object, and the line on which each is first named."""
    text = host.fs.text(path)
    if text is None:
        return {}, {}
    try:
        loaded = json.loads("\n".join(text.lines) or "{}")
    except (ValueError, RecursionError):
        host.odd(path, 1, "no JSON")
        return {}, {}
    if not isinstance(loaded, dict):
        host.odd(path, 1, "no object of settings")
        return {}, {}
    lines: dict[str, int] = {}
    for number, line in text.numbered():
        for key in re.findall(r'"([\w-]{1,60})"\s*:', line):
            lines.setdefault(key, number)
    return loaded, lines


def _of_json(host: Host, settings: dict[str, Any], lines: dict[str, int]) -> Iterator[Listener]:
    given = settings.get("hosts")
    for address in given if isinstance(given, list) else ():
        if not isinstance(address, str) or not _TCP.match(address):
            continue
        text = host.fs.text(DAEMON_JSON)
        begins = lines.get("hosts", 1)
        named = (n for n, line in (text.numbered() if text else ()) if n >= begins and json.dumps(address) in line)
        number = next(named, begins)
        was = host.fs.line(DAEMON_JSON, number)
        rest = [a for a in given or () if a != address]
        shorter = json.dumps(rest)
        found = re.search(r'"hosts"\s*:\s*(\[[^\]]*\])', was)
        to = was[: found.start(1)] + shorter + was[found.end(1) :] if found else was
        fixes = (SetLine(DAEMON_JSON, number, was, to),) if to != was and rest else ()
        fact = Fact(DAEMON_JSON, f"makes dockerd listen on {address}", number)
        yield Listener(address, bool(_LOCAL.match(address)), fact, fixes)


def _of_defaults(host: Host) -> tuple[list[Listener], bool]:
    """DOCKER_OPTS and its kin, which start scripts and some units take up."""
    out: list[Listener] = []
    verified = False
    for path in DEFAULTS:
        text = host.fs.text(path)
        for number, line in text.numbered() if text else ():
            name, equals, rest = line.strip().partition("=")
            if not equals or name not in (
                "DOCKER_OPTS",
                "OPTIONS",
                "DOCKERD_OPTS",
                "DOCKER_NETWORK_OPTIONS",
                "export DOCKER_OPTS",
            ):
                continue
            verified = verified or "--tlsverify" in rest
            for found in _OPTION.finditer(rest.strip("\"'")):
                if _TCP.match(found[1]):
                    fact = Fact(path, f"makes dockerd listen on {found[1]}", number)
                    to = line.replace(found[0], "", 1)
                    out.append(
                        Listener(found[1], bool(_LOCAL.match(found[1])), fact, (SetLine(path, number, line, to),))
                    )
    return out, verified


__all__ = ["DAEMON_JSON", "Docker", "Listener", "docker", "json_settings", "options"]
