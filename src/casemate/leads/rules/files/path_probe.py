"""Somebody outside may ask which files there are.

## What it is
A name from outside is joined below a folder, and the program looks whether there is such a file, or what a folder holds. `..`
climbs out of the folder; an absolute name replaces it.

## Why it matters
No file is read: who sends the names learns which users, programs and versions a machine has, as far as the answer shows it. That
makes the next step easier, and is little by itself: a matter for reviews, so the rule runs in the persona `pedantic`.

## How to fix it
As with path traversal: resolve first and hold the path against the folder before anything looks at it, or keep the last part of
the name (`werkzeug.utils.secure_filename`, `os.path.basename`).
"""

from __future__ import annotations

from casemate.leads.rule import Example, FlowRule, Persona
from casemate.model.lead import RuleId, Severity
from casemate.model.trace import Boundary

RULE = FlowRule(
    id=RuleId("path-probe"),
    title="Somebody outside may ask which files there are",
    cwe=22,
    also=(23, 36, 203),
    owasp="A01:2021 Broken Access Control",
    severity=Severity.LOW,
    persona=Persona.PEDANTIC,
    sinks=("path",),
    probes=True,
    message="{sink} looks for a path made from the {source}",
    boundaries=(Boundary.REMOTE, Boundary.FILE, Boundary.API),
    examples=(
        Example(
            name="whether a picture is there",
            code="""
import os
from flask import Flask, request
app = Flask(__name__)

@app.get("/there")
def there():
    return str(os.path.exists("/srv/pictures/" + request.args["name"]))  # finding
""",
        ),
        Example(
            name="what a folder holds",
            code="""
from pathlib import Path
from flask import Flask, request
app = Flask(__name__)

@app.get("/albums")
def albums():
    folder = Path("/srv/albums") / request.args["name"]
    return [path.name for path in folder.iterdir()]  # finding
""",
        ),
        Example(
            name="files by a pattern",
            code="""
import glob
from flask import Flask, request
app = Flask(__name__)

@app.get("/logs")
def logs():
    return "\\n".join(glob.glob("/var/log/shop/" + request.args["day"] + "*.log"))  # finding
""",
        ),
        Example(
            name="near-miss: who calls an API asks what is there",
            code="""
import os

def there(folder, name):
    return os.path.exists(os.path.join(folder, name))
""",
        ),
        Example(
            name="near-miss: the last part of the name",
            code="""
import os
from flask import Flask, request
app = Flask(__name__)

@app.get("/there")
def there():
    return str(os.path.exists("/srv/pictures/" + os.path.basename(request.args["name"])))
""",
        ),
        Example(
            name="near-miss: held against the folder",
            code="""
from pathlib import Path
from flask import Flask, abort, request
app = Flask(__name__)
ALBUMS = Path("/srv/albums")

@app.get("/albums")
def albums():
    folder = (ALBUMS / request.args["name"]).resolve()
    if not folder.is_relative_to(ALBUMS):
        abort(404)
    return [path.name for path in folder.iterdir()]
""",
        ),
        Example(
            name="near-miss: a file that is read is path traversal",
            code="""
from flask import Flask, request
app = Flask(__name__)

@app.get("/picture")
def picture():
    return open("/srv/pictures/" + request.args["name"]).read()
""",
        ),
    ),
)
