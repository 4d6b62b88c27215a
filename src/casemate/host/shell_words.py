"""What the words of a shell's text may be: quotes, variables, and the few substitutions that only say something about a path."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field, replace
from typing import Final

from tree_sitter import Node

MAX_LENGTH: Final = 4096  # of a value, as of a path (PATH_MAX of Linux)
MAX_PARTS: Final = 200  # of a word
MAX_VALUES: Final = 16  # that a variable is followed with
# not set unless a job sets them
UNSET: Final = ("PYTHONPATH", "PERL5LIB", "NODE_PATH", "RUBYLIB", "LD_LIBRARY_PATH", "LD_PRELOAD", "DPKG_ROOT")
EXPANSIONS: Final = ("simple_expansion", "expansion")
_SILENT: Final = (":", "true", "false", "kill", "test")  # they print nothing
_GLOB = re.compile(r"(?<!\\)[*?\[]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a command. text: None when it cannot be known. glob: the shell puts the names of files in its place.

    each: it is one of these names, in a loop over them. passed: not known because it is, or holds, what the caller gave as a
    parameter. begins: how a word begins that is not known to its end.
    """

    text: str | None
    glob: bool = False
    each: bool = False
    passed: bool = False
    begins: str = ""


UNKNOWN: Final = Word(None)
PASSED: Final = Word(None, passed=True)


@dataclass(slots=True)
class State:
    """What a shell knows while it runs. script: what $0 is, "" for none. runners: functions that run their words."""

    cwd: str | None = "/"
    script: str = ""
    variables: dict[str, tuple[Word, ...]] = field(default_factory=dict)
    functions: set[str] = field(default_factory=set)
    runners: set[str] = field(default_factory=set)
    branches: int = 0
    bodies: int = 0  # functions that the text is in

    def value(self, name: str) -> str | None:
        """A variable's value, when it has one that is known."""
        known = self.variables.get(name, ())
        return known[0].text if known else None

    def assign(self, name: str, values: tuple[Word, ...]) -> None:
        """Give a variable a value; in a branch, another one beside the old."""
        old = self.variables.get(name, ()) if self.branches else ()
        self.variables[name] = tuple(dict.fromkeys((*old, *values)))[:MAX_VALUES]


def text_of(node: Node) -> str:
    """The text of a node."""
    return (node.text or b"").decode("utf-8", "surrogateescape")


def spine(node: Node) -> list[Node]:
    """The parts of `a && b || c`, which nest to the left, in their order."""
    parts: list[Node] = []
    while node.type == "list" and node.named_children:
        parts += reversed(node.named_children[1:])
        node = node.named_children[0]
    return [node, *reversed(parts)]


def joined(cwd: str | None, path: str | None) -> str | None:
    """A path seen from a folder; None when it cannot be known."""
    if path is None or (cwd is None and not path.startswith("/")):
        return None
    whole = posixpath.join(cwd or "/", path)
    return "/" + posixpath.normpath(whole).lstrip("/") if ".." not in whole.split("/") else whole


def assignment(node: Node, state: State) -> tuple[str, tuple[Word, ...]]:
    """The variable that a text sets, and to what."""
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    if name is None or name.type != "variable_name":
        return "", (UNKNOWN,)
    values = values_of(value, state) if value is not None else (Word(""),)
    if any(child.type == "+=" for child in node.children):
        values = (UNKNOWN,)
    return text_of(name), values


def values_of(node: Node, state: State, depth: int = 0) -> tuple[Word, ...]:
    """What a word may be; never empty."""
    kind = node.type
    if depth > 20:
        return (UNKNOWN,)
    if kind in (
        "word",
        "number",
        "special_variable_name",
        "variable_name",
        "extglob_pattern",
        "regex",
        "test_operator",
    ):
        raw = text_of(node)
        home = state.value("HOME")
        if raw == "~" or raw.startswith("~/"):
            return (Word(home + raw[1:] if home is not None else None),)
        return (Word(re.sub(r"\\(.)", r"\1", raw.replace("\\\n", "")), bool(_GLOB.search(raw))),)
    if kind == "raw_string":
        return (Word(text_of(node)[1:-1]),)
    if kind == "ansi_c_string":
        return (Word(text_of(node)[2:-1]),) if "\\" not in text_of(node) else (UNKNOWN,)
    if kind in ("string", "translated_string"):
        return tuple(replace(word, glob=word.each) for word in _joined(node, state, depth, quoted=True))
    if kind in ("concatenation", "command_name"):
        return _joined(node, state, depth, quoted=False)
    if kind == "simple_expansion":
        return _variable(text_of(node)[1:], state)
    if kind == "expansion":
        return _expansion(node, state, depth)
    if kind == "command_substitution":
        return (Word(_substituted(node, state, depth)),)
    return (UNKNOWN,)


