"""Programs, files and folders that login files and the settings of everyday tools point to.

Sources: bash(1) (BASH_ENV, ENV, PROMPT_COMMAND, alias), python(1), perlrun(1), ruby(1), node(1), less(1) (LESSOPEN),
environ(7) (EDITOR, PAGER), git-config(1), vim's starting.txt and repeat.txt, tmux(1), screen(1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from casemate.host.facts.search_path import MAX_VARIABLES, VARIABLE, files, put_in
from casemate.host.host import Host
from casemate.model.host import ROOT, Actor

MAX_HOMES: Final = 500
LONGEST: Final = 4000  # of a line


class Points(StrEnum):
    """What a setting holds."""

    COMMAND = "command"
    FILE = "file"
    FOLDERS = "folders"


VARIABLES: Final = {
    **dict.fromkeys(("PYTHONPATH", "PERL5LIB", "PERLLIB", "RUBYLIB", "NODE_PATH", "CLASSPATH"), Points.FOLDERS),
    **dict.fromkeys(("BASH_ENV", "ENV", "PYTHONSTARTUP", "OPENSSL_CONF", "GIT_CONFIG_GLOBAL"), Points.FILE),
    **dict.fromkeys(
        [
            "EDITOR",
            "VISUAL",
            "SUDO_EDITOR",
            "GIT_EDITOR",
            "PAGER",
            "MANPAGER",
            "GIT_PAGER",
            "SYSTEMD_PAGER",
            "BROWSER",
            "LESSOPEN",
            "LESSCLOSE",
            "GIT_SSH",
            "GIT_SSH_COMMAND",
            "GIT_ASKPASS",
            "SSH_ASKPASS",
            "SUDO_ASKPASS",
            "PROMPT_COMMAND",
        ],
        Points.COMMAND,
    ),
}
_PAM_ENV: Final = re.compile(r"\s*([A-Z0-9_]{1,64})\s+(?:DEFAULT|OVERRIDE)=(\S+)")
_ALIAS: Final = re.compile(r"""\s*alias\s+([\w.+:-]{1,64})=("[^"]*"|'[^']*'|\S+)""")
_GIT: Final = re.compile(r"\s*([A-Za-z][A-Za-z0-9-]{0,60})\s*=\s*(.+?)\s*$")
_GIT_COMMANDS: Final = [
    "pager",
    "editor",
    "sshcommand",
    "fsmonitor",
    "askpass",
    "external",
    "textconv",
    "helper",
    "program",
    "command",
    "cmd",
    "clean",
    "smudge",
    "process",
    "driver",
]
_VIM: Final = re.compile(r"\s*(?:silent!?\s+)?(?:so|source|luafile|pyfile|py3file)!?\s+(\S+)\s*$")
_VIM_PATH: Final = re.compile(r"\s*set?\s+(?:rtp|runtimepath|pp|packpath)[+^]?=(\S+)")
_TMUX: Final = re.compile(r"""\s*(?:run-shell|run|if-shell|if)\s+(?:-[bC]+\s+)*("[^"]*"|'[^']*'|\S+)""")
_TMUX_SHELL: Final = re.compile(
    r"""\s*set(?:-option)?\s+(?:-\w+\s+)*default-(?:shell|command)\s+("[^"]*"|'[^']*'|\S+)"""
)
_SOURCE: Final = re.compile(r"\s*(?:source-file|source)\s+(?:-\w+\s+)*[\"']?([^\s\"']+)")
_SCREEN: Final = re.compile(r"\s*(?:def)?(?:shell|screen)\s+(?:-\w+\s+(?:\S+\s+)?)*(/.+)$")
TOOLS: Final = (  # (of the host, of a home)
    ("git", ("/etc/gitconfig",), (".gitconfig", ".config/git/config")),
    (
        "vim",
        ("/etc/vim/vimrc", "/etc/vim/vimrc.local", "/etc/vimrc"),
        (".vimrc", ".vim/vimrc", ".config/nvim/init.vim"),
    ),
    ("tmux", ("/etc/tmux.conf",), (".tmux.conf", ".config/tmux/tmux.conf")),
    ("screen", ("/etc/screenrc",), (".screenrc",)),
)


