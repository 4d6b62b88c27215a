"""Trust boundary violation.

## What it is
A value from the request is stored in the session as it came, or under a name that the request gives.

## Why it matters
What stands in a session is read elsewhere as something that the application itself established: who somebody is, what they may
do, what they have paid. A name from outside overwrites any of these.

## How to fix it
Store what the application looked up or checked, such as the account found by the name and not the name; convert and check at
the door (`int`, a list of what is allowed, a full match). Fix the keys in the code.
"""

from __future__ import annotations

from casemate.leads.rule import Example, FlowRule, Persona
from casemate.model.lead import RuleId, Severity
from casemate.model.trace import Boundary

RULE = FlowRule(
    id=RuleId("trust-boundary"),
    title="Trust boundary violation",
    cwe=501,
    owasp="A04:2021 Insecure Design",
    severity=Severity.LOW,
    persona=Persona.PEDANTIC,
    sinks=("trust",),
    message="the {source} is stored in the session unchecked",
    boundaries=(Boundary.REMOTE,),
    examples=(
        Example(
            name="who somebody says they are",
            code="""
from flask import Flask, request, session
app = Flask(__name__)

@app.post("/enter")
def enter():
    session["member"] = request.form["member"]  # finding
    return {}
""",
        ),
        Example(
            name="a key from outside, and several at once",
            code="""
import flask
app = flask.Flask(__name__)

@app.post("/settings")
def settings():
    flask.session[flask.request.form["name"]] = True  # finding
    flask.session.update(flask.request.get_json())  # finding
    flask.session.setdefault("shade", flask.request.cookies.get("shade"))  # finding
    return {}
""",
        ),
        Example(
            name="another framework's session",
            code="""
from django.http import HttpResponse
from django.urls import path

def choose(request):
    request.session["tenant"] = request.GET["tenant"].strip()  # finding
    return HttpResponse(status=204)

urlpatterns = [path("choose", choose)]
""",
        ),
        Example(
            name="near-miss: what the application looked up or made",
            code="""
import secrets
from flask import Flask, abort, request, session
from members import Member
app = Flask(__name__)

@app.post("/enter")
def enter():
    session["nonce"] = secrets.token_urlsafe()
    session["entered"] = True
    session["page"] = int(request.form["page"])
    return {"member": session.get("member")}
""",
        ),
        Example(
            name="near-miss: out of a list, or matched in full",
            code="""
import re
from flask import Flask, abort, request, session
app = Flask(__name__)
SHADES = {"dark", "light"}

@app.post("/settings")
def settings():
    shade, lang = request.form["shade"], request.form["lang"]
    if shade not in SHADES or not re.fullmatch("[a-z]{2}", lang):
        abort(400)
    session["shade"] = shade
    session["lang"] = lang
    return {}
""",
        ),
        Example(
            name="near-miss: a dict of the same name, which lives no longer than the request",
            code="""
from flask import Flask, request
app = Flask(__name__)

@app.get("/echo")
def echo():
    session = {}
    session["member"] = request.args["member"]
    return session
""",
        ),
        Example(
            name="near-miss: the database's row of that name",
            code="""
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from shop.models import Tenant

def choose(request, name):
    tenant = get_object_or_404(Tenant, name=name)
    request.session["tenant"] = tenant.pk
    return redirect("start")

urlpatterns = [path("choose/<str:name>", choose)]
""",
        ),
    ),
)
