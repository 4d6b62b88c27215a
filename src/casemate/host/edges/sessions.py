"""What an account's own session starts: units of its user manager, and its desktop.

Sources: systemd.unit(5), the Desktop Application Autostart Specification.

ATT&CK T1543.002, T1547.013. The files themselves are told of with the units and the start-up files.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from casemate.host.accounts import Account
from casemate.host.facts.unit_file import assignments, commands, specifiers
from casemate.host.host import Host
from casemate.host.relation import Trust
from casemate.host.running import ran
from casemate.model.host import Confidence, Fact

MAX_HOMES: Final = 500
MAX_FILES: Final = 100  # of one folder
UNITS: Final = (".config/systemd/user", ".local/share/systemd/user")
_FIELD: Final = re.compile(r"\s%[a-zA-Z]")


def edges(host: Host) -> Iterator[Trust]:
    """Of every account that has a home of its own."""
    for who in host.accounts.accounts[:MAX_HOMES]:
        home = who.home.rstrip("/")
        if not home.startswith("/") or not host.fs.is_folder(home):
            continue
        for folder in UNITS:
            for pattern in ("*.service", "*.service.d/*.conf"):
                for path in host.fs.glob(f"{home}/{folder}/{pattern}")[:MAX_FILES]:
                    yield from _unit(host, who, path)
        for path in host.fs.glob(f"{home}/.config/autostart/*.desktop")[:MAX_FILES]:
            yield from _desktop(host, who, path)


def _unit(host: Host, who: Account, path: str) -> Iterator[Trust]:
    name = path.rpartition("/")[2]
    meanings = {**specifiers(name, path, user=True), "h": who.home, "u": who.name, "U": str(who.uid)}
    for value in assignments(host, path):
        if value.section == "Service" and value.key.startswith("Exec"):
            for command in commands(value, meanings, {}):
                says = f"is run by the user manager of {who.name}"
                yield from _ran(
                    host, who, shlex.join(command.words), Fact(path, f"runs it as {who.name}", value.line), says
                )


def _desktop(host: Host, who: Account, path: str) -> Iterator[Trust]:
    text = host.fs.text(path)
    lines = list(text.numbered()) if text else []
    if any(re.match(r"Hidden\s*=\s*true", line) for _, line in lines):
        return
    for number, line in lines:
        found = re.match(r"Exec\s*=\s*(.{1,2000})", line)
        if found:
            fact = Fact(path, f"starts it with the desktop of {who.name}", number)
            yield from _ran(host, who, _FIELD.sub("", found[1]), fact, f"is started with the desktop of {who.name}")


def _ran(host: Host, who: Account, line: str, fact: Fact, says: str) -> Iterator[Trust]:
    for trust in ran(
        host,
        line,
        runner=who.actor,
        via=(fact,),
        kind="session-program",
        technique="T1543.002",
        says=says,
        shell=False,
        cwd=who.home,
        environment=(("HOME", who.home),),
    ):
        yield replace(trust, confidence=Confidence.LIKELY) if trust.confidence is Confidence.PROVED else trust
