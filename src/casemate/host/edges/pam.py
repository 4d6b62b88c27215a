"""PAM: stacks that let somebody in without a credential, and the modules and programs that they run as root (pam.conf(5))."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from casemate.host.facts.pam import FOLDERS, Entry, module_path, pam
from casemate.host.facts.pam_outcome import Opened, opened
from casemate.host.facts.sudo_rights import rights
from casemate.host.host import Host
from casemate.host.relation import Grant, Relation, Trust
from casemate.host.running import ran
from casemate.model.host import ANYONE, NETWORK, ROOT, Actor, Confidence, Fact, named
from casemate.model.host_fix import SetLine

TECHNIQUE = "T1556.003"
BECOMES = ("su", "su-l", "polkit-1")  # who passes is root, or whom they asked for
REMOTE = ("sshd", "remote", "cockpit", "xrdp-sesman", "vsftpd", "proftpd", "ftp", "login")
DATA = {  # modules with the arguments that name what they go by, from the module's manual page
    "pam_listfile": ("file",),
    "pam_ssh_agent_auth": ("file",),
    "pam_userdb": ("db",),
    "pam_env": ("envfile", "conffile"),
    "pam_u2f": ("authfile",),
    "pam_yubico": ("authfile",),
    "pam_oath": ("usersfile",),
    "pam_access": ("accessfile",),
    "pam_limits": ("conf",),
    "pam_krb5": ("keytab",),
}
RUNNERS = ("pam_exec", "pam_script", "pam_python", "pam_extrausers_exec")


def edges(host: Host) -> Iterator[Relation]:
    """Open stacks, then what PAM loads and runs."""
    stacks = host.once(pam)
    for service in sorted({name for name, _ in stacks.stacks}):
        if service in BECOMES:
            for found in opened(host, stacks.stack(service, "auth")):
                yield _grant(host, service, found, found.who.holder, host.accounts.actor(found.who.becomes))
        elif service in REMOTE and service != "login":
            for found in opened(host, stacks.stack(service, "auth")):
                if found.who.holder == ANYONE:
                    yield _grant(host, service, found, NETWORK, ANYONE)
        elif service in ("sudo", "sudo-i"):
            yield from _sudo(host, service)
    yield from _run(host)
    yield from _files(host)


def _grant(host: Host, service: str, found: Opened, holder: Actor, becomes: Actor) -> Grant:
    cause = found.cause
    whom = {ANYONE: "everybody", NETWORK: "everybody who reaches it"}.get(holder, named(holder))
    last = "" if found.last == cause else f" ({found.last.name} of {found.last.path}, line {found.last.line}, says yes)"
    says = f"makes {service} let {whom} through without a password by {cause.name}{last}"
    return Grant(
        holders=(holder,),
        becomes=becomes,
        kind="pam-open",
        technique=TECHNIQUE,
        via=(Fact(cause.path, says, cause.line),),
        says=f"needs no password for {service}",
        confidence=Confidence.LIKELY if holder == NETWORK else Confidence.PROVED,
        fixes=(SetLine(cause.path, cause.line, cause.raw, f"# {cause.raw}"),) if not cause.raw.endswith("\\") else (),
    )


def _sudo(host: Host, service: str) -> Iterator[Grant]:
    """Who may run everything with a password, and is asked for none. Persons who administer the host are told of, too."""
    for found in opened(host, host.once(pam).stack(service, "auth")):
        for right in host.once(rights):
            if (
                right.administrator
                and right.password
                and not right.other
                and found.who.holder in (ANYONE, right.holder)
            ):
                yield _grant(host, service, found, right.holder, ROOT)


def _run(host: Host) -> Iterator[Relation]:
    """Programs that pam_exec and its like run, and every module by its file."""
    seen: set[str] = set()
    for entry in host.once(pam).entries():
        via = (Fact(entry.path, f"names {entry.name}", entry.line),)
        if entry.name in RUNNERS:
            line = _command(entry)
            if line:
                yield from ran(
                    host, line, runner=ROOT, via=via, kind="pam-program", technique=TECHNIQUE,
                    says=f"is run as root by {entry.name}", shell=False,
                )  # fmt: skip
        if entry.name == "pam_namespace":
            for script in ("/etc/security/namespace.init", *host.fs.glob("/etc/security/namespace.d/*.init")):
                if host.fs.is_file(script):
                    yield from ran(
                        host, script, runner=ROOT, via=via, kind="pam-program", technique=TECHNIQUE,
                        says="is run as root by pam_namespace", shell=False,
                    )  # fmt: skip
        yield from _data(host, entry, via)
        path = module_path(host, entry)
        if path and path not in seen:
            seen.add(path)
            yield Trust(
                runner=ROOT,
                path=path,
                kind="pam-module",
                technique=TECHNIQUE,
                via=via,
                says="is loaded by root's programs",
            )


def _data(host: Host, entry: Entry, via: tuple[Fact, ...]) -> Iterator[Trust]:
    """Files by which a module decides whom to let in, or what it gives them."""
    for argument in entry.args:
        name, _, path = argument.partition("=")
        if name in DATA.get(entry.name, ()) and path.startswith("/") and not set(path) & set("%$"):
            for whole in (path, f"{path}.db") if entry.name == "pam_userdb" else (path,):
                if host.fs.is_file(whole) or whole == path:
                    yield Trust(
                        runner=ROOT,
                        path=whole,
                        kind="pam-program",
                        technique=TECHNIQUE,
                        via=via,
                        says=f"is what {entry.name} goes by",
                        missing=not host.fs.is_file(whole),
                        confidence=Confidence.LIKELY,
                    )


def _command(entry: Entry) -> str:
    """The command line among a module's arguments; "" when there is none."""
    options = ("expose_authtok", "debug", "seteuid", "quiet", "quiet_log", "stdout", "set_tty")
    words = list(entry.args)
    while words and (words[0] in options or ("=" in words[0] and not words[0].startswith("/"))):
        words.pop(0)
    if entry.name == "pam_script":
        folder = next((a[4:] for a in entry.args if a.startswith("dir=")), "/usr/share/libpam-script")
        return posixpath.join(folder, f"pam_script_{entry.kind}")
    return " ".join(words) if words and words[0].startswith("/") else ""


def _files(host: Host) -> Iterator[Trust]:
    """The files themselves: who can change one decides who is let in."""
    for path in host.once(pam).files:
        yield Trust(
            runner=ROOT,
            path=path,
            kind="pam-configuration",
            technique=TECHNIQUE,
            via=(),
            says="decides who is let in as whom",
        )
    if host.fs.is_folder(FOLDERS[0]):
        yield Trust(
            runner=ROOT, path=FOLDERS[0], kind="pam-configuration", technique=TECHNIQUE, via=(), folder=True,
            says="holds what decides who is let in as whom",
        )  # fmt: skip
