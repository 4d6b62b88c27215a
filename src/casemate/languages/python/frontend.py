"""The Python front end: source bytes → IR, by tree-sitter, for any Python from 2 to 3.13. Pure: no I/O, no state.

How Python is expressed where the IR leaves a choice
    positions        of INVOKE, ATTR and SETATTR: the attribute's name; of BINARY: the operator; else where the node starts
    comprehensions   are loops in place, their variables `name#n`; a generator expression is a list
    names            `import a.b` binds `a` to IMPORT a; a relative import above the top keeps a leading dot
    assignment       computes into a local in place where it can; `a, b = c, d` of equal length is done pairwise
    keys             a slice stored to, deleted or among several keys is a CALL of `slice`; `x[a, b]` has a tuple as key
    del              of a local: DELETE; of `x[k]`, `x.a`: INVOKE `__delitem__`, `__delattr__`; of other names: nothing
    f-strings        `!r` and the like and `:spec` are CALLs of `repr`, `str`, `ascii`, `format`
    yield from       ITER and YIELD of an element, its value an AWAIT of the source
    return           of `and`, `or`, `not`, `a if c else b`: a RETURN for each way, under the branches that lead there
    finally          lowered once for each way out; where an exception passes: CATCH () … RAISE of what was caught
    raise            alone: RAISE of the innermost CATCH's value, the constant None outside of handlers
    with suppress(E) a handler around its block; other context managers let exceptions pass
    match            `==`, `is`, `in`, `len`, `isinstance` and lookups; a positional pattern of a class is an INDEX
    Python 2         print, exec and backticks are CALLs of `print`, `exec`, `repr`; tuple parameters are named `.n`
    classes          bases are text; only those that are calls are evaluated
"""

from __future__ import annotations

from itertools import accumulate

from tree_sitter import Node, Parser

from casemate.languages import ir
from casemate.languages.python import (  # noqa: F401  the modules fill the dispatch tables
    comprehensions,
    control,
    definitions,
    expressions,
    imports,
    patterns,
    strings,
)
from casemate.languages.python import kinds as k
from casemate.languages.python.blanks import without_long_comments
from casemate.languages.python.builder import Builder, File, StepLimit
from casemate.languages.python.decode import decode
from casemate.languages.python.exports import exports
from casemate.languages.python.losses import STATEMENTS, note
from casemate.languages.python.marks import marks
from casemate.languages.python.signatures import docstring
from casemate.languages.python.statements import body
from casemate.model.outcome import NotExamined, Reason


def lower(
    source: bytes, *, path: str, name: str, package: bool, step_limit: int = 2_000_000
) -> ir.Module | NotExamined:
    """Lower one file. name: its absolute dotted module name. package: whether it is a package's own `__init__`.

    step_limit: statements, and 16 bytes each of long expressions, counted every time they are lowered. Never raises on
    any source: what cannot be lowered is a Loss, or the whole file is NotExamined. Positions are byte offsets into the
    source as UTF-8 without its byte order mark.
    """
    decoded = decode(source)
    if isinstance(decoded, tuple):
        return NotExamined(what=path, reason=decoded[0], detail=decoded[1])
    decoded = without_long_comments(decoded)
    root = Parser(k.LANGUAGE).parse(decoded).root_node
    file = File(decoded, name, package, step_limit)
    file.broken = root.has_error
    if file.broken and _useless(root):
        return NotExamined(what=path, reason=Reason.SYNTAX, detail="nothing in the file could be parsed")
    b = Builder(file, None, "module", "", {})
    if root.is_error:
        note(file, root)
    try:
        body(b, root.children)
    except StepLimit:
        return NotExamined(what=path, reason=Reason.STEP_LIMIT, detail=f"more than {step_limit} steps")
    file.functions[0] = _module_body(b, root)
    return ir.Module(
        "python",
        name,
        path,
        package,
        tuple(b.binds.items()),
        tuple(file.stars),
        exports(b, root),
        tuple(function for function in file.functions if function is not None),
        tuple(cls for cls in file.classes if cls is not None),
        tuple(sorted(file.losses)),
        _line_starts(decoded),
        marks(root, decoded),
    )


def _module_body(b: Builder, root: Node) -> ir.Function:
    blocks = b.finish()
    end = root.end_byte
    doc = docstring(b, root)
    return ir.Function(
        0, "module", "", "", -1, -1, (), (), "", False, b.yields, (), 0, end, doc, tuple(b.consts), blocks
    )


def _useless(root: Node) -> bool:
    """Whether no statement at all came through."""
    stack = [root]
    while stack:
        for child in stack.pop().children:
            if child.is_error:
                stack.append(child)
            elif child.kind_id in STATEMENTS:
                return False
    return True


def _line_starts(source: bytes) -> tuple[int, ...]:
    starts = (0, *accumulate(map(len, source.splitlines(keepends=True))))
    return starts if source.endswith((b"\n", b"\r")) or len(starts) == 1 else starts[:-1]
