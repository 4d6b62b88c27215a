"""Commands that SSH runs for an account: forced ones, subsystems and the client's. sshd_config(5), sshd(8), ssh_config(5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from casemate.host.facts.ssh_client import ClientFile, expanded, ssh_client
from casemate.host.facts.sshd import Fits, Setting, fitting, sshd
from casemate.host.facts.sshkeys import authorized
from casemate.host.host import Host
from casemate.host.relation import Trust
from casemate.host.running import ran
from casemate.model.host import ROOT, Actor, Confidence, Fact, named

KIND: Final = "ssh-command"
TECHNIQUE: Final = "T1098.004"
INNER: Final = ("internal-sftp", "none")
MAX_USERS: Final = 50  # of one Match block
_COMMAND: Final = re.compile(r'(?:^|,)command="((?:\\.|[^"\\])*)"', re.IGNORECASE)


def edges(host: Host) -> Iterator[Trust]:
    """Whoever can change such a program becomes the account for which it is run."""
    yield from _forced_by_keys(host)
    yield from _forced_by_server(host)
    yield from _client(host)


def _forced_by_keys(host: Host) -> Iterator[Trust]:
    """`command="…"` of authorized_keys: the account's shell runs it whenever that key logs in."""
    for line in host.once(authorized):
        found = _COMMAND.search(line.options)
        if found is None:
            continue
        who = line.who
        fact = Fact(line.path, f"has it run as {named(who.actor)} when that key logs in", line.line)
        yield from _ran(
            host, found[1].replace('\\"', '"'), who.actor, fact, who.home, f"logs in as {who.name} by a key"
        )


def _forced_by_server(host: Host) -> Iterator[Trust]:
    told = host.once(sshd)
    for setting in told.all("forcecommand"):
        if setting.words[0].lower() not in INNER:
            yield from _of_server(host, setting, setting.value)
    for setting in told.all("subsystem"):
        if len(setting.words) > 1 and setting.words[1].lower() not in INNER:
            yield from _of_server(host, setting, " ".join(setting.words[1:]))


def _of_server(host: Host, setting: Setting, line: str) -> Iterator[Trust]:
    """Run as whoever logs in: those whom the Match blocks fit, root among them or foremost."""
    fitted = [a for a in host.accounts.accounts if a.login or setting.blocks]
    fitted = [a for a in fitted if all(fitting(host, b, a) is not Fits.NO for b in setting.blocks)]
    names: dict[Actor, str] = {a.actor: a.home for a in fitted}
    if ROOT in names:
        names = {ROOT: names[ROOT]}
    for actor, home in list(names.items())[:MAX_USERS]:
        for trust in _ran(host, line, actor, setting.fact, home, f"logs in as {named(actor)} over SSH"):
            yield replace(trust, confidence=Confidence.LIKELY) if trust.confidence is Confidence.PROVED else trust


def _client(host: Host) -> Iterator[Trust]:
    for each in host.once(ssh_client):
        usual = Confidence.PROVED if each.own else Confidence.LIKELY
        if isinstance(each, ClientFile):
            yield Trust(
                runner=each.runner,
                path=each.path,
                kind=KIND,
                technique="T1546.004",
                via=(each.fact,),
                says=f"can name commands that ssh runs as {named(each.runner)}",
                confidence=usual,
            )
            continue
        who = next((a for a in host.accounts.accounts if a.actor == each.runner), None)
        line = expanded(each.line, each.home, who)
        if each.path:
            path = f"{each.home.rstrip('/')}{line[1:]}" if line.startswith("~/") else line
            if path.startswith("/"):
                yield Trust(
                    runner=each.runner,
                    path=path.rstrip("/") or "/",
                    kind=KIND,
                    technique="T1574.006",
                    via=(each.fact,),
                    says=f"is loaded or run by ssh as {named(each.runner)}",
                    missing=host.fs.node(path) is None,
                    confidence=usual,
                )
            continue
        for trust in _ran(host, line, each.runner, each.fact, each.home, f"calls ssh as {named(each.runner)}"):
            yield trust if each.own else replace(trust, confidence=Confidence.LIKELY)


def _ran(host: Host, line: str, runner: Actor, fact: Fact, home: str, when: str) -> Iterator[Trust]:
    yield from ran(
        host,
        line,
        runner=runner,
        via=(fact,),
        kind=KIND,
        technique=TECHNIQUE,
        says=f"is run by SSH when somebody {when}",
        cwd=home if home.startswith("/") else "/",
        environment=(("HOME", home),),
    )
