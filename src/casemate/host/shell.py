"""What a text in the shell's language calls, as far as reading it tells: sh(1p), bash(1).

Statements are followed in their order, both branches of each, with the variables that the text itself sets. What comes from
elsewhere is unknown, and stays so: nothing is guessed, nothing is run.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

MAX_TEXT: Final = 1 << 18  # bytes of a script; the longest that Debian ships has half of it
MAX_DEPTH: Final = 80  # of nested statements
MAX_VALUES: Final = 16  # that a variable is followed with
_GLOB = re.compile(r"(?<!\\)[*?\[]")
_EXPANSIONS: Final = ("simple_expansion", "expansion")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a command. text: None when it cannot be known. glob: the shell puts the names of files in its place.

    each: it is one of these names, in a loop over them.
    """

    text: str | None
    glob: bool = False
    each: bool = False


UNKNOWN: Final = Word(None)


@dataclass(frozen=True, slots=True)
class Call:
    """A simple command. line: in the text, from 1. assigned: variables for this command alone. cwd: None when not known.

    writes: where its output goes by a redirection. passed: the program's name is a parameter, the caller's to say.
    """

    line: int
    words: tuple[Word, ...]
    cwd: str | None
    assigned: tuple[tuple[str, str], ...] = ()
    writes: tuple[Word, ...] = ()
    passed: bool = False


@dataclass(slots=True)
class State:
    """What a shell knows while it runs. script: what $0 is, "" for none."""

    cwd: str | None = "/"
    script: str = ""
    variables: dict[str, tuple[Word, ...]] = field(default_factory=dict)
    functions: set[str] = field(default_factory=set)
    branches: int = 0

    def value(self, name: str) -> str | None:
        """A variable's value, when it has one that is known."""
        known = self.variables.get(name, ())
        return known[0].text if known else None

    def assign(self, name: str, values: tuple[Word, ...]) -> None:
        """Give a variable a value; in a branch, another one beside the old."""
        old = self.variables.get(name, ()) if self.branches else ()
        self.variables[name] = tuple(dict.fromkeys((*old, *values)))[:MAX_VALUES]


class TooDeep(Exception):
    """The text nests statements more deeply than anything real."""


def calls(text: str, state: State) -> Iterator[Call]:
    """The simple commands of a text in their order. state: is changed as they pass, so that a sourced text can share it."""
    tree = _parser().parse(text.encode("utf-8", "surrogateescape")[:MAX_TEXT])
    yield from _walk(tree.root_node, state, 0)


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_bash.language()))


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "surrogateescape")


def _walk(node: Node, state: State, depth: int) -> Iterator[Call]:
    if depth > MAX_DEPTH:
        raise TooDeep
    kind = node.type
    if kind == "command":
        yield from _command(node, state, depth, ())
    elif kind == "list":
        for part in _spine(node):
            yield from _walk(part, state, depth + 1)
    elif kind in ("subshell", "command_substitution", "process_substitution", "pipeline"):
        inner = replace(state, variables=dict(state.variables)) if kind != "pipeline" else state
        cwd = state.cwd
        for child in node.named_children:
            yield from _walk(child, inner, depth + 1)
        state.cwd = cwd
    elif kind == "redirected_statement":
        yield from _redirected(node, state, depth)
    elif kind == "function_definition":
        yield from _function(node, state, depth)
    elif kind == "for_statement":
        yield from _for(node, state, depth)
    elif kind == "variable_assignment":
        yield from _inside(node, state, depth)
        name, values = _assignment(node, state)
        state.assign(name, values)
    elif kind not in ("comment", "word", "raw_string", "string_content", "heredoc_start", "heredoc_end"):
        branch = kind in ("if_statement", "while_statement", "case_item", "elif_clause", "else_clause")
        state.branches += branch
        for child in node.named_children:
            yield from _walk(child, state, depth + 1)
        state.branches -= branch


def _spine(node: Node) -> list[Node]:
    """The parts of `a && b || c`, which nest to the left, in their order."""
    parts: list[Node] = []
    while node.type == "list" and node.named_children:
        parts += reversed(node.named_children[1:])
        node = node.named_children[0]
    return [node, *reversed(parts)]


def _redirected(node: Node, state: State, depth: int) -> Iterator[Call]:
    writes: list[Word] = []
    for child in node.named_children[1:]:
        if child.type == "file_redirect" and any(c.type in (">", ">>", "&>", "&>>", ">|") for c in child.children):
            writes += [_values(child.named_children[-1], state)[0]]
        yield from _inside(child, state, depth)
    body = node.named_children[0] if node.named_children else None
    if body is None:
        return
    if body.type == "command":
        yield from _command(body, state, depth + 1, tuple(writes))
        return
    yield from _walk(body, state, depth + 1)
    if writes:
        yield Call(node.start_point[0] + 1, (Word(":"),), state.cwd, (), tuple(writes))


