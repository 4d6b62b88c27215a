"""The redirect oracle fires where a browser would leave the site."""

import pytest

from casemate.proofs.grammar.url import host
from casemate.proofs.oracles.redirect import ORACLE
from proofs.oracles.table import NOTHING, WORDS, judged, seen

H = f"{WORDS.canary}.invalid"

STAYS = (
    f"/{H}/",
    f"{H}/",
    f"./{H}",
    f"?next=http://{H}/",
    f"/login?next=//{H}/",
    f"#//{H}/",
    f"http://localhost/http://{H}/",
    f"http://localhost?//{H}",
    f"https://{H}@localhost/",
    f"http://{H}.localhost/",
    f"http://not{H}/",
    f"javascript:location='//{H}'",
    f"mailto:a@{H}",
    f"/%2F{H}/",
)
LEAVES = (
    f"http://{H}",
    f"HTTPS://{H}/a",
    f"//{H}",
    f"\\\\{H}",
    f"/\\{H}",
    f"///{H}",
    f"https:{H}/",
    f"http:/{H}/",
    f"http:///{H}/",
    f" //{H}",
    f"\x01//{H}",
    f"/\t/{H}",
    f"ht\ntp://{H}",
    f"http://localhost@{H}/",
    f"http://localhost:80@{H}:8080/",
    f"http://{H}\\@localhost/",
    f"http://localhost.{H}/",
    f"http://{H.upper()}./",
    f"http://{H}?localhost",
)


def answer(place, status=302):
    return seen(headers=(("location", place),), status=status)


@pytest.mark.parametrize("place", STAYS)
def test_quiet(place):
    assert judged(ORACLE, answer(place)) == ""


@pytest.mark.parametrize("place", LEAVES)
def test_fires(place):
    assert judged(ORACLE, answer(place)) == "the answer sends the browser to another site, which the input names"


def test_only_an_answer_that_redirects():
    assert judged(ORACLE, answer(f"http://{H}/", status=200)) == ""
    assert judged(ORACLE, answer(f"http://{H}/", status=201)) == ""
    assert judged(ORACLE, seen(headers=(("content-location", f"http://{H}/"),), status=302)) == ""
    assert judged(ORACLE, seen(headers=(("location", f"http://{H}/"),), status=302, passed=0)) == ""
    assert judged(ORACLE, seen(returned=f"http://{H}/")) == ""
    assert judged(ORACLE, seen(headers=(("refresh", f"0; URL=http://{H}/"),))) != ""
    assert judged(ORACLE, seen(headers=(("refresh", f"0; url=/a?http://{H}/"),)), NOTHING) == ""


def test_the_host_that_a_browser_reads():
    assert host("https:a.b/c", scheme="http") == "a.b"
    assert host("https:a.b/c", scheme="https") == ""
    assert host("https:/a.b/c", scheme="https") == ""
    assert host("//u:p@A.b.:8080?c") == "a.b"
