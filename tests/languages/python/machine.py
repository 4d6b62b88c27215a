"""A small interpreter of the IR: what a lowered program does, to be compared with what CPython does.

It runs what the IR can say. `with` enters and never leaves, `await` has its operand's value, and `yield from` is known to
the IR as one element only, so programs under test do without them.
"""

import builtins
import importlib
import operator
from collections.abc import Callable, Generator
from functools import reduce
from textwrap import dedent
from typing import Any

from casemate.languages import ir
from languages.python.support import lowered
from languages.python.wellformed import check

NO_MORE = object()

_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod, "**": operator.pow, "&": operator.and_, "|": operator.or_, "^": operator.xor,
    "<<": operator.lshift, ">>": operator.rshift, "@": operator.matmul,
}  # fmt: skip
_IN_PLACE: dict[str, Callable[[Any, Any], Any]] = {
    "+=": operator.iadd, "-=": operator.isub, "*=": operator.imul, "//=": operator.ifloordiv, "%=": operator.imod,
    "|=": operator.ior, "&=": operator.iand, "/=": operator.itruediv, "**=": operator.ipow,
}  # fmt: skip
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "in": lambda a, b: a in b, "not in": lambda a, b: a not in b, "is": operator.is_, "is not": operator.is_not,
}  # fmt: skip
_UNARY: dict[str, Callable[[Any], Any]] = {
    "not": operator.not_, "-": operator.neg, "+": operator.pos, "~": operator.invert,
}  # fmt: skip
_KINDS = {"list": list, "tuple": tuple, "set": set}


class Activation:
    """One run of one function: its variables and temporaries, and the activation that it was defined in."""

    def __init__(self, function: ir.Function, outer: "Activation | None") -> None:
        self.function = function
        self.outer = outer
        self.values: dict[ir.Operand, Any] = {}
        self.iterators: dict[int, Any] = {}
        self.elements: set[ir.Operand] = set()

    def get(self, operand: ir.Operand) -> Any:
        """The value of an operand."""
        if isinstance(operand, int) and operand < 0:
            return self.function.consts[-1 - operand]
        if operand not in self.values:
            raise UnboundLocalError(operand)
        return self.values[operand]

    def holder(self, name: str) -> "Activation":
        """The activation that a free variable lives in."""
        outer = self.outer
        while outer is not None and (outer.function.kind == "class" or name in outer.function.free):
            outer = outer.outer
        assert outer is not None, f"{name} is free but nobody's"
        return outer


