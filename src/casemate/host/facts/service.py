"""How a service of systemd runs: as whom, with which environment, from which folder (systemd.exec(5), systemd.service(5))."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from casemate.host.facts.unit_file import Command, Value, expanded, words
from casemate.host.facts.units import Unit
from casemate.host.host import Host
from casemate.host.running import DEFAULT_PATH
from casemate.model.host import ROOT, Actor, account

ROOTLIKE: Final = frozenset(
    "CAP_SYS_ADMIN CAP_SETUID CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_SYS_PTRACE CAP_SYS_MODULE CAP_CHOWN CAP_FOWNER "  # noqa: SIM905
    "CAP_SETFCAP CAP_SYS_RAWIO CAP_MKNOD CAP_BPF".split()
)
"""Capabilities each of which is enough to become root (capabilities(7); Spengler, "False boundaries and arbitrary code
execution", 2011)."""


@dataclass(frozen=True, slots=True)
class EnvironmentFile:
    """A file of variables. optional: its lack is no error. line: of the setting."""

    path: str
    optional: bool
    value: Value


def own_user(unit: Unit) -> Value | None:
    """The setting that gives the unit another user than root; None when it runs as root."""
    user = unit.last("User")
    if user is not None and expanded(user.text, unit.meanings) not in ("root", "0"):
        return user
    if user is None and unit.on("DynamicUser"):
        return unit.last("DynamicUser")
    return None


def service_user(host: Host, unit: Unit) -> Actor:
    """Who the unit's main process is."""
    user = own_user(unit)
    if user is None:
        return ROOT
    if user.key == "DynamicUser":
        return account(unit.name.rpartition(".")[0].partition("@")[0])
    return host.accounts.actor(expanded(user.text, unit.meanings))


def runs_as(host: Host, unit: Unit, command: Command) -> Actor:
    """Who a command of a unit is run as: root, its user, or root again by a prefix; strong capabilities make it root's equal."""
    if "+" in command.prefixes or ("!" in command.prefixes and "!!" not in command.prefixes):
        return ROOT
    if unit.on("PermissionsStartOnly") and command.value.key != "ExecStart":
        return ROOT
    ambient = {word.upper() for value in unit.all("AmbientCapabilities") for word in value.text.split()}
    if ambient & ROOTLIKE:
        return ROOT
    return service_user(host, unit)


def environment_files(unit: Unit) -> Iterator[EnvironmentFile]:
    """The files of EnvironmentFile=."""
    for value in unit.all("EnvironmentFile"):
        text = expanded(value.text, unit.meanings).strip().strip('"')
        path = text.removeprefix("-")
        if path.startswith("/"):
            yield EnvironmentFile(posixpath.normpath(path), text.startswith("-"), value)


def variables(host: Host, unit: Unit) -> dict[str, str]:
    """What the unit's environment files set, as far as they can be read."""
    out: dict[str, str] = {}
    for file in environment_files(unit):
        for path in host.fs.glob(file.path):
            text = host.fs.text(path)
            for line in text.lines if text else ():
                name, equals, rest = line.strip().partition("=")
                if equals and name.isidentifier():
                    out[name] = " ".join(words(rest))
    return out


def commands(host: Host, unit: Unit, *keys: str) -> tuple[Command, ...]:
    """The command lines of a unit, its variables filled in as far as the files say them."""
    known = host.once(_commands)
    asked = (unit.name, unit.user, keys)
    if asked not in known:
        dollar = any("$" in value.text for value in unit.values if value.key.startswith("Exec"))
        known[asked] = tuple(unit.commands(*keys, variables=variables(host, unit) if dollar else None))
    return known[asked]


def _commands(host: Host) -> dict[tuple[str, bool, tuple[str, ...]], tuple[Command, ...]]:
    """The answers of `commands`: several readers ask for the same."""
    return {}


def root_folder(unit: Unit) -> str:
    """RootDirectory=, "" for none."""
    text = unit.text("RootDirectory")
    return posixpath.normpath(text) if text.startswith("/") and text != "/" else ""


def search_path(unit: Unit) -> tuple[str, ...]:
    """Where a program without a slash is looked for."""
    folders = tuple(f for value in unit.all("ExecSearchPath") for f in value.text.split(":") if f.startswith("/"))
    return folders or DEFAULT_PATH


def working_folder(host: Host, unit: Unit) -> str:
    """Where its commands start."""
    text = unit.text("WorkingDirectory").removeprefix("-")
    if text == "~":
        user = own_user(unit)
        found = host.accounts.named(user.text) if user else None
        return found.home if found else "/root"
    return text if text.startswith("/") else "/"


def line_of(unit: Unit, command: Command) -> str:
    """A command as one line, its program inside the unit's root folder."""
    program, *rest = command.words
    if root_folder(unit) and program.startswith("/"):
        program = root_folder(unit) + program
    return shlex.join((program, *rest))
