"""A reader of formulas of our own in a file: numbers, names that it is given, arithmetic and comparisons, and nothing else."""

from __future__ import annotations

from casemate.fixes.naming import named_at_top
from casemate.fixes.site import Spot
from casemate.fixes.source import Edit
from casemate.fixes.toplevel import defined, definition

NAME = "evaluate_formula"
_PAIRS = (
    ("Add", "add"),
    ("Sub", "sub"),
    ("Mult", "mul"),
    ("Div", "truediv"),
    ("FloorDiv", "floordiv"),
    ("Mod", "mod"),
    ("USub", "neg"),
    ("UAdd", "pos"),
    ("Eq", "eq"),
    ("NotEq", "ne"),
    ("Lt", "lt"),
    ("LtE", "le"),
    ("Gt", "gt"),
    ("GtE", "ge"),
)


def reader(spot: Spot) -> tuple[Edit, ...]:
    """The edits that put `evaluate_formula(text, names)` into the file, where it is not yet."""
    if defined(spot, NAME):
        return ()
    ast, imports = named_at_top(spot, "ast")
    operator, more = named_at_top(spot, "operator")
    table = [f"\t{ast}.{kind}: {operator}.{name}," for kind, name in _PAIRS]
    return (
        definition(
            spot,
            "OPERATORS = {",
            *table,
            "}",
            "",
            "",
            f"def {NAME}(text, names):",
            '\t"""The value of a formula: numbers, texts, these names, arithmetic and comparisons."""',
            "",
            "\tdef value(node):",
            f"\t\tif isinstance(node, {ast}.Name):",
            "\t\t\treturn names[node.id]",
            f"\t\tif isinstance(node, {ast}.BinOp) and type(node.op) in OPERATORS:",
            "\t\t\treturn OPERATORS[type(node.op)](value(node.left), value(node.right))",
            f"\t\tif isinstance(node, {ast}.UnaryOp) and type(node.op) in OPERATORS:",
            "\t\t\treturn OPERATORS[type(node.op)](value(node.operand))",
            f"\t\tif isinstance(node, {ast}.Compare) and len(node.ops) == 1 and type(node.ops[0]) in OPERATORS:",
            "\t\t\treturn OPERATORS[type(node.ops[0])](value(node.left), value(node.comparators[0]))",
            f"\t\treturn {ast}.literal_eval(node)",
            "",
            f'\tformula = {ast}.parse(text, mode="eval").body',
            f"\tfor node in {ast}.walk(formula):",
            f"\t\tif isinstance(node, {ast}.Name) and node.id not in names:",
            '\t\t\traise NameError("name %r is not defined" % node.id)',
            "\treturn value(formula)",
        ),
        *imports,
        *more,
    )