def _function(node: Node, state: State, depth: int) -> Iterator[Call]:
    name = node.child_by_field_name("name")
    body = node.child_by_field_name("body")
    if name is not None:
        state.functions.add(_text(name))
    if body is not None:
        cwd = state.cwd
        state.branches += 1
        yield from _walk(body, state, depth + 1)
        state.branches -= 1
        state.cwd = cwd


def _for(node: Node, state: State, depth: int) -> Iterator[Call]:
    name = node.child_by_field_name("variable")
    values: list[Word] = []
    for child in node.children_by_field_name("value"):
        yield from _inside(child, state, depth)
        values += [replace(value, each=value.glob) for value in _values(child, state)]
    if name is not None:
        state.variables[_text(name)] = tuple(values[:MAX_VALUES]) or (UNKNOWN,)
    body = node.child_by_field_name("body")
    if body is not None:
        state.branches += 1
        yield from _walk(body, state, depth + 1)
        state.branches -= 1


def _inside(node: Node, state: State, depth: int) -> Iterator[Call]:
    """The commands of the substitutions in a word."""
    todo = [node]
    while todo:
        here = todo.pop()
        if here.type in ("command_substitution", "process_substitution"):
            yield from _walk(here, state, depth + 1)
        else:
            todo += reversed(here.named_children)


def _command(node: Node, state: State, depth: int, writes: tuple[Word, ...]) -> Iterator[Call]:
    assigned: list[tuple[str, str]] = []
    words: list[tuple[Word, ...]] = []
    passed = False
    for child in node.named_children:
        yield from _inside(child, state, depth)
        if child.type == "variable_assignment":
            name, values = _assignment(child, state)
            if values[0].text is not None:
                assigned.append((name, values[0].text))
        elif child.type == "file_redirect":
            if any(c.type in (">", ">>", "&>", "&>>", ">|") for c in child.children):
                writes = (*writes, _values(child.named_children[-1], state)[0])
        elif child.type in ("herestring_redirect", "heredoc_redirect"):
            continue
        else:
            word = child.named_children[0] if child.type == "command_name" and child.named_children else child
            passed = passed or (not words and re.search(r"\$\{?[0-9@*]", _text(word)) is not None)
            words += _split(word, _values(word, state))
    called = node.child_by_field_name("name")
    line = (called or node).start_point[0] + 1
    if not words or (assigned and line > node.start_point[0] + 1 and b"\\\n" not in (node.text or b"")):
        for name, text in assigned:  # on a line of their own they are the shell's, whatever the grammar made of it
            state.assign(name, (Word(text),))
        assigned = []
    if not words:
        return
    for index in range(min(max(len(values) for values in words), MAX_VALUES)):
        chosen = tuple(values[min(index, len(values) - 1)] for values in words)
        yield Call(line, chosen, state.cwd, tuple(assigned), writes, passed)
    _builtin(words, state)


def _split(node: Node, values: tuple[Word, ...]) -> list[tuple[Word, ...]]:
    """A word's values; those of a variable without quotes are split at blanks when there is but one."""
    if node.type in _EXPANSIONS and len(values) == 1 and values[0].text is not None:
        return [(replace(values[0], text=part),) for part in values[0].text.split()]
    return [values]


def _builtin(words: list[tuple[Word, ...]], state: State) -> None:
    """What a command changes in the shell itself."""
    name = words[0][0].text
    if name in ("cd", "pushd") and len(words) > 1:
        arguments = [w[0].text for w in words[1:] if w[0].text is None or not w[0].text.startswith("-")]
        state.cwd = joined(state.cwd, arguments[0]) if arguments else None
    elif name == "cd":
        state.cwd = state.value("HOME")
    elif name == "read":
        for word in words[1:]:
            if word[0].text:
                state.variables[word[0].text] = (UNKNOWN,)


def joined(cwd: str | None, path: str | None) -> str | None:
    """A path seen from a folder; None when it cannot be known."""
    if path is None or (cwd is None and not path.startswith("/")):
        return None
    whole = posixpath.join(cwd or "/", path)
    return "/" + posixpath.normpath(whole).lstrip("/") if ".." not in whole.split("/") else whole


def _assignment(node: Node, state: State) -> tuple[str, tuple[Word, ...]]:
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    if name is None or name.type != "variable_name":
        return "", (UNKNOWN,)
    values = _values(value, state) if value is not None else (Word(""),)
    if any(child.type == "+=" for child in node.children):
        values = (UNKNOWN,)
    return _text(name), values


