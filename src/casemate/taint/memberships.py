"""Collections of which nothing is known but where they come from: an attribute, what a call gives, what a parameter keeps.

That a value is one of them says that it is one of the program's own, as long as no outsider fills it and it is no text, in
which every piece of it would occur. What is told apart is who gives them: the value that is checked may not come from there.
"""

from __future__ import annotations

from typing import Any, Final

from casemate.languages import ir
from casemate.taint import names, parts
from casemate.taint.frame import ELEMENTS, Frame
from casemate.taint.operators import is_text
from casemate.taint.values import FIELD, NO, PROPERTIES, WIDTH, Effects, Ref, Value, fields, value

# Types, by the last part of their names, that are asked whether they hold something.
PLURAL: Final = frozenset(
    {
        "list", "tuple", "set", "dict", "frozenset", "collection", "container", "iterable", "sequence", "mapping", "abstractset",
        "mutableset", "mutablemapping", "mutablesequence", "keysview", "valuesview", "ordereddict", "defaultdict", "enum",
        "strenum",
    }
)  # fmt: skip
# What is called so is text, or what somebody outside has sent.
TEXTUAL: Final = frozenset(
    {
        "text", "content", "contents", "line", "html", "xml", "json", "string", "str", "bytes", "buffer", "buf", "page", "source",
        "output", "stdout", "stderr", "title", "description", "doc", "path", "url", "uri", "address", "name", "filename", "value",
        "read", "decode", "encode", "join", "format", "strip", "lower", "upper", "replace", "getvalue", "repr", "dumps",
    }
)  # fmt: skip
SENT: Final = frozenset(
    {
        "request", "req", "response", "resp", "message", "msg", "mail", "email", "event", "environ", "packet", "upload",
        "uploads", "attachment", "attachments", "data", "payload", "body", "form", "header", "headers", "cookie", "cookies",
        "input", "query", "params", "args", "argv", "kwargs", "post", "session", "files",
    }
)  # fmt: skip
# Methods that only collections have.
FILLING: Final = frozenset(
    {"append", "add", "extend", "keys", "items", "values", "remove", "discard", "union", "update"}
)
MISSING: Final = frozenset({"KeyError", "LookupError"})
COLLECTIONS: Final = frozenset({"list", "tuple", "set", "dict", "frozenset"})
SETS: Final = frozenset({"set", "frozenset"})  # what makes a set of anything that holds several
SUBSET: Final = "set.issubset"
MAX_STEPS: Final = 4  # from an element of a collection to a part of it


def ours(frame: Frame, checked: Value, operand: Any, val: Value) -> bool:
    """Whether what a value is looked for in is a collection of the program's own."""
    if not checked.taint or val.const is not NO or is_text(val) or not all(_plural(frame, ref) for ref in val.refs):
        return False
    called = names.split(names.of(frame).get(operand, ""))
    if called and (called[-1] in TEXTUAL or not SENT.isdisjoint(called)):
        return False
    held = frame.deep(val)
    if not held:
        return any(ref[0] not in PROPERTIES for ref in val.refs) or _given(frame, operand)
    givers = {_giver(frame, frame.labels[shift >> 5]) for shift, _ in fields(frame.deep(checked))}
    for shift, _ in fields(held):
        label = frame.labels[shift >> 5]
        if not _kept(frame, label) or _giver(frame, label) in givers:
            return False
    return True


def collection(frame: Frame, val: Value) -> bool:
    """Whether the value is a collection that no outsider fills."""
    if frame.deep(val) & ~_configured(frame, val):
        return False
    return type(val.const) is tuple or of_type(val)


def of_type(val: Value) -> bool:
    """Whether the value is known to be a collection."""
    if is_text(val) or val.const is not NO:
        return False
    for ref in val.refs:
        if ref[0] == "o" and ref[2][0] == "i" and ref[2][1] in COLLECTIONS:
            return True
        if ref[0] == "i" and ref[1].rpartition(".")[2] in COLLECTIONS:
            return True
    return False


def _configured(frame: Frame, val: Value) -> int:
    """The labels of an attribute of the method's own object: what an object holds is how the program set it up."""
    if frame.fn.owner < 0 or frame.fn.kind != "function":
        return 0
    paths = [ref[2] for ref in val.refs if ref[:2] == ("p", 0) and ref[2]]
    own = [
        number for key, number in frame.numbers.items() if key[:2] == ("p", 0) and key[2][:1] in [p[:1] for p in paths]
    ]
    return sum(FIELD << WIDTH * number for number in own)


def below(frame: Frame, operand: Any) -> Effects:
    """What it establishes to be among the folders above a path (`base in path.resolve().parents`): in canonical form, it is below
    one."""
    made = defined(frame).get(operand)
    if made is None or made[0] != ir.ATTR or made[4] != "parents":
        return ()
    path = frame.get(made[3])
    mask = sum(kind.mask for kind in frame.knowledge.kinds.values() if ("n", kind.name) in path.refs)
    return (*((key, mask, None) for key in frame.keys(made[3], path)), *parts.alone(frame, path, mask)) if mask else ()


