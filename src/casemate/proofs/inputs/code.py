"""Inputs for code: a call of the canary function, alone and out of what it may be put into."""

from __future__ import annotations

from casemate.proofs.oracle import Input

_CALLS = (
    ("{canary}()", "a call"),
    ("__import__('builtins').{canary}()", "a call by way of a module"),
    ("'+str({canary}())+'", "out of single quotes"),
    ('"+str({canary}())+"', "out of double quotes"),
    ("{calm}') or {canary}() or ('", "out of an argument in single quotes"),
    ('{calm}") or {canary}() or ("', "out of an argument in double quotes"),
    ("1 if {canary}() else 1", "part of an expression"),
    ("{calm}=1\n{canary}()\n", "a statement on a line of its own"),
    ("{calm}=1;{canary}()", "a statement after another"),
    ("'''\n{canary}()\n'''", "out of three single quotes"),
    ('"""\n{canary}()\n"""', "out of three double quotes"),
    ("1)or({canary}()", "out of parentheses"),
    ("1]or[{canary}()", "out of brackets"),
    ("[{canary}() for _ in (1,)]", "in a comprehension"),
    ("(lambda: {canary}())()", "in a function"),
    ("{calm}\n{canary}()#", "after a comment"),
    ("{calm}(a={canary}()):\n    pass\n#", "a default of a function"),
    ("getattr(__import__('builtins'),'{canary}')()", "a call by a name that is looked up"),
    (
        "[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == '_wrap_close'][0]"
        ".__init__.__globals__['__builtins__']['{canary}']()",
        "by what an object is",
    ),
    (
        "[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == 'catch_warnings'][0]()"
        "._module.__builtins__['{canary}']()",
        "by what an object is, where no name is known",
    ),
    ("@{canary}\ndef {calm}(): pass", "a decorator"),
    ("{{canary}()}", "in a text with places"),
    ("# -*- coding: utf-8 -*-\n{canary}()", "a whole file"),
)

INPUTS = tuple(Input(name=name, payload={"text": text}) for text, name in _CALLS)
