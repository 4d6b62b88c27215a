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


OBJECTS = b"""import pickle, io

class Box:
    def put(self, value):
        return pickle.dumps(value)

    def get(self, name):
        return pickle.load(io.BytesIO(name))

    def remove(self, file_path):
        os.remove(os.path.join(self.folder, file_path))

class Answers:
    def read(self, name):
        return pickle.loads(name)

    def write(self, name):
        return json.dumps(name)

def restore(name):
    return pickle.loads(name)

def keep(name):
    return pickle.dumps(name)
"""


@pytest.mark.parametrize(
    ("line", "cwe", "said"),
    [
        (8, 502, "the same class packs what it unpacks"),
        (8, 95, ""),
        (15, 502, ""),
        (21, 502, ""),
    ],
)
def test_objects(line, cwe, said):
    """A class that keeps objects may be handed what it packed; one that only reads them may be handed anything."""
    assert meant(lead(line), cwe, OBJECTS) == said


@pytest.mark.parametrize(
    ("note", "said"),
    [
        (
            "parameter `file_path` of the public API enters",
            "`Box.remove` says that it removes the path that it is given",
        ),
        ("parameter `path` of the public API enters", "`Box.remove` says that it removes the path that it is given"),
        ("parameter `name` of the public API enters", ""),
    ],
)
def test_removal(note, said):
    """A path that is to be removed is one; a name is not."""
    assert meant(lead(11, note=note), 22, OBJECTS) == said
    assert meant(lead(5, note=note), 22, OBJECTS) == ""
