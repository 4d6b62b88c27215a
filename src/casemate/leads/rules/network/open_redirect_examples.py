"""Examples of the rule `open-redirect`."""

from __future__ import annotations

from casemate.leads.rule import Example

EXAMPLES = (
    Example(
        name="the page to return to after signing in",
        code="""
from flask import Flask, redirect, request
app = Flask(__name__)

@app.post("/sign-in")
def sign_in():
    return redirect(request.args.get("next") or "/")  # finding
""",
    ),
    Example(
        name="a prefix that ends in the middle of the host",
        code="""
from django.http import HttpResponseRedirect
from django.urls import path

def leave(request):
    target = request.GET["to"]
    if target.startswith("https://shop.example.com"):
        return HttpResponseRedirect(target)  # finding
    return HttpResponseRedirect("/")

urlpatterns = [path("leave", leave)]
""",
    ),
    Example(
        name="a slash that begins a host as well, and an address made of the host's name",
        code="""
from fastapi import FastAPI
from fastapi.responses import RedirectResponse
app = FastAPI()

@app.get("/back")
def back(to: str):
    if to.startswith("/"):
        return RedirectResponse(to)  # finding
    return RedirectResponse(f"https://{to}.example.com/")  # finding
""",
    ),
    Example(
        name="the header itself",
        code="""
from flask import Flask, make_response, request
app = Flask(__name__)

@app.get("/moved")
def moved():
    response = make_response("", 302)
    response.headers["Location"] = request.args["to"]  # finding
    response.location = request.args["to"]  # finding
    return response
""",
    ),
    Example(
        name="a host that must be empty, which a browser may not think it is",
        code="""
from urllib.parse import urlparse
from flask import Flask, redirect, request, url_for
app = Flask(__name__)

@app.get("/back")
def back():
    to = request.args.get("next")
    if not to or urlparse(to).netloc != "":
        to = url_for("back")
    return redirect(to)  # finding
""",
    ),
    Example(
        name="near-miss: a path that is no whole address",
        code="""
from flask import Flask, redirect, request

app = Flask(__name__)

@app.route("/up")
def up():
    return redirect("../" + request.args["shelf"])

@app.route("/beside")
def beside():
    return redirect("shelves/" + request.args["shelf"])
""",
    ),
    Example(
        name="a scheme is no path",
        code="""
from flask import Flask, redirect, request

app = Flask(__name__)

@app.route("/a")
def a():
    return redirect("javascript:" + request.args["shelf"] + "/")  # finding

@app.route("/b")
def b():
    return redirect(".." + request.args["shelf"])  # finding
""",
    ),
    Example(
        name="near-miss: a route by its name, a path and a query below our own",
        code="""
from flask import Flask, redirect, request, url_for
app = Flask(__name__)

@app.get("/go/<name>")
def go(name):
    if name == "start":
        return redirect(url_for("go", name=request.args["name"]))
    if name == "old":
        return redirect("/go/" + request.args["name"])
    return redirect(f"https://search.example.com/?q={name}")
""",
    ),
    Example(
        name="near-miss: the request's own address, the referring page",
        code="""
from flask import Flask, redirect, request
app = Flask(__name__)

@app.post("/upload")
def upload():
    if "file" not in request.files:
        return redirect(request.url)
    return redirect(request.referrer or "/")
""",
    ),
    Example(
        name="near-miss: the framework judges",
        code="""
from django.shortcuts import redirect
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme

def sign_in(request):
    to = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(to, allowed_hosts={request.get_host()}):
        to = "/"
    return redirect(to)

urlpatterns = [path("sign-in", sign_in)]
""",
    ),
    Example(
        name="near-miss: the parsed host is one of ours",
        code="""
from urllib.parse import urljoin, urlparse
from flask import Flask, abort, redirect, request
app = Flask(__name__)
HOSTS = {"shop.example.com", "help.example.com"}

def ours(target):
    here = urlparse(request.host_url)
    there = urlparse(urljoin(request.host_url, target))
    return there.scheme in ("http", "https") and here.netloc == there.netloc

@app.get("/leave")
def leave():
    to = request.args["to"]
    if urlparse(to).hostname not in HOSTS:
        abort(400)
    return redirect(to)

@app.get("/back")
def back():
    to = request.args["to"]
    if not ours(to):
        return redirect("/")
    return redirect(to)
""",
    ),
    Example(
        name="near-miss: one slash and no second",
        code="""
from fastapi import FastAPI
from fastapi.responses import RedirectResponse
app = FastAPI()

@app.get("/back")
def back(to: str):
    if not to.startswith("/") or to.startswith("//"):
        to = "/"
    return RedirectResponse(to)
""",
    ),
    Example(
        name="near-miss: chosen from a table",
        code="""
from django.shortcuts import redirect
from django.urls import path
PAGES = {"help": "https://help.example.com/", "shop": "https://shop.example.com/"}

def leave(request, page):
    return redirect(PAGES.get(page, "/"))

urlpatterns = [path("leave/<str:page>", leave)]
""",
    ),
)
