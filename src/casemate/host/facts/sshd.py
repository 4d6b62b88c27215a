"""The configuration of the OpenSSH server as sshd reads it: sshd_config(5), OpenSSH 9.

The first value of a keyword counts, Include puts files where it stands, and what a Match block says overrules the rest
for the connections that it fits (servconf.c: process_server_config_line_depth, copy_set_server_options).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from fnmatch import translate

from casemate.host.accounts import Account
from casemate.host.facts.settings import plain
from casemate.host.host import Host
from casemate.model.host import Fact

CONFIGS = ("/etc/ssh/sshd_config", "/usr/etc/ssh/sshd_config")
PROGRAMS = ("/usr/sbin/sshd", "/usr/local/sbin/sshd")
OPTIONS = ("/etc/default/ssh", "/etc/sysconfig/sshd", "/etc/conf.d/sshd")  # variables that end on sshd's command line
DEPTH = 16  # SERVCONF_MAX_DEPTH of servconf.c
MAX_FILES = 256
MAX_SETTINGS = 20_000
MAX_BLOCKS = 100  # Match blocks that are told apart
SAME = {
    "challengeresponseauthentication": "kbdinteractiveauthentication",
    "skeyauthentication": "kbdinteractiveauthentication",
    "pubkeyacceptedkeytypes": "pubkeyacceptedalgorithms",
    "hostbasedacceptedkeytypes": "hostbasedacceptedalgorithms",
    "dsaauthentication": "pubkeyauthentication",
}
DEFAULTS = {
    "permitrootlogin": "prohibit-password",
    "passwordauthentication": "yes",
    "kbdinteractiveauthentication": "yes",
    "pubkeyauthentication": "yes",
    "permitemptypasswords": "no",
    "hostbasedauthentication": "no",
    "ignorerhosts": "yes",
    "permituserenvironment": "no",
    "strictmodes": "yes",
    "authorizedkeysfile": ".ssh/authorized_keys .ssh/authorized_keys2",
    "authorizedkeyscommand": "none",
    "usepam": "no",
    "gatewayports": "no",
    "loglevel": "info",
}


class Fits(Enum):
    """Whether a Match block concerns an account."""

    NO = 0
    SOME = 1  # from some addresses or ports
    YES = 2


@dataclass(frozen=True, slots=True)
class Block:
    """A Match line. criteria: names in lower case, each with its pattern list."""

    criteria: tuple[tuple[str, str], ...]
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Setting:
    """One directive. keyword: in lower case, today's name. blocks: the Match blocks that it stands in, none when global.

    path: "" and line 0 for what sshd does when nothing is said.
    """

    keyword: str
    words: tuple[str, ...]
    path: str = ""
    line: int = 0
    blocks: tuple[Block, ...] = ()

    @property
    def value(self) -> str:
        """All of its arguments."""
        return " ".join(self.words)

    @property
    def fact(self) -> Fact:
        """Its place."""
        return Fact(self.path, plain(f"says {self.keyword} {self.value}"), self.line)


@dataclass(frozen=True, slots=True)
class Sshd:
    """What sshd is told. present: a server or its configuration is there. files: read, in order. patterns: of Include lines.

    by_keyword: the settings once more.
    """

    present: bool = False
    settings: tuple[Setting, ...] = ()
    files: tuple[str, ...] = ()
    patterns: tuple[tuple[str, Fact], ...] = ()
    by_keyword: dict[str, tuple[Setting, ...]] = field(default_factory=dict, compare=False, repr=False)

    def all(self, keyword: str) -> Iterator[Setting]:
        """Every line of a keyword, in order, in Match blocks and out of them."""
        return iter(self.by_keyword.get(keyword, ()))

    def first(self, keyword: str, active: frozenset[Block] = frozenset()) -> Setting:
        """The line that counts for a connection which these Match blocks fit; its default when there is none."""
        own = [s for s in self.all(keyword) if s.blocks and all(b in active for b in s.blocks)]
        for setting in own or [s for s in self.all(keyword) if not s.blocks]:
            return setting
        return Setting(keyword, tuple(DEFAULTS.get(keyword, "").split()))

    def joined(self, keyword: str, active: frozenset[Block] = frozenset()) -> tuple[str, ...]:
        """All words of a keyword whose lines add up, such as AllowUsers."""
        own = [s for s in self.all(keyword) if s.blocks and all(b in active for b in s.blocks)]
        return tuple(w for s in own or [s for s in self.all(keyword) if not s.blocks] for w in s.words)

    def blocks(self) -> tuple[Block, ...]:
        """The Match blocks that hold a setting."""
        return tuple(dict.fromkeys(b for s in self.settings for b in s.blocks))

    def cases(self, host: Host, who: Account) -> list[frozenset[Block]]:
        """The sets of Match blocks that are active for a login of an account: without any condition first."""
        fits = {b: fitting(host, b, who) for b in self.blocks()}
        always = frozenset(b for b, f in fits.items() if f is Fits.YES)
        some = dict.fromkeys(b.criteria for b, f in fits.items() if f is Fits.SOME)
        extra = [
            always | {b for b, f in fits.items() if f is Fits.SOME and b.criteria == criteria} for criteria in some
        ]
        return [always, *extra]

    def admits(self, host: Host, who: Account, active: frozenset[Block]) -> bool:
        """Whether the lists of users and groups let an account in (sshd_config(5): DenyUsers, AllowUsers, …)."""
        gids = host.accounts.gids(who)
        groups = [g.name for g in host.accounts.groups if g.gid in gids]
        if any(_listed(who.name, w) for w in self.joined("denyusers", active)):
            return False
        allowed = self.joined("allowusers", active)
        if allowed and not any(_listed(who.name, w) for w in allowed):
            return False
        if any(_listed(g, w) for g in groups for w in self.joined("denygroups", active)):
            return False
        allowed = self.joined("allowgroups", active)
        return not allowed or any(_listed(g, w) for g in groups for w in allowed)


def sshd(host: Host) -> Sshd:
    """The server's configuration, of its usual place."""
    path = next((p for p in CONFIGS if host.fs.is_file(p)), None)
    if path is None:
        return Sshd(present=any(host.fs.is_file(p) for p in PROGRAMS))
    reader = _Reader(host)
    reader.command_line()
    reader.file(path, (), 0)
    table: dict[str, list[Setting]] = {}
    for setting in reader.settings:
        table.setdefault(setting.keyword, []).append(setting)
    return Sshd(
        True,
        tuple(reader.settings),
        tuple(dict.fromkeys(reader.files)),
        tuple(dict.fromkeys(reader.patterns)),
        {keyword: tuple(settings) for keyword, settings in table.items()},
    )


