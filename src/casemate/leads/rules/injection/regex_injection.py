"""Regular expression injection.

## What it is
Somebody outside gives the pattern, or a piece of it, that texts are matched against.

## Why it matters
Python's matcher tries every way in which a text can be read: a pattern such as `(a+)+$` keeps it busy for ever on a line of
ordinary length, and it cannot be interrupted. A pattern that was to find one thing can be made to find everything.

## How to fix it
Let others give a text to look for, not a pattern: `re.escape(text)`, or `text in line`. Where patterns must come from outside,
match them with a library that takes linear time (RE2), or in a process that can be ended.
"""

from __future__ import annotations

from casemate.leads.rule import Example, FlowRule
from casemate.model.lead import RuleId, Severity
from casemate.model.trace import Boundary

RULE = FlowRule(
    id=RuleId("regex-injection"),
    title="Regular expression injection",
    cwe=1333,
    owasp="A03:2021 Injection",
    severity=Severity.MEDIUM,
    sinks=("pattern",),
    message="{sink} takes its pattern from the {source}",
    also=(400, 730, 625),
    boundaries=(Boundary.REMOTE,),
    examples=(
        Example(
            name="the pattern comes from outside",
            code="""
import re
from flask import Flask, request
app = Flask(__name__)

@app.route("/grep")
def grep():
    wanted = re.compile(request.args["like"], re.IGNORECASE)  # finding
    return {"lines": [line for line in open("/var/log/app") if wanted.search(line)]}
""",
        ),
        Example(
            name="a piece of the pattern",
            code="""
import re
from fastapi import FastAPI
app = FastAPI()

@app.get("/files")
def files(name: str):
    return [line for line in open("/var/log/app") if re.search("^" + name + "[.]", line)]  # finding
""",
        ),
        Example(
            name="the pattern of a replacement",
            code="""
import re
from django.http import HttpResponse
from django.urls import path

def mark(request):
    text = open("/srv/page.txt").read()
    return HttpResponse(re.sub(request.GET["q"], "*", text), content_type="text/plain")  # finding

urlpatterns = [path("mark", mark)]
""",
        ),
        Example(
            name="near-miss: a text to look for, not a pattern",
            code="""
import re
from flask import Flask, request
app = Flask(__name__)

@app.route("/grep")
def grep():
    wanted = re.compile(r"\\b" + re.escape(request.args["word"]) + r"\\b")
    return {"lines": [line for line in open("/var/log/app") if wanted.search(line)]}
""",
        ),
        Example(
            name="near-miss: by design, a function that searches for a pattern",
            code="""
import re

def grep(pattern, lines):
    return [line for line in lines if re.search(pattern, line)]
""",
        ),
        Example(
            name="near-miss: one of our own patterns, by name",
            code="""
import re
from fastapi import FastAPI
app = FastAPI()
PATTERNS = {"number": r"\\d+", "word": r"[a-z]+"}

@app.get("/count/{kind}")
def count(kind: str):
    return {"n": len(re.findall(PATTERNS[kind], open("/srv/page.txt").read()))}
""",
        ),
        Example(
            name="near-miss: letters only",
            code="""
import re
from flask import Flask, abort, request
app = Flask(__name__)

@app.route("/count")
def count():
    word = request.args["word"]
    if not re.fullmatch(r"[A-Za-z]{1,20}", word):
        abort(400)
    return {"n": len(re.findall(word + "[0-9]", open("/srv/page.txt").read()))}
""",
        ),
    ),
)
