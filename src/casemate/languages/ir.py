"""The intermediate representation: what every language front end lowers to and all that the engine knows.

A module is lowered to plain tuples, strings and integers only, so that it can be marshalled, hashed, and sent between
processes cheaply. A function is a control-flow graph of basic blocks over variables and temporaries.

Operands
    str   a local variable of the function (parameters included)
    int   >= 0: a temporary, assigned once per block path; < 0: constant `consts[-1 - operand]`
Constants are str, bytes, int, float, bool, None, Ellipsis-free. (Complex and huge literals, over 64 KiB, are "" with no folding.)

Positions are byte offsets into the source; `Module.line(pos)` gives the line. Every instruction is
`(op, pos, dst, ...)`, dst being a str or an int temporary, or None where there is no result:

    MOVE      (op, pos, dst, src)
    GLOBAL    (op, pos, dst, name)                    a name that is not local: module level or built-in
    SETGLOBAL (op, pos, None, name, src)              `global x; x = ...`, and every assignment in a module body
    FREE      (op, pos, dst, name)                    a variable of an enclosing function (closure)
    SETFREE   (op, pos, None, name, src)              nonlocal
    IMPORT    (op, pos, dst, dotted)                  a module or `module.name`, absolute, as a reference
    ATTR      (op, pos, dst, base, name)
    SETATTR   (op, pos, None, base, name, src)
    INDEX     (op, pos, dst, base, key)
    SETINDEX  (op, pos, None, base, key, src)
    SLICE     (op, pos, dst, base, low, high, step)   an absent bound is the constant None
    BINARY    (op, pos, dst, operator, left, right)   "+", "%", "/", "|" ...; augmented: operator ends with "="
    UNARY     (op, pos, dst, operator, operand)       "not", "-", "~"
    COMPARE   (op, pos, dst, operator, left, right)   "==", "!=", "<", "in", "not in", "is", "is not" ...
    FORMAT    (op, pos, dst, parts)                   f-string: parts are operands, literal pieces are constants
    SEQUENCE  (op, pos, dst, kind, items)             kind: "list", "tuple", "set"; item (STAR, operand) for *x
    MAPPING   (op, pos, dst, pairs)                   pairs (key operand, value operand); (None, operand) for **x
    CALL      (op, pos, dst, callee, args, kwargs)    args: operands, (STAR, operand) for *x; kwargs: (name | None, operand)
    INVOKE    (op, pos, dst, base, name, args, kwargs) a method call `base.name(...)`
    FUNCTION  (op, pos, dst, index, defaults)         a def, lambda or comprehension body; defaults: (name, operand)
    CLASS     (op, pos, dst, index)                   a class statement, its body (a function of kind "class") run in place
    ITER      (op, pos, dst, src)                     one element of iterating src ("async for" too)
    ENTER     (op, pos, dst, src)                     value bound by `with src as dst`
    AWAIT     (op, pos, dst, src)
    YIELD     (op, pos, dst, src)                     dst: what `send` gives (untainted)
    CATCH     (op, pos, dst, types)                   a caught exception; types: operands
    DELETE    (op, pos, None, operand)

Decorators are applied in the enclosing body, bottom up, as CALLs on the FUNCTION's result, before the name is bound.
They are also recorded in `Function.decorators`.

A block is `(instructions, terminator, handlers)`; block 0 is the entry. handlers: indices of the blocks that an
exception inside this block may jump to. Terminators:

    (JUMP, target)
    (BRANCH, pos, condition operand, then-block, else-block)
    (RETURN, pos, operand)
    (RAISE, pos, operand)
    (STOP,)                                            end without a value (falls off; `assert` failure is a RAISE)

`and`, `or`, `not`, conditional expressions, comparisons in a chain, `match` and `assert` are lowered to branches, so
that the branch on each atom is visible. Loops: the header block evaluates the condition (or ITER) and branches. The
branch on ITER's own temporary asks whether there was an element: its truth is not the element's, and it never folds.
Blocks are in reverse post-order as far as structure allows; unreachable code is still lowered.
"""

from __future__ import annotations

import marshal
from bisect import bisect_right
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

