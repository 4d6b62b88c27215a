"""Inputs for search filters of LDAP: an assertion about an attribute that is called after the canary."""

from __future__ import annotations

from casemate.proofs.oracle import Input

_BREAKS = (
    ("*)({canary}=*", "one more assertion"),
    ("{calm})({canary}=*", "one more assertion behind a value"),
    ("{calm})(|({canary}=*)", "an alternative"),
    ("*)({canary}=*))(|({canary}=*", "out of two parentheses"),
    ("{calm})(!({canary}=*)", "a negation"),
    ("{calm})({canary}=*)(&(a=b", "a group that stays open"),
    ("{canary}=*)({calm}", "in the place of an attribute"),
    ("(|({canary}=*)(uid={calm}))", "a filter"),
    ("{canary}=*", "an assertion"),
)

INPUTS = tuple(Input(name=name, payload={"text": text}) for text, name in _BREAKS)
