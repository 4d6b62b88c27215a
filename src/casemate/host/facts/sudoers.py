"""sudoers(5), whole: who may run what as whom, with which options, over every file that it includes.

What a line says is kept in the order of the lines, since the last one that matches decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from casemate.host.facts.sudoers_lines import Included, Line, sudoers_lines
from casemate.host.host import Host
from casemate.model.outcome import NotExamined, Reason

ALIASES = ("User_Alias", "Runas_Alias", "Host_Alias", "Cmnd_Alias", "Cmd_Alias")
_SWITCHES = ("PASSWD", "EXEC", "SETENV", "LOG_INPUT", "LOG_OUTPUT", "FOLLOW", "MAIL", "INTERCEPT")
TAGS = (*(f"NO{tag}" for tag in _SWITCHES), *_SWITCHES)
MAX_EXPANDED = 4000  # entries of a list after its aliases

_TAG = re.compile(rf"({'|'.join(TAGS)})\s*:\s*")
_OPTION = re.compile(
    r"(ROLE|TYPE|CWD|CHROOT|TIMEOUT|NOTBEFORE|NOTAFTER|APPARMOR_PROFILE|PRIVS|LIMITPRIVS)\s*=\s*(\"[^\"]*\"|\S+)\s*"
)
_DIGEST = re.compile(r"(sha(?:224|256|384|512))\s*:\s*([0-9A-Za-z+/=]+)\s*(,\s*(?=sha\d{3}\s*:))?")
_ALIAS = re.compile(r"[A-Z][A-Z0-9_]*")
_WORD = re.compile(r'!|,|"[^"]*"|(?:\\.|"[^"]*"|[^\\,!\s"])(?:\\.|"[^"]*"|[^\\,\s"])*')


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a list of users, groups or hosts: "alice", "%wheel", "#1000", "+netgroup", "ALL"."""

    name: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a rule. path: also "ALL", "sudoedit", "list", a folder with "/" at its end, a pattern, or `^…$`.

    args: None for any, "" for none allowed. users, groups: whom it may be run as; both None: the default. tags: in force,
    those of earlier commands of the list among them.
    """

    path: str
    args: str | None = None
    negated: bool = False
    digests: tuple[str, ...] = ()
    users: tuple[Item, ...] | None = None
    groups: tuple[Item, ...] | None = None
    tags: frozenset[str] = frozenset()
    options: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """As the rule has it."""
        return self.path if self.args is None else " ".join((self.path, self.args or '""'))


@dataclass(frozen=True, slots=True)
class Rule:
    """`users` on `hosts` may run `commands`. Aliases are replaced by what they stand for."""

    line: Line
    users: tuple[Item, ...]
    hosts: tuple[Item, ...]
    commands: tuple[Command, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a Defaults line. scope: "" for all, else ":", "@", "!" or ">". op: "", "!", "=", "+=" or "-="."""

    line: Line
    name: str
    op: str
    value: str
    scope: str = ""
    names: tuple[Item, ...] = ()
    commands: tuple[Command, ...] = ()


@dataclass(frozen=True, slots=True)
class Sudoers:
    """All that the files say, in their order."""

    rules: tuple[Rule, ...] = ()
    settings: tuple[Setting, ...] = ()
    included: tuple[Included, ...] = ()

    def flag(self, name: str, default: bool, *, who: str = "", runas: str = "") -> bool:
        """Whether a boolean of Defaults is on, for everybody or for one user; host scopes are taken as they stand."""
        for setting in self.settings:
            if setting.name == name and _in_scope(setting, who, runas):
                default = setting.op != "!"
        return default


def _in_scope(setting: Setting, who: str, runas: str) -> bool:
    if setting.scope in ("", "@"):
        return True
    wanted = {":": who, ">": runas}.get(setting.scope, "")
    hit = False
    for item in setting.names:
        if item.name in (wanted, "ALL") and wanted:
            hit = not item.negated
    return hit


@dataclass(slots=True)
class _Reading:
    """What is known while the lines are read. Aliases may be named before they are given, so they are kept as text first."""

    host: Host
    lists: dict[str, dict[str, tuple[Item, ...]]] = field(default_factory=lambda: {kind: {} for kind in ALIASES})
    commands: dict[str, tuple[Command, ...]] = field(default_factory=dict)


def sudoers(host: Host) -> Sudoers:
    """What the sudoers files of a host say."""
    lines, included = sudoers_lines(host)
    reading = _Reading(host)
    for line in lines:
        word = line.text.split(None, 1)[0]
        if word in ALIASES:
            _alias(reading, line, word)
    rules: list[Rule] = []
    settings: list[Setting] = []
    for line in lines:
        text = line.text.strip()
        word = re.split(r"[\s:@!>]", text, maxsplit=1)[0]
        if word in ALIASES:
            continue
        if word == "Defaults":
            settings += _defaults(reading, line, text[len("Defaults") :])
        else:
            rules += _rules(reading, line, text)
    return Sudoers(tuple(rules), tuple(settings), included)


