"""Commands that ssh runs for whoever calls it: ssh_config(5), of the host and of each account."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from casemate.host.accounts import Account
from casemate.host.facts.settings import plain
from casemate.host.facts.sshd import split
from casemate.host.host import Host
from casemate.model.host import ROOT, Actor, Fact

SYSTEM: Final = ("/etc/ssh/ssh_config", "/usr/etc/ssh/ssh_config")
COMMANDS: Final = ("proxycommand", "knownhostscommand")
LIBRARIES: Final = ("pkcs11provider", "securitykeyprovider", "xauthlocation")
DEPTH: Final = 16  # READCONF_MAX_DEPTH of readconf.c
MAX_FILES: Final = 500
MAX_ACCOUNTS: Final = 500


@dataclass(frozen=True, slots=True)
class ClientCommand:
    """A command line, or the path of a program or library. own: from the account's own file, not the host's."""

    runner: Actor
    line: str
    fact: Fact
    home: str
    own: bool
    path: bool = False


@dataclass(frozen=True, slots=True)
class ClientFile:
    """A file that ssh reads for an account because another one includes it."""

    runner: Actor
    path: str
    fact: Fact
    own: bool


def ssh_client(host: Host) -> tuple[ClientCommand | ClientFile, ...]:
    """All of them."""
    reader = _Reader(host)
    for path in SYSTEM:
        reader.read(path, ROOT, "/root", False, 0)
    for who in host.accounts.accounts[:MAX_ACCOUNTS]:
        if who.home.startswith("/") and who.home != "/":
            reader.read(f"{who.home.rstrip('/')}/.ssh/config", who.actor, who.home, True, 0)
    return tuple(reader.found)


class _Reader:
    def __init__(self, host: Host) -> None:
        self.host = host
        self.found: list[ClientCommand | ClientFile] = []
        self._read: set[tuple[str, Actor]] = set()

    def read(self, path: str, runner: Actor, home: str, own: bool, depth: int) -> None:
        if not self.host.fs.is_file(path) or (path, runner) in self._read:
            return
        if depth > DEPTH or len(self._read) >= MAX_FILES:
            self.host.odd(path, 1, "too many included files")
            return
        self._read.add((path, runner))
        text = self.host.fs.text(path)
        local: list[ClientCommand] = []
        permitted = False
        for number, line in text.numbered() if text else ():
            words = split(line)
            if not words or len(words) < 2:
                continue
            keyword, value = words[0].lower(), " ".join(words[1:])
            fact = Fact(path, plain(f"says {words[0]} {value}"), number)
            given = ClientCommand(runner, value, fact, home, own, keyword in LIBRARIES)
            if keyword == "include":
                for each in self._included(words[1:], home, own):
                    if (each, runner) not in self._read:
                        self.found.append(ClientFile(runner, each, fact, own))
                        self.read(each, runner, home, own, depth + 1)
            elif keyword == "permitlocalcommand":
                permitted = permitted or value.lower() in ("yes", "true")
            elif keyword == "localcommand":
                local.append(given)
            elif (keyword in COMMANDS and value.lower() != "none") or (keyword in LIBRARIES and "/" in value):
                self.found.append(given)
            elif keyword == "match":
                self.found += (
                    ClientCommand(runner, command, fact, home, own)
                    for criterion, command in pairwise(words)
                    if criterion.lower() == "exec"
                )
        self.found += local if permitted else ()

    def _included(self, words: list[str], home: str, own: bool) -> Iterator[str]:
        for word in words:
            pattern = f"{home.rstrip('/')}{word[1:]}" if word.startswith("~/") else word
            yield from self.host.fs.glob(posixpath.join(f"{home}/.ssh" if own else "/etc/ssh", pattern))


def expanded(line: str, home: str, who: Account | None) -> str:
    """A command with what ssh puts in for tokens that name places (ssh_config(5), TOKENS); the others stay as they are."""
    for token, value in (("%d", home), ("%u", who.name if who else "")):
        line = line.replace(token, value) if value else line
    return line
