"""Views that no application of the target has get one of their own, with less fidelity."""

import shutil

import pytest

from proofs.web.marks import SITES, drive, marks, seen

ODD = 'it\'s "5"; a=b&c %41+ä/<x>'


def test_what_nothing_attaches_is_attached(tmp_path):
    """Blueprints, functions that take the application, routers, tables of routes, handlers, and views alone; and a variant is
    enough to attach it again, in a process that has never seen the trace."""
    folder = shutil.copytree(SITES / "detached_site", tmp_path / "target")
    found = marks("detached_site")
    assert len(found) == 6
    told = drive(folder, [mark.case(ODD) for mark in found.values()])
    assert told["problems"] == []
    assert [seen(result[0]) for result in told["results"]] == [[ODD]] * 6
    assert {result[0]["fidelity"] for result in told["results"]} == {"isolated function"}
    again = drive(folder, [{"variant": result[0]["variant"], "value": ODD} for result in told["results"]])
    assert again["results"] == told["results"]


SLASHES = """
from tornado import web


class Slashes(web.RequestHandler):
    def get(self):
        self.redirect({kept})
"""


@pytest.mark.parametrize(
    ("kept", "location"),
    [
        ('self.request.uri.rstrip("/")', "//other.invalid"),
        ('"/" + self.request.path.strip("/")', "/other.invalid"),
    ],
    ids=["as it came", "below this site"],
)
def test_a_handler_that_no_application_has_is_asked_for_any_address(tmp_path, kept, location):
    """What a request asks for is the whole value; what begins with no slash is none."""
    folder = tmp_path / "target"
    folder.mkdir()
    (folder / "slashes.py").write_text(SLASHES.format(kept=kept))
    steps = [{"path": "slashes.py", "line": 7, "column": 23, "role": "source", "note": "request target enters"}]
    asked = {"driver": "web", "boundary": "remote", "steps": steps, "most": 1}
    told = drive(folder, [{**asked, "value": "//other.invalid/"}, {**asked, "value": "https://other.invalid/"}])
    ((there,), (refused,)) = told["results"]
    assert there["fidelity"] == "isolated function"
    assert dict(there["response"]["headers"])["Location"] == location
    assert refused["broken"] == "what a request asks for begins with a slash"