def _alias(reading: _Reading, line: Line, kind: str) -> None:
    rest = line.text.strip()[len(kind) :]
    for part in re.split(r"(?<!\\):(?=\s*[A-Z][A-Z0-9_]*\s*\+?=)", rest):
        name, equals, value = part.partition("=")
        name = name.strip().removesuffix("+").strip()
        if not equals or not _ALIAS.fullmatch(name):
            reading.host.odd(line.path, line.line, "no alias of sudoers(5)")
        elif kind in ("Cmnd_Alias", "Cmd_Alias"):
            found, _ = _command_list(reading, line, value, 0, spec=False)
            reading.commands[name] = reading.commands.get(name, ()) + found
        else:
            reading.lists[kind][name] = reading.lists[kind].get(name, ()) + _items(value)


def _items(text: str) -> tuple[Item, ...]:
    """A list of names with commas, aliases not yet replaced."""
    out: list[Item] = []
    negated = False
    for word in _WORD.findall(text):
        if word == "!":
            negated = not negated
        elif word != ",":
            out.append(Item(_plain(word), negated))
            negated = False
    return tuple(out)


def _plain(word: str) -> str:
    word = word.replace('"', "")
    word = re.sub(r"\\x([0-9a-fA-F]{2})", lambda m: chr(int(m[1], 16)), word)
    return re.sub(r"\\(.)", r"\1", word)


def _expanded(reading: _Reading, items: tuple[Item, ...], kind: str) -> tuple[Item, ...]:
    """Aliases replaced, the innermost too; one that names itself ends there."""
    out: list[Item] = []
    todo = [(item, frozenset[str]()) for item in reversed(items)]
    known = reading.lists[kind]
    while todo and len(out) < MAX_EXPANDED and len(todo) < MAX_EXPANDED:
        item, within = todo.pop()
        if item.name in known and item.name not in within:
            inner = within | {item.name}
            todo += [(Item(i.name, i.negated != item.negated), inner) for i in reversed(known[item.name])]
        else:
            out.append(item)
    _left_out(reading, todo)
    return tuple(out)


def _left_out(reading: _Reading, todo: Sequence[object]) -> None:
    """Says that lists were not expanded to their end."""
    if todo:
        detail = f"aliases that stand for more than {MAX_EXPANDED} entries: the rest is not looked at"
        reading.host.fs.lose(NotExamined(what="/etc/sudoers", reason=Reason.STEP_LIMIT, detail=detail))


def _defaults(reading: _Reading, line: Line, rest: str) -> list[Setting]:
    scope = ""
    names: tuple[Item, ...] = ()
    commands: tuple[Command, ...] = ()
    match = re.match(r"([:@!>])\s*((?:\\.|\"[^\"]*\"|[^\s\\,]|\s*,\s*)+)\s*", rest)
    if match:
        scope, listed, rest = match[1], match[2], rest[match.end() :]
        if scope == "!":
            found, _ = _command_list(reading, line, listed, 0, spec=False)
            commands = _commands_expanded(reading, found)
        else:
            kind = {":": "User_Alias", "@": "Host_Alias", ">": "Runas_Alias"}[scope]
            names = _expanded(reading, _items(listed), kind)
    out: list[Setting] = []
    for part in re.findall(r'\s*((?:\\.|"(?:\\.|[^"\\])*"|[^,"\\])+)', rest):
        found_setting = re.fullmatch(r"(!*)\s*([a-z_0-9]+)\s*(?:(\+=|-=|=)\s*(.*))?", part.strip(), re.DOTALL)
        if not found_setting:
            reading.host.odd(line.path, line.line, "no setting of sudoers(5)")
            continue
        off, name, op, value = found_setting.groups()
        value = _plain(value.strip()) if value else ""
        out.append(Setting(line, name, op or ("!" if len(off) % 2 else ""), value, scope, names, commands))
    return out


def _rules(reading: _Reading, line: Line, text: str) -> list[Rule]:
    left, at = _until_equals(text)
    if at < 0:
        reading.host.odd(line.path, line.line, "no rule of sudoers(5)")
        return []
    users, hosts = _two_lists(left)
    if not users or not hosts:
        reading.host.odd(line.path, line.line, "no rule of sudoers(5)")
        return []
    people = _expanded(reading, _items(users), "User_Alias")
    out: list[Rule] = []
    while True:
        commands, end = _command_list(reading, line, text, at + 1, spec=True)
        places = _expanded(reading, _items(hosts), "Host_Alias")
        out.append(Rule(line, people, places, _commands_expanded(reading, commands)))
        if end >= len(text):
            return out
        hosts, rest = _until_equals(text[end + 1 :])
        if rest < 0 or not hosts.strip():
            reading.host.odd(line.path, line.line, "the end of this rule is not understood")
            return out
        at = end + 1 + rest


