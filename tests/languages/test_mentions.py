"""Searching a packed body for names: what it denies is certainly not there."""

from casemate.languages import ir
from casemate.languages.python.frontend import lower

SOURCE = b"def f(app):\n    app.config.update(FLAG=False)\n\n\ndef g(app):\n    app.run(app.run)\n"


def test_a_packed_body_tells_what_it_cannot_use():
    """A keyword, an attribute and a name used twice are found; a name of another function is not."""
    module = ir.unpack(ir.pack(lower(SOURCE, path="a.py", name="a", package=False)))
    f, g = (next(fn for fn in module.functions if fn.name == name) for name in "fg")
    assert ir.mentions(f, ["FLAG"])
    assert ir.mentions(f, ["nothing", "config"])
    assert ir.mentions(g, ["run"])
    assert not ir.mentions(g, ["FLAG", "config"])


def test_a_body_that_is_not_packed_may_use_anything():
    """Nothing is denied that was not looked at."""
    module = lower(SOURCE, path="a.py", name="a", package=False)
    assert ir.mentions(module.functions[1], ["nothing"])
