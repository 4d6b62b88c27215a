"""Code injection.

## What it is
Text from outside is evaluated or executed as a program: `eval`, `exec`, an interpreter started with `-c`, a debugger's or
profiler's `run`.

## Why it matters
The text is a program with all rights of this one. Taking the built-ins away is no wall: attributes of any value lead back to
them.

## How to fix it
Read data as data: `json.loads`, `ast.literal_eval`, `int`. Look functions up in a table. For formulas use a parser that knows
only the operators that you allow.
"""

from __future__ import annotations

from casemate.leads.rule import Example, FlowRule
from casemate.model.lead import RuleId, Severity

RULE = FlowRule(
    id=RuleId("code-injection"),
    title="Code injection",
    cwe=95,
    also=(94,),
    owasp="A03:2021 Injection",
    severity=Severity.CRITICAL,
    sinks=("code",),
    message="{sink} executes program text made from the {source}",
    examples=(
        Example(
            name="a formula of the query string",
            code="""
from flask import Flask, request
app = Flask(__name__)

@app.route("/plot")
def plot():
    formula = request.args.get("y", "x")
    values = [eval(formula, {"__builtins__": {}}, {"x": x}) for x in range(10)]  # finding
    return {"values": values}
""",
        ),
        Example(
            name="a JSON body that becomes an assignment",
            code="""
import json
from django.http import JsonResponse
from django.views import View

class Settings(View):
    def post(self, request):
        settings = {}
        for name, value in json.loads(request.body).items():
            exec("settings[%r] = %s" % (name, value))  # finding
        return JsonResponse(settings)
""",
        ),
        Example(
            name="a library that builds an expression around a key",
            code="""
def pluck(record, field):
    return eval("record." + field)  # finding
""",
        ),
        Example(
            name="near-miss: literals only",
            code="""
import ast
from flask import Flask, request
app = Flask(__name__)

@app.route("/plot")
def plot():
    return {"values": ast.literal_eval(request.args["values"])}
""",
        ),
        Example(
            name="near-miss: only digits and operators pass",
            code="""
import re
from flask import Flask, request
app = Flask(__name__)

@app.route("/sum")
def total():
    formula = request.args["formula"]
    if not re.fullmatch(r"[0-9+*/. -]{1,40}", formula):
        return "no", 400
    return {"total": eval(formula)}
""",
        ),
        Example(
            name="an unanchored pattern is no check",
            code="""
import re
from flask import Flask, request
app = Flask(__name__)

@app.route("/sum")
def total():
    formula = request.args["formula"]
    if not re.match(r"[0-9]+", formula):
        return "no", 400
    return {"total": eval(formula)}  # finding
""",
        ),
        Example(
            name="near-miss: a table of functions",
            code="""
from fastapi import FastAPI
app = FastAPI()
REPORTS = {"daily": lambda: 1, "weekly": lambda: 7}

@app.get("/report/{name}")
def report(name: str):
    return REPORTS[name]()
""",
        ),
        Example(
            name="near-miss: by design, an interpreter",
            code="""
def evaluate(expression, names):
    return eval(expression, {}, names)
""",
        ),
        Example(
            name="near-miss: a branch that never runs",
            code="""
from flask import Flask, request
app = Flask(__name__)

@app.route("/x")
def x():
    limit = 106
    text = "1" if 7 * 18 + limit > 200 else request.args["text"]
    return str(eval(text))
""",
        ),
    ),
)