class _Reader:
    def __init__(self, host: Host) -> None:
        self.host = host
        self.settings: list[Setting] = []
        self.files: list[str] = []
        self.patterns: list[tuple[str, Fact]] = []
        self.blocks = 0

    def command_line(self) -> None:
        """Options of the command line come before all files (sshd(8), -o)."""
        for path in OPTIONS:
            text = self.host.fs.text(path)
            for number, line in text.numbered() if text else ():
                found = re.match(r"\s*(?:export\s+)?(?:SSHD_OPTS|OPTIONS|SSHD_OPTIONS|command_args)=(.*)", line)
                for option in re.findall(r"-o\s*['\"\\]*([A-Za-z]+[= ][^\s'\"\\]+)", found[1]) if found else ():
                    words = split(option)
                    if words:
                        self.settings.append(Setting(_name(words[0]), tuple(words[1:]), path, number))

    def file(self, path: str, blocks: tuple[Block, ...], depth: int) -> None:
        text = self.host.fs.text(path)
        if text is None:
            return
        if len(self.files) >= MAX_FILES:
            self.host.odd(path, 1, "too many included files")
            return
        self.files.append(text.path)
        outside = blocks
        for number, line in text.numbered():
            words = split(line)
            if words is None:
                self.host.odd(text.path, number, "a quote that does not end")
            if not words:
                continue
            keyword = _name(words[0])
            if keyword == "match":
                block = _block(words[1:], text.path, number)
                if block is None:
                    self.host.odd(text.path, number, "no Match line")
                self.blocks += 1
                if self.blocks > MAX_BLOCKS:
                    self.host.odd(text.path, number, "too many Match blocks")
                    return
                blocks = (*outside, block or Block((("invalid", ""),), text.path, number))
            elif keyword == "include":
                self._include(
                    words[1:], blocks, depth, Fact(text.path, plain(f"includes {' '.join(words[1:])}"), number)
                )
            elif len(self.settings) >= MAX_SETTINGS:
                self.host.odd(text.path, number, "too many lines")
                return
            elif len(words) < 2:
                self.host.odd(text.path, number, "a directive without a value")
            else:
                self.settings.append(Setting(keyword, tuple(words[1:]), text.path, number, blocks))

    def _include(self, words: list[str], blocks: tuple[Block, ...], depth: int, where: Fact) -> None:
        for word in words:
            pattern = word if word.startswith("/") else f"/etc/ssh/{word}"
            self.patterns.append((pattern, where))
            if depth >= DEPTH:
                self.host.odd(where.path, where.line, "files that include one another too deeply")
                return
            for path in self.host.fs.glob(pattern):
                self.file(path, blocks, depth + 1)


