"""Debug mode on the developer's machine.

## What it is
The development server is started with its debugger. For reviews (`pedantic`): by default it listens on the loopback address.

## Why it matters
The line is one change of the host away from a debugger for everybody, and such lines are found in images that run in production.

## How to fix it
Leave it to the command line: `flask --app app run --debug`.
"""

from __future__ import annotations

from casemate.leads.rule import ActRule, Example, Persona
from casemate.model.lead import RuleId, Severity

RULE = ActRule(
    id=RuleId("local-debug-mode"),
    title="Debug mode on the developer's machine",
    cwe=489,
    owasp="A05:2021 Security Misconfiguration",
    severity=Severity.LOW,
    acts=("local-debug",),
    persona=Persona.PEDANTIC,
    message="{act} with the debugger on",
    examples=(
        Example(
            name="the usual start",
            code="""
from flask import Flask
app = Flask(__name__)

if __name__ == "__main__":
    app.run(debug=True)  # finding
""",
        ),
        Example(
            name="a server of its own",
            code="""
from werkzeug.serving import run_simple

def serve(app):
    run_simple("localhost", 5000, app, use_debugger=True)  # finding
""",
        ),
        Example(
            name="Bottle",
            code="""
import bottle

def serve():
    bottle.run(port=8080, debug=True)  # finding
""",
        ),
        Example(
            name="near-miss: no debugger",
            code="""
from flask import Flask
app = Flask(__name__)

if __name__ == "__main__":
    app.run()
""",
        ),
        Example(
            name="near-miss: as configured",
            code="""
from flask import Flask
app = Flask(__name__)

def start(settings):
    app.run(debug=settings.debug)
""",
        ),
        Example(
            name="near-miss: reloading only",
            code="""
from werkzeug.serving import run_simple

def serve(app):
    run_simple("localhost", 5000, app, use_reloader=True)
""",
        ),
        Example(
            name="near-miss: another thing that runs",
            code="""
import jobs

def start():
    jobs.run(debug=True)
""",
        ),
    ),
)
