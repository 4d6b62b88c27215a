"""Arguments of programs: `--` in front of what could look like an option, or a refusal of what does."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.names import text, walk
from casemate.fixes.pieces import pieces
from casemate.fixes.refuse import refused, simple
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.shellwords import ends_options, literal
from casemate.fixes.site import Site, Spot, enclosing
from casemate.fixes.splices import dotted_end, harmless, value_of
from casemate.fixes.untrusted import spot_of

_LISTS = ("list", "tuple")
_GROW = (".append", ".extend", ".insert")


def propose(site: Site) -> Iterator[Draft]:
    """The end of options first, then a check."""
    spot = site.sink
    for call in spot.calls():
        if spot.called(call).startswith("webbrowser.") or text(call).partition("(")[0].endswith(
            ("open_new", "open_new_tab")
        ):
            yield from _address(spot, call)
    found = list(_operands(site))
    for here, element, program, clear in found:
        if clear and ends_options(program):
            yield _ended(here, element)
    for here, element, _, _ in found:
        first = _first(element)
        if simple(first) and dotted_end(element) != "str":
            name = text(first)
            yield refused(
                "refuse a value that the program would take for an option",
                here,
                f'{name}.startswith("-")',
                "a value must not begin with a hyphen",
            )


def _operands(site: Site) -> Iterator[tuple[Spot, Node, str, bool]]:
    """Elements of argument lists that begin with somebody's value: where, which, of which program, and whether nothing around
    speaks against an end of options before it."""
    seen: set[int] = set()
    for spot in site.spots:
        for top in _lists(spot):
            elements = [one for one in top.named_children if one.type != "comment"]
            alone = top.type == "argument_list" or _grows(top)
            for number, element in enumerate(elements):
                value = _first(element)
                if (
                    (not alone and not number)
                    or element.start_byte in seen
                    or harmless(spot, value)
                    or _fixed(spot, element)
                ):
                    continue
                seen.add(element.start_byte)
                before = [literal(one) for one in elements[:number]]
                after = [literal(one) for one in elements[number + 1 :]]
                here = spot_of(spot, top)
                program = _program(here, top)
                option = bool(before) and before[-1].startswith("-")
                clear = "--" not in before and not option
                yield here, element, program, clear and not any(one.startswith("-") for one in after)


def _lists(spot: Spot) -> list[Node]:
    """Lists of the statement, and those that its names were assigned or were grown with."""
    found: list[Node] = []
    names = {text(node) for node in spot.nodes("identifier")}
    for node in spot.nodes(*_LISTS):
        found.append(node)
    for node in walk(spot.scope):
        if node.start_byte >= spot.statement.start_byte:
            continue
        if node.type in ("assignment", "augmented_assignment"):
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is not None and right is not None and text(left) in names:
                found += [one for one in walk(right) if one.type in _LISTS][:1]
        elif node.type == "call":
            function = text(node.child_by_field_name("function") or node)
            given = node.child_by_field_name("arguments")
            if given is not None and function.endswith(_GROW) and function.rpartition(".")[0] in names:
                inner = [one for one in given.named_children if one.type in _LISTS]
                found += inner or ([given] if function.endswith(".append") else [])
    return found


def _grows(top: Node) -> bool:
    """Whether a list is put behind another one, and so begins with no program."""
    owner = enclosing(top, "call", "augmented_assignment", "assignment")
    return owner is not None and (owner.type == "augmented_assignment" or dotted_end(owner) == "extend")


def _first(element: Node) -> Node:
    """The expression that an element begins with."""
    parts = pieces(element)
    return parts[0].node if parts and parts[0].node is not None else value_of(element)


def _fixed(spot: Spot, element: Node) -> bool:
    """Whether something fixed begins an element, also where a name holds it."""
    parts = pieces(spot.definition(element))
    return (
        bool(parts)
        and parts is not None
        and parts[0].node is None
        and not parts[0].fixed.startswith("-")
        and bool(parts[0].fixed)
    )


def _program(spot: Spot, top: Node) -> str:
    """The program that a list begins with, or the list that it is put behind."""
    if (
        top.type in _LISTS
        and top.named_child_count
        and (name := literal(top.named_children[0]))
        and not name.startswith("-")
    ):
        return name
    owner = enclosing(top, "call", "augmented_assignment")
    left = owner.child_by_field_name("left") if owner is not None else None
    function = owner.child_by_field_name("function") if owner is not None else None
    name = text(left) if left is not None else text(function).rpartition(".")[0] if function is not None else ""
    for value in spot.definitions(name):
        for one in walk(value):
            if one.type in _LISTS and one.named_child_count:
                return literal(one.named_children[0])
    return ""


def _ended(spot: Spot, element: Node) -> Draft:
    what = 'end the options with "--" before the value'
    given = element.parent
    if given is not None and given.type == "argument_list" and given.parent is not None:
        function = given.parent.child_by_field_name("function")
        name = function.child_by_field_name("attribute") if function is not None else None
        if name is not None:
            return draft(what, spot, spot.replace(name, "extend"), spot.replace(element, f'["--", {text(element)}]'))
    return draft(what, spot, spot.replace(element, f'"--", {text(element)}'))


def _address(spot: Spot, call: Node) -> Iterator[Draft]:
    """What a browser is told to open."""
    given = call.child_by_field_name("arguments")
    value = given.named_children[0] if given is not None and given.named_children else None
    if value is not None and simple(value):
        yield refused(
            "open only addresses of the web",
            spot,
            f'not {text(value)}.startswith(("http://", "https://"))',
            "the address is none of the web",
        )


REWRITE = Rewrite(
    id="argument",
    cwes=(88,),
    propose=propose,
    examples=(
        Example(
            name="a program that knows the end of options",
            before="""
import subprocess

def mirror(address, folder):
    subprocess.run(["git", "clone", "--quiet", "-b", "main", address, folder], check=True)  # sink
""",
            after="""
import subprocess

def mirror(address, folder):
    subprocess.run(["git", "clone", "--quiet", "-b", "main", "--", address, folder], check=True)
""",
        ),
        Example(
            name="a list that grows",
            before="""
import subprocess

def pack(name):
    command = ["tar", "-czf", "out.tgz"]
    command.append(name)
    subprocess.check_call(command)  # sink
""",
            after="""
import subprocess

def pack(name):
    command = ["tar", "-czf", "out.tgz"]
    command.extend(["--", name])
    subprocess.check_call(command)
""",
        ),
        Example(
            name="a program that does not",
            before="""
import subprocess

def convert(name):
    subprocess.run(["convert", name, "out.png"])  # sink
""",
            after="""
import subprocess

def convert(name):
    if name.startswith("-"):
        raise ValueError("a value must not begin with a hyphen")
    subprocess.run(["convert", name, "out.png"])
""",
        ),
    ),
)
