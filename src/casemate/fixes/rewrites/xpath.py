"""XPath: values are variables of the expression; where there are none, the quotation mark that would end the value is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.arguments import given, setting
from casemate.fixes.checks import checked
from casemate.fixes.entering import Entry, entries
from casemate.fixes.names import dotted, text, walk
from casemate.fixes.pieces import joined
from casemate.fixes.refusal import refusal
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.sinks import sink_call, values
from casemate.fixes.site import Site, Spot, argument
from casemate.fixes.source import Edit
from casemate.fixes.untrusted import holds, untrusted

_RESERVED = frozenset(
    {"namespaces", "extensions", "smart_strings", "regexp", "_path", "self", "variables", "root", "path"}
)
_WHAT = "give the XPath expression its values as variables"


def propose(site: Site) -> Iterator[Draft]:
    """Variables for lxml and elementpath, a refusal of quotation marks for what has none."""
    spot = site.sink
    call = sink_call(spot)
    if call is None:
        return
    names = untrusted(site, spot)
    last = text(call.child_by_field_name("function") or call).rpartition(".")[2]
    for value in values(call):
        found = entries(site, spot, value) if holds(value, names) else []
        if not found:
            continue
        whole = {entry.whole.id for entry in found}
        inside = all(entry.parts and _mark(entry) for entry in found)
        if inside and len(whole) == 1 and last in ("xpath", "XPath", "select", "iter_select", "ETXPath"):
            bound = _bound(spot, call, last, found)
            if bound:
                yield draft(_WHAT, found[0].spot, *bound)
        yield from _refused(found)
        return


def _bound(spot: Spot, call: Node, last: str, found: list[Entry]) -> list[Edit]:
    """Edits that make the values variables."""
    named: dict[str, Node] = {}
    for entry in found:
        named[_name(entry.node, set(named), text(entry.node))] = entry.node
    by_node = {node.id: name for name, node in named.items()}
    parts: list[str | Node] = []
    ones = found[0].parts
    for at, part in enumerate(ones):
        if part.node is not None:
            parts.append(f"${by_node[part.node.id]}" if part.node.id in by_node else part.node)
            continue
        fixed = part.fixed
        if at + 1 < len(ones) and (after := ones[at + 1].node) is not None and after.id in by_node:
            fixed = fixed[:-1]
        if at > 0 and (before := ones[at - 1].node) is not None and before.id in by_node:
            fixed = fixed[1:]
        parts.append(fixed)
    merged: list[str | Node] = []
    for one in parts:
        if isinstance(one, str) and merged and isinstance(merged[-1], str):
            merged[-1] += one
        else:
            merged.append(one)
    edits = [found[0].spot.replace(found[0].whole, joined(tuple(merged)))]
    pairs = [(name, text(node)) for name, node in named.items()]
    calls = [call] if last not in ("XPath", "ETXPath") else _compiled(spot, call)
    for one in calls:
        edit = _handed(spot, one, last, pairs)
        if edit is None:
            return []
        edits.append(edit)
    return edits if calls else []


def _handed(spot: Spot, call: Node, last: str, pairs: list[tuple[str, str]]) -> Edit | None:
    """The variables as arguments of the call that evaluates."""
    if "select" in last:
        shown = ", ".join(f'"{name}": {value}' for name, value in pairs)
        return setting(spot, call, "variables", f"{{{shown}}}") if argument(call, None, "variables") is None else None
    ones = given(call)
    if not ones or any(one.type == "dictionary_splat" for one in ones):
        return None
    return Edit(ones[-1].end_byte, ones[-1].end_byte, "".join(f", {name}={value}" for name, value in pairs))


def _compiled(spot: Spot, call: Node) -> list[Node]:
    """The calls of an expression that was compiled: at once, or by the name that it was given."""
    above = call.parent
    if above is not None and above.type == "call" and above.child_by_field_name("function") == call:
        return [above]
    left = above.child_by_field_name("left") if above is not None and above.type == "assignment" else None
    if left is None:
        return []
    return [
        node
        for node in walk(spot.scope)
        if node.type == "call" and dotted(node.child_by_field_name("function")) == text(left)
    ]


def _refused(found: list[Entry]) -> Iterator[Draft]:
    """Whatever holds the mark that it stands between is refused; where that is not known, either mark."""
    edits: list[Edit] = []
    taken: set[str] = set()
    for entry in found:
        says, imports = refusal(entry.spot, "the value holds a quotation mark")
        mark = _mark(entry)
        condition = f"{chr(34) if mark == chr(39) else chr(39)}{mark}{chr(34) if mark == chr(39) else chr(39)} in @@"
        if not mark:
            condition = f'"\'" in @@ or {chr(39)}"{chr(39)} in @@'
        name = _name(entry.node, taken, text(entry.node))
        taken.add(name)
        done = checked(entry.spot, entry.node, name, f"if {condition}:", f"\t{says}")
        if done is None:
            return
        edits += [*done[1], *imports]
    yield draft("refuse values that would end the text that they stand in", found[0].spot, *edits)


def _mark(entry: Entry) -> str:
    """The quotation mark on both sides of a value."""
    mark = entry.before[-1:]
    return mark if mark in ("'", '"') and entry.after[:1] == mark else ""


def _name(node: Node, taken: set[str], shown: str) -> str:
    """What the variable is called: as the value is."""
    words = re.findall(r"[A-Za-z_]\w*", shown)
    keys = re.findall(r"[\[(][\"']([A-Za-z_]\w*)[\"']", shown)
    name = shown if node.type == "identifier" else (keys or words or ["value"])[0 if keys else -1]
    name = f"{name}_value" if name in _RESERVED else name
    return next(one for at in range(1, 100) if (one := name if at == 1 else f"{name}_{at}") not in taken)


REWRITE = Rewrite(
    id="xpath",
    cwes=(643, 91),
    propose=propose,
    examples=(
        Example(
            name="a value between quotes",
            before="""
from lxml import etree

def staff(number):
    root = etree.parse("staff.xml")
    query = f'/Staff/Person[@number=\\'{number}\\']'
    return root.xpath(query)  # sink
""",
            after="""
from lxml import etree

def staff(number):
    root = etree.parse("staff.xml")
    query = "/Staff/Person[@number=$number]"
    return root.xpath(query, number=number)
""",
        ),
        Example(
            name="an expression that is compiled",
            before="""
from lxml import etree

def staff(root, number):
    find = etree.XPath("".join(["//Person[@number='", number, "']"]))  # sink at etree
    return find(root)
""",
            after="""
from lxml import etree

def staff(root, number):
    find = etree.XPath("//Person[@number=$number]")
    return find(root, number=number)
""",
        ),
        Example(
            name="a tree without variables",
            before="""
def price(root, part):
    return root.find(f".//part[@id='{part}']").text  # sink
""",
            after="""
def price(root, part):
    if "'" in part:
        raise ValueError("the value holds a quotation mark")
    return root.find(f".//part[@id='{part}']").text
""",
        ),
    ),
)
