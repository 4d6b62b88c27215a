"""Which attributes the functions of a module set or fill, and which are nobody else's to set by their names."""

from __future__ import annotations

from typing import Any, Final

from casemate.languages import ir

FILLING: Final = frozenset(
    {"add", "append", "appendleft", "extend", "insert", "push", "put", "register", "set", "setdefault", "update"}
)


def own(name: str) -> bool:
    """Whether the name says that nobody else sets it."""
    return name.isupper() or (name[:1] == "_" and name[:2] != "__")


def stored(module: ir.Module) -> frozenset[str]:
    """The names of the attributes that functions of a module set or fill, or may set by their names as texts."""
    out: set[str] = set()
    for fn in module.functions:
        if fn.kind in ("function", "lambda", "comprehension"):
            out.update(c for c in fn.consts if type(c) is str and own(c))
        held: dict[Any, str] = {}  # operands that are such an attribute
        for instructions, _, _ in ir.graph(fn):
            for ins in instructions:
                if ins[0] == ir.ATTR and own(ins[4]):
                    held[ins[2]] = ins[4]
                elif ins[0] == ir.MOVE and ins[3] in held:
                    held[ins[2]] = held[ins[3]]
                elif ins[0] == ir.SETATTR:
                    out.add(ins[4])
                elif ins[3] in held and (ins[0] == ir.SETINDEX or (ins[0] == ir.INVOKE and ins[4] in FILLING)):
                    out.add(held[ins[3]])
    return frozenset(out)
