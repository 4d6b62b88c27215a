"""Of which type a response is said to be after it was made, or beside what it holds: what no browser renders is no page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from casemate.knowledge.entries import Sink
from casemate.languages import ir
from casemate.taint import markup
from casemate.taint.state import Fields
from casemate.taint.values import NO, Value

if TYPE_CHECKING:
    from casemate.taint.frame import Frame
from casemate.taint.graphs import taken

HEADER: Final = "content-type"
KEPT: Final = 2  # a browser keeps it as a file, whatever its type is
DISPOSITION: Final = "[content-disposition]"
BESIDE: Final = (1, 2)  # of a tuple, where headers may stand behind what is sent


def said_beside(frame: Frame, content: Fields) -> bool:
    """Whether a tuple (text, status, headers) says that its text is of a type that no browser renders."""
    for place in BESIDE:
        headers = content.get(place)
        for ref in headers.refs if headers is not None else ():
            for name, val in (frame.env.get(ref) or {}).items() if ref[0] == "o" else ():
                if type(name) is str and name.lower() == "[" + HEADER:
                    return _plain(val.const)
    return False


def comes_to_nothing(frame: Frame, pos: int, sink: Sink) -> bool:
    """Whether what the call at this place makes is said to be of another type, or nothing is done with it."""
    if sink.used and not taken(frame.blocks, pos):
        return True
    return bool(sink.unless_said) and said_later(frame, pos, sink.unless_said)


def said_later(frame: Frame, pos: int, names: tuple[str, ...]) -> bool:
    """Whether what the call at this place makes is said, on every way on from there, to be of such a type. names: of attributes
    and, in brackets, of keys by which that is said."""
    instructions = frame.blocks[frame.block][0]
    found = [n for n, ins in enumerate(instructions) if ins[1] == pos and ins[0] in (ir.CALL, ir.INVOKE)]
    if not found or instructions[found[-1]][2] is None:
        return False
    walk = _Walk(frame, {name.lower() for name in names})
    work = [(frame.block, found[-1] + 1, frozenset({instructions[found[-1]][2]}), 0)]
    while work:
        ways = walk.on(*work.pop())
        if ways is None:
            return False
        work += ways
    return True


def _plain(const: object) -> bool:
    """Whether this says that it is no page; what is not known says nothing."""
    return type(const) is str and not markup.rendered(const)


_Way = tuple[int, int, frozenset[Any], int]


class _Walk:
    """The ways on from where a response was made."""

    def __init__(self, frame: Frame, names: set[str]) -> None:
        self.frame = frame
        self.names = names
        self.parts = {name.partition("[")[0] for name in names if "[" in name} - {""}
        self.seen: set[tuple[int, frozenset[Any], int]] = set()

    def on(self, number: int, start: int, held: frozenset[Any], plain: int) -> list[_Way] | None:
        """Where it goes on from here; None where it ends as a page. held: what the response is called here. plain: whether it was
        last said to be none, or to be `KEPT`."""
        if start == 0 and (number, held, plain) in self.seen:
            return []
        self.seen.add((number, held, plain))
        instructions, terminator, _ = self.frame.blocks[number]
        parts: dict[Any, str] = {}  # what was read off it: its headers
        for ins in instructions[start:]:
            op = ins[0]
            if op == ir.ATTR and ins[3] in held and ins[4] in self.parts:
                parts[ins[2]] = ins[4]
            elif op == ir.SETATTR and ins[3] in held and ins[4].lower() in self.names:
                plain = plain if plain == KEPT else int(_plain(self._constant(ins[5])))
            elif op == ir.SETINDEX and (ins[3] in held or ins[3] in parts):
                key = f"{parts.get(ins[3], '')}[{self._constant(ins[4])}]".lower()
                if key in self.names and plain != KEPT:
                    plain = int(_plain(self._constant(ins[5])))
                elif key.endswith(DISPOSITION):
                    plain = KEPT if self._begins(instructions, ins[5]) else 0
            elif op in (ir.DELETE, ir.INVOKE) and plain == KEPT and ins[3] in (held | parts.keys()):
                plain = 0
            elif op == ir.MOVE and ins[3] in held:
                held |= {ins[2]}
            elif ins[2] in held:
                held -= {ins[2]}
        if terminator[0] == ir.RAISE:
            return []
        ways = ir.ways(terminator)
        if not ways or not held:
            return [] if plain else None
        return [(way, 0, held, plain) for way in ways]

    def _begins(self, instructions: Any, operand: Any) -> bool:
        """Whether a text begins by saying that a browser keeps what is sent as a file (RFC 6266)."""
        made = next((ins for ins in instructions if ins[2] == operand), None)
        if made is not None and made[0] == ir.BINARY and made[3] in ("%", "+"):
            operand = made[4]
        elif made is not None and made[0] == ir.FORMAT:
            operand = made[3][0]
        elif made is not None and made[0] == ir.INVOKE and made[4] == "format":
            operand = made[3]
        return str(self._constant(operand)).lower().startswith("attachment")

    def _constant(self, operand: Any) -> object:
        return self.frame.fn.consts[-1 - operand] if type(operand) is int and operand < 0 else NO


def beside(frame: Frame, val: Value) -> bool:
    """Whether what is returned says so of itself."""
    return any(
        ref[0] == "o" and ref[2] == ("i", "tuple") and said_beside(frame, frame.env.get(ref) or {}) for ref in val.refs
    )
