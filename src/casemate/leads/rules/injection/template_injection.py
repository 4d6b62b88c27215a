"""Template injection.

## What it is
Text from outside becomes part of a template's source instead of a value that is filled in. The template engine evaluates
what stands between its braces.

## Why it matters
Expressions of a template reach attributes of every object in it, and from there, in Jinja2 and Mako, the interpreter: the sender
reads configuration and secrets and often runs code.

## How to fix it
Keep templates constant and pass values: `render_template("mail.html", name=name)`. Where people may write templates, use
`jinja2.sandbox.SandboxedEnvironment` and hand in plain data only.
"""

from __future__ import annotations

from casemate.leads.rule import Example, FlowRule
from casemate.model.lead import RuleId, Severity
from casemate.model.trace import Boundary

RULE = FlowRule(
    id=RuleId("template-injection"),
    title="Template injection",
    cwe=1336,
    also=(94,),
    owasp="A03:2021 Injection",
    severity=Severity.HIGH,
    sinks=("template",),
    message="{sink} compiles a template made from the {source}",
    boundaries=(Boundary.REMOTE, Boundary.FILE, Boundary.API),
    examples=(
        Example(
            name="a name pasted into the template",
            code="""
from flask import Flask, render_template_string, request
app = Flask(__name__)

@app.errorhandler(404)
def missing(error):
    return render_template_string("<h1>Not found: %s</h1>" % request.path), 404  # finding
""",
        ),
        Example(
            name="an environment's from_string",
            code="""
from fastapi import FastAPI, Request
from jinja2 import Environment
app = FastAPI()
templates = Environment(autoescape=True)

@app.post("/preview")
async def preview(request: Request):
    form = await request.form()
    template = templates.from_string("Dear " + form["salutation"] + ", {{ body }}")  # finding
    return {"text": template.render(body="welcome")}
""",
        ),
        Example(
            name="a library that wraps a parameter in a template",
            code="""
from jinja2 import Template

def banner(title, width=60):
    line = Template("{{ '=' * width }} " + title).render(width=width)  # finding
    return line
""",
        ),
        Example(
            name="near-miss: a constant template and a value",
            code="""
from flask import Flask, render_template_string, request
app = Flask(__name__)

@app.errorhandler(404)
def missing(error):
    return render_template_string("<h1>Not found: {{ path }}</h1>", path=request.path), 404
""",
        ),
        Example(
            name="near-miss: the path of a route without a placeholder is a constant",
            code="""
from flask import Flask, render_template_string, request
app = Flask(__name__)

@app.route("/help/faq")
def faq():
    return render_template_string("<h1>" + request.path + "</h1>")
""",
        ),
        Example(
            name="near-miss: a sandbox",
            code="""
from django.urls import path
from jinja2.sandbox import SandboxedEnvironment
sandbox = SandboxedEnvironment()

def preview(request):
    sandbox.from_string("Dear " + request.POST["salutation"]).render()

urlpatterns = [path("preview", preview)]
""",
        ),
        Example(
            name="near-miss: by design, a function that renders the template it is given",
            code="""
from jinja2 import Environment

def render(template, values):
    return Environment().from_string(template).render(**values)
""",
        ),
        Example(
            name="near-miss: the standard library's Template only substitutes",
            code="""
from string import Template
from flask import Flask, request
app = Flask(__name__)

@app.post("/mail")
def mail():
    return {"text": Template("Dear " + request.form["name"] + ", $body").substitute(body="welcome")}
""",
        ),
    ),
)
