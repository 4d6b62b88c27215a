"""The LDAP oracle fires where the filter has an assertion of the input's making."""

import pytest

from casemate.proofs.grammar.ldap import Node, parse
from casemate.proofs.oracles.ldap import ORACLE
from proofs.oracles.table import WORDS, apart, judged, seen, sink

C, K = WORDS.canary, WORDS.calm
CALM = f"(&(uid={K})(ou=a))"

QUIET = {
    "escaped as RFC 4515 says": (rf"(&(uid=\2a\29\28{C}=\2a)(ou=a))", CALM),
    "a value of one assertion": (f"(&(uid={C})(ou=a))", CALM),
    "a wildcard, which some services mean": (f"(&(uid={C}*)(ou=a))", CALM),
    "an attribute in the place of an attribute": (f"({C}=*)", f"({K}=*)"),
    "more assertions, of the target's making": (f"(&(uid={C})(uid=a)(uid=b))", CALM),
    "no filter at all": (f"*)({C}=*", K),
}
FIRES = {
    "one more assertion": (f"(&(uid=*)({C}=*)(ou=a))", CALM),
    "an alternative": (f"(&(uid={K})(|({C}=*))(ou=a))", CALM),
    "behind the filter": (f"(uid=*)({C}=*)", f"(uid={K})"),
}


def run(pair, **more):
    return seen(probes={"0 0 c.search 1": pair[0]}, **more), seen(probes={"0 0 c.search 1": pair[1]})


@pytest.mark.parametrize("name", QUIET)
def test_quiet(name):
    assert judged(ORACLE, *run(QUIET[name])) == ""


@pytest.mark.parametrize("name", FIRES)
def test_fires(name):
    said = "the input made an assertion of its own in a search filter"
    assert judged(ORACLE, *run(FIRES[name])) == said
    assert judged(ORACLE, *(seen(sink("ldap.search", text)) for text in FIRES[name])) == said
    assert judged(ORACLE, *(seen(apart("ldap.search", text)) for text in FIRES[name])) == ""
    assert judged(ORACLE, *run(FIRES[name], passed=0)) == ""
    assert judged(ORACLE, run(FIRES[name])[0], None) == ""


def test_filters():
    assert parse("(&(a=b)(!(c:dn:=d))(e>=f))") == Node(
        operator="&",
        below=(
            Node(operator="=", attribute="a", value="b"),
            Node(operator="!", below=(Node(operator=":dn:=", attribute="c", value="d"),)),
            Node(operator=">=", attribute="e", value="f"),
        ),
    )
    assert parse("(a=b") is None
    assert parse("a=b") is None
    assert parse("(&(a=b)") is None
    assert parse("(a=b) more") is None
    assert parse("(" * 100) is None
