"""The usual forms of configuration files, each option with its line, and what a family of servers' settings is reported as."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from casemate.host.host import Host
from casemate.model.host import NETWORK, Actor, Fact
from casemate.model.lead import Severity

MAX_LINES = 50_000
MAX_DEPTH = 32


@dataclass(frozen=True, slots=True)
class Option:
    """One setting. section, key: in lower case; section "" outside of any. key of a YAML file: dotted, `net.bindip`."""

    section: str
    key: str
    value: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Weakness:
    """A setting that is weak as it stands. what: a sentence without its end that names the setting and its consequence.

    becomes: who its user is then, where it is a whole account that is given away; holder: to whom.
    """

    path: str
    line: int
    what: str
    severity: Severity = Severity.MEDIUM
    related: tuple[Fact, ...] = ()
    becomes: Actor | None = None
    holder: Actor = NETWORK


def plain(text: str, limit: int = 200) -> str:
    """What a file says, fit for a message: printable, and not too long."""
    return "".join(c if c.isprintable() else "?" for c in text[:limit])


def without(text: str, begin: str, end: str) -> str:
    """A text without its comments, the lines of which stay as empty ones. One that does not end goes on to the end."""
    parts, position = [], 0
    while (start := text.find(begin, position)) >= 0:
        stop = text.find(end, start + len(begin))
        stop = len(text) if stop < 0 else stop + len(end)
        parts += [text[position:start], "\n" * text.count("\n", start, stop)]
        position = stop
    return "".join([*parts, text[position:]])


def lines(host: Host, path: str, comments: str = "#;") -> Iterator[tuple[int, str]]:
    """The lines of a file that say something, without blanks around them."""
    text = host.fs.text(path)
    for number, line in text.numbered() if text else ():
        if number > MAX_LINES:
            host.odd(path, number, "too many lines")
            return
        bare = line.strip()
        if bare and bare[0] not in comments:
            yield number, bare[:4000]


def found(host: Host, *patterns: str) -> Iterator[str]:
    """The files that patterns stand for, each once."""
    seen = set()
    for pattern in patterns:
        for path in host.fs.glob(pattern):
            node = host.fs.node(path)
            if node is not None and node.path not in seen and host.fs.is_file(path):
                seen.add(node.path)
                yield path


def ini(host: Host, path: str) -> list[Option]:
    """`[section]`, then `key = value`, `key: value` or `key` alone. Quotes around a value are taken off."""
    out, section = [], ""
    for number, line in lines(host, path):
        if line.startswith("["):
            section = line[1:].partition("]")[0].strip().lower()
            continue
        key, _, value = line.partition("=")
        value = re.split(r"\s[#;]", value.strip())[0].strip().strip("\"'")
        out.append(Option(section, " ".join(key.lower().split()), value, path, number))
    return out


def keyed(host: Host, path: str) -> list[Option]:
    """`key value` lines."""
    out = []
    for number, line in lines(host, path, "#"):
        key, _, value = line.replace("\t", " ").partition(" ")
        out.append(Option("", key.lower(), value.strip().strip("\"'"), path, number))
    return out


def assigned(host: Host, path: str) -> list[Option]:
    """`KEY=value` lines as a shell or systemd reads them; a backslash at the end goes on in the next line."""
    out = []
    for number, line in lines(host, path, "#"):
        key, sign, value = line.removeprefix("export ").partition("=")
        if sign:
            out.append(Option("", key.strip().lower(), value.strip().strip("\"'"), path, number))
    return out


def yaml(host: Host, path: str) -> list[Option]:
    """The scalars of a simple YAML file, by their indentation; also `a.b: value`. Lists and flow style are kept as text."""
    out: list[Option] = []
    above: list[tuple[int, str]] = []
    text = host.fs.text(path)
    for number, line in text.numbered() if text else ():
        if number > MAX_LINES:
            break
        match = re.match(r"^(\s*)([A-Za-z_][\w.-]{0,80})\s*:(?:\s+(.*))?$", line[:4000])
        if not match:
            continue
        indent = len(match[1])
        while above and above[-1][0] >= indent:
            above.pop()
        value = re.split(r"\s#", match[3] or "")[0].strip().strip("\"'")
        key = ".".join([*(name for _, name in above), match[2].lower()])
        if value:
            out.append(Option("", key, value, path, number))
        elif len(above) < MAX_DEPTH:
            above.append((indent, match[2].lower()))
    return out


def last(options: Iterable[Option], key: str, section: str = "") -> Option | None:
    """The last option of that name, which is the one that counts in most formats."""
    return next((o for o in reversed(list(options)) if o.key == key and o.section == section), None)


def yes(option: Option | None) -> bool:
    """Whether an option is switched on."""
    return option is not None and option.value.lower() in ("yes", "true", "on", "1", "enabled", "enable")


def no(option: Option | None) -> bool:
    """Whether an option is switched off."""
    return option is not None and option.value.lower() in ("no", "false", "off", "0", "disabled", "disable")


def everywhere(address: str) -> bool:
    """Whether an address to listen on, or a range of clients, means everybody."""
    return bool(
        re.fullmatch(
            r"(?:\*|0\.0\.0\.0(?:/0)?|\[?::\]?(?:/0)?|0/0|any|all)(?::\d+|:\*)?", address.strip("\"' ").lower()
        )
    )


def loopback(address: str) -> bool:
    """Whether an address is this machine's own."""
    return bool(
        re.match(
            r"(?:tcp://|https?://)?(?:127\.|localhost\b|\[?::1\b|-?::1|/|unix|_local_)", address.strip("\"' ").lower()
        )
    )
