"""Applications of the other frameworks are driven through every channel, by the first variant."""

import shutil

import pytest

from proofs.web.marks import SITES, drive, line_of, marks, seen

ODD = 'it\'s "5"; a=b&c %41+ä/<x>'
PLAIN = 'it\'s "5"; <x>'
SEGMENT = 'it\'s "5"; <x>&%41'
SITE_OF = {
    "fastapi_site": "main:app",
    "aiohttp_site": "server:create_app",
    "tornado_site": "server:make_app",
    "bottle_site": "bottle:default_app",
}
VALUES = {
    ("fastapi_site", "by_header"): PLAIN,
    ("fastapi_site", "by_path"): SEGMENT,
    ("fastapi_site", "by_mounted"): SEGMENT,
    ("fastapi_site", "by_cookie"): PLAIN,
    ("fastapi_site", "by_filename"): "../x y's.txt",
    ("aiohttp_site", "by_header"): PLAIN,
    ("aiohttp_site", "by_cookie"): PLAIN,
    ("tornado_site", "ByHeader.get"): PLAIN,
    ("tornado_site", "ByCookie.get"): PLAIN,
    ("bottle_site", "by_header"): PLAIN,
    ("bottle_site", "by_cookie"): PLAIN,
    ("bottle_site", "by_query"): PLAIN,
    ("bottle_site", "by_path"): SEGMENT,
}
FURTHER = {("fastapi_site", "by_model"): line_of("fastapi_site", "main.py", "order.remark")}
FAILS = ("fails", "Fails.get")
ALL = [(site, name) for site in SITE_OF for name in marks(site) if name not in FAILS]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What the driver says, by site; each in a process of its own, once."""
    known = {}

    def of(site):
        if site not in known:
            folder = shutil.copytree(SITES / site, tmp_path_factory.mktemp("site") / "target")
            cases = [
                mark.case(VALUES.get((site, name), ODD), *filter(None, [FURTHER.get((site, name))]))
                for name, mark in marks(site).items()
            ]
            said = drive(folder, cases)
            said["by"] = {
                name: result[0] if result else None for name, result in zip(marks(site), said["results"], strict=True)
            }
            known[site] = said
        return known[site]

    return of


@pytest.mark.parametrize("site", SITE_OF)
def test_the_application_is_found(told, site):
    assert told(site)["problems"] == []
    assert told(site)["apps"] == [[SITE_OF[site], "entry point"]]


@pytest.mark.parametrize(("site", "name"), ALL)
def test_the_value_arrives_as_it_is(told, site, name):
    """Whatever its channel undoes, the view sees the very value."""
    result = told(site)["by"][name]
    assert seen(result) == [VALUES.get((site, name), ODD)]
    assert result["error"] == ""


@pytest.mark.parametrize(("site", "name"), [(s, n) for s in SITE_OF for n in FAILS if n in marks(s)])
def test_an_exception_of_the_view_is_told_and_answered(told, site, name):
    result = told(site)["by"][name]
    assert result["error"].startswith("LookupError: ")
    assert "it's" in result["error"]
    assert result["response"]["status"] == 500


def test_somebody_stands_in_where_a_view_depends_on_a_login(told):
    assert told("fastapi_site")["by"]["by_member"]["notes"] == ["logged in: current_chief was a stand-in"]
    assert told("fastapi_site")["by"]["by_query"]["notes"] == []


def test_a_callable_of_no_framework_is_driven(tmp_path):
    """At the path that it looks for."""
    folder = shutil.copytree(SITES / "wsgi_site", tmp_path / "target")
    said = drive(folder, [marks("wsgi_site")["application"].case(ODD)])
    assert said["apps"] == [["wsgi:application", "entry point"]]
    assert seen(said["results"][0][0]) == [ODD]
