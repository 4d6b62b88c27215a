"""A Django project is set up with a database of its own and driven through every channel, by the first variant."""

import shutil

import pytest

from proofs.web.marks import SITES, drive, marks, seen

ODD = 'it\'s "5"; a=b&c %41+ä/<x>'
MARKS = marks("django_site")
VALUES = {
    "by_header": 'it\'s "5"; <x>',
    "by_path": 'it\'s "5"; <x>&%41',
    "by_old_path": "w it's <x>",
    "by_filename": "x y's.txt",
}


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    folder = shutil.copytree(SITES / "django_site", tmp_path_factory.mktemp("site") / "target")
    return drive(folder, [m.case(VALUES.get(name, ODD)) for name, m in MARKS.items()])


@pytest.fixture(scope="module")
def results(told):
    return {name: result[0] if result else None for name, result in zip(MARKS, told["results"], strict=True)}


def test_what_is_missing_is_left_out_and_said(told):
    """The settings ask for a variable of the environment, a database server and an application that is not there."""
    assert told["apps"] == [["project.settings", "entry point"]]
    assert told["problems"] == [
        "an application is left out: ModuleNotFoundError: No module named 'an_application_that_is_not_installed'"
    ]


@pytest.mark.parametrize("name", [name for name in MARKS if name not in ("fails", "remembers")])
def test_the_value_arrives_as_it_is(results, name):
    """Whatever its channel undoes, the view sees the very value."""
    assert seen(results[name]) == [VALUES.get(name, ODD)]
    assert results[name]["error"] == ""
    assert results[name]["fidelity"] == "entry point"


def test_an_exception_of_the_view_is_told_and_answered(results):
    assert results["fails"]["error"].startswith("LookupError: it's")
    assert results["fails"]["response"]["status"] == 500


def test_the_session_is_told(results):
    assert results["remembers"]["session"] == {"last": ODD}


@pytest.mark.parametrize(
    ("name", "who"), [("by_form", ""), ("by_member", "user"), ("by_staff", "staff"), ("ByClass.post", "user")]
)
def test_who_asks_is_who_has_to(results, name, who):
    """Nobody logs in where nobody has to."""
    assert results[name]["variant"]["login"] == who


def test_what_was_taken_away_is_said(results):
    assert results["by_form"]["notes"] == [
        "the check of CSRF tokens is off, as in the framework's own test client; the database is an empty one"
    ]


def test_a_form_gets_plausible_values_beside_the_canary(results):
    variant = results["by_django_form"]["variant"]
    assert variant["form"] == {"title": "ok", "colour": "red", "count": "1"}


def test_an_application_without_a_project_gets_one(tmp_path):
    """What it has no address for is attached, with less fidelity."""
    folder = shutil.copytree(SITES / "django_library_site", tmp_path / "target")
    found = marks("django_library_site")
    told = drive(folder, [found[name].case(ODD) for name in ("show", "loose", "Loose.get")])
    again = drive(folder, [{"variant": result[0]["variant"], "value": ODD} for result in told["results"]])
    assert again == told  # a variant is enough, in a process that has never seen the trace
    assert told["problems"] == []
    assert told["apps"] == [["casemate_project", "entry point"]]
    assert [(seen(result[0]), result[0]["fidelity"]) for result in told["results"]] == [
        ([ODD], "entry point"),
        (["ok", ODD], "isolated function"),
        ([ODD], "isolated function"),
    ]
