"""Start-up files of shells: what a login of root, or of an account, sources (bash(1), INVOCATION; dash(1); zsh(1)); and PATH."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote

from casemate.host.accounts import Account
from casemate.host.facts.login_files import DESKTOP, HOME_FILES, HOME_TOOLS, OTHER_SHELLS, SYSTEM_FILES, SYSTEM_FOLDERS
from casemate.host.facts.places import PROGRAMS, below
from casemate.host.facts.search_path import search_path
from casemate.host.host import Host
from casemate.host.relation import Trust
from casemate.host.running import ran
from casemate.model.host import ROOT, Actor, Confidence, Fact, NodeKind

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
NOT_SH = (".c", ".tcsh", ".login")  # csh and fish are read by nobody here


def edges(host: Host) -> Iterator[Trust]:
    """What every login sources, what each account's own does, and the folders in which their commands are looked for."""
    own = {path: pattern for pattern in SYSTEM_FILES for path in host.fs.glob(pattern) if host.fs.is_file(path)}
    for path, pattern in own.items():
        yield _system(pattern, path)
        if not path.endswith((".csh", ".fish")):
            yield from (trust for trust in _inside(host, path, ROOT, "/root") if trust.path not in own)
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
        if who.login and who.shell.startswith("/") and len(who.shell) > 1:
            yield Trust(
                runner=who.actor,
                path=who.shell.rstrip("/"),
                kind="login-script",
                technique=TECHNIQUE,
                via=(Fact("/etc/passwd", f"makes it the shell of {who.name}", who.line),),
                says=f"is run when {who.name} logs in",
                missing=host.fs.node(who.shell) is None,
            )
    yield from _search_path(host)
    yield from _linked_programs(host)


def _inside(host: Host, path: str, runner: Actor, home: str) -> Iterator[Trust]:
    """What a start-up file sources and calls."""
    for trust in ran(
        host,
        f". {quote(path)}",
        runner=runner,
        via=(),
        kind="login-script",
        technique=TECHNIQUE,
        says="is sourced when somebody logs in",
        cwd=home if home.startswith("/") else "/",
        environment=(("HOME", home.rstrip("/")),),
    ):
        if trust.path != path:
            yield trust


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
        yield Trust(
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
        if name in HOME_FILES and node is not None and node.kind is NodeKind.FILE and not name.startswith(NOT_SH):
            yield from _inside(host, path, who.actor, home)


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


def _linked_programs(host: Host) -> Iterator[Trust]:
    """Names of commands that are links to somewhere else, where others may be able to change what they mean."""
    for folder in ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"):
        for name in host.fs.names(folder):
            link = host.fs.at(f"{folder}/{name}")
            if link is None or link.kind is not NodeKind.LINK:
                continue
            found = host.fs.node(link.path)
            if found is None or found.kind is not NodeKind.FILE or below(found.path, PROGRAMS):
                continue
            if not host.access.only_root(link.path):
                yield Trust(
                    runner=ROOT,
                    path=link.path,
                    kind="login-path",
                    technique="T1574.007",
                    via=(),
                    says=f"is what root gets who types {name}",
                    confidence=Confidence.LIKELY,
                )
