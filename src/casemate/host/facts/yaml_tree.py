"""YAML with the line of each value. The tree is composed, nothing is constructed: tags make no objects, aliases do not grow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import yaml  # type: ignore[import-untyped]

from casemate.host.host import Host

LIMIT: Final = 256 << 10
MAX_DEPTH: Final = 100  # of brackets: the time that the scanner takes grows with its square
MAX_DOCUMENTS: Final = 50
MAX_ITEMS: Final = 2000


@dataclass(frozen=True, slots=True)
class Tree:
    """A value. path, line: where it stands."""

    path: str
    node: Any

    @property
    def line(self) -> int:
        """The line, from 1."""
        return int(self.node.start_mark.line) + 1

    @property
    def text(self) -> str:
        """A scalar as written, "" for what is none."""
        return str(self.node.value) if isinstance(self.node, yaml.ScalarNode) else ""

    @property
    def on(self) -> bool:
        """Whether it is a word for yes (YAML 1.1)."""
        return self.text.lower() in ("true", "yes", "on", "y")

    def items(self) -> Iterator[tuple[str, Tree]]:
        """The pairs of a mapping, those that a merge key brings after its own."""
        if not isinstance(self.node, yaml.MappingNode):
            return
        merged: list[Any] = []
        for key, value in self.node.value[:MAX_ITEMS]:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value == "<<":
                merged += value.value if isinstance(value, yaml.SequenceNode) else [value]
            else:
                yield str(key.value), Tree(self.path, value)
        for one in merged[:16]:
            for key, value in one.value[:MAX_ITEMS] if isinstance(one, yaml.MappingNode) else ():
                if isinstance(key, yaml.ScalarNode) and key.value != "<<":
                    yield str(key.value), Tree(self.path, value)

    def each(self) -> Iterator[Tree]:
        """The values of a sequence."""
        if isinstance(self.node, yaml.SequenceNode):
            for value in self.node.value[:MAX_ITEMS]:
                yield Tree(self.path, value)

    def get(self, *names: str) -> Tree | None:
        """The value below these keys, the first of each name."""
        here: Tree | None = self
        for name in names:
            here = next((value for key, value in here.items() if key == name), None) if here else None
        return here


def yaml_trees(host: Host, path: str) -> tuple[Tree, ...]:
    """The documents of a file; one that is no YAML is told as not understood."""
    data = host.fs.data(path, LIMIT)
    if data is None:
        return ()
    out: list[Tree] = []
    text = data.decode("utf-8", "replace")
    if _depth(text) > MAX_DEPTH:
        host.odd(path, 1, "nested too deeply")
        return ()
    try:
        for node in yaml.compose_all(text, Loader=yaml.SafeLoader):
            if node is not None:
                out.append(Tree(path, node))
            if len(out) >= MAX_DOCUMENTS:
                break
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        host.odd(
            path,
            mark.line + 1 if mark else 1,
            "no YAML" if not isinstance(error, RecursionError) else "nested too deeply",
        )
    return tuple(out)


def _depth(text: str) -> int:
    """How deeply brackets, or the dashes of one line, lie in one another; those in quotes count, too."""
    depth = deepest = 0
    for char in re.findall(r"[\[\]{}]", text):
        depth = depth + 1 if char in "[{" else max(0, depth - 1)
        deepest = max(deepest, depth)
    dashes = (len(found[0]) // 2 for found in re.finditer(r"(?:[-?] ){2,}", text))
    return max(deepest, *dashes, 0)