@dataclass(frozen=True, slots=True)
class LoginSetting:
    """One of them. what: the variable, alias or tool. value: as it is meant, ~ and known variables put in."""

    path: str
    line: int
    runner: Actor
    home: str
    what: str
    value: str
    points: Points


def login_settings(host: Host) -> tuple[LoginSetting, ...]:
    """All of them, each once."""
    found = [*_variables(host), *_tools(host)]
    return tuple(dict.fromkeys(found))


def _variables(host: Host) -> Iterator[LoginSetting]:
    for path, runner, home in files(host):
        text = host.fs.text(path)
        before: dict[str, str] = {"HOME": home}
        for number, line in text.numbered() if text else ():
            if len(line) > LONGEST or line.lstrip().startswith("#"):
                continue
            alias = _ALIAS.match(line)
            if alias:
                value = put_in(_bare(alias[2]), before)
                yield LoginSetting(path, number, runner, home, f"alias {alias[1]}", value, Points.COMMAND)
                continue
            given = _PAM_ENV.match(line) if path.endswith("pam_env.conf") else VARIABLE.match(line)
            if given is None:
                continue
            value = put_in(_bare(given[2]), before)
            if given[1] in VARIABLES:
                yield LoginSetting(path, number, runner, home, given[1], value, VARIABLES[given[1]])
            elif given[1] not in ("PATH", "HOME") and len(before) < MAX_VARIABLES:
                before[given[1]] = value


def _tools(host: Host) -> Iterator[LoginSetting]:
    for tool, general, own in TOOLS:
        for path in general:
            yield from _of_tool(host, tool, path, ROOT, "/root")
        for who in host.accounts.accounts[:MAX_HOMES]:
            if who.home.startswith("/") and who.home != "/":
                for name in own:
                    yield from _of_tool(host, tool, f"{who.home.rstrip('/')}/{name}", who.actor, who.home)


def _of_tool(host: Host, tool: str, path: str, runner: Actor, home: str) -> Iterator[LoginSetting]:
    text = host.fs.text(path) if host.fs.is_file(path) else None
    for number, line in text.numbered() if text else ():
        if len(line) > LONGEST or line.lstrip().startswith(("#", '"', ";")):
            continue
        found = _git(line) if tool == "git" else _other(tool, line)
        if found is not None:
            value = re.sub(r"^(~|\$HOME|\$\{HOME\})(?=/)", lambda _: home.rstrip("/"), found[1])
            yield LoginSetting(path, number, runner, home, tool, value, found[0])


def _git(line: str) -> tuple[Points, str] | None:
    found = _GIT.match(line)
    if found is None:
        return None
    name, value = found[1].lower(), _bare(found[2])
    if value.startswith("!"):
        return Points.COMMAND, value[1:]
    if name in ("hookspath", "templatedir"):
        return Points.FOLDERS, value
    if name == "path":
        return Points.FILE, value
    return (Points.COMMAND, value) if name in _GIT_COMMANDS and "/" in value else None


def _other(tool: str, line: str) -> tuple[Points, str] | None:
    if tool == "vim":
        found = _VIM.match(line)
        folders = _VIM_PATH.match(line)
        if found is None and folders is not None:
            return Points.FOLDERS, folders[1].replace(",", ":")
        return (Points.FILE, found[1]) if found else None
    found = _SOURCE.match(line)
    if found:
        return Points.FILE, found[1]
    found = (_TMUX.match(line) or _TMUX_SHELL.match(line)) if tool == "tmux" else _SCREEN.match(line)
    return (Points.COMMAND, _bare(found[1])) if found else None


def _bare(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
