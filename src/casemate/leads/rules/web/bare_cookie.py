"""Cookie that says nothing of its protection.

## What it is
A cookie of any name is set without `secure` or without `httponly`. For reviews (`pedantic`): a language or a theme is no secret.

## Why it matters
Cookies get other uses over time, and the defaults of the frameworks are the old ones.

## How to fix it
`set_cookie(name, value, secure=True, httponly=True, samesite="Lax")`, in one helper for all.
"""

from __future__ import annotations

from casemate.leads.rule import ActRule, Example, Persona
from casemate.model.lead import RuleId, Severity

RULE = ActRule(
    id=RuleId("bare-cookie"),
    title="Cookie that says nothing of its protection",
    cwe=614,
    also=(1004,),
    owasp="A05:2021 Security Misconfiguration",
    severity=Severity.LOW,
    acts=("bare-cookie",),
    persona=Persona.PEDANTIC,
    message="{act} sets a cookie without `secure` or `httponly`",
    examples=(
        Example(
            name="nothing said",
            code="""
from flask import make_response

def choose(theme):
    response = make_response("done")
    response.set_cookie("theme", theme)  # finding
    return response
""",
        ),
        Example(
            name="one of the two",
            code="""
def choose(response, theme):
    response.set_cookie("theme", theme, secure=True)  # finding
""",
        ),
        Example(
            name="the other one",
            code="""
def choose(response, theme):
    response.set_cookie("theme", value=theme, httponly=True)  # finding
""",
        ),
        Example(
            name="near-miss: both",
            code="""
def choose(response, theme):
    response.set_cookie("theme", theme, secure=True, httponly=True)
""",
        ),
        Example(
            name="near-miss: by their places",
            code="""
from django.http import HttpResponse

def choose(theme):
    response = HttpResponse("done")
    response.set_cookie("theme", theme, None, None, "/", None, True, True)
    return response
""",
        ),
        Example(
            name="near-miss: as configured",
            code="""
def choose(response, theme, flags):
    response.set_cookie("theme", theme, **flags)
""",
        ),
        Example(
            name="near-miss: taken back",
            code="""
def forget(response):
    response.set_cookie("theme", "", expires=0)
""",
        ),
    ),
)
