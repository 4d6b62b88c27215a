"""A secret compared in telling time.

## What it is
A signature, token or key of the application is compared with a value from outside by `==` or `!=`.

## Why it matters
`==` stops at the first character that differs: the time of the answer tells how much of the guess was right, and a secret can
be found piece by piece instead of as a whole.

## How to fix it
Compare with `hmac.compare_digest(expected, given)`, which takes the same time wherever the first difference stands (in Django
`constant_time_compare`). Passwords are not compared at all: their hashes are verified by the library that made them.
"""

from __future__ import annotations

from casemate.leads.rule import Example, FlowRule
from casemate.model.lead import RuleId, Severity
from casemate.model.trace import Boundary

RULE = FlowRule(
    id=RuleId("timing-comparison"),
    title="A secret compared in telling time",
    cwe=208,
    owasp="A02:2021 Cryptographic Failures",
    severity=Severity.MEDIUM,
    sinks=("compare",),
    message="{sink} compares a secret with the {source} and takes longer the more of it is right",
    also=(203, 385),
    boundaries=(Boundary.REMOTE, Boundary.API),
    examples=(
        Example(
            name="the signature of a call from another service",
            code="""
import hashlib
import hmac
from flask import Flask, request
app = Flask(__name__)
KEY = open("/etc/hook.key", "rb").read()

@app.route("/hook", methods=["POST"])
def hook():
    expected = hmac.new(KEY, request.data, hashlib.sha256).hexdigest()
    if request.headers["X-Signature"] != expected:  # finding
        return {}, 403
    return {}
""",
        ),
        Example(
            name="a library that verifies what it is given",
            code="""
import hashlib
import hmac

class Signer:
    def __init__(self, key):
        self.key = key

    def _code(self, text):
        return hmac.new(self.key, text, hashlib.sha256).digest()

    def verify(self, text, given):
        return self._code(text) == given  # finding
""",
        ),
        Example(
            name="a token kept in a setting",
            code="""
import os
from fastapi import FastAPI
app = FastAPI()

@app.get("/metrics")
def metrics(token: str):
    if token == os.environ["METRICS_TOKEN"]:  # finding
        return {"load": os.getloadavg()}
    return {}
""",
        ),
        Example(
            name="near-miss: compared in equal time",
            code="""
import hashlib
import hmac
from flask import Flask, request
app = Flask(__name__)
KEY = open("/etc/hook.key", "rb").read()

@app.route("/hook", methods=["POST"])
def hook():
    expected = hmac.new(KEY, request.data, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(request.headers["X-Signature"], expected):
        return {}, 403
    return {}
""",
        ),
        Example(
            name="near-miss: no secret on the other side",
            code="""
from flask import Flask, request, session
app = Flask(__name__)

@app.route("/register", methods=["POST"])
def register():
    token, password = request.form.get("token"), request.form["password"]
    if token is None or token == "" or password != request.form["password_again"]:
        return {}, 400
    if request.form["state"] != session["state_token"] or request.form["iss"] != app.config["token_issuer"]:
        return {}, 403
    return {"kind": request.form["token_type"] == app.config["TOKEN_TYPE"]}
""",
        ),
        Example(
            name="near-miss: the token of a parser and the signature of a function",
            code="""
import inspect

class Parser:
    def __init__(self, token):
        self.token = token

    def accept(self, kind, token):
        return self.token == token

def same(function, signature):
    return inspect.signature(function) == signature
""",
        ),
        Example(
            name="near-miss: the checksum of a file",
            code="""
import hashlib

def check(path, expected):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest() == expected

class Record:
    def __init__(self, secret):
        self.secret = secret

    def __eq__(self, other):
        return self.secret == other.secret
""",
        ),
    ),
)
