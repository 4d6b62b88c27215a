"""Examples of the rule `ldap-injection`."""

from __future__ import annotations

from casemate.leads.rule import Example

EXAMPLES = (
    Example(
        name="a filter put together, over a function that connects",
        code="""
# file: staff/directory.py
import ldap3

def connect():
    return ldap3.Connection(ldap3.Server("ldap.example.com"), auto_bind=True)
# file: staff/views.py
from flask import Flask, request
from staff.directory import connect
app = Flask(__name__)

@app.get("/phone")
def phone():
    directory = connect()
    directory.search("ou=staff,o=example", "(&(objectClass=person)(uid=" + request.args["uid"] + "))")  # finding
    return {"n": len(directory.entries)}
""",
    ),
    Example(
        name="a name to sign in with, and a filter given by its keyword",
        code="""
import ldap
from django.http import JsonResponse
from django.urls import path

def sign_in(request):
    server = ldap.initialize("ldap://ldap.example.com")
    who = request.POST["name"]
    server.simple_bind_s(f"uid={who},ou=staff,o=example", request.POST["word"])  # finding
    rows = server.search_s("o=example", ldap.SCOPE_SUBTREE, filterstr="(mail=%s)" % who)  # finding
    return JsonResponse({"rows": len(rows)})

urlpatterns = [path("sign-in", sign_in)]
""",
    ),
    Example(
        name="a library's connection of which only the parameter's name tells, and a base",
        code="""
import ldap3

def groups_of(conn, person):
    conn.search("ou=groups,o=example", f"(member={person})", attributes=["cn"])  # finding
    return conn.entries

def people_in(conn, unit):
    conn.search(f"ou={unit},o=example", "(objectClass=person)")  # finding
    return conn.entries
""",
    ),
    Example(
        name="near-miss: escaped",
        code="""
import ldap3
from flask import Flask, request
from ldap3.utils.conv import escape_filter_chars
from ldap3.utils.dn import escape_rdn
app = Flask(__name__)

@app.get("/phone")
def phone():
    directory = ldap3.Connection("ldap.example.com", auto_bind=True)
    uid = escape_filter_chars(request.args["uid"])
    directory.search(f"ou={escape_rdn(request.args['unit'])},o=example", f"(&(objectClass=person)(uid={uid}))")
    return {"n": len(directory.entries)}
""",
    ),
    Example(
        name="near-miss: escaped by the other library",
        code="""
import ldap
import ldap.dn
from django.http import JsonResponse
from django.urls import path
from ldap.filter import escape_filter_chars, filter_format

def phone(request):
    server = ldap.initialize("ldap://ldap.example.com")
    server.simple_bind_s("uid=%s,o=example" % ldap.dn.escape_dn_chars(request.POST["name"]), request.POST["word"])
    rows = server.search_s("o=example", ldap.SCOPE_SUBTREE, "(mail=%s)" % escape_filter_chars(request.POST["mail"]))
    rows += server.search_s("o=example", ldap.SCOPE_SUBTREE, filter_format("(cn=%s)", [request.POST["cn"]]))
    return JsonResponse({"rows": len(rows)})

urlpatterns = [path("phone", phone)]
""",
    ),
    Example(
        name="near-miss: a name of letters and digits, a unit out of a list",
        code="""
import ldap3
from fastapi import FastAPI, HTTPException
app = FastAPI()
UNITS = ("sales", "support")

@app.get("/phone/{unit}/{uid}")
def phone(unit: str, uid: str):
    if unit not in UNITS or not uid.isalnum():
        raise HTTPException(404)
    directory = ldap3.Connection("ldap.example.com", auto_bind=True)
    directory.search(f"ou={unit},o=example", f"(uid={uid})")
    return {"n": len(directory.entries)}
""",
    ),
    Example(
        name="near-miss: a search of something else; by design, a function that searches as it is told",
        code="""
import re
import ldap3
from flask import Flask, request
app = Flask(__name__)

@app.get("/match")
def match():
    return {"found": bool(re.compile("a+b").search("(uid=" + request.args["x"] + ")"))}

def find(connection, base, search_filter):
    connection.search(base, search_filter)
    return connection.entries
""",
    ),
)
