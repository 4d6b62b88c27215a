"""The XPath oracle fires where the canary became a name of the expression."""

import pytest

from casemate.proofs.grammar.xpath import tokens
from casemate.proofs.oracles.xpath import ORACLE
from proofs.oracles.table import WORDS, judged, seen

C, K = WORDS.canary, WORDS.calm
CALM = f"//u[@n='{K}']/p"

QUIET = {
    "within a literal of the other quotes": (f"//u[@n=\"' or {C} or '\"]/p", f'//u[@n="{K}"]/p'),
    "put together, as XPath has no escapes": (f"//u[@n=concat('a',\"'\",' or {C} or ')]/p", CALM),
    "a variable": ("//u[@n=$n]/p", "//u[@n=$n]/p"),
    "the quotes became entities": (f"//u[@n='&apos; or {C} or &apos;']/p", CALM),
    "a name in the place of a name": (f"//{C}/p", f"//{K}/p"),
    "the value alone on the line": (f"' or {C} or '", K),
    "another expression, which the input chose": ("//v", CALM),
}
FIRES = {
    "out of single quotes": (f"//u[@n='{K}' or {C} or '']/p", CALM),
    "out of single quotes, and no further": (f"//u[@n='{K}' or {C}']/p", CALM),
    "behind a number": (f"//u[1 or {C}]", f"//u[{K}]"),
    "another path": (f"{C} | //{C}/p", f"{K}/p"),
}


def run(pair, **more):
    return seen(probes={"0 0 root.xpath 0": pair[0]}, **more), seen(probes={"0 0 root.xpath 0": pair[1]})


@pytest.mark.parametrize("name", QUIET)
def test_quiet(name):
    assert judged(ORACLE, *run(QUIET[name])) == ""


@pytest.mark.parametrize("name", FIRES)
def test_fires(name):
    assert judged(ORACLE, *run(FIRES[name])) == "the input changed the structure of an XPath expression"
    assert judged(ORACLE, *run(FIRES[name], passed=0)) == ""
    assert judged(ORACLE, run(FIRES[name])[0], None) == ""


def test_tokens():
    assert [(token.kind, token.text) for token in tokens("//a:b-c[@d='e\"f' and $g!=1.5]/..|'open")] == [
        ("sign", "//"), ("name", "a"), ("sign", ":"), ("name", "b-c"), ("sign", "["), ("sign", "@"), ("name", "d"), ("sign", "="),
        ("literal", "'e\"f'"), ("name", "and"), ("variable", "$g"), ("sign", "!="), ("number", "1.5"), ("sign", "]"),
        ("sign", "/"), ("sign", ".."), ("sign", "|"), ("literal", "'open"),
    ]  # fmt: skip
