"""Units of systemd: whoever can change one, a program that it runs, or its environment, becomes who runs it.

ATT&CK T1543.002 (Create or Modify System Process: Systemd Service), T1574.006 and T1574.007 for the environment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from casemate.host.facts import service
from casemate.host.facts.units import SYSTEM_FOLDERS, Unit, Units, units, user_units
from casemate.host.host import Host
from casemate.host.relation import Trust
from casemate.host.running import ran
from casemate.model.host import ROOT, Actor, Confidence, Fact, named

TECHNIQUE: Final = "T1543.002"
RUNNING: Final = ("service", "socket", "mount", "swap")  # a unit of these types runs something by itself
LIBRARY_FOLDERS: Final = {
    "LD_LIBRARY_PATH": "",
    "GCONV_PATH": "",
    "PYTHONPATH": "python",
    "PERL5LIB": "perl",
    "PERLLIB": "perl",
    "RUBYLIB": "ruby",
    "NODE_PATH": "node",
    "CLASSPATH": "java",
}  # each with the interpreter that reads it, "" for any program
LOADED_FILES: Final = {"LD_PRELOAD": "", "LD_AUDIT": "", "BASH_ENV": "bash", "OPENSSL_CONF": ""}


def edges(host: Host) -> Iterator[Trust]:
    """Files and folders of units, what they run, and what surrounds it."""
    system = host.once(units)
    yield from _folders(system)
    for unit in system.units.values():
        if not unit.masked:
            yield from _files(host, unit, active=unit.name in system.active)
    for unit in system.running():
        yield from _programs(host, unit)
        yield from _environment(host, unit)
    yield from _of_users(host)


def _folders(system: Units) -> Iterator[Trust]:
    for folder in system.folders:
        yield Trust(
            runner=ROOT,
            path=folder,
            folder=True,
            kind="unit-folder",
            technique=TECHNIQUE,
            via=(),
            says="is a folder in which systemd looks for units that it runs as root",
        )
    for folder, unit in system.dropped:
        wanted = not folder.endswith(".d")
        of = system.named(unit) if not wanted else None
        via = (Fact(of.path, "takes its settings from there"),) if of is not None and of.path else ()
        yield Trust(
            runner=ROOT,
            path=folder,
            folder=True,
            kind="unit-folder",
            technique=TECHNIQUE,
            via=via,
            says=f"holds {'links to what is started with' if wanted else 'drop-ins, which root follows, of'} {unit}",
            confidence=Confidence.LIKELY if wanted else Confidence.PROVED,
        )


def _files(host: Host, unit: Unit, *, active: bool) -> Iterator[Trust]:
    sure = active and unit.type in RUNNING
    for path in unit.files:
        found = host.fs.resolve(path)
        away = (
            found is not None and found.node.path.rpartition("/")[2] == unit.name and not _in_folders(found.node.path)
        )
        via = (Fact(path, "makes it a unit of systemd by a link"),) if away else ()
        yield Trust(
            runner=ROOT,
            path=path,
            kind="unit-file",
            technique=TECHNIQUE,
            via=via,
            says=f"tells systemd what to run as root for {unit.name}",
            confidence=Confidence.PROVED if sure else Confidence.LIKELY,
        )


def _in_folders(path: str) -> bool:
    return path.startswith(tuple(f"{folder}/" for folder in SYSTEM_FOLDERS))


def _programs(host: Host, unit: Unit) -> Iterator[Trust]:
    for command in service.commands(host, unit):
        runner = service.runs_as(host, unit, command)
        who = named(runner)
        value = command.value
        yield from ran(
            host,
            service.line_of(unit, command),
            runner=runner,
            via=(Fact(value.path, f"runs it as {who} ({value.key} of {unit.name})", value.line),),
            kind="unit-program",
            technique=TECHNIQUE,
            says=f"is run by systemd as {who} for {unit.name}",
            path=service.search_path(unit),
            shell=False,
            cwd=service.working_folder(host, unit),
        )


def _environment(host: Host, unit: Unit) -> Iterator[Trust]:
    """Files and folders that decide what the unit's programs load."""
    runners = {service.runs_as(host, unit, command) for command in unit.commands()}
    if not runners:
        return
    runner = ROOT if ROOT in runners else min(runners)
    for file in service.environment_files(unit):
        yield _around(
            runner,
            file.path,
            Fact(file.value.path, f"takes variables from it for {unit.name}", file.value.line),
            f"sets the environment of {unit.name}, LD_PRELOAD among it",
            missing=host.fs.node(file.path) is None,
        )
    last = {name: (text, value) for name, text, value in unit.environment()}
    for name, (text, value) in last.items():
        via = Fact(value.path, f"sets {name} for {unit.name}", value.line)
        if name in LIBRARY_FOLDERS or name == "PATH":
            sure = name != "PATH" and _read_by(host, unit, LIBRARY_FOLDERS[name])
            for folder in text.split(":"):
                if folder.startswith("/"):
                    yield _around(runner, folder, via, f"is a folder of {name} of {unit.name}", folder=True, sure=sure)
        elif name in LOADED_FILES:
            for path in text.replace(":", " ").split():
                if path.startswith("/"):
                    sure = _read_by(host, unit, LOADED_FILES[name])
                    yield _around(runner, path, via, f"is what {name} of {unit.name} loads", sure=sure)
    for key, filled in (("RootDirectory", True), ("RootImage", False), ("ExecSearchPath", True)):
        for setting in unit.all(key):
            for path in setting.text.split(":"):
                if path.startswith("/") and path != "/":
                    via = Fact(setting.path, f"is {key} of {unit.name}", setting.line)
                    sure = key != "ExecSearchPath"
                    yield _around(
                        runner, path, via, f"holds the programs of {unit.name} ({key})", folder=filled, sure=sure
                    )