class Machine:
    """A module being run. globals: what it binds; what the program may use from outside is put there first."""

    def __init__(self, module: ir.Module, **given: Any) -> None:
        self.module = module
        self.globals: dict[str, Any] = dict(given)

    def run(self) -> dict[str, Any]:
        """Run the module body; what it has bound then."""
        _result(self._execute(Activation(self.module.functions[0], None)))
        return self.globals

    def _execute(self, at: Activation) -> Generator[Any, Any, Any]:
        """Run one activation; a generator, so that YIELD can be one."""
        blocks = ir.graph(at.function)
        number, before = 0, -1
        caught: BaseException | None = None
        waiting: tuple[int, ...] = ()
        while True:
            instructions, end, handlers = blocks[number]
            try:
                for instruction in instructions:
                    if instruction[0] == ir.YIELD:
                        sent = yield at.get(instruction[3])
                        if instruction[2] is not None:
                            at.values[instruction[2]] = sent
                    elif instruction[0] == ir.CATCH:
                        assert caught is not None
                        if not _matches(caught, [at.get(one) for one in instruction[3]]):
                            raise _Unmatched
                        if instruction[2] is not None:
                            at.values[instruction[2]] = caught
                    elif instruction[0] == ir.ITER:
                        self._iterate(at, instruction, again=before >= number)
                    else:
                        value = self._perform(at, instruction)
                        if instruction[2] is not None:
                            at.values[instruction[2]] = value
                        at.elements.discard(instruction[2])
                before = number
                if end[0] == ir.JUMP:
                    number = end[1]
                elif end[0] == ir.BRANCH:
                    number = end[3] if _holds(at, end[2]) else end[4]
                elif end[0] == ir.RETURN:
                    return at.get(end[2])
                elif end[0] == ir.STOP:
                    return None
                else:
                    raised = at.get(end[2])
                    if raised is None:
                        assert caught is not None
                        raised = caught
                    raise raised
            except _Unmatched:
                assert caught is not None
                if not waiting:
                    raise caught from None
                before, number, waiting = number, waiting[0], waiting[1:]
            except GeneratorExit:
                raise
            except BaseException as error:
                if not handlers:
                    raise
                before, number, waiting, caught = number, handlers[0], handlers[1:], error

    def _iterate(self, at: Activation, instruction: ir.Instruction, again: bool) -> None:
        """One element. A loop is entered anew when control comes from a block in front of its header."""
        key = id(instruction)
        if not again or key not in at.iterators:
            at.iterators[key] = iter(at.get(instruction[3]))
        at.values[instruction[2]] = next(at.iterators[key], NO_MORE)
        at.elements.add(instruction[2])
        if at.values[instruction[2]] is NO_MORE:
            del at.iterators[key]

    def _perform(self, at: Activation, instruction: ir.Instruction) -> Any:
        get = at.get
        match instruction:
            case (ir.MOVE | ir.AWAIT, _, _, source):
                return get(source)
            case (ir.GLOBAL, _, _, name):
                return self._global(name)
            case (ir.SETGLOBAL, _, _, name, source):
                self.globals[name] = get(source)
            case (ir.FREE, _, _, name):
                assert name in at.function.free, f"{name} is not in Function.free"
                return at.holder(name).get(name)
            case (ir.SETFREE, _, _, name, source):
                at.holder(name).values[name] = get(source)
            case (ir.IMPORT, _, _, dotted):
                return _imported(dotted)
            case (ir.ATTR, _, _, base, name):
                return getattr(get(base), name)
            case (ir.SETATTR, _, _, base, name, source):
                setattr(get(base), name, get(source))
            case (ir.INDEX, _, _, base, key):
                return get(base)[get(key)]
            case (ir.SETINDEX, _, _, base, key, source):
                get(base)[get(key)] = get(source)
            case (ir.SLICE, _, _, base, low, high, step):
                return get(base)[get(low) : get(high) : get(step)]
            case (ir.BINARY, _, _, symbol, left, right):
                table = _IN_PLACE if symbol in _IN_PLACE else _BINARY
                return table[symbol](get(left), get(right))
            case (ir.UNARY, _, _, symbol, operand):
                return _UNARY[symbol](get(operand))
            case (ir.COMPARE, _, _, symbol, left, right):
                return _COMPARE[symbol](get(left), get(right))
            case (ir.FORMAT, _, _, parts):
                return "".join(format(get(part)) for part in parts)
            case (ir.SEQUENCE, _, _, kind, items):
                return _KINDS[kind](_items(at, items))
            case (ir.MAPPING, _, _, pairs):
                return {k: v for one, other in pairs for k, v in _pairs(at, one, other)}
            case (ir.CALL, _, _, callee, args, kwargs):
                return get(callee)(*_items(at, args), **_keywords(at, kwargs))
            case (ir.INVOKE, _, _, base, name, args, kwargs):
                return getattr(get(base), name)(*_items(at, args), **_keywords(at, kwargs))
            case (ir.FUNCTION, _, _, number, defaults):
                return self._function(at, number, {name: get(value) for name, value in defaults})
            case (ir.CLASS, _, _, number):
                return self._class(at, number)
            case (ir.ENTER, _, _, source):
                return get(source).__enter__()
            case (ir.DELETE, _, _, operand):
                del at.values[operand]
            case _:
                raise AssertionError(f"unknown instruction {instruction!r}")
        return None

    def _global(self, name: str) -> Any:
        if name in self.globals:
            return self.globals[name]
        if hasattr(builtins, name):
            return getattr(builtins, name)
        raise NameError(name)

    def _function(self, at: Activation, number: int, defaults: dict[str, Any]) -> Callable[..., Any]:
        function = self.module.functions[number]

        def call(*args: Any, **kwargs: Any) -> Any:
            inner = Activation(function, at)
            inner.values.update(bound(function.params, defaults, args, kwargs))
            running = self._execute(inner)
            return running if function.is_generator else _result(running)

        call.__name__, call.__doc__ = function.name, function.doc or None
        return call

    def _class(self, at: Activation, number: int) -> type:
        made = self.module.classes[number]
        inner = Activation(self.module.functions[made.body], at)
        _result(self._execute(inner))
        names = {name: value for name, value in inner.values.items() if isinstance(name, str) and "#" not in name}
        assert set(names) <= dict(made.names).keys()
        bases = tuple(reduce(getattr, rest, self._global(first)) for first, *rest in (b.split(".") for b in made.bases))
        return type(made.name, bases, names)


