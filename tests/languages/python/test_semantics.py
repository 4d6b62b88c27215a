"""Lowered programs, run, do what CPython does with their source."""

import re
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from languages.python.machine import Machine
from languages.python.support import lowered
from languages.python.wellformed import check

PROGRAMS = {
    "arithmetic": """
        a, b = 7, 2
        result = [a + b, a - b, a * b, a / b, a // b, a % b, a ** b, a & b, a | b, a ^ b, a << b, a >> b, -a, +a, ~a]
    """,
    "long sum": "result = " + " + ".join(map(str, range(300))),
    "comparisons": """
        def f(x, y, z):
            return x < y < z, x == y != z, x in [y, z], x not in [y], x is None, x is not None, not x
        result = [f(x, y, z) for x in (0, 1, 2) for y in (1, 2) for z in (1, 3)]
    """,
    "chained comparison evaluates each operand once and stops early": """
        log = []
        def f(x):
            log.append(x)
            return x
        result = [f(1) < f(2) < f(3), f(2) < f(1) < f(9), log]
    """,
    "boolean operators give operands and stop early": """
        log = []
        def f(x):
            log.append(x)
            return x
        def g(a, b, c):
            return f(a) and f(b) or f(c)
        def h(a, b, c):
            x = f(a) or f(b) and f(c)
            return [x, not x, (a or b) and c, not (a and b)]
        cases = [(a, b, c) for a in (0, 1) for b in ("", "b") for c in ((), (1,))]
        result = [[g(*case) for case in cases], [h(*case) for case in cases], log]
    """,
    "returned conditions": """
        def a(x, y): return x and y
        def b(x, y): return x or y
        def c(x, y): return not x
        def d(x, y): return x if y else 5
        def e(x, y): return (x and y) or (y and not x)
        def f(x, y): return x and not y and (x or y)
        def g(x, y): return not (x and y) or x
        def h(x, y): return (not x) and y
        def i(x, y): return 1 < x < y or "no"
        def j(x, y): return (x or y) if (x and y) else (not x or not y)
        result = [f(x, y) for f in (a, b, c, d, e, f, g, h, i, j) for x in (0, 2, 7) for y in (0, 3, 7)]
    """,
    "conditional expressions": """
        def f(x):
            return "a" if x < 1 else "b" if x < 2 else "c"
        y = [1 if x else 2 for x in (0, 1)]
        result = [f(0), f(1), f(2), y, (1 if f else 2) + (3 if not f else 4)]
    """,
    "walrus": """
        def f(values):
            out = []
            while (n := len(values)) > 1:
                out.append(n)
                values.pop()
            return out, n, [m for v in (1, 2, 3) if (m := v * 2) > 2], m
        result = f([1, 2, 3, 4])
    """,
    "if, elif, else": """
        def f(x):
            if x == 0:
                out = "zero"
            elif x < 5:
                out = "few"
            elif x < 50:
                out = "some"
            else:
                return "many"
            return out + "!"
        result = [f(x) for x in (0, 1, 5, 500)]
    """,
    "loops with else, break and continue": """
        def f(values, stop):
            out = []
            for v in values:
                if v % 2:
                    continue
                if v == stop:
                    break
                out.append(v)
            else:
                out.append("else")
            n = 0
            while n < 5:
                n += 1
                if n == 2:
                    continue
                if n == stop:
                    break
            else:
                out.append("done")
            return out, n
        result = [f(range(7), s) for s in (4, 5, 99)]
    """,
    "nested loops, the inner one entered again after a break": """
        def f():
            out = []
            inner = [1, 2, 3]
            for a in range(3):
                for b in inner:
                    if b == 2:
                        break
                    out.append((a, b))
                for b in inner:
                    if a == 1:
                        continue
                    out.append(b)
            return out
        result = f()
    """,
    "falsy elements are elements": """
        def f():
            out = []
            for x in (0, "", None, False):
                out.append(x)
            return out, [x for x in (0, 0)]
        result = f()
    """,
    "unpacking": """
        def f():
            a, b = 1, 2
            a, b = b, a
            (c, [d, e]), *rest = (3, (4, 5)), 6, 7
            first, *middle, last = "abcde"
            *most, end = [1, 2, 3]
            x = y = z = [0]
            x.append(1)
            out = [a, b, c, d, e, *rest, first, *middle, last, *most, end, x, y, z]
            for k, (v, *w) in [(1, (2, 3, 4))]:
                out += [k, v, *w]
            [p, q] = (), ""
            return [*out, *rest, p, q]
        result = f()
    """,
    "swaps read everything before they write": """
        def f():
            a, b, c = 1, 2, 3
            a, b, c = c, a, b
            d = [1, 2]
            d[0], d[1] = d[1], d[0]
            i, values = 0, [5, 6]
            i, values[i] = 1, 9
            return a, b, c, d, i, values
        result = f()
    """,
    "augmented assignment": """
        class Box:
            n = 1
        log = []
        def f(x):
            log.append(x)
            return x
        def g():
            box, items, text = Box(), [1, 2, 3], "a"
            box.n += 4
            items[f(1)] *= 10
            alias = items
            items += [4]
            text += "b"
            return box.n, items, alias, text, log
        result = g()
    """,
    "subscripts and slices": """
        def f():
            a = list(range(10))
            a[1:3] = ["x"]
            d = {}
            d[1, 2] = 3
            d["k"] = d.get((1, 2))
            del a[0], d[1, 2]
            return a, a[2:], a[:2], a[::2], a[1:-1], a[-1], d
        result = f()
    """,
    "calls": """
        def f(a, b=2, *c, d, e=5, **g):
            return a, b, c, d, e, g
        def h(a, /, b, *, c=3):
            return a, b, c
        args, kwargs = (1, 2, 3), {"d": 4, "z": 26}
        result = [f(1, d=2), f(*args, **kwargs), f(0, *args, d=1, y=2), h(1, 2), h(1, b=2, c=4),
                  "{}-{x}".format(1, x=2), max([1, 2], key=lambda v: -v)]
    """,
    "defaults are evaluated once, where the function is defined": """
        n = 1
        def f(a=n, b=[]):
            b.append(a)
            return b
        n = 2
        f()
        g = lambda x, y=n: (x, y)
        n = 3
        result = [f(), g(0)]
    """,
    "closures": """
        def outer(x):
            y = x + 1
            def inner(z):
                nonlocal y
                y += z
                def deep():
                    return x, y, z
                return deep
            return inner, lambda: (x, y)
        one, two = outer(1), outer(10)
        first = one[0](5)
        x = y = "module"
        result = [first(), one[1](), two[1](), two[0](0)(), x, y]
    """,
    "closures share the variable, not its value": """
        def f():
            made = []
            for i in range(3):
                made.append(lambda: i)
            return [g() for g in made]
        result = f()
    """,
    "globals": """
        total = 0
        def add(n):
            global total, fresh
            total += n
            fresh = n
            def inner():
                global total
                total += 100
            inner()
        def shadow():
            total = 5
            return total
        add(1); add(2)
        result = [total, fresh, shadow()]
    """,
    "class scope is not seen by its methods": """
        x = "module"
        class A:
            x = "class"
            y = x + "!"
            items = [1, 2]
            def get(self):
                return x, self.x
            both = [v * 2 for v in items]
            z = lambda self: x
            class B:
                w = x
        def f(x):
            class C:
                def get(self):
                    return x
                seen = x
            return C
        result = [A.y, A().get(), A.both, A().z(), A.B.w, f("arg")().get(), f("arg").seen]
    """,
    "classes": """
        class Base:
            count = 0
            def __init__(self, n):
                self.n = n
                Base.count += 1
            def double(self):
                return self.n * 2
            @property
            def square(self):
                return self.n ** 2
            @staticmethod
            def make(n):
                return Base(n)
            @classmethod
            def named(cls):
                return cls.__name__
        class Sub(Base):
            def double(self):
                return Base.double(self) + 1
        s = Sub(3)
        result = [s.double(), s.square, Base.make(4).n, Sub.named(), Base.count]
    """,
    "decorators apply bottom up": """
        log = []
        def mark(name):
            log.append("eval " + name)
            def apply(f):
                log.append("apply " + name)
                return lambda *args: name + str(f(*args))
            return apply
        @mark("a")
        @mark("b")
        def f(x):
            return x
        @mark("c")
        class C:
            pass
        result = [f(1), log]
    """,
    "comprehensions": """
        def f(n):
            x = "outer"
            squares = [x * x for x in range(n) if x % 2 if x > 1]
            pairs = {(a, b) for a in range(3) for b in range(a) if a != b}
            table = {k: v for k, v in zip("abc", range(n))}
            nested = [[y for y in range(x)] for x in range(3)]
            total = sum(v for v in range(n))
            clash = [x for x in [x for x in (1, 2)]]
            outer = [a for a in (x, x)]
            return x, squares, pairs, table, nested, total, clash, outer
        x = [x for x in (1, 2)][-1]
        result = [f(6), x, [y for y in (x, 2)], [(lambda: z)() for z in (1, 2)]]
    """,
    "a comprehension's iterable is evaluated outside": """
        x = [1, 2, 3]
        def f(x):
            return [x for x in x], [y for x in [x] for y in x], x
        result = f([4, 5]), [x for x in x], x
    """,
    "generators": """
        def count(n):
            got = []
            while n:
                sent = yield n
                got.append(sent)
                n -= 1
            return got
        def use():
            g = count(3)
            out = [next(g), g.send("a"), next(g)]
            return out, list(count(2)), sum(x for x in count(4))
        result = use()
    """,
    "exceptions": """
        def f(kind):
            out = []
            try:
                out.append("try")
                if kind:
                    raise kind("boom")
            except KeyError as e:
                out.append(("key", e.args))
            except (ValueError, TypeError):
                out.append("value or type")
            else:
                out.append("else")
            finally:
                out.append("finally")
            return out
        def g(kind):
            try:
                return f(kind)
            except Exception as e:
                return type(e).__name__, str(e)
        result = [g(k) for k in (None, KeyError, ValueError, TypeError, OSError)]
    """,
    "exceptions from within calls, and raised again": """
        def f(x):
            try:
                return 1 / x
            except ZeroDivisionError:
                if x is False:
                    raise
                return "zero"
        def g(x):
            try:
                return f(x)
            except ArithmeticError as e:
                return "raised again"
            except TypeError:
                return "type"
        result = [g(2), g(0), g(False), g("a")]
    """,
    "finally runs on every way out": """
        log = []
        def f(how):
            for i in range(3):
                try:
                    log.append((how, i))
                    if how == "return":
                        return "returned"
                    if how == "break":
                        break
                    if how == "continue":
                        continue
                    if how == "raise":
                        raise ValueError
                    log.append("end")
                finally:
                    log.append("finally")
            else:
                return "else"
            return "after"
        def g(how):
            try:
                return f(how)
            except ValueError:
                return "caught"
        result = [[g(h) for h in ("return", "break", "continue", "raise", "")], log]
    """,
    "finally overrides, and keeps the returned value": """
        def f():
            try:
                return 1
            finally:
                return 2
        def g():
            x = 1
            try:
                return x
            finally:
                x = 2
        def h():
            try:
                raise ValueError
            finally:
                return 3
        def i():
            while True:
                try:
                    return 1
                finally:
                    break
            return 4
        def j():
            out = []
            try:
                try:
                    return out
                finally:
                    out.append("inner")
            finally:
                out.append("outer")
        result = [f(), g(), h(), i(), j()]
    """,
    "an exception in a handler is not caught by its own try": """
        def f():
            out = []
            try:
                try:
                    raise ValueError("a")
                except ValueError:
                    raise KeyError("b")
                except KeyError:
                    out.append("wrong")
                finally:
                    out.append("finally")
            except KeyError as e:
                out.append(e.args)
            try:
                try:
                    pass
                except ValueError:
                    out.append("wrong")
                else:
                    raise ValueError
            except ValueError:
                out.append("outer")
            return out
        result = f()
    """,
    "suppress": """
        from contextlib import suppress
        def f(x):
            with suppress(KeyError, IndexError):
                return x[1]
            return "suppressed"
        result = [f([1, 2]), f({}), f([])]
    """,
    "assert": """
        def f(x):
            try:
                assert x > 1, "too small"
                assert x
            except AssertionError as e:
                return e.args
            return x
        result = [f(0), f(2)]
    """,
    "strings": '''
        name, width, n = "ann", 6, 3.14159
        result = [f"<{name}>", f"{name!r:>{width}}|{n:.2f}|{n:{width}.{2}f}", f"{{}}{name}{{{name}}}", "a" "b" f"{name}" 'c',
                  f"{name=}", f"{1 + 1 = }", f"{n=:.1f}", rb"\\x00" b"\\x01", "\\u00e9\\N{BULLET}\\x41\\101", r"\\d",
                  f"{[f'{c}!' for c in name]}", f"{name:}", f"{{{name}}}" "{}", """a
        b""", f"""x{
            name
        }y""", f"\\t{name}\\n", rf"\\t{name}"]
    ''',
    "numbers": "result = [0x1F, 0o17, 0b11, 1_000, 1e3, .5, 5., 1E-3, 10 ** 30, -5, - 5, -0.5, 0xFF_FF]",
    "imports": """
        import os.path
        import os.path as p
        from os import path, sep as separator
        def f():
            import json
            from json import dumps as d, loads
            return json.loads(d([1])), loads("2")
        result = [os.path is p, p is path, separator, f()]
    """,
    "match": """
        class Point:
            __match_args__ = ("x", "y")
            def __init__(self, x, y):
                self.x, self.y = x, y
        class Color:
            RED = 1
        def f(v):
            match v:
                case None:
                    return "none"
                case True:
                    return "true"
                case Color.RED:
                    return "red"
                case -2 | 3 | "x":
                    return "either"
                case Point(x=px, y=-1):
                    return px
                case Point():
                    return "point"
                case int() | float():
                    return "number", v
                case str(s) | bytes(s):
                    return "text", s
                case {"k": Point(x=0, y=y), **rest}:
                    return y, rest["z"]
                case {"k": [1, (2 | 4) as n]}:
                    return "n", n
                case []:
                    return "empty"
                case ["go", where]:
                    return where
                case [first, *_, last] if first == last:
                    return "same ends", first
                case [first, *rest]:
                    return first, *rest
                case other:
                    return "other", other
        values = [None, True, 1, -2, 3, "x", [], ["go", "home"], [1, 2, 1], [1, 2], {"k": Point(0, 5), "z": 1},
                  {"k": [1, 4]}, Point(9, -1), Point(9, 9), "s", b"b", 77, 1.5, ()]
        result = [f(v) for v in values]
    """,
    "match on several subjects": """
        def f(a, b):
            match a, b:
                case 0, _:
                    out = "zero"
                case (x, (1 | 2) as y):
                    out = x, y
                case _:
                    out = "no"
            return out
        result = [f(0, 0), f(5, 2), f(5, 5)]
    """,
    "del": """
        def f():
            x = 1
            del x
            try:
                return x
            except UnboundLocalError:
                return "gone"
        class A:
            pass
        a = A()
        a.b = 1
        del a.b
        result = [f(), hasattr(a, "b")]
    """,
    "code after return is not run": """
        def f():
            return 1
            return 2
        def g():
            while True:
                if f():
                    break
                else:
                    return "wrong"
            return "right"
        result = [f(), g()]
    """,
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_lowered_program_computes_what_cpython_computes(name: str) -> None:
    """`result` of the lowered program equals `result` of the source run by this interpreter."""
    source = dedent(PROGRAMS[name])
    expected: dict[str, object] = {}
    exec(source, expected)
    module = lowered(source, name="program")
    check(module)
    assert module.losses == ()
    assert Machine(module).run()["result"] == expected["result"]


SIMPLE = st.sampled_from(
    ["t({n})", "t({n})", "raise KeyError({n})", "raise ValueError({n})", "return t({n})", "assert t({n})"]
)
IN_LOOP = st.sampled_from(["break", "continue"])
TESTS = st.sampled_from(
    ["t({n})", "not t({n})", "t({n}) and t({n})", "t({n}) or not t({n})", "(t({n}) if t({n}) else 0)"]
)


def _indented(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]


@st.composite
def blocks(draw: st.DrawFn, depth: int, looping: bool = False) -> list[str]:
    """The lines of a few statements that may leave the block in every way there is."""
    out: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["simple", "if", "loop", "try", "finally", "suppress"] if depth else ["simple"]))
        if kind == "simple":
            out.append(draw(st.one_of(SIMPLE, IN_LOOP) if looping else SIMPLE))
        elif kind == "if":
            out += [f"if {draw(TESTS)}:", *_indented(draw(blocks(depth - 1, looping)))]
            out += draw(_more("else:", depth, looping))
        elif kind == "loop":
            out.append(draw(st.sampled_from(["for _ in range(2):", "while t({n}):"])))
            out += [*_indented(draw(blocks(depth - 1, True))), *draw(_more("else:", depth, looping))]
        elif kind == "suppress":
            out += ["with suppress(KeyError):", *_indented(draw(blocks(depth - 1, looping)))]
        else:
            out += ["try:", *_indented(draw(blocks(depth - 1, looping)))]
            if kind == "try":
                clause = draw(
                    st.sampled_from(["except KeyError:", "except (KeyError, AssertionError) as e:", "except:"])
                )
                out += [clause, *_indented(draw(blocks(depth - 1, looping))), *draw(_more("else:", depth, looping))]
            out += draw(_more("finally:", depth, looping, always=kind == "finally"))
    return out


