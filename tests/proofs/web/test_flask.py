"""Flask applications are driven through every channel, by the first variant."""

import shutil

import pytest

from proofs.web.marks import SITES, drive, line_of, marks, seen

ODD = 'it\'s "5"; a=b&c %41+ä/<x>'
MARKS = marks("flask_site")
VALUES = {
    "by_header": 'it\'s "5"; <x>',
    "by_referer": "http://a.example/?q='",
    "by_host": "evil.example",
    "by_path": 'it\'s "5"; <x>&%41',
    "Notes.get": "it's <x>",
    "by_hand": "a-b",
    "by_filename": "../x y's.txt",
}
FURTHER = {
    "by_checked": line_of("flask_site", "helpers.py", "return url[len(BASE)"),
    "keep": line_of("flask_site", "app.py", "told(Kept.text)"),
    "by_values": line_of("flask_site", "app.py", "value in request.form.items"),
    "pick": line_of("flask_site", "app.py", 'pick(request, "colour")'),
    "Parts.query": line_of("flask_site", "app.py", 'parts.query("shade")'),
}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = shutil.copytree(SITES / "flask_site", tmp_path_factory.mktemp("site") / "target")
    cases = [m.case(VALUES.get(name, ODD), *([FURTHER[name]] if name in FURTHER else [])) for name, m in MARKS.items()]
    told = drive(folder, cases)
    assert told["problems"] == []
    assert told["apps"] == [["app:app", "entry point"]]
    return {name: result[0] if result else None for name, result in zip(MARKS, told["results"], strict=True)}


@pytest.mark.parametrize("name", [name for name in MARKS if name not in ("by_names", "fails")])
def test_the_value_arrives_as_it_is(results, name):
    """Whatever its channel undoes, the view sees the very value."""
    assert seen(results[name]) == [VALUES.get(name, ODD)]
    assert results[name]["error"] == ""
    assert results[name]["fidelity"] == "entry point"


def test_a_name_is_the_value_where_names_are_gone_through(results):
    """And what it is compared with stands beside it."""
    assert seen(results["by_names"]) == [ODD]
    assert results["by_names"]["variant"]["carrier"] == "key"


def test_an_exception_of_the_view_is_told_and_answered(results):
    assert results["fails"]["error"].startswith("LookupError: it's")
    assert results["fails"]["response"]["status"] == 500


def test_the_session_is_told(results):
    assert results["remembers"]["session"] == {"last": ODD}


def test_a_session_is_made_where_a_view_demands_one(results):
    assert results["by_member"]["variant"]["session"] == {"user_id": 1}


def test_somebody_stands_in_where_a_program_has_its_own_way_to_know_them(results):
    """And that is said; where nobody has to be known, nobody is."""
    assert results["by_known"]["notes"] == ["logged in: g.user was a stand-in"]
    assert results["by_form"]["notes"] == []


def test_a_value_that_is_kept_is_asked_for_by_a_second_request(results):
    assert results["keep"]["notes"] == ["then asked for /kept"]


def test_only_the_channel_of_the_trace_holds_the_value(results):
    """Other fields that the view reads are plausible."""
    variant = results["by_both"]["variant"]
    assert variant["form"] == {"action": "rename", "count": "1", "title": "ok"}
    assert (variant["method"], variant["channel"], variant["keys"]) == ("POST", "form", ["title"])


def test_a_header_with_a_line_break_is_not_sent(tmp_path):
    folder = shutil.copytree(SITES / "flask_site", tmp_path / "target")
    told = drive(folder, [MARKS["by_header"].case("a\r\nb: c")])["results"][0][0]
    assert told["response"] is None
    assert told["broken"] == "a header holds no line break and no NUL"


def test_a_finding_without_a_trace_is_reached_by_each_part_that_is_read_and_by_none(tmp_path):
    """A value may matter there or not: the last request carries nothing."""
    folder = shutil.copytree(SITES / "flask_site", tmp_path / "target")
    here = line_of("flask_site", "app.py", 'told(request.form["title"])')
    case = {**here.case(ODD), "most": 9}
    case["steps"][0]["note"] = ""
    (results,) = drive(folder, [case])["results"]
    assert [(r["variant"]["channel"], r["variant"]["keys"]) for r in results] == [
        ("form", ["action"]),
        ("form", ["count"]),
        ("form", ["title"]),
        ("", []),
    ]
    assert [seen(result) for result in results[2:]] == [[ODD], ["ok"]]


def test_a_part_that_a_helper_reads_reaches_a_finding_without_a_trace(tmp_path):
    """The helper's file is not loaded before the view has run."""
    folder = shutil.copytree(SITES / "flask_site", tmp_path / "target")
    case = line_of("flask_site", "app.py", "told(hue.upper())").case("blue")
    case["steps"][0]["note"] = ""
    assert seen(drive(folder, [case])["results"][0][0]) == ["BLUE"]


def test_what_is_no_source_of_a_request_has_no_variant(tmp_path):
    """A near-miss: the place is right, but the value enters by the command line."""
    folder = shutil.copytree(SITES / "flask_site", tmp_path / "target")
    case = MARKS["by_form"].case(ODD)
    case["steps"][0]["note"] = "command-line argument enters"
    assert drive(folder, [case])["results"] == [[]]
