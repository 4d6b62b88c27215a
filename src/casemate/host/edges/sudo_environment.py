"""What a holder of a sudo rule can put into the environment of a program that root runs (sudoers(5), "Command environment").

sudo drops what is dangerous unless it is told otherwise: by env_keep, setenv, the tag SETENV, or !env_reset. A variable named in
env_keep can also be given on the command line, so that the loader's own cleaning of SUID programs does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from casemate.host.facts.doas import doas
from casemate.host.facts.sudo_rights import Right, applies, rights
from casemate.host.facts.sudoers import Setting, sudoers
from casemate.host.host import Host
from casemate.host.programs import base_name
from casemate.host.relation import Grant
from casemate.model.host import ANYONE, ROOT, Confidence, Fact, named
from casemate.model.host_fix import Fix, SetLine

TECHNIQUE = "T1574.006"
LOADER = ("LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "GCONV_PATH")
OF_LANGUAGE = {
    "BASH_ENV": "bash",
    "ENV": "sh dash ksh mksh",
    "SHELLOPTS": "bash",
    "BASHOPTS": "bash",
    "PS4": "bash sh",
    "PYTHONPATH": "python",
    "PYTHONHOME": "python",
    "PYTHONUSERBASE": "python",
    "PYTHONINSPECT": "python",
    "PERL5LIB": "perl",
    "PERLLIB": "perl",
    "PERL5OPT": "perl",
    "PERL5DB": "perl",
    "RUBYLIB": "ruby",
    "RUBYOPT": "ruby",
    "NODE_OPTIONS": "node nodejs",
    "NODE_PATH": "node nodejs",
    "JAVA_TOOL_OPTIONS": "java",
    "CLASSPATH": "java",
    "LUA_PATH": "lua",
    "LUA_CPATH": "lua",
    "PHPRC": "php",
    "ZDOTDIR": "zsh",
    "TCLLIBPATH": "tclsh expect",
    "GIT_SSH": "git",
    "GIT_SSH_COMMAND": "git",
    "GIT_EXTERNAL_DIFF": "git",
    "GIT_PAGER": "git",
    "GIT_EDITOR": "git",
    "LESSOPEN": "less man git",
    "PAGER": "man git systemctl journalctl",
    "MANPAGER": "man",
    "OPENSSL_CONF": "openssl curl",
}
UNSURE = (
    *("GCONV_PATH", "ENV", "SHELLOPTS", "BASHOPTS", "PS4", "PYTHONINSPECT", "LESSOPEN", "PAGER", "MANPAGER"),
    *("GIT_SSH", "GIT_SSH_COMMAND", "GIT_EXTERNAL_DIFF", "GIT_PAGER", "GIT_EDITOR"),
)
"""Those that only some calls of their programs heed: of an interactive shell, with a trace, on a terminal, for one command."""


def dangerous(pattern: str) -> tuple[str, ...]:
    """The variables that run code and that an entry of env_keep lets through."""
    pattern = pattern.partition("=")[0]
    return tuple(name for name in (*LOADER, *OF_LANGUAGE) if fnmatchcase(name, pattern))


def environment(host: Host) -> Iterator[Grant]:
    """Who becomes root by a variable of the environment."""
    for setting in (*host.once(sudoers).settings, *host.once(doas).settings):
        yield from of_setting(host, setting)
    for right in host.once(rights):
        if _asks(right) and {"SETENV", "KEEPENV"} & right.command.tags:
            yield from _tagged(host, right)


def of_setting(host: Host, setting: Setting) -> Iterator[Grant]:
    """What one line of Defaults makes of the rules that it is for."""
    names: tuple[str, ...] = ()
    if setting.name == "env_keep" and setting.op in ("=", "+="):
        names = tuple(dict.fromkeys(n for word in setting.value.split() for n in dangerous(word)))
    elif setting.name == "setenv" and setting.op != "!":
        names = (*LOADER, *OF_LANGUAGE)
    elif setting.name == "env_reset" and setting.op == "!":
        names = ("PAGER", "LESSOPEN", "GIT_SSH", "GIT_EXTERNAL_DIFF", "NODE_OPTIONS", "CLASSPATH", "LUA_PATH", "PHPRC")
    if not names:
        return
    for right in host.once(rights):
        if not _asks(right) or not applies(host, setting, right.holder, right.command):
            continue
        name = _used(host, right, names)
        if name:
            yield _grant(
                right,
                Fact(setting.line.path, f"lets {name} through to what sudo runs", setting.line.line),
                (SetLine(setting.line.path, setting.line.line, setting.line.raw, f"# {setting.line.raw}"),)
                if setting.line.joined == 1
                else (),
                name,
            )


def _asks(right: Right) -> bool:
    """A right that is less than everything, and that its holder needs no other's password for."""
    return not right.other and ROOT in right.becomes and not right.administrator and right.command.path != "sudoedit"


def _used(host: Host, right: Right, names: tuple[str, ...]) -> str:
    """The first of these variables that the rule's program heeds."""
    for name in names:
        if name in LOADER and right.tool == "sudo":
            return name
    program = runs(host, right.command.path)
    return next((n for n in names if program and program in OF_LANGUAGE.get(n, "").split()), "")


def runs(host: Host, path: str) -> str:
    """The program that interprets a file: its own name, or that of its first line."""
    head = host.fs.head(path, 256) if path.startswith("/") else None
    if head is None or not head.startswith(b"#!"):
        node = host.fs.node(path)
        return base_name(path if node is None else node.path)
    words = head[2:].split(b"\n")[0].decode("utf-8", "replace").split()
    if words and words[0].endswith("/env"):
        words = [w for w in words[1:] if not w.startswith("-") and "=" not in w]
    return base_name(words[0]) if words else ""


def _tagged(host: Host, right: Right) -> Iterator[Grant]:
    names = (*LOADER, *OF_LANGUAGE) if "SETENV" in right.command.tags else tuple(OF_LANGUAGE)
    name = _used(host, right, names)
    if not name:
        return
    line = right.line
    to = re.sub(r"\bSETENV\s*:", "", line.raw).replace("keepenv ", "")
    fixes: tuple[Fix, ...] = (
        (SetLine(line.path, line.line, line.raw, to),) if line.joined == 1 and to != line.raw else ()
    )
    who = "everybody" if right.holder == ANYONE else named(right.holder)
    yield _grant(right, Fact(line.path, f"lets {who} set {name} for what {right.tool} runs", line.line), fixes, name)


def _grant(right: Right, first: Fact, fixes: tuple[Fix, ...], name: str) -> Grant:
    who = "everybody" if right.holder == ANYONE else named(right.holder)
    rule = Fact(right.line.path, f"lets {who} run {right.command.text} as root", right.line.line)
    same = (first.path, first.line) == (rule.path, rule.line)
    return Grant(
        holders=(right.holder,),
        becomes=ROOT,
        kind="sudo-environment",
        technique=TECHNIQUE,
        via=(first,) if same else (first, rule),
        says=f"chooses {name} of what {right.tool} runs as root",
        confidence=Confidence.LIKELY if right.password or not right.sure or name in UNSURE else Confidence.PROVED,
        fixes=fixes,
    )