def _joined(node: Node, state: State, depth: int, *, quoted: bool) -> tuple[Word, ...]:
    """The parts of a word, set together."""
    if node.child_count > MAX_PARTS:
        return (UNKNOWN,)
    data, base = node.text or b"", node.start_byte
    at = node.start_byte + 1 if quoted else node.start_byte
    end = node.end_byte - 1 if quoted else node.end_byte
    parts: list[tuple[Word, ...]] = []
    for child in node.named_children:
        if child.start_byte > at:
            parts.append((Word(data[at - base : child.start_byte - base].decode("utf-8", "surrogateescape")),))
        if child.type == "string_content":
            parts.append((Word(re.sub(r'\\([$`"\\\n])', r"\1", text_of(child))),))
        else:
            parts.append(values_of(child, state, depth + 1))
        at = child.end_byte
    if at < end:
        parts.append((Word(data[at - base : end - base].decode("utf-8", "surrogateescape")),))
    count = min(max((len(p) for p in parts), default=1), MAX_VALUES)
    out = []
    for index in range(count):
        chosen = [p[min(index, len(p) - 1)] for p in parts]
        unknown = next((at for at, w in enumerate(chosen) if w.text is None), len(chosen))
        begins = "".join(w.text or w.begins for w in chosen[: unknown + 1])[:MAX_LENGTH]
        known = begins if unknown == len(chosen) and len(begins) < MAX_LENGTH else None
        passed = known is None and any(w.passed for w in chosen)
        starts = begins if known is None else ""
        out.append(Word(known, any(w.glob for w in chosen), any(w.each for w in chosen), passed, starts))
    return tuple(out)


def _variable(name: str, state: State) -> tuple[Word, ...]:
    if name == "0":
        return (Word(state.script or None),)
    if name == "PWD" and name not in state.variables:
        return (Word(state.cwd),)
    if name in ("@", "*", "OPTARG") or name.isdecimal():
        return (PASSED,)
    return state.variables.get(name, (Word("") if name in UNSET else UNKNOWN,))


def _expansion(node: Node, state: State, depth: int) -> tuple[Word, ...]:
    inner = text_of(node)[2:-1]
    found = re.match(r"(BASH_SOURCE(?:\[0\])?|[A-Za-z_0-9]+)(.*)$", inner, re.DOTALL)
    if found is None:
        return (UNKNOWN,)
    name, rest = found[1], found[2]
    values = (Word(state.script or None),) if name.startswith("BASH_SOURCE") else _variable(name, state)
    if not rest:
        return values
    known = values[0].text
    if rest[:2] == ":+" or rest[:1] == "+":  # nothing, or what stands there
        parts = [child for child in node.named_children if child.type != "variable_name"]
        other = values_of(parts[-1], state, depth + 1) if len(parts) == 1 else (UNKNOWN,)
        return (Word(""),) if known == "" else other if known else (Word(""), *other)
    if rest[:2] in (":-", ":=") or rest[:1] in ("-", "="):
        if known:
            return values
        parts = [child for child in node.named_children if child.type != "variable_name"]
        default = values_of(parts[-1], state, depth + 1) if len(parts) == 1 else (UNKNOWN,)
        if rest.startswith((":=", "=")):
            state.variables[name] = default
        return default
    if known is not None and rest == "%/*":
        return (Word(known.rpartition("/")[0] if "/" in known else known),)
    if known is not None and rest == "##*/":
        return (Word(known.rpartition("/")[2]),)
    return (PASSED,) if all(value.passed for value in values) else (UNKNOWN,)


def _substituted(node: Node, state: State, depth: int) -> str | None:
    """What a command prints, for the few that only say something about a path."""
    parts = [part for child in node.named_children for part in (spine(child) if child.type == "list" else [child])]
    if len(parts) == 2 and [name_of(part) for part in parts] == ["cd", "pwd"]:
        moved = _arguments(parts[0], state, depth)
        return joined(state.cwd, moved[-1]) if moved else None
    if len(parts) != 1:
        return None
    if parts[0].type == "redirected_statement" and parts[0].named_children:
        parts = [parts[0].named_children[0]]
    name, words = name_of(parts[0]), _arguments(parts[0], state, depth)
    last = words[-1] if words else None
    if name == "pwd":
        return state.cwd
    if name in _SILENT:
        return ""
    if name == "dirname" and last is not None:
        return posixpath.dirname(last) or "."
    if name == "basename" and last is not None and len(words) == 1:
        return posixpath.basename(last)
    if name in ("readlink", "realpath"):
        return joined(state.cwd, last)
    if name in ("which", "command", "type", "echo", "printf") and last is not None and "%" not in last:
        return last
    return None


def name_of(node: Node) -> str:
    """The name of a command as it is written, "" for another node."""
    name = node.child_by_field_name("name") if node.type == "command" else None
    return text_of(name) if name is not None else ""


def _arguments(node: Node, state: State, depth: int) -> list[str | None]:
    words = [values_of(child, state, depth + 1)[0].text for child in node.children_by_field_name("argument")]
    return [word for word in words if word is None or not word.startswith("-")]