def _values(node: Node, state: State, depth: int = 0) -> tuple[Word, ...]:
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
        raw = _text(node)
        home = state.value("HOME")
        if raw == "~" or raw.startswith("~/"):
            return (Word(home + raw[1:] if home is not None else None),)
        return (Word(re.sub(r"\\(.)", r"\1", raw.replace("\\\n", "")), bool(_GLOB.search(raw))),)
    if kind == "raw_string":
        return (Word(_text(node)[1:-1]),)
    if kind == "ansi_c_string":
        return (Word(_text(node)[2:-1]),) if "\\" not in _text(node) else (UNKNOWN,)
    if kind in ("string", "translated_string"):
        return tuple(replace(word, glob=word.each) for word in _joined(node, state, depth, quoted=True))
    if kind in ("concatenation", "command_name"):
        return _joined(node, state, depth, quoted=False)
    if kind == "simple_expansion":
        return _variable(_text(node)[1:], state)
    if kind == "expansion":
        return _expansion(node, state, depth)
    if kind == "command_substitution":
        return (Word(_substituted(node, state, depth)),)
    return (UNKNOWN,)


def _joined(node: Node, state: State, depth: int, *, quoted: bool) -> tuple[Word, ...]:
    """The parts of a word, set together."""
    data, base = node.text or b"", node.start_byte
    at = node.start_byte + 1 if quoted else node.start_byte
    end = node.end_byte - 1 if quoted else node.end_byte
    parts: list[tuple[Word, ...]] = []
    for child in node.named_children:
        if child.start_byte > at:
            parts.append((Word(data[at - base : child.start_byte - base].decode("utf-8", "surrogateescape")),))
        if child.type == "string_content":
            parts.append((Word(re.sub(r'\\([$`"\\\n])', r"\1", _text(child))),))
        else:
            parts.append(_values(child, state, depth + 1))
        at = child.end_byte
    if at < end:
        parts.append((Word(data[at - base : end - base].decode("utf-8", "surrogateescape")),))
    count = min(max((len(p) for p in parts), default=1), MAX_VALUES)
    out = []
    for index in range(count):
        chosen = [p[min(index, len(p) - 1)] for p in parts]
        known = None if any(w.text is None for w in chosen) else "".join(w.text or "" for w in chosen)
        out.append(Word(known, any(w.glob for w in chosen), any(w.each for w in chosen)))
    return tuple(out)


def _variable(name: str, state: State) -> tuple[Word, ...]:
    if name == "0":
        return (Word(state.script or None),)
    if name == "PWD" and name not in state.variables:
        return (Word(state.cwd),)
    return state.variables.get(name, (UNKNOWN,))


def _expansion(node: Node, state: State, depth: int) -> tuple[Word, ...]:
    inner = _text(node)[2:-1]
    found = re.match(r"(BASH_SOURCE(?:\[0\])?|[A-Za-z_0-9]+)(.*)$", inner, re.DOTALL)
    if found is None:
        return (UNKNOWN,)
    name, rest = found[1], found[2]
    values = (Word(state.script or None),) if name.startswith("BASH_SOURCE") else _variable(name, state)
    if not rest:
        return values
    known = values[0].text
    if rest[:2] in (":-", ":=") or rest[:1] in ("-", "="):
        if known:
            return values
        parts = [child for child in node.named_children if child.type != "variable_name"]
        return _values(parts[-1], state, depth + 1) if len(parts) == 1 else (UNKNOWN,)
    if known is not None and rest == "%/*":
        return (Word(known.rpartition("/")[0] if "/" in known else known),)
    if known is not None and rest == "##*/":
        return (Word(known.rpartition("/")[2]),)
    return (UNKNOWN,)


def _substituted(node: Node, state: State, depth: int) -> str | None:
    """What a command prints, for the few that only say something about a path."""
    parts = [part for child in node.named_children for part in (_spine(child) if child.type == "list" else [child])]
    if len(parts) == 2 and [_name(part) for part in parts] == ["cd", "pwd"]:
        moved = _arguments(parts[0], state, depth)
        return joined(state.cwd, moved[-1]) if moved else None
    if len(parts) != 1:
        return None
    name, words = _name(parts[0]), _arguments(parts[0], state, depth)
    last = words[-1] if words else None
    if name == "pwd":
        return state.cwd
    if name == "dirname" and last is not None:
        return posixpath.dirname(last) or "."
    if name == "basename" and last is not None and len(words) == 1:
        return posixpath.basename(last)
    if name in ("readlink", "realpath"):
        return joined(state.cwd, last)
    if name in ("which", "command", "type", "echo", "printf") and last is not None and "%" not in last:
        return last
    return None


def _name(node: Node) -> str:
    name = node.child_by_field_name("name") if node.type == "command" else None
    return _text(name) if name is not None else ""


def _arguments(node: Node, state: State, depth: int) -> list[str | None]:
    words = [_values(child, state, depth + 1)[0].text for child in node.children_by_field_name("argument")]
    return [word for word in words if word is None or not word.startswith("-")]