def _until_equals(text: str) -> tuple[str, int]:
    quoted = False
    index = 0
    while index < len(text):
        char = text[index]
        if char == "\\":
            index += 1
        elif char == '"':
            quoted = not quoted
        elif char == "=" and not quoted:
            return text[:index], index
        index += 1
    return text, -1


def _two_lists(left: str) -> tuple[str, str]:
    """A list of users, then a list of hosts: a list goes on after a comma or a `!`."""
    words = [(m.group(), m.start()) for m in _WORD.finditer(left)]
    for index, (word, _) in enumerate(words[:-1]):
        following = words[index + 1]
        if word not in (",", "!") and following[0] != ",":
            return left[: following[1]], left[following[1] :]
    return "", ""


def _command_list(reading: _Reading, line: Line, text: str, at: int, *, spec: bool) -> tuple[tuple[Command, ...], int]:
    """The commands from a place on, and where they end: at a `:` or at the end of the text. spec: with runas and tags."""
    out: list[Command] = []
    form = Command("")
    tags: set[str] = set()
    while at < len(text):
        at = _skip(text, at)
        if spec and text[at : at + 1] == "(":
            end = text.find(")", at)
            if end < 0:
                reading.host.odd(line.path, line.line, "a parenthesis that is not closed")
                return tuple(out), len(text)
            form, at = _runas(reading, form, text[at + 1 : end]), end + 1
            continue
        option = _OPTION.match(text, at) if spec else None
        tag = _TAG.match(text, at) if spec else None
        if option:
            form, at = replace(form, options=(*form.options, (option[1], option[2].strip('"')))), option.end()
            continue
        if tag:
            tags -= {f"NO{tag[1]}", tag[1].removeprefix("NO")}
            tags.add(tag[1])
            at = tag.end()
            continue
        command, at = _command(text, at, form)
        if command.path:
            out.append(replace(command, tags=frozenset(tags)))
        at = _skip(text, at)
        if text[at : at + 1] != ",":
            if at < len(text) and text[at] != ":":
                reading.host.odd(line.path, line.line, "the end of this rule is not understood")
                return tuple(out), len(text)
            return tuple(out), at
        at += 1
    return tuple(out), at


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _runas(reading: _Reading, form: Command, inner: str) -> Command:
    users, colon, groups = inner.partition(":")
    return replace(
        form,
        users=_expanded(reading, _items(users), "Runas_Alias"),
        groups=_expanded(reading, _items(groups), "Runas_Alias") if colon else None,
    )


def _command(text: str, at: int, form: Command) -> tuple[Command, int]:
    """One command with its arguments, and where it ends."""
    digests: list[str] = []
    negated = False
    while True:
        at = _skip(text, at)
        if text[at : at + 1] == "!":
            negated, at = not negated, at + 1
            continue
        digest = _DIGEST.match(text, at)
        if not digest:
            break
        digests.append(digest[1])
        at = digest.end()
    path, at = _argument_word(text, at)
    words: list[str] = []
    if path == "sudoedit" or path.startswith(("/", "^", "list")) or path in ("*", "ALL"):
        while True:
            at = _skip(text, at)
            if at >= len(text) or text[at] in ",:":
                break
            before = at
            word, at = _argument_word(text, at)
            if at == before:
                break
            words.append(word)
    args = None if not words else "" if words == ['""'] else " ".join(words)
    return replace(form, path=path, args=args, negated=negated, digests=tuple(digests)), at


def _argument_word(text: str, at: int) -> tuple[str, int]:
    """A word up to a space, comma or colon; a regular expression goes to its `$` and holds any of them."""
    start = at
    if text[at : at + 1] == "^":
        end = re.compile(r"\$(?=[\s,:]|$)").search(text, at)
        if end:
            return text[start : end.end()], end.end()
    out: list[str] = []
    while at < len(text):
        char = text[at]
        if char == "\\" and at + 1 < len(text):
            following = text[at + 1]
            out.append(char + following if following in "*?[]!^" else following)
            at += 2
            continue
        if char.isspace() or char in ",:":
            break
        out.append(char)
        at += 1
    return "".join(out), at


def _commands_expanded(reading: _Reading, commands: tuple[Command, ...]) -> tuple[Command, ...]:
    out: list[Command] = []
    todo = [(command, frozenset[str]()) for command in reversed(commands)]
    while todo and len(out) < MAX_EXPANDED and len(todo) < MAX_EXPANDED:
        command, within = todo.pop()
        inner = reading.commands.get(command.path)
        if inner is None or command.path in within:
            out.append(command)
            continue
        todo += [
            (
                replace(
                    c,
                    negated=c.negated != command.negated,
                    users=command.users,
                    groups=command.groups,
                    tags=command.tags,
                    options=command.options,
                ),
                within | {command.path},
            )
            for c in reversed(inner)
        ]
    _left_out(reading, todo)
    return tuple(out)