def directly_below(frame: Frame, operand: Any, folder: Value) -> Effects:
    """What it establishes of a canonical path that the folder it lies in (`path.parent`, `dirname(path)`) is one of our own: it
    is a name within that folder."""
    made = defined(frame).get(operand) if type(operand) is int else None
    if made is not None and made[0] == ir.ATTR and made[4] == "parent":
        place = made[3]
    elif made is not None and made[0] in (ir.CALL, ir.INVOKE) and _names_folder(frame, made):
        place = (made[4] if made[0] == ir.CALL else made[5])[0]
    else:
        return ()
    path = frame.get(place)
    mask = sum(kind.mask for kind in frame.knowledge.kinds.values() if ("n", kind.name) in path.refs)
    labels = {label for label, _ in frame.spread(path.taint)}
    if not mask or any(label[0] == "s" or label in labels for label, _ in frame.spread(folder.taint)):
        return ()  # who gives the folder as well lies where they like
    return (*((key, mask, None) for key in frame.keys(place, path)), *parts.alone(frame, path, mask))


def _names_folder(frame: Frame, made: ir.Instruction) -> bool:
    """Whether a call is `os.path.dirname(path)`."""
    args = made[4] if made[0] == ir.CALL else made[5]
    name = made[4] if made[0] == ir.INVOKE else next((ref[1] for ref in frame.get(made[3]).refs if ref[0] == "x"), "")
    return len(args) == 1 and type(args[0]) is not tuple and str(name).rpartition(".")[2] == "dirname"


def subset(frame: Frame, keys: Value, operand: Any, other: Value) -> Effects:
    """What it establishes that keys of a mapping, as a set of them, are all in a collection of our own (operand)."""
    of = [ref[1] for ref in keys.refs if ref[0] == "K"]
    if not of or not (collection(frame, other) or ours(frame, value(frame.deep(keys)), operand, other)):
        return ()
    mask = frame.knowledge.mask(frame.knowledge.calls[SUBSET].guards[0].clears)
    return tuple((key, mask, None) for key in of)


def element(frame: Frame, operand: Any) -> Any:
    """The collection that an operand is an element of, or part of one; None where it is none."""
    made_by = defined(frame)
    for _ in range(MAX_STEPS):
        made = made_by.get(operand)
        if made is None:
            return None
        if made[0] == ir.ITER:
            return made[3]
        if made[0] not in (ir.MOVE, ir.ATTR, ir.INDEX):
            return None
        operand = made[3]
    return None


def fails(frame: Frame) -> bool:
    """Whether a lookup here that finds nothing is seen to fail: its error is caught by name."""
    for handler in frame.blocks[frame.block][2]:
        if any(ins[0] == ir.GLOBAL and ins[3] in MISSING for ins in frame.blocks[handler][0]):
            return True
    return False


def _plural(frame: Frame, ref: Ref) -> bool:
    """Whether a reference may be to a collection."""
    kind = ref[0]
    if kind == "p" or kind in PROPERTIES:
        return True
    if kind == "o" and ref[2][0] == "i":
        kind, ref = "i", ref[2]
    if kind == "i":
        return str(ref[1]).rpartition(".")[2].lower() in PLURAL
    if kind in "otc":
        key = ref[2][1:] if kind == "o" else (ref[1], ref[2])
        return any(base.rpartition(".")[2].lower() in PLURAL for base in frame.program.external_bases(key))
    return False


def _given(frame: Frame, operand: Any) -> bool:
    """Whether something of which nothing is known is an attribute or what a call gives."""
    made = defined(frame).get(operand)
    return made is not None and made[0] in (ir.ATTR, ir.CALL, ir.INVOKE)


def _kept(frame: Frame, label: Any) -> bool:
    """Whether what a label stands for is set up by the program: an attribute of the method's own object or of a parameter that
    does not speak for somebody outside, or a parameter that is seen to be a collection."""
    if label[0] != "p" or type(label[1]) is not int:
        return False
    parameter, path = frame.fn.params[label[1]], label[2]
    own = label[1] == 0 and frame.fn.owner >= 0 and frame.fn.kind == "function"
    if not own and (frame.entry is not None or not SENT.isdisjoint(names.split(parameter.name))):
        return False
    if path and type(path[0]) is str and path[0][:1] not in ELEMENTS:
        return not any(_sent(name) for name in path)
    return not own and _used_as_collection(frame, parameter)


def _sent(name: Any) -> bool:
    return type(name) is str and not SENT.isdisjoint(names.split(name))


def _giver(frame: Frame, label: Any) -> Any:
    """Who gives what a label stands for: a parameter, of the method's own object an attribute, else the source."""
    if label[0] != "p":
        return label
    own = label[1] == 0 and frame.fn.owner >= 0
    return label[1], label[2][:1] if own else ()


def _used_as_collection(frame: Frame, parameter: ir.Parameter) -> bool:
    if parameter.how in (ir.VARARGS, ir.VARKW):
        return False
    if parameter.annotation.rpartition(".")[2].lower() in PLURAL:
        return True
    made_by = defined(frame)
    return any(
        (ins[0] == ir.ITER and ins[3] == parameter.name)
        or (ins[0] == ir.INVOKE and ins[3] == parameter.name and ins[4] in FILLING)
        or (ins[0] == ir.CALL and ins[4] == (parameter.name,) and _is_set(made_by.get(ins[3])))
        for instructions, _, _ in frame.blocks
        for ins in instructions
    )


def _is_set(made: Any) -> bool:
    return made is not None and made[0] == ir.GLOBAL and made[3] in SETS


def defined(frame: Frame) -> dict[Any, Any]:
    """The one instruction that makes each operand; None where several do."""
    if not frame.defined:
        out: dict[Any, Any] = {p.name: None for p in frame.fn.params}
        for instructions, _, _ in frame.blocks:
            for ins in instructions:
                out[ins[2]] = ins if ins[2] not in out else None
        frame.defined = out
    return frame.defined
