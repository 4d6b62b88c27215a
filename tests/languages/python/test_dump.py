"""The text form of a module."""

from casemate.languages.python.dump import dump
from languages.python.support import lowered

SOURCE = '''\
"""Doc."""
from os import *
import sys as s
__all__ = ["f"]
@d(1, k="v")
async def f(a: int, /, b=1, *c, e, **g) -> str:
    return lambda: a
class A(B, metaclass=M):
    """A class."""
    x: int = 1
    def m(self): yield f"{self!r}"
x = $
'''
TEXT = """\
module app.views
  name s: import sys
  name __all__: value
  name f: function 1
  name A: class 0
  star os
  exports f
module 0 (body)()
  doc 'Doc.'
  0:
    3 %0 = IMPORT sys
    3 SETGLOBAL s %0
    4 %1 = SEQUENCE list ['f']
    4 SETGLOBAL __all__ %1
    5 %2 = GLOBAL d
    5 %3 = CALL %2(1, k='v')
    6 %4 = FUNCTION 1 b=1
    5 %5 = CALL %3(%4)
    6 SETGLOBAL f %5
    8 %6 = CLASS 0
    8 SETGLOBAL A %6
    12 %7 = GLOBAL x
    STOP
function 1 f(pos a: int, b = ..., *c, kw e, **g) -> str [async]
  @d(1, k='v')
  0:
    7 %0 = FUNCTION 2
    7 RETURN %0
lambda 2 f.<locals>.<lambda>() [free a]
  0:
    7 %0 = FREE a
    7 RETURN %0
class 3 A()
  doc 'A class.'
  0:
    10 x = MOVE 1
    11 m = FUNCTION 4
    STOP
function 4 A.m(self) [generator, owner 0]
  0:
    11 %0 = GLOBAL repr
    11 %1 = CALL %0(self)
    11 %2 = FORMAT [%1]
    11 %3 = YIELD %2
    STOP
class 0 A(B, metaclass=M) body 3
  doc 'A class.'
  name x: value
  name m: function 4
  annotation x: int
loss syntax lines 12-12: could not be parsed
"""


def test_a_module_is_written_in_full() -> None:
    """Names, functions with their blocks, classes and losses."""
    assert dump(lowered(SOURCE)) == TEXT


def test_the_text_is_a_pure_function_of_the_module() -> None:
    """Twice the same."""
    assert dump(lowered(SOURCE)) == dump(lowered(SOURCE))
