"""What a text in the shell's language calls, as far as reading it tells: sh(1p), bash(1).

Statements are followed in their order, both branches of each, with the variables that the text itself sets. What comes from
elsewhere is unknown, and stays so: nothing is guessed, nothing is run.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

from casemate.host.readers import INPUT
from casemate.host.shell_words import (
    EXPANSIONS,
    MAX_VALUES,
    UNKNOWN,
    State,
    Word,
    assignment,
    joined,
    name_of,
    spine,
    text_of,
    values_of,
)

MAX_TEXT: Final = 1 << 18  # bytes of a script; the longest that Debian ships has half of it
MAX_CALLS: Final = 4000  # commands of a text
MAX_WORDS: Final = 500  # of a command
MAX_DEPTH: Final = 80  # of nested statements
_PRINTS: Final = ("cat", "grep", "egrep", "sed", "awk", "head", "tail", "cut", "envsubst")
_SHELLS: Final = (
    "sh",
    "bash",
    "dash",
    "ash",
    "ksh",
    "zsh",
    "/bin/sh",
    "/bin/bash",
    "/usr/bin/sh",
    "/usr/bin/bash",
    "/bin/dash",
)

_EVALS: Final = re.compile(rb"\beval\b|(?:\bdo|;|\n)\s*\"?\$\w+\"?\s*(?:;|\n|$)")  # each line of the input is a command

_RUNS_ITS_WORDS: Final = re.compile(rb'(?:^|[;&|{(\n!]|\b(?:then|do|else|exec|eval|if)\b)[ \t]*"?\$(?:\{[@*]\}|[@*])')


@dataclass(frozen=True, slots=True)
class Call:
    """A simple command. line: in the text, from 1. assigned: variables for this command alone. cwd: None when not known.

    writes: where its output goes by a redirection. passed: the program's name is a parameter, the caller's to say.
    variable: that names the program, not known where the function stands that calls it: it may be when the function is called.
    """

    line: int
    words: tuple[Word, ...]
    cwd: str | None
    assigned: tuple[tuple[str, str], ...] = ()
    writes: tuple[Word, ...] = ()
    passed: bool = False
    variable: str = ""


class TooDeep(Exception):
    """The text nests statements more deeply than anything real, or has more of them."""


def calls(text: str, state: State) -> Iterator[Call]:
    """The simple commands of a text in their order. state: is changed as they pass, so that a sourced text can share it."""
    tree = _parser().parse(text.encode("utf-8", "surrogateescape")[:MAX_TEXT])
    for number, call in enumerate(_walk(tree.root_node, state, 0)):
        if number == MAX_CALLS:
            raise TooDeep
        yield call


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_bash.language()))


def _walk(node: Node, state: State, depth: int) -> Iterator[Call]:
    if depth > MAX_DEPTH:
        raise TooDeep
    kind = node.type
    if kind == "command":
        yield from _command(node, state, depth, ())
    elif kind == "list":
        for part in spine(node):
            yield from _walk(part, state, depth + 1)
    elif kind in ("subshell", "command_substitution", "process_substitution", "pipeline"):
        inner = replace(state, variables=dict(state.variables)) if kind != "pipeline" else state
        cwd = state.cwd
        for child in node.named_children:
            yield from _walk(child, inner, depth + 1)
        if kind == "pipeline" and node.named_children and _bare_shell(node.named_children[-1]):
            yield from _as_code(node.named_children[0], inner, _line(node))
        state.cwd = cwd
    elif kind == "redirected_statement":
        yield from _redirected(node, state, depth)
    elif kind == "function_definition":
        yield from _function(node, state, depth)
    elif kind == "for_statement":
        yield from _for(node, state, depth)
    elif kind == "variable_assignment":
        yield from _inside(node, state, depth)
        name, values = assignment(node, state)
        state.assign(name, values)
    elif kind not in ("comment", "word", "raw_string", "string_content", "heredoc_start", "heredoc_end"):
        if kind == "declaration_command":
            yield from _as_code(node, state, _line(node), inside=True)
        branch = kind in ("if_statement", "while_statement", "case_item", "elif_clause", "else_clause")
        state.branches += branch
        for child in node.named_children:
            yield from _walk(child, state, depth + 1)
        state.branches -= branch


def _line(node: Node) -> int:
    return int(node.start_point[0]) + 1


def _bare_shell(node: Node) -> bool:
    """A shell that reads its commands from its input."""
    words = text_of(node).split() if node.type == "command" and node.end_byte - node.start_byte < 100 else []
    return bool(words) and words[0] in _SHELLS and all(word in ("-s", "-e", "-x", "-") for word in words[1:])


def _as_code(node: Node, state: State, line: int, *, inside: bool = False) -> Iterator[Call]:
    """Files whose content becomes commands or variables: `eval "$(cat FILE)"`, `export $(grep -v … FILE)`, `cat FILE | sh`.

    inside: of the substitutions only.
    """
    todo = [(node, not inside)]
    while todo:
        here, reached = todo.pop()
        if here.type == "command" and reached and name_of(here) in _PRINTS:
            for argument in here.children_by_field_name("argument"):
                if "/" in text_of(argument):
                    yield from _read(values_of(argument, state), state, line)
        elif here.type == "file_redirect" and reached and any(c.type == "<" for c in here.children):
            yield from _read(values_of(here.named_children[-1], state), state, line)
        else:
            reached = reached or here.type in ("command_substitution", "process_substitution")
            todo += [(child, reached) for child in reversed(here.named_children)]


def _read(values: tuple[Word, ...], state: State, line: int) -> Iterator[Call]:
    for value in values:
        if value.text and "/" in value.text:
            yield Call(line, (Word("."), value), state.cwd)


def _redirected(node: Node, state: State, depth: int) -> Iterator[Call]:
    writes: list[Word] = []
    body = node.named_children[0] if node.named_children else None
    for child in node.named_children[1:]:
        if child.type == "file_redirect" and any(c.type == "<" for c in child.children) and body is not None:
            reader = INPUT.get(posixpath.basename(name_of(body)))
            if reader is not None:
                for value in values_of(child.named_children[-1], state):
                    yield Call(_line(node), (*(Word(part) for part in reader), value), state.cwd)
            if _bare_shell(body) or (body.type == "while_statement" and _EVALS.search(body.text or b"")):
                yield from _read(values_of(child.named_children[-1], state), state, _line(node))
        if child.type == "file_redirect" and any(c.type in (">", ">>", "&>", "&>>", ">|") for c in child.children):
            writes += [values_of(child.named_children[-1], state)[0]]
        yield from _inside(child, state, depth)
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
        state.functions.add(text_of(name))
        if body is not None and _RUNS_ITS_WORDS.search(body.text or b""):
            state.runners.add(text_of(name))
    if body is not None:
        cwd = state.cwd
        state.branches += 1
        state.bodies += 1
        yield from _walk(body, state, depth + 1)
        state.bodies -= 1
        state.branches -= 1
        state.cwd = cwd


def _for(node: Node, state: State, depth: int) -> Iterator[Call]:
    name = node.child_by_field_name("variable")
    values: list[Word] = []
    for child in node.children_by_field_name("value"):
        yield from _inside(child, state, depth)
        values += [replace(value, each=value.glob) for value in values_of(child, state)]
    if name is not None:
        state.variables[text_of(name)] = tuple(values[:MAX_VALUES]) or (UNKNOWN,)
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
    bare = False
    for child in node.named_children[:MAX_WORDS]:
        yield from _inside(child, state, depth)
        if child.type == "variable_assignment":
            name, values = assignment(child, state)
            if values[0].text is not None:
                assigned.append((name, values[0].text))
        elif child.type == "file_redirect":
            if any(c.type in (">", ">>", "&>", "&>>", ">|") for c in child.children):
                writes = (*writes, values_of(child.named_children[-1], state)[0])
        elif child.type in ("herestring_redirect", "heredoc_redirect"):
            continue
        else:
            word = child.named_children[0] if child.type == "command_name" and child.named_children else child
            passed = passed or (not words and re.search(r"\$\{?[0-9@*]", text_of(word)) is not None)
            bare = bare if words else word.type in (*EXPANSIONS, "command_substitution")
            words += _split(word, values_of(word, state))
            passed = passed or (len(words) == 1 and any(value.passed for value in words[0]))
    called = node.child_by_field_name("name")
    before = called.prev_sibling if called is not None else None
    if called is not None and before is not None and before.type == "variable_assignment":
        if before.end_byte == called.start_byte:  # x="a"`b` is one value, which the grammar takes apart
            state.assign(assignment(before, state)[0], (UNKNOWN,))
            return
    line = (called or node).start_point[0] + 1
    if not words or (assigned and line > node.start_point[0] + 1 and b"\\\n" not in (node.text or b"")):
        for name, text in assigned:  # on a line of their own they are the shell's, whatever the grammar made of it
            state.assign(name, (Word(text),))
        assigned = []
    if not words or words[-1][0].text in ("]", "]]"):  # a test, of which the grammar may lose the beginning
        return
    first, second = words[0][0].text, words[1][0].text if len(words) > 1 else ""
    if first in ("eval", ".", "source") or (
        first in _SHELLS and (second is None or (second[:1] == "-" and "c" in second[1:]))
    ):
        yield from _as_code(node, state, line, inside=True)
    for index in range(min(max(len(values) for values in words), MAX_VALUES)):
        chosen = tuple(values[min(index, len(values) - 1)] for values in words)
        called_by = _called(chosen[0], bare, passed)
        if called_by:
            variable = re.fullmatch(r'"?\$\{?(\w+)\}?"?', text_of(called)) if called and state.bodies else None
            named = variable[1] if variable else ""
            yield Call(line, called_by + chosen[1:], state.cwd, tuple(assigned), writes, passed, named)
    _builtin(words, state)


def _called(name: Word, bare: bool, passed: bool) -> tuple[Word, ...]:
    """The words that a command's first one stands for, none where it is empty in one case of several, which scripts rule out.

    bare: without quotes, so that it is split at blanks.
    """
    if bare and name.text is None and " " in name.begins:
        return (*(Word(part) for part in name.begins[: name.begins.rindex(" ")].split()), UNKNOWN)
    if bare and name.text is not None and not name.text.strip():
        return ()
    if bare and name.text is not None and " " in name.text:
        return tuple(replace(name, text=part) for part in name.text.split())
    if name.text is None and not passed and re.fullmatch(r"/([^/*?\[]+/)+[^/*?\[]+", name.begins):
        return (Word(name.begins + "*", glob=True),)  # a program of that folder, whose name begins so
    return (name,)


def _split(node: Node, values: tuple[Word, ...]) -> list[tuple[Word, ...]]:
    """A word's values; those of a variable without quotes are split at blanks when there is but one."""
    if node.type in EXPANSIONS and len(values) == 1 and values[0].text is not None:
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
