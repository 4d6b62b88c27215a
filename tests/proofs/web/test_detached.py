"""Views that no application of the target has get one of their own, with less fidelity."""

import shutil

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
