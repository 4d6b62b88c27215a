"""What a Python script has run, reads as code, and puts on its search path, as far as its text says it in constants.

Constants are followed: names that are given one value, paths that are set together from the script's own place (`__file__`),
lists of words. Comments, documentation and messages are no code. Nothing is imported or run.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Final

import tree_sitter_python
from tree_sitter import Language, Node, Parser

MAX_NODES: Final = 60_000  # of a script
MAX_DEPTH: Final = 30  # of an expression
MAX_LENGTH: Final = 4096
_TEXT: Final = (  # noqa: SIM905
    "os.system os.popen subprocess.getoutput subprocess.getstatusoutput commands.getoutput commands.getstatusoutput "
    "asyncio.create_subprocess_shell shlex.split"
).split()
_WORDS: Final = (  # noqa: SIM905
    "subprocess.run subprocess.call subprocess.check_call subprocess.check_output subprocess.Popen pty.spawn "
    "asyncio.create_subprocess_exec"
).split()
_EXEC: Final = re.compile(r"os\.(?:exec[lv]p?e?|spawn[lv]p?e?|posix_spawnp?)")
_CODE: Final = {  # which argument names the file
    "execfile": 0,
    "runpy.run_path": 0,
    "ctypes.CDLL": 0,
    "ctypes.cdll.LoadLibrary": 0,
    "imp.load_source": 1,
    "imp.load_dynamic": 1,
    "importlib.util.spec_from_file_location": 1,
    "importlib.machinery.SourceFileLoader": 1,
    "exec": 0,
    "compile": 0,
    "shelve.open": 0,
    **{f"{name}.load": 0 for name in ("pickle", "cPickle", "_pickle", "dill", "joblib", "marshal", "cloudpickle")},
}
_SAME: Final = (  # noqa: SIM905
    "str bytes open io.open codecs.open os.fspath os.fsdecode os.path.abspath os.path.realpath os.path.normpath "
    "os.path.expanduser pathlib.Path pathlib.PurePath pathlib.PosixPath Path PurePath compile"
).split()
_KEEP: Final = ("resolve", "absolute", "as_posix", "read", "read_text", "read_bytes", "expanduser", "open", "strip")


@dataclass(frozen=True, slots=True)
class Ran:
    """A command. text: a shell reads it; else words, None for one that is not known."""

    line: int
    text: str = ""
    words: tuple[str | None, ...] = ()


@dataclass(slots=True)
class Told:
    """All of a script. code: files that it reads as code; path: what it puts on sys.path, True for the front."""

    ran: list[Ran] = field(default_factory=list)
    code: list[tuple[int, str]] = field(default_factory=list)
    path: list[tuple[int, str, bool]] = field(default_factory=list)


@lru_cache(maxsize=32)
def told(text: str, path: str) -> Told:
    """Read a script. path: its own, for `__file__`."""
    nodes = list(_nodes(_parser().parse(text.encode("utf-8", "surrogateescape")).root_node))
    reader = _Reader(path, nodes)
    out = Told()
    for node in nodes:
        if node.type == "call":
            reader.call(node, out)
        elif node.type in ("assignment", "augmented_assignment"):
            reader.search_path(node, out)
    return out


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_python.language()))


def _nodes(root: Node) -> Iterator[Node]:
    """In the order of the text, without recursion."""
    todo, count = [root], 0
    while todo and count < MAX_NODES:
        node = todo.pop()
        count += 1
        yield node
        todo += reversed(node.named_children)


def _text(node: Node | None) -> str:
    return (node.text or b"").decode("utf-8", "surrogateescape") if node is not None else ""


class _Reader:
    """One script's names. A name that is given several values has none."""

    def __init__(self, path: str, nodes: list[Node]) -> None:
        self.path = path
        self.names: dict[str, Node | None] = {}
        self.aliases: dict[str, str] = {}
        for node in nodes:
            if node.type == "assignment":
                self._bind(node.child_by_field_name("left"), node.child_by_field_name("right"))
            elif node.type == "as_pattern" and node.named_child_count == 2:  # with open(…) as f
                target = node.named_children[1]
                self._bind(target.named_children[0] if target.named_children else None, node.named_children[0])
            elif node.type in ("augmented_assignment", "for_statement"):
                self._bind(node.child_by_field_name("left"), None)
            elif node.type in ("import_statement", "import_from_statement"):
                self._import(node)

    def _bind(self, left: Node | None, right: Node | None) -> None:
        if left is None or left.type != "identifier":
            return
        name = _text(left)
        old = self.names.get(name)
        same = name not in self.names or (old is not None and right is not None and old.text == right.text)
        self.names[name] = right if same else None

    def _import(self, node: Node) -> None:
        module = node.child_by_field_name("module_name")
        for child in node.named_children:
            if child == module:
                continue
            name, alias = child.child_by_field_name("name"), child.child_by_field_name("alias")
            whole = _text(name) if name is not None else _text(child)
            if module is not None:
                self.aliases[_text(alias) or whole] = f"{_text(module)}.{whole}"
            elif alias is not None:
                self.aliases[_text(alias)] = whole

    def called(self, node: Node) -> str:
        """The name of what is called, as it is imported."""
        name = _text(node.child_by_field_name("function"))
        if len(name) > 100 or not re.fullmatch(r"[\w.]+", name):
            return ""
        first, dot, rest = name.partition(".")
        return f"{self.aliases.get(first, first)}{dot}{rest}"

    def arguments(self, node: Node) -> tuple[list[Node], dict[str, Node]]:
        """Those by place, and those by name."""
        places: list[Node] = []
        named: dict[str, Node] = {}
        given = node.child_by_field_name("arguments")
        for child in given.named_children if given is not None and given.type == "argument_list" else ():
            if child.type == "keyword_argument":
                value = child.child_by_field_name("value")
                if value is not None:
                    named[_text(child.child_by_field_name("name"))] = value
            elif child.type != "comment":
                places.append(child)
        return places, named

    def call(self, node: Node, out: Told) -> None:
        """What a call has run, read or searched."""
        name = self.called(node)
        places, named = self.arguments(node)
        line = node.start_point[0] + 1
        first = places[0] if places else named.get("args") or named.get("cmd")
        if not name or first is None:
            return
        if name in _TEXT:
            value = self.value(first)
            if value and name != "shlex.split":
                out.ran.append(Ran(line, text=value))
        elif name in _WORDS:
            if name.endswith("_exec"):
                self._add(line, tuple(self.value(place) for place in places), out)
            else:
                self._command(line, first, named, out)
        elif _EXEC.fullmatch(name):
            rest = places[1:] if not name.startswith("os.spawn") else places[2:]
            program = self.value(places[0] if not name.startswith("os.spawn") or len(places) < 2 else places[1])
            words = self.words(rest[0]) if rest else None
            told_words = words if words is not None else tuple(self.value(place) for place in rest)
            self._add(line, (program, *told_words[1:]), out)
        elif name in _CODE and len(places) > _CODE[name]:
            value = self.value(places[_CODE[name]])
            if value and value.startswith("/"):
                out.code.append((line, value))
        elif name in ("sys.path.insert", "sys.path.append", "sys.path.extend", "site.addsitedir"):
            last = places[-1]
            for value in self.words(last) or (self.value(last),):
                if value and value.startswith("/"):
                    out.path.append((line, value, name.endswith("insert")))

    def _command(self, line: int, first: Node, named: dict[str, Node], out: Told) -> None:
        words = self.words(first)
        shell = _text(named.get("shell")) == "True"
        split = first.type == "call" and self.called(first) == "shlex.split"
        if split:
            first = next(iter(self.arguments(first)[0]), first)
        value = self.value(first) if words is None else words[0] if shell and words else None
        if words is not None and not shell:
            self._add(line, words, out)
        elif value:
            out.ran.append(Ran(line, text=value) if shell or split else Ran(line, words=(value,)))

    def _add(self, line: int, words: tuple[str | None, ...], out: Told) -> None:
        if words and words[0]:
            out.ran.append(Ran(line, words=words))

    def search_path(self, node: Node, out: Told) -> None:
        """`sys.path = [X] + sys.path`, `sys.path[:0] = [X]`, `sys.path += [X]`."""
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None or not _text(left).startswith("sys.path"):
            return
        front = node.type == "assignment" and not _text(right).startswith("sys.path")
        todo = [right]
        while todo:
            here = todo.pop()
            if here.type == "binary_operator":
                todo += here.named_children
                continue
            for value in self.words(here) or ():
                if value and value.startswith("/"):
                    out.path.append((node.start_point[0] + 1, value, front))

    def words(self, node: Node, depth: int = 0) -> tuple[str | None, ...] | None:
        """The members of a list; None for what is no list."""
        if depth > MAX_DEPTH:
            return None
        if node.type == "identifier":
            known = self.names.get(_text(node))
            return self.words(known, depth + 1) if known is not None else None
        if node.type == "binary_operator" and b"+" in (node.text or b"")[:MAX_LENGTH]:
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            start = self.words(left, depth + 1) if left is not None else None
            if start is None or right is None:
                return None
            return (*start, *(self.words(right, depth + 1) or (None,)))
        if node.type not in ("list", "tuple"):
            return None
        return tuple(self.value(child) for child in node.named_children[:200] if child.type != "comment")

    def value(self, node: Node | None, depth: int = 0) -> str | None:
        """A text; an opened file stands for its path."""
        if node is None or depth > MAX_DEPTH:
            return None
        kind = node.type
        found: str | None = None
        if kind == "string":
            found = self._string(node, depth)
        elif kind == "concatenated_string":
            found = _joined([self.value(child, depth + 1) for child in node.named_children])
        elif kind == "identifier":
            name = _text(node)
            found = self.path if name == "__file__" else self.value(self.names.get(name), depth + 1)
        elif kind == "binary_operator":
            left = self.value(node.child_by_field_name("left"), depth + 1)
            right = self.value(node.child_by_field_name("right"), depth + 1)
            sign = _text(node.child_by_field_name("operator"))
            if left is not None and right is not None and sign in ("+", "/"):
                found = left + right if sign == "+" else posixpath.join(left, right)
        elif kind == "parenthesized_expression" and node.named_child_count == 1:
            found = self.value(node.named_children[0], depth + 1)
        elif kind == "attribute":
            found = self._attribute(node, depth)
        elif kind == "subscript":
            found = self._parents(node, depth)
        elif kind == "call":
            found = self._called(node, depth)
        return found if found is not None and len(found) <= MAX_LENGTH else None

    def _string(self, node: Node, depth: int) -> str | None:
        parts: list[str | None] = []
        for child in node.named_children:
            if child.type == "string_content":
                parts.append(re.sub(r"\\([\\'\"])", r"\1", _text(child)))
            elif child.type == "interpolation":
                parts.append(self.value(child.named_children[0], depth + 1) if child.named_child_count == 1 else None)
        return _joined(parts)

    def _attribute(self, node: Node, depth: int) -> str | None:
        if _text(node) == "sys.executable":
            return "/usr/bin/python3"
        base = self.value(node.child_by_field_name("object"), depth + 1)
        return posixpath.dirname(base) if base and _text(node.child_by_field_name("attribute")) == "parent" else None

    def _parents(self, node: Node, depth: int) -> str | None:
        """`Path(…).parents[1]`, `sys.argv[0]`."""
        if _text(node) == "sys.argv[0]":
            return self.path
        value, index = node.child_by_field_name("value"), _text(node.child_by_field_name("subscript"))
        if value is None or value.type != "attribute" or not re.fullmatch(r"\d", index):
            return None
        base = self.value(value.child_by_field_name("object"), depth + 1)
        if base is None or _text(value.child_by_field_name("attribute")) != "parents":
            return None
        for _ in range(int(index) + 1):
            base = posixpath.dirname(base)
        return base

    def _called(self, node: Node, depth: int) -> str | None:
        name = self.called(node)
        places, _ = self.arguments(node)
        if name in _SAME or name in ("os.path.join", "os.path.dirname"):
            values = [self.value(place, depth + 1) for place in places]
            if not values or values[0] is None:
                return None
            if name.endswith(("join", "Path")):
                known = [value for value in values if value is not None]
                return posixpath.normpath(posixpath.join(*known)) if len(known) == len(values) else None
            return posixpath.dirname(values[0]) if name.endswith("dirname") else values[0]
        function = node.child_by_field_name("function")
        if function is None or function.type != "attribute":
            return None
        method = _text(function.child_by_field_name("attribute"))
        base = self.value(function.child_by_field_name("object"), depth + 1)
        if base is None:
            return None
        if method == "joinpath":
            rest = [self.value(place, depth + 1) for place in places]
            known = [value for value in rest if value is not None]
            return posixpath.join(base, *known) if len(known) == len(rest) else None
        return base if method in _KEEP else None


def _joined(parts: list[str | None]) -> str | None:
    known = [part for part in parts if part is not None]
    return "".join(known) if len(known) == len(parts) else None