def split(line: str) -> list[str] | None:
    """The words of a line as argv_split of misc.c makes them, a comment taken off; `keyword=value` are two. None: no end of a
    quote."""
    first = re.match(r"\s*([A-Za-z][A-Za-z0-9]*)(?:\s*=\s*|\s+|$)", line)
    if not first:
        return [] if not line.strip() or line.lstrip().startswith("#") else [line.split(maxsplit=1)[0]]
    words, rest = [first[1]], line[first.end() :]
    position = 0
    while position < len(rest):
        if rest[position].isspace():
            position += 1
            continue
        if rest[position] == "#":
            break
        word = []
        while position < len(rest) and not rest[position].isspace():
            sign = rest[position]
            if sign in "\"'":
                end = rest.find(sign, position + 1)
                if end < 0:
                    return None
                word.append(rest[position + 1 : end])
                position = end + 1
            else:
                word.append(sign)
                position += 1
        words.append("".join(word))
    return words


def fitting(host: Host, block: Block, who: Account) -> Fits:
    """Whether a Match block concerns logins of an account."""
    out = Fits.YES
    gids = host.accounts.gids(who)
    groups = [g.name for g in host.accounts.groups if g.gid in gids]
    for name, pattern in block.criteria:
        if name in ("invalid", "invalid-user"):
            return Fits.NO
        if name == "user" and not in_list(who.name, pattern):
            return Fits.NO
        if name == "group" and not any(in_list(g, pattern) for g in groups):
            return Fits.NO
        if name not in ("all", "user", "group"):
            out = Fits.SOME
    return out


def in_list(name: str, patterns: str) -> bool:
    """match_pattern_list of match.c: one fits, and none with a `!` in front does."""
    found = False
    for pattern in patterns.split(","):
        if pattern.startswith("!"):
            if _like(name, pattern[1:]):
                return False
        elif _like(name, pattern):
            found = True
    return found


def _listed(name: str, word: str) -> bool:
    """An entry of AllowUsers and the like: `user`, or `user@host`, which is taken to be a host that can be."""
    return _like(name, word.rpartition("@")[0] or word)


def _like(name: str, pattern: str) -> bool:
    return re.match(translate(pattern.replace("[", "[[]")), name) is not None


def _name(word: str) -> str:
    lower = word.lower()
    return SAME.get(lower, lower)


def _block(words: list[str], path: str, line: int) -> Block | None:
    pairs: list[tuple[str, str]] = []
    rest = [piece for word in words for piece in ([word] if "=" not in word else word.split("=", 1))]
    while rest:
        name = rest.pop(0).lower()
        if name in ("all", "invalid-user"):
            pairs.append((name, ""))
        elif rest and name in ("user", "group", "host", "address", "localaddress", "localport", "rdomain", "version"):
            pairs.append((name, rest.pop(0)))
        else:
            return None
    return Block(tuple(pairs), path, line) if pairs else None


def key_files(sshd: Sshd, who: Account, active: frozenset[Block]) -> list[str]:
    """The files of keys that a login of an account is checked against (AuthorizedKeysFile)."""
    out = []
    for word in sshd.first("authorizedkeysfile", active).words:
        if word.lower() == "none":
            continue
        out.append(placed(word, who))
    return out


def placed(word: str, who: Account) -> str:
    """A file of an account as sshd_config(5) writes it, TOKENS: in the account's home when it is not absolute."""
    signs = {"%%": "%", "%h": who.home, "%u": who.name, "%U": str(who.uid)}
    path = "".join(signs.get(piece, piece) for piece in re.split(r"(%[%huU])", word))
    return path if path.startswith("/") else posixpath.join(who.home, path)


def logs_in(host: Host, sshd: Sshd, who: Account) -> frozenset[Block] | None:
    """The case in which an account can log in with a key; None when it cannot."""
    if not sshd.present or not who.login:
        return None
    for active in sshd.cases(host, who):
        root = who.uid == 0 and sshd.first("permitrootlogin", active).value.lower() == "no"
        keys = sshd.first("pubkeyauthentication", active).value.lower() != "no"
        if keys and not root and sshd.admits(host, who, active):
            return active
    return None
