"""One file system view: paths, links resolved inside the root, texts. Nothing of the root is run, nothing outside it asked.

What cannot be read is kept in `losses`, each once: a check that asks for it and gets None has not passed.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fnmatch import translate
from itertools import islice

from casemate.model.host import Node, NodeKind
from casemate.model.outcome import NotExamined, Reason

MAX_LINKS = 40  # as Linux (path_resolution(7))
TEXT_LIMIT = 4 << 20  # bytes of a configuration file; a real one is far smaller
DATA_LIMIT = 64 << 20
MAX_PLACES = 5000  # on the way of a pattern: "*/../*/.." and links to their own folder multiply them without end

Read = Callable[[Node, int], bytes | NotExamined]


@dataclass(frozen=True, slots=True)
class Resolved:
    """Where a path leads. node: never a link, unless the last one was not followed. links: the links passed, in order."""

    node: Node
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """All that decides where a path leads: each folder looked into with what was found there, link or not, in order.

    For "." and ".." that is the folder itself and the one above it. node: where it ends, None when something is missing; then the
    last pair's second is None.
    """

    pairs: tuple[tuple[Node, Node | None], ...]
    node: Node | None


@dataclass(frozen=True, slots=True)
class Text:
    """A text file. path: of the file itself, all links resolved. lines: without their ends; line 1 is lines[0]."""

    path: str
    lines: tuple[str, ...]

    def numbered(self) -> Iterator[tuple[int, str]]:
        """Each line with its number, from 1."""
        return enumerate(self.lines, 1)


class Filesystem:
    """The nodes of a root. read: the content of a regular file's node, at most so many bytes, or why not."""

    def __init__(self, nodes: Iterable[Node | NotExamined], read: Read) -> None:
        self._nodes: dict[str, Node] = {}
        self._losses: dict[tuple[str, Reason], NotExamined] = {}
        for node in nodes:
            if isinstance(node, NotExamined):
                self.lose(node)
            else:
                self._nodes[node.path] = node
        self._names: dict[str, list[str]] = {}
        for path in sorted(self._nodes):
            if path != "/":
                above, _, name = path.rpartition("/")
                self._names.setdefault(above or "/", []).append(name)
        self._read = read
        self._texts: dict[str, Text | None] = {}
        self._resolved: dict[tuple[str, bool], Resolved | None] = {}
        self._routes: dict[str, Route] = {}

    @property
    def losses(self) -> tuple[NotExamined, ...]:
        """What could not be looked at so far, in the order of its places."""
        return tuple(sorted(self._losses.values()))

    def lose(self, loss: NotExamined) -> None:
        """Keep that something was not examined; the same again adds nothing."""
        self._losses.setdefault((loss.what, loss.reason), loss)

    def __len__(self) -> int:
        return len(self._nodes)

    def nodes(self) -> Iterator[Node]:
        """Every node, in the order of its path."""
        return (self._nodes[path] for path in sorted(self._nodes))

    def at(self, path: str) -> Node | None:
        """The node of that very path: no link is followed on the way."""
        return self._nodes.get(path)

    def names(self, path: str) -> tuple[str, ...]:
        """The names in a folder, sorted; the path may lead through links. Empty when it is none."""
        found = self.resolve(path)
        return tuple(self._names.get(found.node.path, ())) if found else ()

    def resolve(self, path: str, *, follow: bool = True) -> Resolved | None:
        """Where a path leads inside the root; None when it leads nowhere, or in a circle. follow: a link at its end, too."""
        key = (path, follow)
        if key not in self._resolved:
            route = self._route(path, follow)
            links = (found.path for _, found in route.pairs if found is not None and found.kind is NodeKind.LINK)
            self._resolved[key] = Resolved(route.node, tuple(links)) if route.node is not None else None
        return self._resolved[key]

    def route(self, path: str) -> Route:
        """The way to a path, through links: whoever can change one of its folders can lead it elsewhere."""
        if path not in self._routes:
            self._routes[path] = self._route(path, True)
        return self._routes[path]

    def node(self, path: str) -> Node | None:
        """The node that a path leads to, through links."""
        found = self.resolve(path)
        return found.node if found else None

    def is_file(self, path: str) -> bool:
        """Whether it leads to a regular file."""
        node = self.node(path)
        return node is not None and node.kind is NodeKind.FILE

    def is_folder(self, path: str) -> bool:
        """Whether it leads to a folder."""
        node = self.node(path)
        return node is not None and node.kind is NodeKind.FOLDER

    def below(self, path: str) -> Iterator[Node]:
        """Every node below a folder, in the order of paths; links in it are given, not followed."""
        found = self.resolve(path)
        top = found.node.path if found else ""
        waiting = [top] if found else []  # no recursion: an image's folders may be two thousand deep
        while waiting:
            place = waiting.pop()
            if place != top:
                yield self._nodes[place]
            waiting += [posixpath.join(place, name) for name in reversed(self._names.get(place, ()))]

    def glob(self, pattern: str) -> list[str]:
        """The paths that a shell's pattern stands for, sorted; a name with a dot in front only where the pattern has one."""
        places = [""]
        for part in pattern.strip("/").split("/"):
            if re.search(r"[*?\[]", part):
                fits = re.compile(translate(part)).match
                found = (
                    f"{place}/{name}"
                    for place in places
                    for name in self.names(place or "/")
                    if fits(name) and (part.startswith(".") or not name.startswith("."))
                )
                places = list(islice(found, MAX_PLACES + 1))
                if len(places) > MAX_PLACES:
                    places.pop()
                    detail = f"a pattern that stands for more than {MAX_PLACES} paths"
                    self.lose(NotExamined(what=pattern[:200], reason=Reason.STEP_LIMIT, detail=detail))
            else:
                places = [f"{place}/{part}" for place in places if self.resolve(f"{place}/{part}", follow=False)]
        return sorted(places)

    def text(self, path: str) -> Text | None:
        """The lines of a text file, through links; None when there is none, or it cannot be read, which is then a loss."""
        node = self.node(path)
        if node is None or node.kind is not NodeKind.FILE:
            return None
        if node.path not in self._texts:
            self._texts[node.path] = self._text(node)
        return self._texts[node.path]

    def line(self, path: str, number: int) -> str:
        """One line of a text file, counted from 1, without its end; "" when there is no such line, as for `text`."""
        text = self.text(path)
        return text.lines[number - 1] if text is not None and 0 < number <= len(text.lines) else ""

    def data(self, path: str, limit: int = DATA_LIMIT) -> bytes | None:
        """The bytes of a file, through links; None as for `text`. A file that is larger than the limit is a loss."""
        node = self.node(path)
        if node is None or node.kind is not NodeKind.FILE:
            return None
        if node.size > limit:
            self.lose(NotExamined(what=node.path, reason=Reason.TOO_LARGE, detail=f"{node.size} bytes"))
            return None
        data = self._read(node, limit)
        if isinstance(data, NotExamined):
            self.lose(replace(data, what=node.path))
            return None
        return data

    def head(self, path: str, size: int = 4096) -> bytes | None:
        """The first bytes of a file; None as for `text`."""
        node = self.node(path)
        if node is None or node.kind is not NodeKind.FILE:
            return None
        data = self._read(node, size)
        if isinstance(data, NotExamined):
            self.lose(replace(data, what=node.path))
            return None
        return data

    def _text(self, node: Node) -> Text | None:
        data = self.data(node.path, TEXT_LIMIT)
        if data is None:
            return None
        lines = data.decode("utf-8", "surrogateescape").split("\n")
        if lines and not lines[-1]:
            lines.pop()
        return Text(node.path, tuple(line.removesuffix("\r") for line in lines))

    def _route(self, path: str, follow: bool) -> Route:
        parts = [part for part in path.split("/") if part]
        parts.reverse()
        here = self._nodes.get("/")
        pairs: list[tuple[Node, Node | None]] = []
        links = 0
        while parts and here is not None and here.kind is NodeKind.FOLDER:
            part = parts.pop()
            if part in (".", ".."):  # looked up as any other name is
                there = self._nodes.get(posixpath.dirname(here.path)) if part == ".." else here
                pairs.append((here, there))
                here = there
                continue
            found = self._nodes.get(here.path.rstrip("/") + "/" + part)
            pairs.append((here, found))
            if found is not None and found.kind is NodeKind.LINK and (parts or follow):
                links += 1
                if links > MAX_LINKS:
                    return Route(tuple(pairs), None)
                if found.target.startswith("/"):
                    here = self._nodes["/"]
                parts += reversed([p for p in found.target.split("/") if p])
            else:
                here = found
        return Route(tuple(pairs), None if parts else here)
