"""Argument injection.

## What it is
Text from outside begins an argument of a program that is run without a shell. One that begins with `-` is taken for an option.

## Why it matters
Many programs have an option that writes a file, sends one away or runs something: `git --upload-pack`, `tar --checkpoint-action`,
`curl --output`. No shell is needed.

## How to fix it
Put `"--"` before what comes from outside, where the program knows it; or give it as the value of an option (`--file=` and the
text in one element), prefix it (`./`), convert it to a number, or refuse what begins with `-`.
"""

from __future__ import annotations

from casemate.leads.rule import Example, FlowRule
from casemate.model.lead import RuleId, Severity
from casemate.model.trace import Boundary

RULE = FlowRule(
    id=RuleId("argument-injection"),
    title="Argument injection",
    cwe=88,
    owasp="A03:2021 Injection",
    severity=Severity.MEDIUM,
    sinks=("argument",),
    message="{sink} gives the {source} to a program that may take it for an option",
    boundaries=(Boundary.REMOTE, Boundary.FILE, Boundary.API),
    examples=(
        Example(
            name="an address to fetch from",
            code="""
import subprocess
from flask import Flask, request
app = Flask(__name__)

@app.post("/mirror")
def mirror():
    subprocess.run(["git", "clone", request.form["source"], "/srv/mirror"], check=True)  # finding
    return {}
""",
        ),
        Example(
            name="a name that becomes the beginning of an argument, in a list that grows",
            code="""
import subprocess
from fastapi import FastAPI
app = FastAPI()

@app.get("/pack/{name}")
def pack(name: str, host: str):
    command = ["tar", "-czf", "/srv/out.tgz"]
    command.append(name + ".txt")
    subprocess.check_call(command)  # finding
    subprocess.Popen(["ssh", host, "uptime"])  # finding
    return {}
""",
        ),
        Example(
            name="a tuple, after an option whose value is harmless",
            code="""
import subprocess
from django.http import HttpResponse
from django.urls import path

def fetch(request):
    subprocess.call(("curl", "-o", "/srv/page", request.GET["page"]))  # finding
    return HttpResponse(status=204)

urlpatterns = [path("fetch", fetch)]
""",
        ),
        Example(
            name="near-miss: after the end of the options, or as an option's value",
            code="""
import subprocess
from flask import Flask, request
app = Flask(__name__)

@app.post("/mirror")
def mirror():
    source = request.form["source"]
    subprocess.run(["git", "clone", "--", source, "/srv/mirror"], check=True)
    subprocess.run(["git", "log", "--author=" + source])
    subprocess.run(["git", "commit", "-m", source])
    command = ["git", "log"]
    command += ["--", source]
    subprocess.run(command)
    return {}
""",
        ),
        Example(
            name="near-miss: something fixed begins the argument, or a number is one",
            code="""
import subprocess
from fastapi import FastAPI
app = FastAPI()

@app.get("/fetch/{page}")
def fetch(page: str, count: int):
    subprocess.run(["curl", f"https://example.com/{page}"])
    subprocess.run(["git", "show", "refs/heads/" + page, str(count)])
    return {}
""",
        ),
        Example(
            name="near-miss: refused, or out of a list",
            code="""
import subprocess
from django.http import HttpResponse
from django.urls import path
HOSTS = ("a.example.com", "b.example.com")

def uptime(request):
    host, branch = request.GET["host"], request.GET["branch"]
    if host not in HOSTS or branch.startswith("-"):
        return HttpResponse(status=400)
    subprocess.run(["ssh", host, "uptime"])
    subprocess.run(["git", "checkout", branch])
    return HttpResponse(status=204)

urlpatterns = [path("uptime", uptime)]
""",
        ),
        Example(
            name="near-miss: a program without such options; by design, a tool's own arguments",
            code="""
import subprocess
import sys
from flask import Flask, request
app = Flask(__name__)

@app.get("/size")
def size():
    return {"size": subprocess.check_output(["du", request.args["name"]]).decode()}

if __name__ == "__main__":
    subprocess.run(["git", "log", *sys.argv[1:]])
""",
        ),
    ),
)
