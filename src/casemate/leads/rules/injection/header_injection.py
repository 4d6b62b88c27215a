"""Header injection.

## What it is
Text from outside stands in a header line of an answer or a mail, and nothing refuses line breaks: a line break ends the header
and begins another.

## Why it matters
The sender adds headers (a cookie, another recipient) or a whole body, which others see as the application's own.

## How to fix it
Refuse or remove carriage return and line feed, encode the value (`urllib.parse.quote`), or let a library that refuses them put
the message together (`email.message.EmailMessage`, a web framework).
"""

from __future__ import annotations

from casemate.leads.rule import Example, FlowRule
from casemate.model.lead import RuleId, Severity
from casemate.model.trace import Boundary

RULE = FlowRule(
    id=RuleId("header-injection"),
    title="Header injection",
    cwe=113,
    also=(93,),
    owasp="A03:2021 Injection",
    severity=Severity.MEDIUM,
    sinks=("header",),
    message="{sink} writes a header line made from the {source}",
    boundaries=(Boundary.REMOTE,),
    examples=(
        Example(
            name="a header of the standard library's server",
            code="""
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        query = parse_qs(urlsplit(self.path).query)
        self.send_response(200)
        self.send_header("Content-Disposition", "attachment; filename=" + query["name"][0])  # finding
        self.end_headers()
""",
        ),
        Example(
            name="the subject of a mail put together as text",
            code="""
import smtplib
from flask import Flask, request
app = Flask(__name__)

@app.post("/contact")
def contact():
    text = "To: desk@example.com\\nSubject: " + request.form["subject"] + "\\n\\n" + request.form["text"]
    smtplib.SMTP("mail.example.com").sendmail("web@example.com", ["desk@example.com"], text)  # finding
    return {}
""",
        ),
        Example(
            name="only one of the two line breaks taken out",
            code="""
from http.server import BaseHTTPRequestHandler
from urllib.parse import unquote

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("X-Path", unquote(self.path).replace("\\n", ""))  # finding
        self.end_headers()
""",
        ),
        Example(
            name="near-miss: both line breaks taken out, quoted, or a number",
            code="""
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, quote, urlsplit

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        query = parse_qs(urlsplit(self.path).query)
        self.send_response(200)
        self.send_header("X-Name", query["name"][0].replace("\\r", "").replace("\\n", " "))
        self.send_header("X-Mail", quote(query["mail"][0]))
        self.send_header("X-Page", str(int(query["page"][0])))
        self.end_headers()
""",
        ),
        Example(
            name="near-miss: below the empty line that ends the headers",
            code="""
import smtplib
from flask import Flask, request
app = Flask(__name__)

@app.post("/contact")
def contact():
    text = "To: desk@example.com\\nSubject: contact\\n\\n" + request.form["text"]
    smtplib.SMTP("mail.example.com").sendmail("web@example.com", ["desk@example.com"], text)
    return {}
""",
        ),
        Example(
            name="near-miss: frameworks refuse line breaks",
            code="""
from django.http import HttpResponse
from django.urls import path

def named(request, name):
    response = HttpResponse("{}", content_type="application/json")
    response["X-Name"] = name
    response["X-Other"] = request.GET["other"]
    return response

urlpatterns = [path("named/<str:name>", named)]
""",
        ),
        Example(
            name="near-miss: a line break is refused",
            code="""
from http.server import BaseHTTPRequestHandler
from urllib.parse import unquote

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        name = unquote(self.path)
        if "\\n" in name or "\\r" in name:
            return
        self.send_response(200)
        self.send_header("X-Path", name)
        self.end_headers()
""",
        ),
    ),
)
