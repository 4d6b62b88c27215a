"""What a command of a sudo rule lets its holder do beyond its purpose: by the program, and by what its arguments leave open.

sudoers(5): without arguments in the rule any are allowed, `""` allows none, and a wildcard among them also matches slashes and
spaces. What programs can do is in `host/programs.py`; here it is what remains of it under pinned arguments.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

from casemate.host.facts.scripts import script
from casemate.host.facts.sudoers import Command
from casemate.host.host import Host
from casemate.host.programs import LOAD, READ, SHELL, WRITE, escapes, identify
from casemate.model.host import Confidence


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


SHELLS = _names("bash sh dash ash zsh ksh ksh93 mksh fish csh tcsh rbash busybox screen tmux script su")
PROMPTS = _names(  # start with a prompt, or read a program from standard input, when they are given nothing
    "python perl ruby php node nodejs lua irb tclsh expect R ghci gdb ftp sftp lftp ncftp mysql mariadb psql sqlite3 mongo "
    "mongosh jshell erl iex ocaml sbcl octave chpasswd newusers vipw vigr visudo dc telnet w3m lynx links mutt aptitude iftop "
    "top htop atop pry pdb bpython ipython guile newgrp"
)
EDITORS = _names(  # leave for another file or a shell whatever file they were opened with
    "vi vim nvim vimdiff view rview rvim vimtutor ex nano pico emacs ed joe jed mc mcedit micro kak ne jmacs vipw vigr visudo"
)
PAGERS = _names("less more most pg man dmesg run-mailcap iftop top htop atop")
SYSTEMD = _names("systemctl journalctl loginctl timedatectl machinectl resolvectl")
GIVERS = _names("tee cat head tail less dd cp mv chmod chown sed nano base64 xxd install ln setfacl")
PAGED = {  # what these show goes through a pager
    "git": r"(-p|--paginate|log|diff|show|help|branch|blame)\b",
    "dpkg": r"(-l|--list)\b",
    "apt": r"changelog\b",
    "apt-get": r"changelog\b",
    "gem": r"open\b",
    "crontab": r"(.* )?-e\b",
    "systemctl": r"(.* )?edit\b",
}
VERBS = {  # with one of these in front, no argument that follows is a way out
    "systemctl": r"(--\S+ )*(start|stop|restart|reload|try-restart|reload-or-restart|is-\w+|kill|status|show|cat)\b",
    "docker": r"(start|stop|restart|kill|ps|logs|inspect|images|stats|top|port|pull|pause|unpause|rm|rmi)\b",
    "podman": r"(start|stop|restart|kill|ps|logs|inspect|images|stats|top|port|pull|pause|unpause|rm|rmi)\b",
    "service": r"[\w@.-]+( |$)",
    "snap": r"(list|info|refresh)\b",
    "kubectl": r"(get|describe|logs)\b",
    "supervisorctl": r"(start|stop|restart|status)\b",
}
SENSITIVE = re.compile(
    r"/etc/(passwd|shadow|gshadow|group|sudoers(\.d/.*)?|doas\.conf|crontab|cron\.[^/]+/.*|pam\.d/.*|profile(\.d/.*)?|"
    r"bash\.bashrc|ld\.so\.(preload|conf)(\.d/.*)?|systemd/.*|rc\.local|init\.d/.*|ssh/(sshd_config.*|ssh_host_[^/]*_key)|"
    r"environment|polkit-1/.*|udev/.*|modprobe\.d/.*)|/root/.*|/usr/lib/systemd/.*|/var/spool/cron/.*|/dev/(sd|nvme|vd|mem|kmem).*"
)


_FUNCTION = re.compile(r"\s*(?:function\s+[\w-]+|[\w-]+\s*\(\))")
_RUNS = re.compile(  # a parameter as the program, after eval, or in the text of sh -c
    r"""(?:^|[;&|({]|\b(?:then|else|do|exec|command|nohup|nice|time))\s*"?\$\{?(?:[1-9]|@|\*)\}?"?(?=\s|;|&|\||$)"""
    r"""|\beval\s[^;&|]{0,200}\$\{?[1-9@*]|\b(?:ba|da|k|z)?sh\s+-\w{0,5}c\s+"?[^;&|']{0,200}\$\{?[1-9@*]"""
)


@dataclass(frozen=True, slots=True)
class Danger:
    """says: what the holder can do. how sure it is that this is all the power of who runs the program."""

    says: str
    confidence: Confidence


def danger(host: Host, command: Command, *, excepted: tuple[Command, ...] = ()) -> Danger | None:
    """Why a command is more than it seems; None when it is not known to be."""
    path = command.path
    if path.endswith("/"):
        return _folder(host, path)
    if path.startswith("^"):
        if re.search(r"\.[*+]", path):
            return Danger("fits programs that run any command", Confidence.LIKELY)
        return None
    if re.search(r"[*?\[]", path):
        for found in host.fs.glob(path):
            known = judged(host, found, command.args, excepted)
            if known:
                return Danger(f"fits {found}, which {known.says}", known.confidence)
        return None
    known = judged(host, path, command.args, excepted)
    if known and "NOEXEC" in command.tags and not escapes(identify(host, path) or "") & {WRITE, READ, LOAD}:
        return None  # it can start nothing, and does nothing else
    return known


def _folder(host: Host, path: str) -> Danger | None:
    for name in host.fs.names(path):
        if SHELL in escapes(name) and f"{path}{name}" != path:
            return Danger(f"stands for every program there, {name} among them", Confidence.PROVED)
    return None


def judged(host: Host, path: str, args: str | None, excepted: tuple[Command, ...] = ()) -> Danger | None:
    """What a program does for who may call it with such arguments."""
    name = identify(host, path)
    can = escapes(name) if name else frozenset()
    if name is None or not can:
        return _handed(host, path) if name is None and (args is None or re.search(r"(?<!\\)[*?\[]", args)) else None
    if name in ("passwd", "chpasswd", "usermod", "useradd"):
        return _passwords(name, args, excepted)
    if args is None:
        return _free(name, can)
    if args == "":
        if name in SHELLS | PROMPTS | EDITORS | PAGERS:
            return Danger("gives a shell or any file from within", Confidence.PROVED)
        return _paged(host, name, "")
    if re.search(r"(?<!\\)[*?\[]", args) and not args.startswith("^"):
        return _wild(host, name, can, args)
    if args.startswith("^"):
        return _free(name, can) if re.search(r"\.[*+]", args) and not VERBS.get(name) else None
    return _fixed(host, name, can, args)


def _handed(host: Host, path: str) -> Danger | None:
    """A shell script that runs what it is given as arguments. What its functions are given is not its caller's."""
    found = script(host, path) if path.startswith("/") else None
    if (
        found is None
        or not found.by
        or found.by[0].rpartition("/")[2] not in SHELLS | {"env"}
        or "python" in found.by[-1]
    ):
        return None
    inside = False
    for line in found.text.split("\n")[:5000]:
        begins = _FUNCTION.match(line)
        if not inside and not begins and len(line) < 2000 and _RUNS.search(re.sub(r"(^|\s)#.*", "", line)):
            return Danger("runs what it is given as arguments", Confidence.PROVED)
        inside = (inside or bool(begins)) and not re.match(r"(.*[;\s])?\}\s*$", line)
    return None


def _free(name: str, can: frozenset[str]) -> Danger:
    if SHELL in can:
        return Danger("runs any command by its arguments or from within", Confidence.PROVED)
    if LOAD in can:
        return Danger("loads code that its arguments name", Confidence.PROVED)
    if WRITE in can:
        return Danger("writes or changes any file that its arguments name", Confidence.PROVED)
    return Danger("reads any file that its arguments name", Confidence.LIKELY)


def _wild(host: Host, name: str, can: frozenset[str], args: str) -> Danger | None:
    verbs = VERBS.get(name)
    if verbs and re.match(verbs, args):
        return _paged(host, name, args)
    if name in SHELLS and re.match(r"/\S*[^*?\[\s]\S*( |$)", args) and not re.match(r"\S*[*?\[]", args):
        return None  # a script with free arguments
    if name in PROMPTS and re.match(r"/[^*?\[\s]+( |$)", args):
        return None
    known = _free(name, can)
    return Danger(
        f"{known.says}: the wildcard also matches spaces and `../`",
        known.confidence if SHELL not in can or not verbs else Confidence.LIKELY,
    )


def _fixed(host: Host, name: str, can: frozenset[str], args: str) -> Danger | None:
    if name in EDITORS or (name in PAGERS and not re.search(r"(^| )(-P|--pager|--no-pager|-c)\b", args)):
        return Danger("gives a shell or any file from within, whatever it is opened with", Confidence.PROVED)
    if name == "su" and re.fullmatch(r"(-|-l|--login|root|-s /\S+| )*", args):
        return Danger("is a root shell", Confidence.PROVED)
    if name in SHELLS and re.fullmatch(r"(-[ilp]+ ?|--login ?|--norc ?)+", args):
        return Danger("is a shell", Confidence.PROVED)
    if name in ("gdb", "ftp", "sftp", "mysql", "mariadb", "psql", "sqlite3", "mutt", "w3m", "lynx"):
        if not re.search(r"(^| )(-e|-c|--batch|-b|-f|--execute)\b", args):
            return Danger("gives a shell from within", Confidence.PROVED)
    paged = _paged(host, name, args)
    if paged:
        return paged
    if WRITE in can or READ in can:
        for word in args.split():
            if SENSITIVE.fullmatch(word.rpartition("=")[2]) and name in GIVERS:
                return Danger(f"gives {word} away", Confidence.LIKELY)
    return None


def _paged(host: Host, name: str, args: str) -> Danger | None:
    """A pager in between gives a shell. systemd's own programs keep theirs from it when sudo runs them, since version 247."""
    if "--no-pager" in args:
        return None
    if name in SYSTEMD and not re.match(PAGED["systemctl"], args):
        shows = name != "systemctl" or not args or re.match(r"(--\S+ )*(status|show|cat|list-\S+)\b", args)
        version = _systemd(host)
        if shows and version is not None and version < 247:
            return Danger("shows its output in a pager that gives a shell", Confidence.LIKELY)
        return None
    if name in PAGED and re.match(PAGED[name], args):
        return Danger("opens a pager or an editor that gives a shell", Confidence.LIKELY)
    return None


def _systemd(host: Host) -> int | None:
    for pattern in ("/usr/lib/systemd/libsystemd-shared-*.so", "/usr/lib/*/systemd/libsystemd-shared-*.so"):
        for path in host.fs.glob(pattern):
            found = re.search(r"-(\d+)[^/]*\.so$", path)
            if found:
                return int(found[1])
    return None


def _passwords(name: str, args: str | None, excepted: tuple[Command, ...]) -> Danger | None:
    """passwd root gives root a password that the holder knows, as do its kin."""
    if name in ("usermod", "useradd"):
        wild = args is None or re.search(r"(?<!\\)[*?\[]", args)  # which also fits `-o -u 0`
        return Danger("makes or changes any account", Confidence.PROVED) if wild else None
    if name == "chpasswd":
        return Danger("sets the password of any account", Confidence.PROVED)
    if args is not None and (args == "" or not fnmatchcase("root", args)):
        return Danger("sets root's password", Confidence.PROVED) if args == "" else None
    for other in excepted:
        if other.path.rpartition("/")[2] in ("passwd", "*") and (other.args is None or fnmatchcase("root", other.args)):
            return None
    return Danger("sets root's password", Confidence.PROVED)
