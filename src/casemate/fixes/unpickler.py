"""Unpicklers that find plain data only: a class of our own in the file, or a check in the one that is there."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.names import text, walk
from casemate.fixes.naming import named, named_at_top
from casemate.fixes.rewrite import Draft, draft
from casemate.fixes.site import Spot, argument
from casemate.fixes.toplevel import defined, definition
from casemate.fixes.untrusted import spot_of

_UNPICKLER = "PlainUnpickler"
_PLAIN = 'module in ("builtins", "__builtin__") and name in ("set", "frozenset", "complex", "bytearray", "range")'
_OWN = 'isinstance(found, type) and found.__module__.partition(".")[0] == __name__.partition(".")[0]'


def plain(spot: Spot, call: Node, called: str) -> Iterator[Draft]:
    """An unpickler that finds no code; then one that finds classes of the same package."""
    data = argument(call, 0)
    arguments = call.child_by_field_name("arguments")
    if data is None or arguments is None:
        return
    pickle, imports = named_at_top(spot, "pickle.Unpickler")
    rest = "".join(f", {text(one)}" for one in arguments.named_children[1:] if one.type == "keyword_argument")
    kind = called.rpartition(".")[2]
    source = text(data)
    if kind == "loads":
        name, more = named(spot, "io.BytesIO")
        source, imports = f"{name}({source})", (*imports, *more)
    elif called.startswith("joblib."):
        source, rest = f'open({source}, "rb")', ""
    new = f"{_UNPICKLER}({source}{rest})" + ("" if kind == "Unpickler" else ".load()")
    edit = spot.replace(call, new)
    if defined(spot, _UNPICKLER):
        yield draft("unpickle plain data only", spot, edit, *imports)
        return
    module = pickle.rpartition(".")[0] or "pickle"
    error = f"{module}.UnpicklingError" if pickle != "Unpickler" else "ValueError"
    head = (f"class {_UNPICKLER}({pickle}):",)
    refusal = f'raise {error}("%s.%s is no plain data" % (module, name))'
    find = (f"\t\t\treturn {pickle}.find_class(self, module, name)", f"\t\t{refusal}")
    yield draft(
        "unpickle plain data only, and nothing that names code",
        spot,
        definition(
            spot,
            *head,
            '\t"""Loads plain data, and nothing that names code."""',
            "",
            "\tdef find_class(self, module, name):",
            f"\t\tif {_PLAIN}:",
            *find,
        ),
        edit,
        *imports,
    )
    yield draft(
        "unpickle plain data and classes of this package only",
        spot,
        definition(
            spot,
            *head,
            '\t"""Loads plain data and objects of this package\'s classes."""',
            "",
            "\tdef find_class(self, module, name):",
            f"\t\tif {_PLAIN}:",
            find[0],
            '\t\tif module.partition(".")[0] == __name__.partition(".")[0]:',
            f"\t\t\tfound = {pickle}.find_class(self, module, name)",
            f"\t\t\tif {_OWN}:",
            "\t\t\t\treturn found",
            find[1],
        ),
        edit,
        *imports,
    )


def narrowed(spot: Spot, name: str) -> Iterator[Draft]:
    """A check in the method by which a class of the file finds what it is told to."""
    for node in walk(spot.root):
        bases = node.child_by_field_name("superclasses") if node.type == "class_definition" else None
        if bases is None or text(node.child_by_field_name("name") or node) != name or "Unpickler" not in text(bases):
            continue
        for method in walk(node):
            given = method.child_by_field_name("parameters") if method.type == "function_definition" else None
            block = method.child_by_field_name("body")
            if given is None or block is None or text(method.child_by_field_name("name") or method) != "find_class":
                continue
            names = [text(one) for one in given.named_children if one.type == "identifier"]
            first = next((one for one in block.named_children if not _remark(one)), None)
            if len(names) == 3 and first is not None:
                condition = _PLAIN.replace("module", names[1]).replace("name in", f"{names[2]} in")
                refusal = f'raise ValueError("%s.%s is no plain data" % ({names[1]}, {names[2]}))'
                yield draft(
                    "unpickle plain data only, and nothing that names code",
                    spot,
                    spot_of(spot, first).above(f"if not ({condition}):", f"\t{refusal}"),
                )


def _remark(node: Node) -> bool:
    return node.type == "comment" or (node.type == "expression_statement" and node.children[0].type == "string")
