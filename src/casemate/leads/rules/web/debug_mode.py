"""Debug mode open to others.

## What it is
A web application is served with its debugger or its debug pages: on an address that others reach, or wherever it is served.

## Why it matters
Werkzeug's debugger runs Python that a visitor types, behind a PIN that can be worked out. Debug pages show code, paths and
values to whoever causes an error.

## How to fix it
Take the mode from the environment, off by default (`flask run --debug` for the developer), and serve with a WSGI or ASGI server.

A start of the development server on its default, the loopback address, is for the developer alone: `local-debug-mode` tells of it
in reviews. Whether it stands below `if __name__ == "__main__"` does not matter, since that is how a container starts it too.
"""

from __future__ import annotations

from casemate.leads.rule import ActRule, Example
from casemate.model.lead import RuleId, Severity

RULE = ActRule(
    id=RuleId("debug-mode"),
    title="Debug mode open to others",
    cwe=489,
    also=(
        94,
        215,
    ),
    owasp="A05:2021 Security Misconfiguration",
    severity=Severity.HIGH,
    acts=("debug-mode",),
    message="{act} with the debug mode on, for others than the developer",
    examples=(
        Example(
            name="on every address of the machine",
            code="""
from flask import Flask
app = Flask(__name__)

if __name__ == "__main__":
    app.run(host="0.0.0.0", port=8080, debug=True)  # finding
""",
        ),
        Example(
            name="wherever the application is imported",
            code="""
from fastapi import FastAPI
from flask import Flask

app = Flask(__name__)
app.debug = True  # finding
api = FastAPI(debug=True)  # finding
""",
        ),
        Example(
            name="the debugger as a middleware and in a server",
            code="""
from werkzeug.debug import DebuggedApplication
from werkzeug.serving import run_simple

def serve(app, address):
    run_simple(address, 80, app, use_debugger=True)  # finding
    return DebuggedApplication(app, evalex=True)  # finding
""",
        ),
        Example(
            name="near-miss: for the developer alone",
            code="""
from flask import Flask
app = Flask(__name__)

if __name__ == "__main__":
    app.run(debug=True)
""",
        ),
        Example(
            name="near-miss: the loopback address, said",
            code="""
from flask import Flask
from werkzeug.serving import run_simple
app = Flask(__name__)

def start():
    app.run("127.0.0.1", 5000, True)
    run_simple("localhost", 5000, app, use_debugger=True)
""",
        ),
        Example(
            name="near-miss: off, or as the environment says",
            code="""
import os
from fastapi import FastAPI
from flask import Flask

app = Flask(__name__)
api = FastAPI(debug=os.environ.get("DEBUG") == "1")

def start():
    app.run(host="0.0.0.0", debug=False)
    app.run(host="0.0.0.0", debug=bool(os.environ.get("DEBUG")))
""",
        ),
        Example(
            name="near-miss: open to others, without a debugger",
            code="""
from werkzeug.serving import run_simple

def serve(app):
    run_simple("0.0.0.0", 80, app, use_reloader=True)
""",
        ),
    ),
)
