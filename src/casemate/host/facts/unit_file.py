"""The syntax of unit files: assignments with their lines, words, specifiers and the prefixes of command lines.

Sources: systemd.syntax(7), systemd.unit(5) ("Specifiers"), systemd.service(5) ("Command lines").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from casemate.host.host import Host

MAX_VALUES: Final = 20_000  # assignments of one file; a real one has some dozens
MAX_ODD: Final = 5  # lines of one file that are told as not understood
MAX_WORDS: Final = 4096
PREFIXES: Final = "@-:+!|"  # of a program in a command line; | since systemd 257
_SIMPLE_ESCAPES: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "s": " "}
_ESCAPES: Final = _SIMPLE_ESCAPES | {c: c for c in "\\\"'"}
_HEX: Final = re.compile(r"[0-9a-fA-F]{2}")
_VARIABLE: Final = re.compile(r"\$\{(\w{1,200})\}")


@dataclass(frozen=True, slots=True)
class Value:
    """An assignment `key=text` of a section. line: where it begins."""

    path: str
    line: int
    section: str
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a line such as ExecStart=. prefixes: the characters before the program."""

    value: Value
    prefixes: str
    words: tuple[str, ...]


def assignments(host: Host, path: str) -> tuple[Value, ...]:
    """All assignments of a file in their order, lines that are continued by a backslash as one."""
    text = host.fs.text(path)
    out: list[Value] = []
    parts: list[str] = []
    section, first, odd = "", 0, 0
    for number, line in text.numbered() if text else ():
        bare = line.strip()
        if bare.startswith(("#", ";")) or (not bare and not parts):
            continue  # comments stand also between the lines of a continued one
        first = first or number
        if line.endswith("\\"):
            parts.append(line[:-1])
            continue
        whole = " ".join((*parts, line)).strip() if parts else bare
        place, first, parts = first, 0, []
        if not whole:
            continue
        if whole.startswith("[") and whole.endswith("]"):
            section = whole[1:-1]
            continue
        key, equals, rest = whole.partition("=")
        if not equals or not section:
            odd += 1
            if odd <= MAX_ODD:
                host.odd(path, place, "no assignment of a unit file")
            continue
        if len(out) >= MAX_VALUES:
            host.odd(path, place, "more assignments than are read")
            break
        out.append(Value(text.path if text else path, place, section, key.strip(), rest.strip()))
    return tuple(out)


def truth(text: str) -> bool:
    """Whether a text is one of the words for yes."""
    return text.strip().lower() in ("1", "yes", "y", "true", "t", "on")


def words(text: str) -> tuple[str, ...]:
    """The words of a value: separated by white space, quotes and escapes undone."""
    out: list[str] = []
    word: list[str] | None = None
    quote = ""
    at, size = 0, len(text)
    while at < size and len(out) < MAX_WORDS:
        char = text[at]
        at += 1
        if char == "\\" and at < size:
            word = word if word is not None else []
            letter = text[at]
            if letter == "x" and _HEX.match(text, at + 1):
                word.append(chr(int(text[at + 1 : at + 3], 16)))
                at += 3
            else:
                word.append(_ESCAPES.get(letter, "\\" + letter))
                at += 1
        elif quote:
            if char == quote:
                quote = ""
            else:
                assert word is not None
                word.append(char)
        elif char in "\"'":
            quote, word = char, word if word is not None else []
        elif char.isspace():
            if word is not None:
                out.append("".join(word))
                word = None
        else:
            word = word if word is not None else []
            word.append(char)
    if word is not None:
        out.append("".join(word))
    return tuple(out)


def specifiers(name: str, path: str, *, user: bool = False) -> dict[str, str]:
    """What the letters after % stand for in the unit of that name; those that only the running machine knows are left out."""
    bare, _, _ = name.rpartition(".")
    prefix, _, instance = bare.partition("@")
    plain = unescaped(instance)
    out = {
        "%": "%",
        "n": name,
        "N": bare,
        "p": prefix,
        "P": unescaped(prefix),
        "i": instance,
        "I": plain,
        "f": "/" + (plain or unescaped(prefix)).lstrip("/"),
        "j": prefix.rpartition("-")[2],
        "J": unescaped(prefix.rpartition("-")[2]),
        "T": "/tmp",
        "V": "/var/tmp",
        "y": path,
        "Y": path.rpartition("/")[0],
    }
    if not user:
        out |= {"t": "/run", "S": "/var/lib", "C": "/var/cache", "L": "/var/log", "E": "/etc"}
        out |= {
            "h": "/root",
            "u": "root",
            "U": "0",
            "g": "root",
            "G": "0",
            "s": "/bin/sh",
            "d": f"/run/credentials/{name}",
        }
    return out


def expanded(text: str, meanings: Mapping[str, str]) -> str:
    """A text with its specifiers replaced; unknown ones stay."""
    if "%" not in text:
        return text
    return re.sub("%(.)", lambda found: meanings.get(found[1], found[0]), text)


def unescaped(text: str) -> str:
    """A name as systemd-escape(1) undoes it."""
    return re.sub(r"\\x([0-9a-f]{2})", lambda found: chr(int(found[1], 16)), text.replace("-", "/"))


def commands(value: Value, meanings: Mapping[str, str], variables: Mapping[str, str]) -> tuple[Command, ...]:
    """The commands of a line. variables: what `$NAME` and `${NAME}` stand for as far as the files say it."""
    out: list[Command] = []
    current: list[str] = []
    for word in (*words(value.text), ";"):
        if word == ";":
            if current:
                out.append(_command(value, current, meanings, variables))
            current = []
        else:
            current.append("\\;" if word == ";;" else word)
    return tuple(out)


def _command(value: Value, given: list[str], meanings: Mapping[str, str], variables: Mapping[str, str]) -> Command:
    program = given[0].lstrip(PREFIXES)
    prefixes = given[0][: len(given[0]) - len(program)]
    rest = given[1:]
    if not program and rest:  # a prefix apart from its program
        program, rest = rest[0], rest[1:]
    out = [expanded(program, meanings)]
    if "@" in prefixes:  # the next word is what the program is told that it is called
        rest = rest[1:]
    for word in rest:
        word = expanded(word, meanings)
        if ":" in prefixes or "$" not in word:
            out.append(word)
        elif word.startswith("$") and word[1:].isidentifier():
            out += variables[word[1:]].split() if word[1:] in variables else [word]
        else:
            out.append(_VARIABLE.sub(lambda found: variables.get(found[1], found[0]), word).replace("$$", "$"))
    return Command(value, prefixes, tuple(out))
