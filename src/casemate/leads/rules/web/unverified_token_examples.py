"""Examples of the rule `unverified-token`."""

from __future__ import annotations

from casemate.leads.rule import Example

EXAMPLES = (
    Example(
        name="near-miss: only until when it holds; what was signed, and is too old",
        code="""
import jwt
from itsdangerous import SignatureExpired, URLSafeTimedSerializer

def renewed_at(token):
    claims = jwt.decode(token, options={"verify_signature": False})
    return claims["exp"] - claims.get("iat", 0)

def too_old(token, key):
    serializer = URLSafeTimedSerializer(key)
    try:
        return serializer.loads(token, max_age=60)
    except SignatureExpired:
        return serializer.loads_unsafe(token)
""",
    ),
    Example(
        name="until when, and who; what was not signed at all",
        code="""
import jwt
from itsdangerous import BadSignature, URLSafeTimedSerializer

def described(token):
    claims = jwt.decode(token, options={"verify_signature": False})  # finding
    return claims["exp"], claims["sub"]

def read(token, key):
    serializer = URLSafeTimedSerializer(key)
    try:
        return serializer.loads(token, max_age=60)
    except BadSignature:
        return serializer.loads_unsafe(token)  # finding
""",
    ),
    Example(
        name="whether it holds, another token, and who in a function within",
        code="""
import time
import jwt

def valid(token):
    return jwt.decode(token, options={"verify_signature": False})["exp"] > time.time()  # finding

def renewed(access, refresh, key):
    try:
        return jwt.decode(access, key, algorithms=["HS256"])
    except jwt.ExpiredSignatureError:
        return jwt.decode(refresh, options={"verify_signature": False})  # finding

def teller(token):
    claims = jwt.decode(token, options={"verify_signature": False})  # finding
    return lambda: claims["sub"]
""",
    ),
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
    Example(
        name="what is verified is another token",
        code="""
import jwt

def authenticate(token, other, keys):
    issuer = jwt.decode(token, options={"verify_signature": False})["iss"]  # finding
    return jwt.decode(other, keys[issuer], algorithms=["RS256"])["sub"]
""",
    ),
    Example(
        name="near-miss: its issuer, to choose a key",
        code="""
import jwt

def authenticate(token, keys):
    issuer = jwt.decode(token, options={"verify_signature": False})["iss"]
    return jwt.decode(token, keys[issuer], algorithms=["RS256"])["sub"]

def key_of(token, keys):
    return keys[jwt.decode(token, options={"verify_signature": False}).get("iss")]
""",
    ),
)
