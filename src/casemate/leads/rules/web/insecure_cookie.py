"""Cookie without its protection.

## What it is
A cookie is set with `secure=False`; or one that opens a session, by its name, without `secure`, or where scripts can read it.

## Why it matters
Without `secure` the browser sends the cookie over plain HTTP too, where whoever is on the way reads it, and with a session
cookie takes over the account. Without `httponly` one injected script does the same.

## How to fix it
`set_cookie(name, value, secure=True, httponly=True, samesite="Lax")`. Where development runs without TLS, take the flag from
the configuration.
"""

from __future__ import annotations

from casemate.leads.rule import ActRule, Example
from casemate.model.lead import RuleId, Severity

RULE = ActRule(
    id=RuleId("insecure-cookie"),
    title="Cookie without its protection",
    cwe=614,
    also=(1004,),
    owasp="A05:2021 Security Misconfiguration",
    severity=Severity.MEDIUM,
    acts=("insecure-cookie",),
    message="{act} sets a cookie that is sent in the clear or that scripts can read",
    examples=(
        Example(
            name="sent in the clear, said outright",
            code="""
from flask import make_response

def choose(theme):
    response = make_response("done")
    response.set_cookie("theme", theme, secure=False, httponly=True)  # finding
    return response
""",
        ),
        Example(
            name="a session's cookie, nothing said",
            code="""
from django.http import HttpResponse

def open_session(request):
    response = HttpResponse("welcome")
    response.set_cookie("session_id", request.session.session_key)  # finding
    return response
""",
        ),
        Example(
            name="a token that scripts can read",
            code="""
from fastapi import Response

def sign_in(response: Response, user):
    response.set_cookie(key="authToken", value=user.token, secure=True, httponly=False)  # finding
""",
        ),
        Example(
            name="a response of unknown make",
            code="""
COOKIE = "remember-me"

def remember(response, user):
    response.set_cookie(COOKIE, user.ticket, max_age=60 * 60 * 24 * 30)  # finding
""",
        ),
        Example(
            name="near-miss: protected",
            code="""
from flask import make_response

def sign_in(user):
    response = make_response("welcome")
    response.set_cookie("session", user.ticket, secure=True, httponly=True, samesite="Lax")
    return response
""",
        ),
        Example(
            name="near-miss: no secret, and nothing said",
            code="""
from django.http import HttpResponse

def choose(request):
    response = HttpResponse("done")
    response.set_cookie("language", "de")
    return response
""",
        ),
        Example(
            name="near-miss: as configured",
            code="""
def sign_in(response, user, settings, **flags):
    response.set_cookie("session", user.ticket, secure=settings.tls, httponly=True)
    response.set_cookie("session", user.ticket, **flags)
""",
        ),
        Example(
            name="near-miss: a token that the page's own scripts send back",
            code="""
def page(response, token):
    response.set_cookie("csrf_token", token, httponly=False)
    response.set_cookie("XSRF-TOKEN", token)
""",
        ),
        Example(
            name="near-miss: taken back",
            code="""
def sign_out(response):
    response.set_cookie("session", "", expires=0)
    response.set_cookie("token", "gone", max_age=0)
""",
        ),
        Example(
            name="near-miss: a jar of a client",
            code="""
import http.cookiejar

def keep(jar, cookie):
    jar.set_cookie(cookie)
""",
        ),
    ),
)
