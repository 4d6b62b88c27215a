"""Start-up files of shells: what a login of root, or of an account, sources (bash(1), INVOCATION; dash(1); zsh(1)); and PATH."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from casemate.host.accounts import Account
from casemate.host.facts.job import quoted
from casemate.host.facts.login_files import DESKTOP, HOME_FILES, HOME_TOOLS, OTHER_SHELLS, SYSTEM_FILES, SYSTEM_FOLDERS
from casemate.host.facts.search_path import search_path
from casemate.host.host import Host
from casemate.host.relation import Trust
from casemate.host.running import ran
from casemate.model.host import ROOT, Confidence, Fact, NodeKind

TECHNIQUE = "T1546.004"
SHARED_HOMES = (
    "/",
    "/bin",
    "/sbin",
    "/usr",
    "/usr/bin",
    "/usr/sbin",
    "/tmp",
    "/var/tmp",
    "/dev",
    "/nonexistent",
    "/run",
    "/var",
)
MAX_HOMES = 500
BASH_FILES = ("/etc/profile", "/etc/bash.bashrc", "/etc/bashrc", "/etc/X11/X")  # in the shell's language


def edges(host: Host) -> Iterator[Trust]:
    """What every login sources, what each account's own does, and the folders in which their commands are looked for."""
    for pattern in SYSTEM_FILES:
        for path in host.fs.glob(pattern):
            if host.fs.is_file(path):
                trust = _system(pattern, path)
                yield trust
                if path.startswith(BASH_FILES):
                    yield from _sourced(host, trust, "/root")
    for folder in SYSTEM_FOLDERS:
        if host.fs.is_folder(folder):
            yield Trust(
                runner=ROOT,
                path=folder,
                kind="login-script",
                technique=TECHNIQUE,
                via=(Fact("/etc/profile", "sources what lies there"),) if folder == "/etc/profile.d" else (),
                says="holds files that are sourced when root logs in",
                folder=True,
                confidence=Confidence.PROVED if folder == "/etc/profile.d" else Confidence.LIKELY,
            )
    for who in host.accounts.accounts[:MAX_HOMES]:
        if who.login and who.home.rstrip("/") not in SHARED_HOMES and who.home.startswith("/"):
            yield from _home(host, who)
    yield from _search_path(host)


def _system(pattern: str, path: str) -> Trust:
    likely = path.startswith((*DESKTOP, *OTHER_SHELLS)) or path.endswith(OTHER_SHELLS) or "completion" in path
    return Trust(
        runner=ROOT,
        path=path,
        kind="login-script",
        technique=TECHNIQUE,
        via=(Fact("/etc/profile", "sources it"),) if pattern.startswith("/etc/profile.d") else (),
        says="is sourced when root logs in",
        confidence=Confidence.LIKELY if likely else Confidence.PROVED,
    )


def _home(host: Host, who: Account) -> Iterator[Trust]:
    """An account's own files. Those that are not there can be made by whoever can write to the home."""
    home = who.home.rstrip("/")
    if not host.fs.is_folder(home):
        return
    made = ".zshenv" if who.shell.endswith("zsh") else ".bash_profile" if who.shell.endswith("bash") else ".profile"
    for name in (*HOME_FILES, *HOME_TOOLS):
        path = f"{home}/{name}"
        node = host.fs.node(path)
        if node is None and name != made:
            continue
        folder = node is not None and node.kind is NodeKind.FOLDER
        usual = name in HOME_TOOLS or name.startswith(".x")
        trust = Trust(
            runner=who.actor,
            path=path,
            kind="home-script",
            technique=TECHNIQUE,
            via=(),
            says=f"is read when {who.name} logs in" if not usual else f"is read by programs of {who.name}",
            folder=folder,
            missing=node is None,
            confidence=Confidence.LIKELY if usual else Confidence.PROVED,
        )
        yield trust
        if node is not None and not folder and name in HOME_FILES and name.startswith((".bash", ".profile", ".x")):
            yield from _sourced(host, trust, home)


def _sourced(host: Host, trust: Trust, home: str) -> Iterator[Trust]:
    """What such a file sources and calls in its turn; its PATH is looked at apart."""
    for found in ran(
        host,
        f". {quoted(trust.path)}",
        runner=trust.runner,
        via=(),
        kind=trust.kind,
        technique=TECHNIQUE,
        says=trust.says,
        cwd=home,
    ):
        if found.path != trust.path and found.kind != "program-search-path":
            sure = trust.confidence is Confidence.PROVED or found.confidence is not Confidence.PROVED
            yield found if sure else replace(found, confidence=trust.confidence)


def _search_path(host: Host) -> Iterator[Trust]:
    """A folder of PATH that others can fill: their program runs in the place of the one that was meant (ATT&CK T1574.007)."""
    seen: set[tuple[str, str]] = set()
    for found in host.once(search_path):
        if found.relative or (found.folder, found.runner) in seen:
            continue
        seen.add((found.folder, found.runner))
        yield Trust(
            runner=found.runner,
            path=found.folder,
            kind="login-path",
            technique="T1574.007",
            via=(Fact(found.path, f"puts {found.folder} on the PATH", found.line),),
            says="is on the PATH of root"
            if found.runner == ROOT
            else f"is on the PATH of {found.runner.partition(':')[2]}",
            folder=True,
            missing=host.fs.node(found.folder) is None,
            confidence=Confidence.LIKELY if found.first else Confidence.UNKNOWN,
        )
