"""doas.conf(5), told in the terms of sudoers(5): the last line that matches decides there, too."""

from __future__ import annotations

import re
from dataclasses import replace

from casemate.host.facts.sudoers import Command, Item, Rule, Setting, Sudoers
from casemate.host.facts.sudoers_lines import joined
from casemate.host.host import Host

PATHS = ("/etc/doas.conf", "/usr/local/etc/doas.conf", "/etc/doas.d/*.conf")
_WORD = re.compile(r'"((?:\\.|[^"\\])*)"|([{}])|((?:\\.|[^\s"{}\\])+)')


def doas(host: Host) -> Sudoers:
    """The rules of doas, each as one of sudoers with one command; its environment as settings of that user."""
    rules: list[Rule] = []
    settings: list[Setting] = []
    for path in (place for pattern in PATHS for place in host.fs.glob(pattern)):
        text = host.fs.text(path)
        for line in joined(host, text.path, text.lines) if text else ():
            words = [re.sub(r"\\(.)", r"\1", m[0] or m[2]) or m[1] for m in _WORD.findall(line.text)]
            if not words:
                continue
            rule = _rule(words)
            if rule is None:
                host.odd(line.path, line.line, "no rule of doas.conf(5)")
                continue
            who, command, kept = rule
            rules.append(Rule(line, (who,), (Item("ALL"),), (command,)))
            for name in kept:
                settings.append(Setting(line, "env_keep", "+=", name, ":", (who,)))
    return Sudoers(tuple(rules), tuple(settings))


def _rule(words: list[str]) -> tuple[Item, Command, list[str]] | None:
    """`permit|deny [options] identity [as target] [cmd command [args ...]]`."""
    if words[0] not in ("permit", "deny"):
        return None
    command = Command("ALL", negated=words[0] == "deny", users=(Item("ALL"),))
    kept: list[str] = []
    tags: set[str] = {"PASSWD"}
    at = 1
    while at < len(words) and words[at] in ("nopass", "nolog", "persist", "keepenv", "setenv"):
        option = words[at]
        at += 1
        if option == "nopass":
            tags = tags - {"PASSWD"} | {"NOPASSWD"}
        elif option == "keepenv":
            tags.add("KEEPENV")
        elif option == "setenv":
            if words[at : at + 1] != ["{"] or "}" not in words[at:]:
                return None
            end = words.index("}", at)
            kept += [w for w in words[at + 1 : end] if "=" not in w and not w.startswith("-")]
            at = end + 1
    if at >= len(words):
        return None
    who = Item("%" + words[at][1:] if words[at].startswith(":") else words[at])
    at += 1
    if words[at : at + 1] == ["as"] and at + 1 < len(words):
        command, at = replace(command, users=(Item(words[at + 1]),)), at + 2
    if words[at : at + 1] == ["cmd"] and at + 1 < len(words):
        command, at = replace(command, path=words[at + 1]), at + 2
        if words[at : at + 1] == ["args"]:
            command, at = replace(command, args=" ".join(words[at + 1 :])), len(words)
    return (who, replace(command, tags=frozenset(tags)), kept) if at >= len(words) else None
