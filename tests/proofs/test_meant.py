"""What an API is meant to do is by design, and is not proven."""

from dataclasses import replace

import pytest

from casemate.model.lead import Lead, RuleId
from casemate.model.location import Location
from casemate.model.trace import Boundary, Role, Step, Trace
from casemate.proofs.meant import meant

SOURCE = b"""import os

class TemplateLoader:
    def get(self, name):
        return open(os.path.join(self.folder, name))

class Store:
    def __init__(self, name, loadable):
        self.db.execute("CREATE TABLE " + name)

    def read(self, name):
        return open(os.path.join(self.folder, name))

def load_answers(folder, name):
    return open(os.path.join(folder, name))

def upload(folder, name):
    def inner():
        pass
    return open(os.path.join(folder, name))
"""


def lead(line, note="parameter `name` of the public API enters", boundary=Boundary.API):
    here = Location(path="a.py", line=line)
    steps = (Step(location=here, role=Role.SOURCE, note=note), Step(location=here, role=Role.SINK, note=""))
    trace = Trace(boundary=boundary, steps=steps)
    return Lead(rule=RuleId("r"), location=here, function="f", message="m", trace=trace)


@pytest.mark.parametrize(
    ("line", "cwe", "said"),
    [
        (4, 22, "`TemplateLoader.get` says that it loads what it is asked for"),
        (14, 22, "`load_answers` says that it loads what it is asked for"),
        (8, 89, "whoever makes the object names the table that it is kept in"),
        (11, 22, ""),
        (17, 22, ""),
        (14, 78, ""),
        (11, 89, ""),
        (4, 89, ""),
    ],
)
def test_by_design(line, cwe, said):
    """By the names of the function and the class around what enters, and by nothing else."""
    assert meant(lead(line), cwe, SOURCE) == said


def test_what_comes_from_outside_is_no_design():
    """Whatever the function is called: a request names no table."""
    assert meant(lead(4, boundary=Boundary.REMOTE), 22, SOURCE) == ""
    assert meant(lead(8, note="parameter `loadable` of the public API enters"), 89, SOURCE) == ""
    assert meant(replace(lead(4), trace=None), 22, SOURCE) == ""
    assert meant(lead(4), 22, None) == ""


COOKIES = b"""import os, pickle

class Session:
    def put(self, value):
        return pickle.dumps(value)

    def get(self, cookie):
        return pickle.loads(cookie)

    def remove(self, path):
        os.remove(os.path.join(self.folder, path))
"""


def test_who_names_the_value_decides_and_not_what_is_done_with_it():
    """That a class packs does not say who packed this one; that it removes paths, not that any path is meant."""
    assert meant(lead(8, note="parameter `cookie` of the public API enters"), 502, COOKIES) == ""
    assert meant(lead(11, note="parameter `path` of the public API enters"), 22, COOKIES) == ""