MOVE: Final = 0
GLOBAL: Final = 1
SETGLOBAL: Final = 2
FREE: Final = 3
SETFREE: Final = 4
IMPORT: Final = 5
ATTR: Final = 6
SETATTR: Final = 7
INDEX: Final = 8
SETINDEX: Final = 9
SLICE: Final = 10
BINARY: Final = 11
UNARY: Final = 12
COMPARE: Final = 13
FORMAT: Final = 14
SEQUENCE: Final = 15
MAPPING: Final = 16
CALL: Final = 17
INVOKE: Final = 18
FUNCTION: Final = 19
CLASS: Final = 20
ITER: Final = 21
ENTER: Final = 22
AWAIT: Final = 23
YIELD: Final = 24
CATCH: Final = 25
DELETE: Final = 26

OP_NAMES: Final = (
    "MOVE", "GLOBAL", "SETGLOBAL", "FREE", "SETFREE", "IMPORT", "ATTR", "SETATTR", "INDEX", "SETINDEX", "SLICE",
    "BINARY", "UNARY", "COMPARE", "FORMAT", "SEQUENCE", "MAPPING", "CALL", "INVOKE", "FUNCTION", "CLASS", "ITER",
    "ENTER", "AWAIT", "YIELD", "CATCH", "DELETE",
)  # fmt: skip

JUMP: Final = 0
BRANCH: Final = 1
RETURN: Final = 2
RAISE: Final = 3
STOP: Final = 4
PLACED: Final = frozenset({BRANCH, RETURN, RAISE})  # terminators that have a position

STAR: Final = "*"

# How a parameter receives its argument.
POSITIONAL: Final = 0
KEYWORD: Final = 1  # keyword-only
VARARGS: Final = 2  # *args
VARKW: Final = 3  # **kwargs
POSITIONAL_ONLY: Final = 4

# What a name is bound to at module or class level (`Module.names`, `Class.names`).
BOUND_FUNCTION: Final = "function"  # (BOUND_FUNCTION, index)
BOUND_CLASS: Final = "class"  # (BOUND_CLASS, index)
BOUND_IMPORT: Final = "import"  # (BOUND_IMPORT, absolute dotted name)
BOUND_VALUE: Final = "value"  # (BOUND_VALUE,)

Operand = str | int
Instruction = tuple[Any, ...]
Terminator = tuple[Any, ...]
Block = tuple[tuple[Instruction, ...], Terminator, tuple[int, ...]]
Binding = tuple[Any, ...]


class Parameter(NamedTuple):
    """A formal parameter. annotation: dotted text as written ("" if none; Optional[X], X | None, list[X] give X). default: the
    constant that stands in when nothing is given, as a tuple of one, where it is short. made: where a call stands in, the dotted
    text of what is called, and of its first argument ("" for another expression)."""

    name: str
    how: int
    annotation: str
    has_default: bool
    default: tuple[Any, ...] = ()
    made: tuple[str, ...] = ()


class Decorator(NamedTuple):
    """A decorator as written: dotted text of its callee, constant positional and keyword arguments (None if not constant)."""

    dotted: str
    args: tuple[Any, ...]
    kwargs: tuple[tuple[str, Any], ...]
    called: bool
    pos: int


class Function(NamedTuple):
    """One function body.

    number: its place in Module.functions. kind: "module" (number 0), "function", "lambda", "comprehension", "class" (a
    class body). qualname: dotted within the module ("" for the module body; "<lambda>" as Python names it).
    owner: index of the class whose method this is, or -1. parent: index of the enclosing function or body, -1 for the module.
    free: names read from enclosing functions. returns: annotation text. doc: first docstring line (at most 200 characters).
    """

    number: int
    kind: str
    name: str
    qualname: str
    owner: int
    parent: int
    params: tuple[Parameter, ...]
    decorators: tuple[Decorator, ...]
    returns: str
    is_async: bool
    is_generator: bool
    free: tuple[str, ...]
    pos: int
    end: int
    doc: str
    consts: tuple[Any, ...]
    blocks: tuple[Block, ...] | bytes  # bytes: packed, see `graph`