class _Unmatched(Exception):
    """The exception in flight is not of the types of this CATCH."""


def bound(
    params: tuple[ir.Parameter, ...], defaults: dict[str, Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """Arguments to parameters, as a call does it."""
    given, named = list(args), dict(kwargs)
    out: dict[str, Any] = {}
    for param in params:
        if param.how == ir.VARARGS:
            out[param.name], given = tuple(given), []
        elif param.how == ir.VARKW:
            out[param.name], named = named, {}
        elif param.how in (ir.POSITIONAL, ir.POSITIONAL_ONLY) and given:
            out[param.name] = given.pop(0)
        elif param.how != ir.POSITIONAL_ONLY and param.name in named:
            out[param.name] = named.pop(param.name)
        elif param.name in defaults:
            assert param.has_default
            out[param.name] = defaults[param.name]
        else:
            raise TypeError(f"no argument for {param.name!r}")
    if given or named:
        raise TypeError(f"too many arguments: {given!r} {named!r}")
    return out


def _result(running: Generator[Any, Any, Any]) -> Any:
    try:
        next(running)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("a function that is no generator yields")


def _holds(at: Activation, operand: ir.Operand) -> bool:
    value = at.get(operand)
    return value is not NO_MORE if operand in at.elements else bool(value)


def _matches(error: BaseException, types: list[Any]) -> bool:
    return not types or any(isinstance(error, one) for one in types)


def _items(at: Activation, items: tuple[Any, ...]) -> list[Any]:
    out: list[Any] = []
    for item in items:
        if isinstance(item, tuple):
            assert item[0] == ir.STAR
            out.extend(at.get(item[1]))
        else:
            out.append(at.get(item))
    return out


def _pairs(at: Activation, key: ir.Operand | None, value: ir.Operand) -> list[tuple[Any, Any]]:
    return list(at.get(value).items()) if key is None else [(at.get(key), at.get(value))]


def _keywords(at: Activation, kwargs: tuple[Any, ...]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, operand in kwargs:
        out.update(at.get(operand) if name is None else {name: at.get(operand)})
    return out


def _imported(dotted: str) -> Any:
    head, _, last = dotted.rpartition(".")
    if not head:
        return importlib.import_module(dotted)
    try:
        return getattr(importlib.import_module(head), last)
    except AttributeError:
        return importlib.import_module(dotted)


def compare(source: str) -> None:
    """Assert that a program, lowered and run, leaves the same `result` as when this interpreter runs it."""
    expected: dict[str, Any] = {}
    exec(dedent(source), expected)
    module = lowered(source, name="program")
    check(module)
    assert module.losses == ()
    assert Machine(module).run()["result"] == expected["result"]
