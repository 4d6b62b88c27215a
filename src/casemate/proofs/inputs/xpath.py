"""Inputs for XPath: a child called after the canary, which no document has, in a condition of its own."""

from __future__ import annotations

from casemate.proofs.oracle import Input

_BREAKS = (
    ("{calm}' or {canary} or '", "out of single quotes"),
    ('{calm}" or {canary} or "', "out of double quotes"),
    ("{calm}'] | //{canary} | //*['", "out of single quotes and brackets"),
    ('{calm}"] | //{canary} | //*["', "out of double quotes and brackets"),
    ("{calm}') or {canary} or ('", "out of single quotes and parentheses"),
    ('{calm}") or {canary} or ("', "out of double quotes and parentheses"),
    ("1 or {canary}", "behind a number"),
    ("{canary} | //{canary}", "another path"),
    ("{calm}' or {canary}", "out of single quotes, and no further"),
    ("{calm}'or({canary})or'", "out of single quotes, without spaces"),
    ('{calm}"or({canary})or"', "out of double quotes, without spaces"),
    ("1] | //{canary}[1", "out of brackets"),
    ("&apos; or {canary} or &apos;", "single quotes as XML writes them"),
)

INPUTS = tuple(Input(name=name, payload={"text": text}) for text, name in _BREAKS)
