"""A path that is asked about first: the act refuses by itself, or its failure is handled."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.names import text
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.site import Site, Spot, argument, enclosing
from casemate.fixes.source import Edit

_FAILS = {
    "os.remove": "FileNotFoundError",
    "os.unlink": "FileNotFoundError",
    "os.rmdir": "FileNotFoundError",
    "os.rename": "FileNotFoundError",
    "os.chmod": "OSError",
    "os.chown": "OSError",
    "os.mkdir": "FileExistsError",
}


def propose(site: Site) -> Iterator[Draft]:
    """By what is done."""
    spot = site.sink
    for call in spot.calls():
        called = spot.called(call)
        mode = argument(call, 1, "mode")
        if called in ("open", "io.open") and mode is not None and text(mode)[1:2] in ("w", "a"):
            new = text(mode)[:1] + "x" + text(mode)[2:]
            yield draft("make the file only when it is not there, in one step", spot, spot.replace(mode, new))
        elif called == "os.makedirs" and argument(call, None, "exist_ok") is None:
            end = call.end_byte - 1
            yield draft("make the folder, or take the one that is there", spot, Edit(end, end, ", exist_ok=True"))
        elif called in _FAILS and spot.statement.type == "expression_statement":
            yield _tried(spot, _FAILS[called])


def _tried(spot: Spot, error: str) -> Draft:
    """The statement in a `try`; without the question, when that is all that depends on it."""
    what = "do it and handle the failure, in one step"
    asked = enclosing(spot.statement, "if_statement")
    lines = ["try:", f"\t{text(spot.statement)}", f"except {error}:", "\tpass"]
    if asked is not None and _only(asked, spot.statement):
        begin = spot.source.text.rfind(b"\n", 0, asked.start_byte) + 1
        indent = spot.source.text[begin : asked.start_byte].decode()
        if not indent.strip():
            shown = f"\n{indent}".join(
                line.replace("\t", spot.deeper(), 1) if line[:1] == "\t" else line for line in lines
            )
            return draft(what, spot, spot.replace(asked, shown))
    indent = spot.indent()
    shown = f"\n{indent}".join(line.replace("\t", spot.deeper(), 1) if line[:1] == "\t" else line for line in lines)
    return draft(what, spot, spot.replace(spot.statement, shown))


def _only(asked: Node, statement: Node) -> bool:
    """Whether a question is about one statement and nothing else."""
    block = asked.child_by_field_name("consequence")
    condition = asked.child_by_field_name("condition")
    return (
        block is not None
        and list(block.named_children) == [statement]
        and asked.child_by_field_name("alternative") is None
        and condition is not None
        and condition.type == "call"
    )


REWRITE = Rewrite(
    id="race",
    cwes=(367,),
    propose=propose,
    examples=(
        Example(
            name="a file that is to be new",
            before="""
import os

def start(path):
    if not os.path.exists(path):
        with open(path, "w") as file:  # sink
            file.write("1")
""",
            after="""
import os

def start(path):
    if not os.path.exists(path):
        with open(path, "x") as file:
            file.write("1")
""",
        ),
        Example(
            name="a file that goes",
            before="""
import os

def clean(path):
    if os.path.isfile(path):
        os.remove(path)  # sink
""",
            after="""
import os

def clean(path):
    try:
        os.remove(path)
    except FileNotFoundError:
        pass
""",
        ),
    ),
)
