"""What a function tells others: nothing that means something in that function alone."""

from casemate.knowledge.loader import load
from casemate.languages import ir
from casemate.languages.python.frontend import lower
from casemate.taint.program import Program
from casemate.taint.solver import Solver
from casemate.taint.values import INNER

SOURCE = b"""
import os
from urllib.parse import urlsplit

class Keeper:
    def __init__(self, root, name, address):
        self.full = os.path.join(root, name)
        self.parts = urlsplit(address)
        self.pieces = name.split("/")

def made(root, name, address):
    return {"full": os.path.join(root, name), "parts": urlsplit(address)}
"""


def test_what_is_kept_or_handed_back_names_no_variable_of_the_function():
    """A check of `name` in one function must say nothing of what another made with its own `name`."""
    module = lower(SOURCE, path="app.py", name="app", package=False)
    assert isinstance(module, ir.Module)
    solver = Solver(Program([module], load()))
    solver.solve()
    kept = [ref for key, (_, _, refs) in solver.cells.items() if key[0] == "attr" for ref in refs]
    back = [ref for summary in solver.summaries.values() for _, _, refs in summary.fields for ref in refs]
    assert ("i", "urllib.parse.ParseResult") in {*kept, *back}
    assert not [ref for ref in (*kept, *back) if ref[0] in INNER]
