"""Where apt has packages from, and what it is told of their signatures: sources.list(5), apt.conf(5), apt-secure(8)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from casemate.host.host import Host

SOURCES, PARTS = "/etc/apt/sources.list", "/etc/apt/sources.list.d"
CONF, CONF_PARTS = "/etc/apt/apt.conf", "/etc/apt/apt.conf.d"
KNOWN_NAME = re.compile(r"[A-Za-z0-9_.-]+")  # apt leaves out files of other names
YES = ("yes", "true", "with", "on", "enable", "1")
NO = ("no", "false", "without", "off", "disable", "0")


@dataclass(frozen=True, slots=True)
class Source:
    """A source of packages. line: of the entry, or of its first field. options: names in lower case → values; lines: of each."""

    uris: tuple[str, ...]
    path: str
    line: int
    options: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def is_on(self, option: str) -> bool:
        """Whether an option says yes."""
        return self.options.get(option, "").lower() in YES

    def is_off(self, option: str) -> bool:
        """Whether an option says no."""
        return self.options.get(option, "").lower() in NO


@dataclass(frozen=True, slots=True)
class AptSetting:
    """An assignment of apt.conf(5) that counts. key: whole, in lower case, between "::". name: as it is written."""

    key: str
    name: str
    value: str
    path: str
    line: int


def apt_sources(host: Host) -> tuple[Source, ...]:
    """Every source that is used, in the order in which apt reads the files."""
    out = list(_one_line(host, SOURCES))
    for name in host.fs.names(PARTS):
        if KNOWN_NAME.fullmatch(name):
            if name.endswith(".list"):
                out += _one_line(host, f"{PARTS}/{name}")
            elif name.endswith(".sources"):
                out += _stanzas(host, f"{PARTS}/{name}")
    return tuple(out)


def _one_line(host: Host, path: str) -> Iterator[Source]:
    text = host.fs.text(path)
    for number, line in text.numbered() if text else ():
        bare = line.partition("#")[0].strip()
        if not bare:
            continue
        found = re.match(r"(?:deb|deb-src|rpm|rpm-src)\s+(?:\[([^\]]*)\]\s*)?(\S+)", bare)
        if not found:
            host.odd(path, number, "no source of packages")
            continue
        pairs = [word.partition("=") for word in (found[1] or "").split()]
        options = {name.rstrip("+-").lower(): value for name, _, value in pairs}
        yield Source((found[2],), text.path if text else path, number, options, dict.fromkeys(options, number))


def _stanzas(host: Host, path: str) -> Iterator[Source]:
    text = host.fs.text(path)
    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    key = ""
    for number, line in [*text.numbered(), (0, "")] if text else ():
        if line.startswith("#"):
            continue
        if not line.strip():
            if values:
                yield from _stanza(text.path if text else path, values, lines)
            values, lines, key = {}, {}, ""
        elif line[0] in " \t":
            if key and len(values[key]) < 1 << 16:
                values[key] += " " + line.strip()
        else:
            name, colon, value = line.partition(":")
            key = name.strip().lower()
            if not colon:
                host.odd(path, number, "no field of a source of packages")
                key = ""
                continue
            values[key], lines[key] = value.strip(), number


def _stanza(path: str, values: dict[str, str], lines: dict[str, int]) -> Iterator[Source]:
    if values.get("enabled", "yes").lower() in NO or "uris" not in values:
        return
    yield Source(tuple(values["uris"].split()), path, min(lines.values()), values, lines)


def apt_settings(host: Host) -> tuple[AptSetting, ...]:
    """The settings of apt.conf.d, then of apt.conf; of a key that takes one value, the last assignment."""
    out: dict[tuple[str, str], AptSetting] = {}
    files = [f"{CONF_PARTS}/{n}" for n in host.fs.names(CONF_PARTS) if KNOWN_NAME.fullmatch(n) and _used(n)]
    for path in (*files, CONF):
        for setting in _settings(host, path):
            if setting.key.startswith("#clear "):
                out = {k: s for k, s in out.items() if not f"{k[0]}::".startswith(setting.key[7:] + "::")}
                continue
            several = setting.value if setting.key.endswith("::") else ""
            out.pop((setting.key, several), None)
            out[setting.key, several] = setting
    return tuple(out.values())


def _used(name: str) -> bool:
    return "." not in name or name.endswith(".conf")


_TOKEN = re.compile(
    r"""(?P<skip>\s+|//.*|/\*.*?(?:\*/|$)|\#(?!clear\b|include\b).*)|"(?P<text>[^"]*)"|(?P<sign>[{};])|(?P<word>[^\s{};"]+)"""
)


def _settings(host: Host, path: str) -> Iterator[AptSetting]:
    """The assignments of one file. Blocks prefix the keys within; a value without a key in a list block is one of its own."""
    text = host.fs.text(path)
    scopes: list[str] = []
    words: list[tuple[str, bool, int]] = []
    inside = False  # a comment over several lines
    for number, line in text.numbered() if text else ():
        if inside:
            _, ended, line = line.partition("*/")
            inside = not ended
        for found in _TOKEN.finditer(line):
            token = found.group()
            if found["skip"] is not None:
                inside = token.startswith("/*") and not token.endswith("*/")
            elif found["sign"] == "{":
                scopes.append(words[0][0] if words else "")
                words = []
            elif found["sign"]:
                if words:
                    yield _assigned(text.path if text else path, scopes, words)
                if found["sign"] == "}" and scopes:
                    scopes.pop()
                words = []
            elif len(words) < 8:
                quoted = found["text"] is not None
                words.append((found["text"] if quoted else found["word"], quoted, number))


def _assigned(path: str, scopes: list[str], words: list[tuple[str, bool, int]]) -> AptSetting:
    first, quoted, line = words[0]
    above = "::".join(scope.strip(":") for scope in scopes[-16:])
    if first == "#clear" and len(words) > 1:
        return AptSetting(f"#clear {words[1][0].strip(':').lower()}", "", "", path, line)
    if quoted or len(words) == 1:
        return AptSetting(f"{above}::".lower(), f"{above}::", first, path, line)
    key = f"{above}::{first}" if above else first
    return AptSetting(key.lower(), key, words[1][0], path, line)
