"""What lowering builds up: the state of a file, and the blocks, temporaries, constants and names of one function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tree_sitter import Node

from casemate.languages import ir
from casemate.languages.python.names import Names

Lower = Callable[["Builder", Node], ir.Operand]
Perform = Callable[["Builder", Node], None]
# Where `break` goes, where `continue` goes, how many `finally` blocks are outside of the loop.
Loop = tuple[int, int, int]
# A `finally` block that is still to run, the handlers and the loops around its `try`.
Pending = tuple[Node, tuple[int, ...], tuple[Loop, ...]]

NESTING: Final = 64  # statements and lambdas within one another; CPython refuses 100 indents
FUNCTION_SHARE: Final = 10  # one top-level function may take this part of the step limit


class TooDeep(Exception):
    """A statement nests deeper than lowering follows; it becomes a loss."""


class StepLimit(Exception):
    """A function, or the whole file, takes more steps than allowed."""


class File:
    """The state shared by all functions of one file."""

    __slots__ = (
        "broken", "classes", "depth", "functions", "handling", "limit", "literals", "losses", "module", "names",
        "package", "source", "stars", "steps", "text", "total",
    )  # fmt: skip

    def __init__(self, source: bytes, module: str, package: bool, limit: int) -> None:
        self.source = source
        self.text = source.decode("latin-1")  # one character per byte: offsets of nodes are its offsets
        self.names = Names()
        self.literals: dict[str, Any] = {}
        self.module = module
        self.package = package
        self.functions: list[ir.Function | None] = []
        self.classes: list[ir.Class | None] = []
        self.losses: list[ir.Loss] = []
        self.stars: list[str] = []
        self.broken = False
        self.depth = 0
        self.handling = 0  # except clauses around
        self.steps = 0
        self.total = self.limit = limit

    def lose(self, start: int, end: int, reason: str, detail: str) -> None:
        """Record a region that is not lowered, unless it lies within one already recorded."""
        if not any(loss.start <= start and end <= loss.end for loss in self.losses[-8:]):
            self.losses.append(ir.Loss(start, end, reason, detail))


class Builder:
    """One function while it is lowered.

    Labels are numbers given out ahead of the blocks that they name; `finish` replaces them by the places of the blocks.
    scope: visible name → operand, for the function's own variables. declared: names that `global` and `nonlocal` send
    elsewhere.
    """

    __slots__ = (
        "base", "binds", "caught", "consts", "declared", "elsewhere", "emit", "ends", "file", "finals", "free", "handlers",
        "instructions", "kind", "labels", "literals", "loops", "names", "number", "open", "operands", "owner",
        "parent", "qualname", "renames", "scope", "started", "temp", "text", "used", "yields",
    )  # fmt: skip

    def __init__(self, file: File, parent: Builder | None, kind: str, qualname: str, scope: dict[str, str]) -> None:
        self.file = file
        self.text = file.text
        self.names = file.names
        self.parent = parent
        self.kind = kind
        self.qualname = qualname
        self.scope = scope
        self.owner = -1  # for a class body: the index of its class
        self.number = len(file.functions)
        file.functions.append(None)
        self.base = file.depth
        self.binds: dict[str, ir.Binding] = {}
        self.declared: set[str] = set()
        self.elsewhere: dict[str, tuple[int, str]] = {}
        self.free: dict[str, None] = {}
        self.consts: list[Any] = []
        self.operands: dict[Any, int] = {}
        self.literals: dict[str, int] = {}
        self.temp = 0
        self.renames = 0
        self.labels = 1
        self.used: set[int] = set()
        self.loops: tuple[Loop, ...] = ()
        self.finals: tuple[Pending, ...] = ()
        self.handlers: tuple[int, ...] = ()
        self.instructions: list[ir.Instruction] = []
        self.emit = self.instructions.append
        self.started: list[tuple[int, list[ir.Instruction], tuple[int, ...]]] = [(0, self.instructions, ())]
        self.ends: list[ir.Terminator] = []
        self.open = True
        self.caught: ir.Operand | None = None
        self.yields = False

    # Operands

    def const(self, value: Any) -> int:
        """The operand of a constant."""
        key = (value.__class__, value)
        operand = self.operands.get(key)
        if operand is None:
            self.consts.append(value)
            operand = self.operands[key] = -len(self.consts)
        return operand

    def new(self) -> int:
        """A fresh temporary."""
        temp = self.temp
        self.temp = temp + 1
        return temp

    def name(self, node: Node) -> str:
        """The identifier that a node spells."""
        return self.names[self.text[node.start_byte : node.end_byte]]

    def raw(self, node: Node) -> str:
        """A node's source, one character per byte."""
        return self.text[node.start_byte : node.end_byte]

    def load(self, name: str, pos: int) -> ir.Operand:
        """The value of a name."""
        local = self.scope.get(name)
        if local is not None:
            return local
        op, spelled = self.elsewhere.get(name) or self.resolve(name)
        temp = self.temp
        self.temp = temp + 1
        self.emit((op, pos, temp, spelled))
        return temp

    def resolve(self, name: str) -> tuple[int, str]:
        """How a name that is not local is read: from an enclosing function, or from the module."""
        found = (ir.GLOBAL, name)
        passed = [self]
        outer = self.parent
        while outer is not None:
            if outer.kind != "class":
                spelled = outer.scope.get(name)
                if spelled is not None:
                    found = (ir.FREE, spelled)
                    break
                if name in outer.elsewhere:
                    found = outer.elsewhere[name]
                    break
            passed.append(outer)
            outer = outer.parent
        if found[0] == ir.FREE:
            for builder in passed:
                builder.free[found[1]] = None
        self.elsewhere[name] = found
        return found

    def store(
        self, name: str, value: ir.Operand, pos: int, binding: ir.Binding = (ir.BOUND_VALUE,), shared: bool = False
    ) -> None:
        """Bind a name to a value. shared: the value is used again, so it must stay where it is."""
        local = self.scope.get(name)
        if self.kind == "module" and local is None:
            self.bind(name, binding)
            self.emit((ir.SETGLOBAL, pos, None, name, value))
            return
        if self.kind == "class" and name not in self.declared and (local is None or local == name):
            self.bind(name, binding)
            local = self.scope[name] = name
        if local is None:
            self._store_elsewhere(name, value, pos)
            return
        instructions = self.instructions
        if not shared and isinstance(value, int) and value >= 0 and instructions and instructions[-1][2] == value:
            # The value was computed just now and nobody else has it: compute it in place.
            last = instructions[-1]
            instructions[-1] = (last[0], last[1], local, *last[3:])
        else:
            self.emit((ir.MOVE, pos, local, value))

    def _store_elsewhere(self, name: str, value: ir.Operand, pos: int) -> None:
        op, spelled = self.elsewhere.get(name) or self.resolve(name)
        if op == ir.FREE:
            self.emit((ir.SETFREE, pos, None, spelled, value))
            return
        self.emit((ir.SETGLOBAL, pos, None, spelled, value))
        outer: Builder = self
        while outer.parent is not None:
            outer = outer.parent
        outer.binds.setdefault(spelled, (ir.BOUND_VALUE,))

    def bind(self, name: str, binding: ir.Binding) -> None:
        """Record what a name of a module or class is; a plain value in a branch does not hide a definition, nor does an import
        for lack of another (`except ImportError`) hide that one."""
        known = self.binds.pop(name, None)
        if known is not None and (
            (binding[0] == ir.BOUND_VALUE and self.file.depth > self.base + 1)
            or (binding[0] == known[0] == ir.BOUND_IMPORT and self.file.handling)
        ):
            binding = known
        self.binds[name] = binding

    # Blocks

    def label(self) -> int:
        """A label for a block that starts later."""
        label = self.labels
        self.labels = label + 1
        return label

    def start(self, label: int) -> None:
        """Begin the block of a label, under the handlers in force."""
        instructions: list[ir.Instruction] = []
        self.instructions = instructions
        self.emit = instructions.append
        self.started.append((label, instructions, self.handlers))
        self.open = True

    def join(self, label: int) -> None:
        """Go on at a label if anything leads there; else what follows is unreachable."""
        if self.open:
            self.jump(label)
        if label in self.used:
            self.start(label)

    def end(self, terminator: ir.Terminator) -> None:
        """End the current block."""
        self.ends.append(terminator)
        self.open = False

    def jump(self, label: int) -> None:
        """End the current block, if one is open, by going to a label."""
        if self.open:
            self.used.add(label)
            self.ends.append((ir.JUMP, label))
            self.open = False

    def branch(self, pos: int, condition: ir.Operand, yes: int, no: int) -> None:
        """End the current block by a condition."""
        self.used.add(yes)
        self.used.add(no)
        self.ends.append((ir.BRANCH, pos, condition, yes, no))
        self.open = False

    def fresh(self) -> None:
        """Go on in a new block, because the handlers changed or because the last block has ended."""
        label = self.label()
        if self.open:
            self.jump(label)
        self.start(label)

    def abandon(self, blocks: int, instructions: int, functions: int, classes: int) -> None:
        """Forget a statement: all but the first so many blocks, instructions of the last of these, functions and classes."""
        del self.file.functions[functions:], self.file.classes[classes:]
        del self.started[blocks:], self.ends[blocks - 1 :]
        self.instructions = self.started[-1][1]
        del self.instructions[instructions:]
        self.emit = self.instructions.append
        self.open = True

    def finish(self) -> tuple[ir.Block, ...]:
        """The blocks, by place. Blocks that only jump on are left out."""
        if self.open:
            self.ends.append((ir.STOP,))
        if len(self.started) == 1 and self.ends[0][0] >= ir.RETURN:
            return ((tuple(self.instructions), self.ends[0], ()),)
        forward: dict[int, int] = {}
        kept = []
        for (label, instructions, handlers), end in zip(self.started, self.ends, strict=True):
            if not instructions and end[0] == ir.JUMP and label and end[1] != label:
                forward[label] = end[1]
            else:
                kept.append((label, instructions, handlers, end))
        place = {entry[0]: index for index, entry in enumerate(kept)}
        blocks: list[ir.Block] = []
        target = _Targets(place, forward).__getitem__
        for _, instructions, handlers, end in kept:
            if end[0] == ir.JUMP:
                end = (ir.JUMP, target(end[1]))
            elif end[0] == ir.BRANCH:
                end = (ir.BRANCH, end[1], end[2], target(end[3]), target(end[4]))
            caught = tuple(dict.fromkeys(map(target, handlers))) if handlers else ()
            blocks.append((tuple(instructions), end, caught))
        if len(place) > len(kept):
            blocks.append(((), (ir.STOP,), ()))
        return tuple(blocks)


class _Targets(dict[int, int]):
    """Label → place of its block, following jumps through empty blocks."""

    def __init__(self, place: dict[int, int], forward: dict[int, int]) -> None:
        super().__init__(place)
        self.place, self.forward = place, forward

    def __missing__(self, label: int) -> int:
        seen = {label}
        at = label
        while at not in self.place:
            onward = self.forward.get(at)
            if onward is None or onward in seen:
                # An empty endless loop, or a label that nothing starts: a block of its own that stops.
                self.place.setdefault(-1, len(self.place))
                onward = -1
            seen.add(onward)
            at = onward
        self[label] = self.place[at]
        return self[label]
