"""Programs of expressions, assignments, calls, scopes and classes: lowered and run, they do what CPython does."""

import pytest

from languages.python.machine import compare

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
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_lowered_program_computes_what_cpython_computes(name: str) -> None:
    """`result` of the lowered program equals `result` of the source run by this interpreter."""
    compare(PROGRAMS[name])
