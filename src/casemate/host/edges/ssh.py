"""Who becomes whom through SSH: keys that can be read, lists of accepted keys and configuration that can be written."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from casemate.host.facts.sshd import Sshd, logs_in, placed, sshd
from casemate.host.facts.sshkeys import authorized, key_places, private_keys, strict
from casemate.host.host import Host
from casemate.host.relation import Relation, Secret, Trust
from casemate.host.running import ran
from casemate.model.host import ROOT, Confidence, Fact

SYSTEM_CLIENT = ("/etc/ssh/ssh_config", "/etc/ssh/ssh_config.d/*.conf")


def edges(host: Host) -> Iterator[Relation]:
    """All of it; nothing where no server is there."""
    told = host.once(sshd)
    yield from _configuration(host, told)
    if told.present:
        yield from _keys(host)
        yield from _lists(host)
        yield from _principals(host, told)


def _principals(host: Host, told: Sshd) -> Iterator[Trust]:
    """Which names in a certificate log in as an account: who has a certificate of theirs adds their own name."""
    if not any(s.value.lower() != "none" for s in told.all("trustedusercakeys")):
        return
    for who in host.accounts.accounts:
        active = logs_in(host, told, who)
        setting = told.first("authorizedprincipalsfile", active) if active is not None else None
        if setting is None or setting.value.lower() in ("", "none"):
            continue
        yield Trust(
            runner=who.actor,
            path=placed(setting.words[0], who),
            kind="authorized-keys",
            technique="T1098.004",
            via=(setting.fact,),
            says=f"lists the names in certificates that log in as {who.name}",
            missing=True,
            confidence=Confidence.LIKELY,
        )


def _keys(host: Host) -> Iterator[Secret]:
    """A private key in the clear opens each account whose list has its public part."""
    opened = [a for a in host.once(authorized) if not a.limited]
    for key in host.once(private_keys):
        if key.encrypted or not key.public:
            continue
        for line in opened:
            if line.public.rstrip("=") == key.public.rstrip("="):
                yield Secret(
                    path=key.path,
                    kind="private-key",
                    technique="T1552.004",
                    what=f"{key.form} without a passphrase that logs in as {line.who.name}",
                    line=key.line,
                    opens=line.who.actor,
                    via=(Fact(line.path, f"accepts it for {line.who.name}", line.line),),
                    confidence=Confidence.LIKELY if line.elsewhere else Confidence.PROVED,
                )


def _lists(host: Host) -> Iterator[Trust]:
    """Who can write a list of accepted keys, or put one in its place. With StrictModes sshd refuses a file that others can
    write, until somebody repairs its mode: then what was written to it counts."""
    loose = host.once(strict)
    sure = loose.value.lower() == "no"
    for who, path in host.once(key_places):
        if host.fs.node(path) is None and not host.fs.is_folder(posixpath.dirname(posixpath.dirname(path)) or "/"):
            continue
        yield Trust(
            runner=who.actor,
            path=path,
            kind="authorized-keys",
            technique="T1098.004",
            via=(loose.fact,) if sure else (),
            says=f"lists the keys that log in as {who.name}",
            missing=True,
            confidence=Confidence.PROVED if sure else Confidence.LIKELY,
        )


def _configuration(host: Host, told: Sshd) -> Iterator[Trust]:
    for path in told.files:
        yield Trust(
            runner=ROOT,
            path=path,
            kind="ssh-configuration",
            technique="T1098.004",
            via=(),
            says="is what sshd, which runs as root, is told",
        )
    for pattern, where in told.patterns:
        folder, _, name = pattern.rpartition("/")
        if "*" in name and host.fs.is_folder(folder):
            yield Trust(
                runner=ROOT,
                path=folder,
                kind="ssh-configuration",
                technique="T1098.004",
                via=(where,),
                says="is a folder of files that sshd, which runs as root, is told",
                folder=True,
            )
    for keyword in ("authorizedkeyscommand", "authorizedprincipalscommand"):
        for setting in told.all(keyword):
            if setting.value.lower() != "none":
                yield from ran(
                    host,
                    setting.value,
                    runner=ROOT,
                    via=(setting.fact,),
                    kind="ssh-configuration",
                    technique="T1098.004",
                    says="tells sshd which keys log in, as any account",
                    shell=False,
                )
    for setting in told.all("trustedusercakeys"):
        if setting.value.lower() != "none":
            yield Trust(
                runner=ROOT,
                path=setting.value if setting.value.startswith("/") else f"/{setting.value}",
                kind="ssh-configuration",
                technique="T1098.004",
                via=(setting.fact,),
                says="lists the authorities whose certificates log in",
            )
    for path in ("/etc/ssh/sshrc", *(p for pattern in SYSTEM_CLIENT for p in host.fs.glob(pattern))):
        if host.fs.is_file(path):
            sourced = path.endswith("sshrc")
            yield Trust(
                runner=ROOT,
                path=path,
                kind="ssh-configuration",
                technique="T1546.004",
                via=(),
                says="is run at each login over SSH, also of root"
                if sourced
                else "can name commands that root's ssh runs",
                confidence=Confidence.LIKELY,
            )
            if sourced:
                yield from ran(
                    host, f". {path}", runner=ROOT, via=(), kind="ssh-configuration", technique="T1546.004",
                    says="is run at each login over SSH, also of root",
                )  # fmt: skip
