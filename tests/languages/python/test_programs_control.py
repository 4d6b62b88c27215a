"""Programs of branches, loops, exceptions and patterns: lowered and run, they do what CPython does."""

import pytest

from languages.python.machine import compare

PROGRAMS = {
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
    compare(PROGRAMS[name])