def _around(
    runner: Actor, path: str, via: Fact, says: str, *, folder: bool = False, sure: bool = True, missing: bool = False
) -> Trust:
    return Trust(
        runner=runner,
        path=path,
        folder=folder,
        missing=missing,
        kind="unit-environment",
        technique="T1574.006",
        via=(via,),
        says=f"{says}, which runs as {named(runner)}",
        confidence=Confidence.PROVED if sure else Confidence.LIKELY,
    )


def _read_by(host: Host, unit: Unit, interpreter: str) -> bool:
    """Whether a program of the unit is that interpreter, or a script of it."""
    if not interpreter:
        return True
    for command in unit.commands():
        program = command.words[0]
        if program.rpartition("/")[2].startswith(interpreter):
            return True
        head = host.fs.head(program, 128) if program.startswith("/") else None
        if head and head.startswith(b"#!") and interpreter.encode() in head.partition(b"\n")[0]:
            return True
    return False


def _of_users(host: Host) -> Iterator[Trust]:
    """Units that every user's manager has, root's among them; and those of an account's own."""
    found = host.once(user_units)
    for folder in found.folders:
        yield _user_unit(folder, ROOT, "is a folder of units that run when root logs in", folder=True)
    for unit in found.units.values():
        for path in unit.files if not unit.masked else ():
            yield _user_unit(path, ROOT, f"is run as whoever logs in, root among them, for {unit.name}")
    for unit in found.running():
        for command in () if unit.shipped else service.commands(host, unit):
            value = command.value
            yield from (
                replace(trust, confidence=Confidence.LIKELY)
                for trust in ran(
                    host,
                    service.line_of(unit, command),
                    runner=ROOT,
                    via=(Fact(value.path, f"runs it as whoever logs in, root among them ({unit.name})", value.line),),
                    kind="unit-program",
                    technique=TECHNIQUE,
                    says="is run by systemd as whoever logs in, root among them",
                    path=service.search_path(unit),
                    shell=False,
                )
            )
    for who in host.accounts.accounts:
        if who.home == "/" or not (who.person or not who.uid):
            continue
        for path in host.fs.glob(f"{who.home}/.config/systemd/user/*"):
            if path.rpartition(".")[2] in ("service", "socket", "timer", "path"):
                yield _user_unit(path, who.actor, f"is run by systemd as {who.name}")


def _user_unit(path: str, runner: Actor, says: str, *, folder: bool = False) -> Trust:
    return Trust(
        runner=runner,
        path=path,
        folder=folder,
        kind="unit-folder" if folder else "unit-file",
        technique=TECHNIQUE,
        via=(),
        says=says,
        confidence=Confidence.LIKELY,
    )
