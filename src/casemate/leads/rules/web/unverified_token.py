"""Token whose signature is not checked.

## What it is
A signed token is decoded with its check switched off, or with the algorithm `none`.

## Why it matters
Who sends the token writes into it whose it is: with no check of the signature, anybody is anybody.

## How to fix it
Give the key and the one algorithm that is expected: `jwt.decode(token, key, algorithms=["RS256"])`. To choose the key, read the
header only (`jwt.get_unverified_header`), and then verify.
"""

from __future__ import annotations

from casemate.leads.rule import ActRule, Example
from casemate.model.lead import RuleId, Severity

RULE = ActRule(
    id=RuleId("unverified-token"),
    title="Token whose signature is not checked",
    cwe=347,
    owasp="A02:2021 Cryptographic Failures",
    severity=Severity.HIGH,
    acts=("unverified-token",),
    message="{act} believes a token without checking its signature",
    # OpenID Connect Core 1.0, 3.1.3.7: of a token that its issuer's own endpoint gave, the connection may vouch for it.
    answered=("json", "fetch_token", "fetch_access_token", "authorize_access_token"),
    examples=(
        Example(
            name="the check is an option",
            code="""
import jwt

def who(token):
    return jwt.decode(token, options={"verify_signature": False})["sub"]  # finding
""",
        ),
        Example(
            name="as it was written before",
            code="""
import jwt

def who(token, key):
    return jwt.decode(token, key, verify=False)["sub"]  # finding
""",
        ),
        Example(
            name="no algorithm at all",
            code="""
from jose import jwt

def who(token):
    return jwt.decode(token, "", algorithms=["none"])["sub"]  # finding
""",
        ),
        Example(
            name="options kept in a name",
            code="""
from itsdangerous import URLSafeSerializer
from jose.jwt import decode

OPTIONS = False

def who(token, key):
    options = {"verify_signature": OPTIONS, "verify_exp": True}
    return decode(token, key, options=options)["sub"]  # finding

def basket(key, text):
    return URLSafeSerializer(key).loads_unsafe(text)[1]  # finding
""",
        ),
        Example(
            name="an answer on one way only, and what a browser posts as JSON",
            code="""
import jwt
import requests
from fastapi import FastAPI, Request

app = FastAPI()

def who(code, token):
    if code:
        token = requests.post("https://id.example.com/token", data={"code": code}).json()["id_token"]
    return jwt.decode(token, options={"verify_signature": False})["sub"]  # finding

@app.post("/who")
async def posted(request: Request):
    data = await request.json()
    return jwt.decode(data["token"], options={"verify_signature": False})["sub"]  # finding
""",
        ),
        Example(
            name="near-miss: what the issuer itself has just answered",
            code="""
import jwt
import requests

def who(code):
    answer = requests.post("https://id.example.com/token", data={"code": code})
    token = answer.json()["id_token"]
    return jwt.decode(token, options={"verify_signature": False})["sub"]
""",
        ),
        Example(
            name="near-miss: checked",
            code="""
import jwt

def who(token, key):
    return jwt.decode(token, key, algorithms=["HS256"])["sub"]
""",
        ),
        Example(
            name="near-miss: only the date is let pass",
            code="""
import jwt

def who(token, key):
    return jwt.decode(token, key, algorithms=["RS256"], options={"verify_exp": False, "verify_signature": True})
""",
        ),
        Example(
            name="near-miss: the header, to choose a key",
            code="""
import jwt

def who(token, keys):
    key = keys[jwt.get_unverified_header(token)["kid"]]
    return jwt.decode(token, key, algorithms=["RS256"])
""",
        ),
        Example(
            name="near-miss: the caller decides",
            code="""
import jwt

def read(token, key, verify):
    return jwt.decode(token, key, algorithms=["RS256"], options={"verify_signature": verify})
""",
        ),
    ),
)
