"""Regular expressions: a pattern that reads each character in one way, else a bound; others' texts are no patterns."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.elsewhere import files
from casemate.fixes.linear import linear
from casemate.fixes.names import dotted, imported, text, walk
from casemate.fixes.naming import named
from casemate.fixes.refuse import refused, simple
from casemate.fixes.rework import wrapped
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.site import Site, Spot, argument
from casemate.fixes.source import Edit
from casemate.fixes.splices import dotted_end, harmless, texts
from casemate.taint.redos import explosive, slow

_CALLS = ("compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer")
_ESCAPED = frozenset({"escape"})
_SAME = "use a pattern that reads each character in one way"
_NEAR = "use a pattern in which each character is read in one way, also of odd texts"
_MOST = 5  # patterns offered for one


def propose(site: Site) -> Iterator[Draft]:
    """Another pattern, a bound, or no pattern of others."""
    slow_ones = list(_patterns(site))
    for spot, node, pattern in slow_ones:
        for made, same in list(linear(pattern))[:_MOST]:
            news = [(piece, _spelled(piece, value)) for piece, value in _pieces(node, made)]
            if all(new for _, new in news):
                yield draft(_SAME if same else _NEAR, spot, *(spot.replace(piece, new) for piece, new in news))
    if slow_ones:
        yield from _bounded(site, any(explosive(pattern) for _, _, pattern in slow_ones))
    elif site.lead.rule not in ("redos", "slow-pattern"):
        yield from _escaped(site)


def _patterns(site: Site) -> Iterator[tuple[Spot, Node, str]]:
    """Literals that are slow patterns: on the sink's lines, and what the names there were assigned at the top or in a class."""
    spot = site.sink
    seen: set[tuple[str, int]] = set()
    tops = [spot.statement] if spot.statement.type.endswith("statement") else list(spot.nodes("call", "string"))
    names = {text(node) for node in spot.nodes("identifier")}
    for _ in range(2):
        for node in walk(spot.root):
            left = node.child_by_field_name("left") if node.type == "assignment" else None
            if left is not None and dotted(left).rpartition(".")[2] in names and node not in tops:
                tops.append(node)
        names |= {text(one) for top in tops for one in walk(top) if one.type == "identifier"}
    near: list[tuple[int, Spot, Node, str]] = []
    for here, top in [*((spot, top) for top in tops), *_elsewhere(site, names)]:
        for node in walk(top):
            whole = node.parent is None or node.parent.type != "concatenated_string"
            mark = (here.source.path, node.start_byte)
            if node.type in ("string", "concatenated_string") and whole and mark not in seen:
                seen.add(mark)
                pattern = _value(node)
                if pattern and (slow(pattern) or explosive(pattern) or slow(pattern, whole=True)):
                    away = abs(node.start_point.row + 1 - spot.line) if here is spot else 1_000_000
                    near.append((away, here, node, pattern))
    for _, here, node, pattern in sorted(near, key=lambda one: (one[0], one[2].start_byte)):
        yield here, node, pattern


def _elsewhere(site: Site, names: set[str]) -> Iterator[tuple[Spot, Node]]:
    """What names that are imported were assigned in their own file."""
    for name, meaning in sorted(imported(site.sink.root).items()):
        module, _, own = meaning.rpartition(".")
        if name not in names or not module:
            continue
        for source in files(site, site.sink, module):
            for node in source.tree.root_node.named_children:
                one = node.named_children[0] if node.type == "expression_statement" and node.named_children else node
                if one.type == "assignment" and text(one.child_by_field_name("left") or one) == own:
                    yield Spot(source, one.start_point.row + 1, 1, node), one


def _value(node: Node) -> str:
    parts = (
        [one for one in node.named_children if one.type == "string"] if node.type == "concatenated_string" else [node]
    )
    return "".join(_read(text(one)) for one in parts)


def _read(source: str) -> str:
    """The pattern that a literal is, as it is written where that means the same to `re` (`"\\S"`); "" for none."""
    one = re.fullmatch(r"[uU]?(\"\"\"|'''|[\"'])((?:(?!\1)[^\\]|\\[^\\\"'\n])*)\1", source, re.DOTALL)
    if one is not None:
        return one[2]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = ast.literal_eval(f"({source}\n)")
    except (ValueError, SyntaxError):
        return ""
    return value if isinstance(value, str) else ""


