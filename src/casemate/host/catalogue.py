"""The table of edge sources: which modules of `host/edges` say who becomes whom."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from casemate.host.edges import program_libraries
from casemate.host.host import Host
from casemate.host.relation import Relation

MODULES: Final = (
    "profiles",
    "login_settings",
    "sessions",
    "vulnerable_packages",
    "packages",
    "units",
    "boot_hooks",
    "ssh",
    "ssh_commands",
    "account_files",
    "devices",
    "groups",
    "delegation",
    "sockets",
    "dbus",
    "containers",
    "kernel",
    "disks",
    "programs",
    "loader",
    "jobs",
    "services",
    "given_away",
    "files_as_disks",
    "sudo",
    "sudo_units",
    "pam",
    "passwords",
    "polkit",
)


def relations(host: Host) -> tuple[Relation, ...]:
    """All that the files of a host say of who becomes whom, source by source; read once."""
    return host.once(_relations)


def _relations(host: Host) -> tuple[Relation, ...]:
    found = [relation for name in MODULES for relation in import_module(f"casemate.host.edges.{name}").edges(host)]
    return (*found, *program_libraries.following(host, found))
