"""Who sits down at the machine and is let in without a password: consoles, serial lines, rescue modes.

Sources: agetty(8), inittab(5), sulogin(8), systemd-debug-generator(8).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from casemate.host.facts.unit_file import truth, words
from casemate.host.facts.units import Unit, units
from casemate.host.host import Host
from casemate.model.host import Fact

SHELLS: Final = ("sh", "bash", "dash", "ash", "zsh", "ksh", "busybox")
GETTYS: Final = ("agetty", "getty", "mingetty", "fgetty", "ngetty")
ACTIONS: Final = ("respawn", "respawnlate", "askfirst", "wait", "once")  # of inittab


@dataclass(frozen=True, slots=True)
class OpenConsole:
    """A way in at the machine itself. account: who one is then. rescue: only in a rescue mode. why: a link that starts it."""

    path: str
    line: int
    says: str
    account: str
    rescue: bool = False
    why: tuple[Fact, ...] = ()


def consoles(host: Host) -> tuple[OpenConsole, ...]:
    """Every such way, each place once."""
    found = (*_units(host), *_inittab(host))
    return tuple({(one.path, one.line): one for one in reversed(found)}.values())[::-1]


def let_in(words_: Sequence[str]) -> str:
    """The account that a command line of a terminal lets in without asking, "" for none."""
    program = words_[0].lstrip("-").rpartition("/")[2]
    rest = words_[1:]
    if program in GETTYS:
        shell = ""
        for index, word in enumerate(rest):
            option, equals, value = word.partition("=")
            value = value if equals else rest[index + 1] if index + 1 < len(rest) else ""
            if option in ("--autologin", "-a") and value:
                return value
            if option in ("-l", "--login-program") and value.rpartition("/")[2] in SHELLS:
                shell = "root"
        return shell
    if program == "login" and "-f" in rest and rest[-1] != "-f":
        return rest[-1]
    return "root" if program in SHELLS and "-c" not in rest and all(w.startswith("-") for w in rest) else ""


def _units(host: Host) -> Iterator[OpenConsole]:
    system = host.once(units)
    for name, unit in system.units.items():
        if unit.masked or unit.type != "service":
            continue
        active = name in system.active
        rescue = name.startswith(("rescue.", "emergency."))
        for command in unit.commands("ExecStart"):
            who = let_in(command.words)
            shell = command.words[0].lstrip("-").rpartition("/")[2] in SHELLS
            value = command.value
            if who and shell and (not active or not unit.text("StandardInput").startswith("tty")):
                continue  # gettys are also started by what the kernel's command line names; other shells are not
            if who:
                own = unit.text("User")
                who = own if shell and own else who
                says = (
                    f"{unit.name} gives a shell of {who} on {unit.text('TTYPath') or 'the console'} without a password"
                )
                link = system.active.get(name)
                if shell and link and unit.shipped:
                    yield OpenConsole(
                        link.path, link.line, says, who, rescue, (Fact(value.path, "runs a shell", value.line),)
                    )
                else:
                    yield OpenConsole(value.path, value.line, says, who, rescue)
            if any(w.rpartition("/")[2].startswith("sulogin") for w in command.words[:1]) and (
                {"-e", "--force"} & set(command.words)
            ):
                yield OpenConsole(
                    value.path, value.line, f"{name} lets root in without a password (sulogin --force)", "root", True
                )
        yield from _forced(unit)


def _forced(unit: Unit) -> Iterator[OpenConsole]:
    for variable, text, value in unit.environment():
        if variable == "SYSTEMD_SULOGIN_FORCE" and truth(text):
            says = f"{unit.name} lets root in without a password when root has none ({variable})"
            yield OpenConsole(value.path, value.line, says, "root", True)


def _inittab(host: Host) -> Iterator[OpenConsole]:
    text = host.fs.text("/etc/inittab")
    for number, line in text.numbered() if text else ():
        parts = line.strip().split(":", 3)
        if (
            line.lstrip().startswith("#")
            or len(parts) != 4
            or parts[2] not in ("respawn", "askfirst", "wait", "once", "respawnlate")
        ):
            continue
        command = words(parts[3].lstrip("+"))
        if not command:
            continue
        who = let_in(command)
        rescue = parts[1] in ("S", "s", "1")
        if who:
            yield OpenConsole(
                "/etc/inittab", number, f"a shell of {who} is given on a terminal without a password", who, rescue
            )
        elif command[0].endswith("sulogin") and {"-e", "--force"} & set(command):
            yield OpenConsole(
                "/etc/inittab", number, "root is let in without a password (sulogin --force)", "root", True
            )
