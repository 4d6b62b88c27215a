"""Archive extraction outside the folder.

## What it is
A tar archive from outside is extracted by its members' own names. They may be absolute, climb by `..`, or be links that later
members are written through.

## Why it matters
Whoever made the archive writes files where they like: start-up scripts, keys, the application's own code.

## How to fix it
`archive.extractall(folder, filter="data")` (Python 3.12, and security releases of 3.8 to 3.11). On older versions check every
member's resolved target and refuse links before extracting. `zipfile` cleans names itself; names that you join by hand are
the subject of `path-traversal`.
"""

from __future__ import annotations

from casemate.leads.rule import Example, FlowRule
from casemate.model.lead import RuleId, Severity

RULE = FlowRule(
    id=RuleId("archive-extraction"),
    title="Archive extraction outside the folder",
    cwe=22,
    also=(29, 59),
    owasp="A01:2021 Broken Access Control",
    severity=Severity.HIGH,
    sinks=("archive",),
    message="{sink} unpacks the archive from the {source} by its members' own names",
    examples=(
        Example(
            name="an upload",
            code="""
import tarfile
from flask import Flask, request
app = Flask(__name__)

@app.post("/import")
def upload():
    with tarfile.open(fileobj=request.files["bundle"].stream) as bundle:
        bundle.extractall("/srv/import")  # finding
    return "", 204
""",
        ),
        Example(
            name="shutil does the same",
            code="""
import shutil
from fastapi import FastAPI, UploadFile
app = FastAPI()

@app.post("/theme")
async def theme(bundle: UploadFile):
    with open("/tmp/theme.tar", "wb") as out:
        out.write(await bundle.read())
    shutil.unpack_archive(bundle.filename, "/srv/themes")  # finding
""",
        ),
        Example(
            name="a library that installs what it is pointed at, member by member",
            code="""
import tarfile

class Installer:
    def __init__(self, target):
        self.target = target

    def install(self, package):
        tar = tarfile.open(package)
        for member in tar.getmembers():
            tar.extract(member, self.target)  # finding
""",
        ),
        Example(
            name="near-miss: the data filter",
            code="""
import tarfile
from flask import Flask, request
app = Flask(__name__)

@app.post("/import")
def upload():
    with tarfile.open(fileobj=request.files["bundle"].stream) as bundle:
        bundle.extractall("/srv/import", filter="data")
    return "", 204
""",
        ),
        Example(
            name="near-miss: zipfile cleans names itself",
            code="""
import zipfile
from django.urls import path

def upload(request):
    with zipfile.ZipFile(request.FILES["bundle"]) as bundle:
        bundle.extractall("/srv/import")

urlpatterns = [path("import", upload)]
""",
        ),
        Example(
            name="near-miss: an archive of our own",
            code="""
import os
import tarfile

def seed(folder):
    with tarfile.open(os.path.join(os.path.dirname(__file__), "seed.tar")) as bundle:
        bundle.extractall(folder)
""",
        ),
        Example(
            name="near-miss: read, not written",
            code="""
import tarfile

def manifest(package):
    with tarfile.open(package) as bundle:
        return bundle.extractfile("MANIFEST").read()
""",
        ),
        Example(
            name="near-miss: unpack_archive with a filter",
            code="""
import shutil

def install(package, target):
    shutil.unpack_archive(package, target, filter="data")
""",
        ),
    ),
)
