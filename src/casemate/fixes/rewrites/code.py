"""Program text from outside: literals read as literals, formulas by a reader of formulas, what is spelled around a value written
out as the program that it means."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.formula import NAME, reader
from casemate.fixes.names import text
from casemate.fixes.naming import named
from casemate.fixes.places import nearest
from casemate.fixes.refuse import refused, simple
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.site import Site, Spot, argument
from casemate.fixes.spelled import written_out
from casemate.fixes.splices import as_text, harmless, texts

_IMPORTS = ("importlib.import_module", "__import__", "builtins.__import__")
_LITERAL = "take a literal and run nothing"
_WALLS = "ast.Attribute, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp"


@nearest
def propose(site: Site) -> Iterator[Draft]:
    """By what runs the text."""
    spot = site.sink
    for call in spot.calls():
        called = spot.called(call).removeprefix("builtins.").removeprefix("__builtin__.")
        data = argument(call, 0)
        if data is None:
            continue
        if called in ("eval", "exec"):
            yield from _run(spot, call, data, called)
        elif called == "compile":
            yield from _compiled(spot, call, data)
        elif called in _IMPORTS:
            yield from _imported(site)


def _run(spot: Spot, call: Node, data: Node, called: str) -> Iterator[Draft]:
    given = spot.definition(data)
    one = as_text(spot, given)
    literal, imports = named(spot, "ast.literal_eval")
    if one is not None and one.holes() and argument(call, 1) is None:
        out = written_out(one, literal, called)
        if out is not None:
            needed = imports if literal in out else ()
            yield draft("run what the text means, with the value as data", spot, spot.replace(call, out), *needed)
        return
    if given.type == "call" and spot.called(given) in ("ast.parse", "compile"):
        yield from _walled(spot, given if data.type == "call" else data)
        inner = argument(given, 0)
        if (
            spot.called(given) != "compile"
            or inner is None
            or spot.called(inner) == "ast.parse"
            or inner.type != "identifier"
        ):
            return
        yield from _walled(spot, inner)
        return
    names = _names(call)
    drafts = [draft(_LITERAL, spot, spot.replace(call, f"{literal}({text(data)})"), *imports)]
    if called == "eval":
        for known in [names] if names else ["{}", "locals()"]:
            new = spot.replace(call, f"{NAME}({text(data)}, {known})")
            drafts.append(draft("read a formula with arithmetic and the names it may use", spot, new, *reader(spot)))
        if names:
            drafts.reverse()
    elif call.parent is None or call.parent.type != "expression_statement" or argument(call, 1) is not None:
        return
    yield from drafts


def _names(call: Node) -> str:
    """The names that a formula is given to use; "" for none."""
    held = [argument(call, at, name) for at, name in ((1, "globals"), (2, "locals"))]
    shown = [
        text(one)
        for one in held
        if one is not None and (one.type != "dictionary" or one.named_child_count) and '"__builtins__"' not in text(one)
    ]
    return shown[-1] if shown else ""


def _walled(spot: Spot, tree: Node) -> Iterator[Draft]:
    """A tree that is run all the same, when it has nothing by which it could leave the names that it is given."""
    if tree.type == "identifier":
        module, imports = named(spot, "ast")
        walls = _WALLS.replace("ast.", f"{module}.")
        condition = f"any(isinstance(node, ({walls})) for node in {module}.walk({text(tree)}))"
        what = "refuse program text with attributes, functions or loops of its own"
        yield refused(what, spot, condition, "the expression is more than names and calls", *imports)


def _compiled(spot: Spot, call: Node, data: Node) -> Iterator[Draft]:
    tree = spot.definition(data)
    if tree.type == "call" and spot.called(tree) == "ast.parse":
        yield from _walled(spot, data)
        return
    outer = call.parent.parent if call.parent is not None else None
    if outer is not None and outer.type == "call" and spot.called(outer) in ("eval", "exec"):
        yield from _run(spot, outer, data, spot.called(outer))


def _imported(site: Site) -> Iterator[Draft]:
    """A module below a package that the code names: its name is one name."""
    for one in texts(site):
        for hole in one.holes():
            node = one.items[hole].node
            if hole and not harmless(one.spot, node) and simple(node):
                condition = f"not {text(node)}.isidentifier()"
                yield refused("import only modules of this package", one.spot, condition, "this is no module's name")


REWRITE = Rewrite(
    id="code",
    cwes=(95, 94, 96),
    propose=propose,
    examples=(
        Example(
            name="a literal",
            before="""
def size(text):
    return eval(text)  # sink
""",
            after="""
import ast

def size(text):
    return ast.literal_eval(text)
""",
        ),
        Example(
            name="an attribute by its name",
            before="""
def pluck(record, field):
    return eval("record." + field)  # sink
""",
            after="""
def pluck(record, field):
    return getattr(record, field)
""",
        ),
        Example(
            name="an assignment",
            before="""
import ast

def set_all(settings, pairs):
    for name, value in pairs:
        exec("settings['%s'] = %s" % (name, value))  # sink
""",
            after="""
import ast

def set_all(settings, pairs):
    for name, value in pairs:
        settings[name] = ast.literal_eval(value)
""",
        ),
        Example(
            name="a module below a package",
            before="""
import importlib

def plugin(name):
    return importlib.import_module("plugins." + name)  # sink
""",
            after="""
import importlib

def plugin(name):
    if not name.isidentifier():
        raise ValueError("this is no module's name")
    return importlib.import_module("plugins." + name)
""",
        ),
    ),
)