class Class(NamedTuple):
    """A class statement. bases: dotted text as written. names: bindings of the body. annotations: (name, dotted text)."""

    number: int
    name: str
    qualname: str
    bases: tuple[str, ...]
    keywords: tuple[tuple[str, str], ...]
    decorators: tuple[Decorator, ...]
    body: int  # index of the body in Module.functions
    parent: int  # index of the enclosing function or body
    names: tuple[tuple[str, Binding], ...]
    annotations: tuple[tuple[str, str], ...]
    pos: int
    doc: str


class Loss(NamedTuple):
    """A region that could not be lowered: byte range, a Reason value as text, and detail."""

    start: int
    end: int
    reason: str
    detail: str


class Mark(NamedTuple):
    """A comment that speaks to Casemate. line: where it stands. about: the line that it is about. text: from its first `#`."""

    line: int
    about: int
    text: str


class Module(NamedTuple):
    """One lowered file.

    name: absolute dotted module name. path: as in SourceFile. package: True for a package's own file (__init__).
    imports: absolute dotted names whose every name is imported (star imports). names: module-level bindings (last one wins,
    save an import in an `except` clause; conditional ones included). exports: `__all__` when it is a constant, else None.
    line_starts: byte offset of each line. marks: comments that speak to Casemate; no part of the program.
    """

    language: str
    name: str
    path: str
    package: bool
    names: tuple[tuple[str, Binding], ...]
    stars: tuple[str, ...]
    exports: tuple[str, ...] | None
    functions: tuple[Function, ...]
    classes: tuple[Class, ...]
    losses: tuple[Loss, ...]
    line_starts: tuple[int, ...]
    marks: tuple[Mark, ...] = ()

    def line(self, pos: int) -> int:
        """The 1-based line of a byte offset."""
        return bisect_right(self.line_starts, pos)


def graph(function: Function) -> tuple[Block, ...]:
    """The blocks of a function, read from their packed form if need be."""
    blocks = function.blocks
    if isinstance(blocks, bytes):
        unpacked: tuple[Block, ...] = marshal.loads(blocks)
        return unpacked
    return blocks


def ways(terminator: Terminator) -> tuple[int, ...]:
    """The blocks to which the end of a block leads; of a branch first where it leads when the condition is true."""
    if terminator[0] == JUMP:
        return terminator[1:2]
    return terminator[3:5] if terminator[0] == BRANCH else ()


def mentions(function: Function, names: Iterable[str]) -> bool:
    """Whether a body may use one of these names: false is certain. A packed body is searched as it is, without
    unpacking; marshal writes the first use of an ASCII text out."""
    if not isinstance(function.blocks, bytes):
        return True
    return any(name.encode() in function.blocks for name in names)


def pack(module: Module) -> bytes:
    """A module as bytes for the cache and for travel between processes; blocks are packed on their own, since most are
    never looked at again."""
    functions = tuple(f._replace(blocks=marshal.dumps(f.blocks)) for f in module.functions)
    return marshal.dumps(to_plain(module._replace(functions=functions)))


def unpack(data: bytes) -> Module:
    """The inverse of `pack`; blocks stay packed until `graph` asks for them. Raises ValueError, EOFError or TypeError on
    bytes that are no such module."""
    return from_plain(marshal.loads(data))


def to_plain(module: Module) -> tuple[Any, ...]:
    """The module as nested plain tuples, for marshalling."""
    return (
        *module[:7],
        tuple((*f[:6], tuple(map(tuple, f.params)), tuple(map(tuple, f.decorators)), *f[8:]) for f in module.functions),
        tuple((*c[:5], tuple(map(tuple, c.decorators)), *c[6:]) for c in module.classes),
        tuple(map(tuple, module.losses)),
        module.line_starts,
        tuple(map(tuple, module.marks)),
    )


def from_plain(plain: tuple[Any, ...]) -> Module:
    """The inverse of `to_plain`."""
    functions = tuple(
        Function._make((*f[:6], tuple(map(Parameter._make, f[6])), tuple(map(Decorator._make, f[7])), *f[8:]))
        for f in plain[7]
    )
    classes = tuple(Class._make((*c[:5], tuple(map(Decorator._make, c[5])), *c[6:])) for c in plain[8])
    losses, marks = tuple(map(Loss._make, plain[9])), tuple(map(Mark._make, plain[11]))
    return Module._make((*plain[:7], functions, classes, losses, plain[10], marks))
