"""Server-side request forgery.

## What it is
Data from outside decides which host the server requests: the whole address, the host's name, or a part of it that was meant to
be a path.

## Why it matters
The server stands inside the network: it reaches metadata services, administration interfaces and databases that the sender
cannot, and lends them its credentials.

## How to fix it
Fix scheme and host in the code and let data be a path or query below it: `requests.get("https://api.example.com/items/" + key)`.
Where addresses must come from outside, parse them and compare the host with a list; a prefix test must include the `/` after
the host. Refuse redirects and private addresses at connection time.
"""

from __future__ import annotations

from casemate.leads.rule import Example, FlowRule
from casemate.model.lead import RuleId, Severity
from casemate.model.trace import Boundary

RULE = FlowRule(
    id=RuleId("ssrf"),
    title="Server-side request forgery",
    cwe=918,
    owasp="A10:2021 Server-Side Request Forgery",
    severity=Severity.HIGH,
    sinks=("url",),
    message="{sink} requests an address that the {source} decides",
    boundaries=(Boundary.REMOTE, Boundary.FILE, Boundary.API),
    examples=(
        Example(
            name="an address in the query string",
            code="""
import requests
from flask import Flask, request
app = Flask(__name__)

@app.route("/preview")
def preview():
    page = requests.get(request.args["url"], timeout=5)  # finding
    return {"length": len(page.text)}
""",
        ),
        Example(
            name="a prefix that ends in the middle of the host",
            code="""
from urllib.request import urlopen
from django.http import JsonResponse
from django.urls import path

def feed(request):
    address = request.GET["address"]
    if not address.startswith("https://feeds.example.com"):
        return JsonResponse({}, status=400)
    return JsonResponse({"length": len(urlopen(address).read())})  # finding

urlpatterns = [path("feed", feed)]
""",
        ),
        Example(
            name="the host's name, spliced",
            code="""
import requests
from fastapi import FastAPI
app = FastAPI()

@app.get("/stock/{region}")
def stock(region: str):
    return requests.get(f"https://{region}.stock.example.com/all").json()  # finding
""",
        ),
        Example(
            name="near-miss: a path and a query below a fixed host",
            code="""
import requests
from flask import Flask, request
app = Flask(__name__)
API = "https://api.example.com"

@app.route("/items/<key>")
def item(key):
    requests.get(f"{API}/items/{key}", timeout=5)
    requests.get("https://api.example.com/search?q=" + request.args["q"], timeout=5)
    return requests.get(API + "/items", params={"key": key}, timeout=5).json()
""",
        ),
        Example(
            name="near-miss: chosen from a table",
            code="""
import requests
from fastapi import FastAPI
app = FastAPI()
FEEDS = {"rates": "https://rates.example.com/", "news": "https://news.example.com/"}

@app.get("/feed/{name}")
def feed(name: str):
    return requests.get(FEEDS[name], timeout=5).json()
""",
        ),
        Example(
            name="near-miss: a prefix that includes the slash",
            code="""
from urllib.request import urlopen
from django.http import JsonResponse
from django.urls import path

def feed(request):
    address = request.GET["address"]
    if not address.startswith("https://feeds.example.com/"):
        return JsonResponse({}, status=400)
    return JsonResponse({"length": len(urlopen(address).read())})

urlpatterns = [path("feed", feed)]
""",
        ),
        Example(
            name="near-miss: by design, a client's own base address",
            code="""
import requests

class Client:
    def __init__(self, base_url):
        self.base_url = base_url

    def fetch(self, name):
        return requests.get(self.base_url + "/v1/" + name, timeout=5)

def download(url):
    return requests.get(url, timeout=5).content
""",
        ),
    ),
)
