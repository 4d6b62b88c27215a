"""The front end as a whole: pure, total, bounded; real code without losses."""

import sysconfig
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.languages import ir
from casemate.languages.python.frontend import lower
from casemate.model.outcome import NotExamined, Reason
from languages.python.support import lowered
from languages.python.wellformed import check

LIBRARY = Path(sysconfig.get_path("stdlib"))
MODULES = sorted(path for path in LIBRARY.glob("*.py") if path.stem[0] in "abcdefghijklmnopqrst")
SEED = b'''# -*- coding: utf-8 -*-
"""Doc."""
import os.path as p, sys
from ..a import (b as c, d)
@app.route("/x", methods=["GET"])
async def f(a: int, /, b: "T | None" = 1, *c, d, **e) -> list[int]:
    global g
    with open(a) as h, k: x = yield
    try:
        for i, (j, *l) in a: print(f"{i!r:>{j}} {{}} {l=}" "m")
        else: return [m for m in x if m async for n in m]
    except (A, B) as q: raise C from q
    finally: del x[1:2, ...], y.z
    while a < b <= c and not d or e: a += 1; continue
    return lambda x, *y, z=1: (yield x) if a else {**b, 1: 2}
class D(E, metaclass=F):
    """Doc."""
    v: int = 1
    def g(self): nonlocal_ = self.v; assert v, "w"
match x, y:
    case [1, *_, {"k": w, **r}] | None if w: pass
    case P(q, r=-1) as s: (t := 5)
    case _: pass
type X[T] = T
print >>f, `a`, 0777, ur"x"
exec a in b
'''


def examine(source: bytes, step_limit: int = 2_000_000) -> ir.Module | NotExamined:
    """Lower a source and check the contract of what comes out."""
    outcome = lower(source, path="a/b.py", name="a.b", package=False, step_limit=step_limit)
    if isinstance(outcome, ir.Module):
        check(outcome)
    else:
        assert outcome.what == "a/b.py"
    return outcome


def test_an_empty_file_is_a_module_that_does_nothing() -> None:
    """No statement is no error."""
    module = lowered("")
    assert module.functions[0].blocks == (((), (ir.STOP,), ()),)
    assert (module.names, module.losses, module.line_starts) == ((), (), (0,))


def test_a_module_knows_where_it_stands() -> None:
    """Language, name, path and kind of the file are the caller's words."""
    outcome = lower(b"x = 1\n", path="src/a/__init__.py", name="a", package=True)
    assert isinstance(outcome, ir.Module)
    assert outcome[:4] == ("python", "a", "src/a/__init__.py", True)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_python_has_them_end(end: str) -> None:
    """LF, CRLF and CR all end a line, and a statement."""
    module = lowered(end.join(["x = 1", "# comment", "", "def f():", "    return 2", ""]).encode())
    assert module.losses == ()
    assert [name for name, _ in module.names] == ["x", "f"]
    assert module.line(module.functions[1].pos) == 4
    assert len(module.line_starts) == 6


def test_the_last_line_needs_no_end() -> None:
    """Line starts are those of lines that exist."""
    assert lowered(b"x = 1\ny = 2").line_starts == (0, 6)
    assert lowered(b"x = 1\ny = 2\n").line_starts == (0, 6, 12)


def test_lowering_is_a_pure_function_of_its_arguments() -> None:
    """Twice the same source gives the same bytes."""
    assert ir.pack(lowered(SEED)) == ir.pack(lowered(SEED))


def test_a_packed_module_is_the_module() -> None:
    """Blocks stay packed until they are asked for, and are then what they were."""
    module = lowered(SEED)
    again = ir.unpack(ir.pack(module))
    assert all(isinstance(function.blocks, bytes) for function in again.functions)
    assert [ir.graph(function) for function in again.functions] == [function.blocks for function in module.functions]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (b"x = 1\0\n", Reason.NOT_TEXT),
        (b"\xff\xfe\x00x", Reason.NOT_TEXT),
        (b"x = '\xe9'\n", Reason.ENCODING),
        (b"# coding: no-such-codec\n", Reason.ENCODING),
        (b")" * 50, Reason.SYNTAX),
        (b"$ ? !\n" * 50, Reason.SYNTAX),
    ],
)
def test_what_is_no_python_is_not_examined(source: bytes, reason: Reason) -> None:
    """Each with the reason why."""
    outcome = examine(source)
    assert isinstance(outcome, NotExamined)
    assert outcome.reason == reason
    assert outcome.detail


def test_a_file_over_the_step_limit_is_not_examined() -> None:
    """The limit is on statements, and its value is in the message."""
    outcome = examine(b"x = 1\n" * 101, step_limit=100)
    assert isinstance(outcome, NotExamined)
    assert (outcome.reason, outcome.detail) == (Reason.STEP_LIMIT, "more than 100 steps")
    assert isinstance(examine(b"x = 1\n" * 100, step_limit=100), ir.Module)


def test_a_function_may_take_a_tenth_of_the_steps() -> None:
    """A larger one is lost by itself; what stands around it is lowered."""
    source = b"def small():\n  return 1\ndef big():\n" + b"  x = 1\n" * 200 + b"def last():\n  return 2\n"
    module = examine(source, step_limit=1000)
    assert isinstance(module, ir.Module)
    assert [(module.line(loss.start), module.line(loss.end), loss.reason) for loss in module.losses] == [
        (3, 203, "step-limit")
    ]
    assert [(f.name, ir.graph(f)[0][1][0]) for f in module.functions[1:]] == [
        ("small", ir.RETURN), ("big", ir.STOP), ("last", ir.RETURN),
    ]  # fmt: skip
    assert dict(module.names)["big"] == (ir.BOUND_FUNCTION, 2)


@settings(deadline=None, derandomize=True)
@given(st.binary(max_size=200))
def test_bytes_never_raise(source: bytes) -> None:
    """Any bytes are a module or not examined."""
    examine(source)


@settings(deadline=None, derandomize=True)
@given(st.text(alphabet="abx01 \n\t:.,;()[]{}=+-*/%@<>!'\"\\#&|^~`é", max_size=120))
def test_text_never_raises(source: str) -> None:
    """Neither does text of Python's own characters."""
    examine(source.encode())


WORDS = [word.encode() for word in SEED.decode().split()]


@settings(deadline=None, derandomize=True)
@given(
    st.lists(
        st.sampled_from([*WORDS, b"\n", b"\n    ", b"\n        ", b"(", b")", b"[", b"]", b":", b"="]), max_size=60
    )
)
def test_tokens_in_any_order_never_raise(words: list[bytes]) -> None:
    """Neither do the words of a program in any order."""
    examine(b" ".join(words))


@settings(deadline=None, derandomize=True)
@given(st.data())
def test_a_mutated_program_never_raises(data: st.DataObject) -> None:
    """Cut, doubled, swapped and overwritten, a program is still lowered as far as it goes."""
    source = SEED
    for _ in range(data.draw(st.integers(1, 4))):
        low = data.draw(st.integers(0, len(source)))
        high = data.draw(st.integers(low, min(len(source), low + 40)))
        piece = data.draw(
            st.sampled_from([b"", source[low:high] * 2, b"(", b"'''", b"\n", b"\\", b"def ", b"\xc3", b" " * 9])
        )
        source = source[:low] + piece + source[high:]
    examine(source)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_the_standard_library_is_lowered_without_loss(path: Path) -> None:
    """Real code, all of it."""
    module = examine(path.read_bytes())
    assert isinstance(module, ir.Module)
    assert module.losses == ()
