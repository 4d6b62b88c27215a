"""What a program declares of the options of its command line: of some, only harmless values come through.

An option is known by its name alone, wherever it is declared and read. It is harmless where each declaration of that name in the
program says so: it names the choices, asks for a number, or stores nothing of what stands on the line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from casemate.taint.values import CLEAN, NO, Value, value

if TYPE_CHECKING:
    from casemate.taint.arguments import Arguments
    from casemate.taint.frame import Frame

NUMBERS: Final = frozenset({"builtins.int", "builtins.float", "builtins.bool", "builtins.complex", "builtins.len"})
BOOLEAN: Final = ("x", "argparse.BooleanOptionalAction")
OPTIONS: Final = ("i", "argparse.Namespace")
STORING_NOTHING: Final = frozenset(
    {"store_true", "store_false", "store_const", "append_const", "count", "help", "version"}
)


def declare(frame: Frame, args: Arguments) -> Value:
    """`parser.add_argument("--name", choices=[…])`: note what comes through by that name. The result is of no interest."""
    name = _name(args)
    frame.publish(("option", name or "*"), value(0, bool(name) and _harmless(frame, args)))
    return CLEAN


def harmless(frame: Frame, val: Value, name: Any) -> bool:
    """Whether the attribute is an option's of the command line, by which nothing comes through but what the program lists."""
    if OPTIONS not in val.refs or type(name) is not str:
        return False
    if frame.solver.cell(frame, ("option", "*")) is not None:
        return False  # an option is declared whose name is not known
    plain = frame.solver.cell(frame, ("option", name))
    return plain is not None and plain[1] == (True,)


def _name(args: Arguments) -> str:
    """The attribute under which an option's value is kept."""
    given = args.named.get("dest")
    if given is not None:
        return given[0].const if type(given[0].const) is str else ""
    flags = [val.const for val in args.positional if type(val.const) is str]
    if not flags:
        return ""
    long = next((flag for flag in flags if flag.startswith("--")), flags[0])
    return long.lstrip("-").replace("-", "_") if long.startswith("-") else long


def _harmless(frame: Frame, args: Arguments) -> bool:
    choices, kind, action, default = (args.named.get(key) for key in ("choices", "type", "action", "default"))
    if default is not None and default[0].const is NO:
        return False
    if choices is not None and choices[0].const is not None and not frame.deep(choices[0]):
        return True
    if kind is not None and any(ref[0] == "x" and ref[1] in NUMBERS for ref in kind[0].refs):
        return True
    return action is not None and (action[0].const in STORING_NOTHING or BOOLEAN in action[0].refs)
