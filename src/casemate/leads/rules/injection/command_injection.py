"""Command injection.

## What it is
Text from outside becomes part of a command line that a shell reads, or chooses the program that is run. A shell gives
meaning to `;`, `|`, `&`, `$(…)`, quotes and newlines, so that data turns into commands.

## Why it matters
Whoever supplies the text runs programs with the rights of this process: reads its secrets, changes its data, stays.

## How to fix it
Pass a list of arguments and no shell: `subprocess.run(["convert", name, "out.png"])`. Put `--` before names that may begin
with a hyphen. Where a shell must be, quote each value with `shlex.quote`. Never let data choose the program; choose from a
fixed table.
"""

from __future__ import annotations

from casemate.leads.rule import Example, FlowRule
from casemate.model.lead import RuleId, Severity

RULE = FlowRule(
    id=RuleId("command-injection"),
    title="Command injection",
    cwe=78,
    also=(77,),
    owasp="A03:2021 Injection",
    severity=Severity.CRITICAL,
    sinks=("shell", "command"),
    message="{sink} runs a command made from the {source}",
    examples=(
        Example(
            name="a form field in a shell's command line",
            code="""
import subprocess
from flask import Flask, request
app = Flask(__name__)

@app.post("/thumbnails")
def thumbnail():
    size = request.form["size"]
    subprocess.run(f"convert in.png -resize {size} out.png", shell=True)  # finding
    return "", 204
""",
        ),
        Example(
            name="the shell named as the program",
            code="""
import subprocess
from django.urls import path

def ping(request):
    argv = ["sh", "-c"]
    argv.append("ping -c 1 " + request.GET.get("host", "localhost"))
    subprocess.check_call(argv)  # finding

urlpatterns = [path("ping", ping)]
""",
        ),
        Example(
            name="a library function that splices its parameter, in another file",
            code="""
# file: media/tools.py
import os

def shell(line):
    return os.system(line)
# file: media/tags.py
from media.tools import shell

def set_title(track, title):
    shell('id3tag --title="%s" "%s"' % (title, track))  # finding
""",
        ),
        Example(
            name="the program itself comes from the request",
            code="""
import asyncio
from fastapi import FastAPI
app = FastAPI()

@app.post("/run/{tool}")
async def run(tool: str):
    process = await asyncio.create_subprocess_exec(tool, "--version")  # finding
    return await process.wait()
""",
        ),
        Example(
            name="near-miss: an argument in a list, no shell",
            code="""
import subprocess
from flask import Flask, request
app = Flask(__name__)

@app.post("/thumbnails")
def thumbnail():
    subprocess.run(["convert", "in.png", "-resize", request.form["size"], "out.png"])
    return "", 204
""",
        ),
        Example(
            name="near-miss: quoted for the shell",
            code="""
import shlex
import subprocess

def archive(folder):
    subprocess.check_call("tar -cz " + shlex.quote(folder) + " > backup.tgz", shell=True)
""",
        ),
        Example(
            name="near-miss: by design, the function runs the command it is given",
            code="""
import subprocess

def run(command, timeout=60):
    return subprocess.run(command, shell=True, timeout=timeout)
""",
        ),
        Example(
            name="near-miss: chosen from a fixed table, and a number",
            code="""
import os
from flask import Flask, request
app = Flask(__name__)
ACTIONS = {"start": "systemctl start web", "stop": "systemctl stop web"}

@app.post("/service")
def service():
    action = request.form["action"]
    if action not in ACTIONS:
        return "", 400
    os.system(ACTIONS[action])
    os.system("nice -n %d reindex" % int(request.form["priority"]))
    return "", 204
""",
        ),
    ),
)
