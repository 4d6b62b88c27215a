"""Regular expression denial of service.

## What it is
A text from outside is matched against a pattern with many ways to read the same characters, such as `(a+)+$`. A text that
fails at its end makes the matcher try every way.

## Why it matters
A few dozen characters keep a process busy for minutes or for ever, and Python's matcher cannot be interrupted: a handful of
requests stops the service.

## How to fix it
Write the pattern so that each character can be read in one way: `(?:\\w+\\s)*` for `(?:\\w+\\s?)*`, `[^"]*` for `.*`. From
Python 3.11 on, an atomic group `(?>…)` or `*+`, `++` forbids the matcher to come back. Refuse long texts before matching
(`if len(text) > 200`).
"""

from __future__ import annotations

from casemate.leads.rule import Example, FlowRule
from casemate.model.lead import RuleId, Severity
from casemate.model.trace import Boundary

RULE = FlowRule(
    id=RuleId("redos"),
    title="Regular expression denial of service",
    cwe=1333,
    owasp="A05:2021 Security Misconfiguration",
    severity=Severity.MEDIUM,
    sinks=("regex",),
    whatever_asked=True,
    message="{sink} can be kept busy for very long by the {source}",
    also=(400, 730),
    boundaries=(Boundary.REMOTE, Boundary.API),
    examples=(
        Example(
            name="a repetition inside a repetition",
            code="""
import re
from flask import Flask, request
app = Flask(__name__)
NAME = re.compile(r"^(\\w+\\s?)+$")

@app.route("/rename", methods=["POST"])
def rename():
    if not NAME.match(request.form["name"]):  # finding
        return {"error": "not a name"}
    return {}
""",
        ),
        Example(
            name="a library's function on the text that it is given",
            code="""
import re

def unquote(line):
    return re.sub(r"'(?:\\\\.|[^'])*'", "", line)  # finding
""",
        ),
        Example(
            name="a match to the end, and three runs of blanks",
            code="""
import re
from fastapi import FastAPI
app = FastAPI()

@app.get("/tags")
def tags(given: str, title: str):
    if re.fullmatch(r"(?:[a-z]+,?)+", given):  # finding
        return {}
    return {"title": re.match(r"^\\s*(.*?)\\s*$", title)}  # finding
""",
        ),
        Example(
            name="near-miss: each character can be read in one way",
            code="""
import re
from flask import Flask, request
app = Flask(__name__)
NAME = re.compile(r"^\\w+(?:\\s\\w+)*$")

@app.route("/rename", methods=["POST"])
def rename():
    if not NAME.match(request.form["name"]):
        return {"error": "not a name"}
    return {"first": re.split(r"\\s*,\\s*", request.form["name"])[0]}
""",
        ),
        Example(
            name="near-miss: nothing can fail after the repetition",
            code="""
import re

def words(line):
    return re.match(r"(\\w+\\s?)+", line)
""",
        ),
        Example(
            name="near-miss: a short text",
            code="""
import re
from flask import Flask, request
app = Flask(__name__)

@app.route("/rename", methods=["POST"])
def rename():
    name = request.form["name"]
    if len(name) > 20:
        return {"error": "too long"}
    return {"ok": re.match(r"^(\\w+\\s?)+$", name) is not None}
""",
        ),
        Example(
            name="near-miss: a group that the matcher does not come back to",
            code="""
import re

def blank(line):
    return re.match(r"(?>\\w+\\s?)+$", line) or re.match(r"(?:\\w++\\s?)+$", line)
""",
        ),
    ),
)