def _pieces(node: Node, after: str) -> list[tuple[Node, str]]:
    """The literals that differ from what a pattern was, and what they hold then."""
    if node.type == "string":
        return [(node, after)]
    held = [one for one in node.named_children if one.type == "string"]
    values = [_value(one) for one in held]
    out: list[tuple[Node, str]] = []
    start = 0
    for at, (one, value) in enumerate(zip(held, values, strict=True)):
        if after.startswith(value, start):
            start += len(value)
            continue
        end = after.find("".join(values[at + 1 : at + 2]), start) if at + 1 < len(held) else len(after)
        if end < 0:
            return [(node, after)]
        out.append((one, after[start:end]))
        start = end
    return out if start == len(after) else [(node, after)]


def _spelled(node: Node, pattern: str) -> str:
    """A pattern as the literal writes it; "" when it cannot."""
    if node.type != "string":
        return ""
    start, end = text(node.children[0]), text(node.children[-1])
    body = pattern if "r" in start.lower() else pattern.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
    for shown in (start + pattern + end, start + body + end, start + body.replace(end, f"\\{end}") + end):
        if _read(shown) == pattern:
            return shown
    return ""


def _bounded(site: Site, doubles: bool) -> Iterator[Draft]:
    """A text that is not long, where it is matched."""
    spot = site.sink
    most = 20 if doubles else 1000
    for call in spot.calls():
        name = dotted_end(call)
        if name not in _CALLS or name == "compile":
            continue
        given = [argument(call, at) for at in ((2, 1, 0) if name in ("sub", "subn") else (1, 0))]
        for value in given:
            if value is not None and simple(value) and not harmless(spot, value):
                condition = f"len({text(value)}) > {most}"
                yield refused("refuse texts that are too long for the pattern", spot, condition, "the text is too long")
                return


def _escaped(site: Site) -> Iterator[Draft]:
    """What others give is a text to look for."""
    what = "look for the text that is given, and take it for no pattern"
    for call in site.sink.calls():
        value = argument(call, 0, "pattern")
        spot = site.sink
        if value is None or dotted_end(call) not in _CALLS:
            continue
        held = spot.definition(value)
        name, imports = named(spot, "re.escape")
        found = [
            (one, holes)
            for one in texts(site)
            if (holes := [at for at in one.holes() if not harmless(one.spot, one.items[at].node, _ESCAPED)])
        ]
        if found:
            one, holes = found[0]
            edits = [*wrapped(one, holes, name, quotes=""), *imports]
            yield Draft(what, tuple((one.spot.source, edit) for edit in edits))
        elif not harmless(spot, held, _ESCAPED):
            opened = (Edit(value.start_byte, value.start_byte, f"{name}("), Edit(value.end_byte, value.end_byte, ")"))
            yield draft(what, spot, *opened, *imports)
        return


REWRITE = Rewrite(
    id="regex",
    cwes=(1333, 400, 730, 625),
    propose=propose,
    examples=(
        Example(
            name="words between blanks",
            before="""
import re

NAME = re.compile(r"^(?:\\w+\\s?)+$")

def valid(name):
    return NAME.match(name) is not None  # sink
""",
            after="""
import re

NAME = re.compile(r"^(?:\\w+(?:\\s\\w+)*\\s?)$")

def valid(name):
    return NAME.match(name) is not None
""",
        ),
        Example(
            name="escapes between quotes",
            before="""
import re

def texts(line):
    return re.findall(r"'(?:\\\\.|[^'])*'", line)  # sink
""",
            after="""
import re

def texts(line):
    return re.findall(r"'(?:\\\\.|[^'\\\\])*'", line)
""",
        ),
        Example(
            name="a pattern of others",
            before="""
import re

def lines(wanted, text):
    return re.findall("^" + wanted + ".*$", text, re.MULTILINE)  # sink
""",
            after="""
import re

def lines(wanted, text):
    return re.findall("^" + re.escape(wanted) + ".*$", text, re.MULTILINE)
""",
        ),
    ),
)
