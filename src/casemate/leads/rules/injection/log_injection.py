"""Log injection.

## What it is
Text from a request is written into a log as it came. A line break in it begins a line of its own.

## Why it matters
The sender writes entries that look like the application's: who reads the log, or a program that does, is led astray.

## How to fix it
Log the value's representation: `%r` in place of `%s`, `{value!r}` in an f-string; or log JSON, which has no raw line breaks.
"""

from __future__ import annotations

from casemate.leads.rule import Example, FlowRule, Persona
from casemate.model.lead import RuleId, Severity
from casemate.model.trace import Boundary

RULE = FlowRule(
    id=RuleId("log-injection"),
    title="Log injection",
    cwe=117,
    owasp="A09:2021 Security Logging and Monitoring Failures",
    severity=Severity.LOW,
    persona=Persona.PEDANTIC,
    sinks=("log",),
    message="{sink} writes the {source} into a log as it came",
    boundaries=(Boundary.REMOTE,),
    # A header's value and the address as sent hold no line breaks.
    not_sources=(
        "request header",
        "request target",
        "request line",
        "User-Agent header",
        "Referer header",
        "Host header",
    ),
    examples=(
        Example(
            name="a name that could not sign in",
            code="""
import logging
from flask import Flask, request
app = Flask(__name__)

@app.post("/sign-in")
def sign_in():
    logging.warning("no account for " + request.form["name"])  # finding
    return {}
""",
        ),
        Example(
            name="a value filled in by the logger",
            code="""
import logging
from fastapi import FastAPI
app = FastAPI()
log = logging.getLogger(__name__)

@app.get("/find")
def find(text: str, page: int):
    log.info("search for %s, page %d", text, page)  # finding
    log.log(logging.DEBUG, f"search for {text}")  # finding
    return {}
""",
        ),
        Example(
            name="whole",
            code="""
import logging
from django.http import HttpResponse
from django.urls import path
log = logging.getLogger("shop")

def report(request):
    log.error(request.POST["message"])  # finding
    return HttpResponse(status=204)

urlpatterns = [path("report", report)]
""",
        ),
        Example(
            name="near-miss: the representation",
            code="""
import logging
from fastapi import FastAPI
app = FastAPI()
log = logging.getLogger(__name__)

@app.get("/find")
def find(text: str):
    log.info("search for %r", text)
    log.info(f"search for {text!r}")
    log.info("search for " + repr(text))
    return {}
""",
        ),
        Example(
            name="near-miss: JSON, or without line breaks",
            code="""
import json
import logging
from flask import Flask, request
app = Flask(__name__)

@app.post("/sign-in")
def sign_in():
    logging.warning(json.dumps({"event": "sign-in", "name": request.form["name"]}))
    logging.warning("no account for %s", request.form["name"].replace("\\n", " "))
    return {}
""",
        ),
        Example(
            name="near-miss: a number, and what is one of a list",
            code="""
import logging
from flask import Flask, request
app = Flask(__name__)

@app.post("/page/<int:number>")
def page(number):
    kind = request.form["kind"]
    if kind in ("list", "table"):
        logging.info("page %s as %s", number, kind)
    logging.info("page %d", request.form["other"])
    return {}
""",
        ),
        Example(
            name="near-miss: by design, a library's own logging",
            code="""
import logging

def announce(message):
    logging.getLogger("tool").info(message)
""",
        ),
    ),
)
