"""Cross-site scripting.

## What it is
Text from outside becomes markup of a page: returned by a view as HTML, written to the response, or declared safe (`Markup`,
`mark_safe`) so that the template does not escape it.

## Why it matters
A script in the text runs in another person's browser with their session: it reads what they see and acts in their name.

## How to fix it
Let the template escape: `render_template`, `render`, autoescaping on. Build small pieces with `Markup("<b>{}</b>").format(name)`
or `format_html`, which escape what is filled in; or escape yourself with `html.escape`. Send data as JSON or plain text.
"""

from __future__ import annotations

from casemate.leads.rule import Example, FlowRule
from casemate.model.lead import RuleId, Severity
from casemate.model.trace import Boundary

RULE = FlowRule(
    id=RuleId("xss"),
    title="Cross-site scripting",
    cwe=79,
    also=(80, 116),
    owasp="A03:2021 Injection",
    severity=Severity.MEDIUM,
    sinks=("html",),
    message="the {source} becomes markup of a page by {sink}",
    boundaries=(Boundary.REMOTE, Boundary.FILE, Boundary.API),
    # Nobody can make another person's browser send markup there: it encodes the address that it comes from.
    browsers=("Referer header", "Host header", "Origin header"),
    examples=(
        Example(
            name="a view that returns text is a page",
            code="""
from flask import Flask, request
app = Flask(__name__)

@app.route("/hello/<name>")
def hello(name):
    greeting = request.args.get("greeting", "Hello")
    return "<p>" + greeting + ", " + name + "</p>"  # finding
""",
        ),
        Example(
            name="a response built by hand",
            code="""
from django.http import HttpResponse
from django.views import View

class Search(View):
    def get(self, request):
        term = self.request.GET["q"].strip()
        return HttpResponse("<h1>Results for {}</h1>".format(term))  # finding
""",
        ),
        Example(
            name="a library that declares what it was given safe",
            code="""
from markupsafe import Markup

def badge(text, colour="green"):
    return Markup(f'<span class="{colour}">{text}</span>')  # finding
""",
        ),
        Example(
            name="a page made by an environment that does not escape",
            code="""
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader
app = FastAPI()
pages = Environment(loader=FileSystemLoader("pages"))

@app.get("/profile")
def profile(name: str):
    return HTMLResponse(pages.get_template("profile.html").render(name=name))  # finding
""",
        ),
        Example(
            name="near-miss: escaped, formatted into safe text, or left to the template",
            code="""
import html
from flask import Flask, render_template, request
from markupsafe import Markup
app = Flask(__name__)

@app.route("/hello/<name>")
def hello(name):
    if "plain" in request.args:
        return "<p>" + html.escape(name) + "</p>"
    if "safe" in request.args:
        return Markup("<p>{}</p>").format(name)
    return render_template("hello.html", name=name)
""",
        ),
        Example(
            name="near-miss: JSON, plain text, a number, a redirect",
            code="""
from flask import Flask, Response, jsonify, redirect, request, url_for
app = Flask(__name__)

@app.route("/echo/<int:number>")
def echo(number):
    text = request.args["text"]
    if number == 1:
        return jsonify(text=text)
    if number == 2:
        return {"text": text}
    if number == 3:
        return Response(text, mimetype="text/plain")
    if number == 4:
        return redirect(url_for("echo", number=number, text=text))
    return "<b>" + str(number) + "</b>"
""",
        ),
        Example(
            name="near-miss: format_html escapes what it fills in",
            code="""
from django.http import HttpResponse
from django.urls import path
from django.utils.html import format_html

def search(request):
    return HttpResponse(format_html("<h1>Results for {}</h1>", request.GET["q"]))

urlpatterns = [path("search", search)]
""",
        ),
        Example(
            name="near-miss: a JSON interface may return text",
            code="""
from fastapi import FastAPI
app = FastAPI()

@app.get("/echo")
def echo(text: str):
    return "You said " + text
""",
        ),
    ),
)
