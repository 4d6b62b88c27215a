"""What login files and the settings of everyday tools point to: whoever can change it becomes who logs in.

ATT&CK T1546.004, T1574.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from casemate.host.facts.login_settings import LoginSetting, Points, login_settings
from casemate.host.host import Host
from casemate.host.relation import Trust
from casemate.host.running import ran
from casemate.model.host import Confidence, Fact, named

KIND: Final = "login-setting"
TECHNIQUE: Final = "T1546.004"


def edges(host: Host) -> Iterator[Trust]:
    """Commands with all that they run, files, and folders."""
    for each in host.once(login_settings):
        via = (Fact(each.path, f"names it ({each.what})", each.line),)
        if each.points is Points.COMMAND:
            yield from _command(host, each, via)
            continue
        folder = each.points is Points.FOLDERS
        for path in each.value.split(":") if folder else [each.value]:
            if path.startswith("/") and path.rstrip("/") and "$" not in path:
                whole = path.rstrip("/")
                yield Trust(
                    runner=each.runner,
                    path=whole,
                    folder=folder,
                    missing=host.fs.node(whole) is None,
                    kind=KIND,
                    technique="T1574" if folder else TECHNIQUE,
                    via=via,
                    says=f"is what programs of {named(each.runner)} load, by {each.what}",
                    confidence=Confidence.LIKELY,
                )


def _command(host: Host, each: LoginSetting, via: tuple[Fact, ...]) -> Iterator[Trust]:
    line = each.value.lstrip("|-")  # LESSOPEN
    if "/" not in line:
        return  # a program of the PATH, of which the PATH's own folders tell
    for trust in ran(
        host,
        line,
        runner=each.runner,
        via=via,
        kind=KIND,
        technique=TECHNIQUE,
        says=f"is run as {named(each.runner)} by {each.what}",
        cwd=each.home if each.home.startswith("/") else "/",
        environment=(("HOME", each.home),),
    ):
        yield replace(trust, confidence=Confidence.LIKELY) if trust.confidence is Confidence.PROVED else trust