def _more(head: str, depth: int, looping: bool, always: bool = False) -> st.SearchStrategy[list[str]]:
    block = blocks(depth - 1, looping).map(lambda lines: [head, *_indented(lines)])
    return block if always else st.one_of(st.just([]), block)


class Script:
    """The function `t` of a generated program: logs where it is called, and answers from a list, then False."""

    def __init__(self, answers: list[bool]) -> None:
        self.answers = list(answers)
        self.log: list[object] = []

    def __call__(self, place: int) -> bool:
        self.log.append(place)
        return self.answers.pop(0) if self.answers else False

    def finish(self, main: Callable[[], object]) -> list[object]:
        """The log, and how the program ended."""
        try:
            return [*self.log, main(), *self.log]
        except Exception as error:
            return [type(error).__name__, *map(str, error.args), *self.log]


@settings(deadline=None, derandomize=True)
@given(blocks(3), st.lists(st.booleans(), max_size=12))
def test_control_flow_goes_where_cpython_goes(lines: list[str], answers: list[bool]) -> None:
    """Any nest of branches, loops, `try`, `finally`, `suppress` and ways out makes the same calls in the same order."""
    places = count()
    source = "\n".join(["def main():", *_indented(lines), ""])
    source = re.sub(r"\{n\}", lambda _: str(next(places)), source)
    theirs, ours = Script(answers), Script(answers)
    names: dict[str, object] = {"t": theirs, "suppress": suppress}
    exec(source, names)
    module = lowered(source)
    check(module)
    assert module.losses == ()
    running = Machine(module, t=ours, suppress=suppress)
    assert ours.finish(running.run()["main"]) == theirs.finish(names["main"])
