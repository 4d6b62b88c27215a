"""Examples of path traversal: what is weak, and what is right although it looks alike."""

from __future__ import annotations

from casemate.leads.rule import Example

EXAMPLES = (
    Example(
        name="joined below a folder",
        code="""
import os
from flask import Flask, request, send_file
app = Flask(__name__)

@app.route("/invoice")
def invoice():
    return send_file(os.path.join("/srv/invoices", request.args["file"]))  # finding
""",
    ),
    Example(
        name="checked before what is encoded in it is decoded",
        code="""
import os
from urllib.parse import unquote
from django.http import FileResponse
from django.urls import path
ROOT = "/srv/media/"

def media(request, name):
    if "../" in name:
        raise ValueError(name)
    return FileResponse(open(os.path.join(ROOT, unquote(name)), "rb"))  # finding

urlpatterns = [path("media/<path:name>", media)]
""",
    ),
    Example(
        name="checked before it is in canonical form",
        code="""
from pathlib import Path
from fastapi import FastAPI
app = FastAPI()
ROOT = Path("/srv/notes")

@app.get("/notes/{name:path}")
def note(name: str):
    target = ROOT / name
    if not target.is_relative_to(ROOT):
        return {}
    return {"text": target.read_text()}  # finding
""",
    ),
    Example(
        name="names of zip members, joined by hand",
        code="""
import os
import zipfile

def unzip(archive, folder):
    with zipfile.ZipFile(archive) as bundle:
        for info in bundle.infolist():
            with open(os.path.join(folder, info.filename), "wb") as out:  # finding
                out.write(bundle.read(info))
""",
    ),
    Example(
        name="a library's own store",
        code="""
class Store:
    def __init__(self, root):
        self.root = root

    def get(self, key):
        with open(f"{self.root}/{key}.json") as handle:  # finding
            return handle.read()
""",
    ),
    Example(
        name="near-miss: resolved, then contained",
        code="""
import os
from pathlib import Path
from flask import Flask, abort, request
app = Flask(__name__)
ROOT = Path("/srv/notes").resolve()

@app.route("/notes/<path:name>")
def note(name):
    target = (ROOT / name).resolve()
    if not target.is_relative_to(ROOT):
        abort(404)
    return {"text": target.read_text()}

@app.route("/raw")
def raw():
    base = os.path.realpath("/srv/raw")
    target = os.path.realpath(os.path.join(base, request.args["name"]))
    if os.path.commonpath([base, target]) != base:
        abort(404)
    return {"text": open(target).read()}
""",
    ),
    Example(
        name="near-miss: where the path leads is worked out within the check",
        code="""
import os
from flask import Flask, abort, request
app = Flask(__name__)

@app.get("/leaflet")
def leaflet():
    path = f"/srv/shelf/{request.args['leaflet']}"
    root = os.path.realpath("/srv/shelf")
    if os.path.commonpath([root, os.path.realpath(path)]) != root:
        abort(404)
    return {"text": open(path).read()}
""",
    ),
    Example(
        name="near-miss: a prefix that ends with the separator",
        code="""
import os
from django.http import FileResponse
from django.urls import path
ROOT = "/srv/media"

def media(request, name):
    target = os.path.realpath(os.path.join(ROOT, name))
    if not target.startswith(ROOT + os.sep):
        raise ValueError(name)
    return FileResponse(open(target, "rb"))

urlpatterns = [path("media/<path:name>", media)]
""",
    ),
    Example(
        name="near-miss: both sides of the prefix end with the separator",
        code="""
import os
from flask import Flask, abort, request
app = Flask(__name__)
SHELF = "/srv/shelf"

@app.get("/leaflet")
def leaflet():
    wanted = os.path.join(SHELF, request.args["leaflet"])
    if not (os.path.abspath(wanted) + os.sep).startswith(SHELF + os.sep):
        abort(404)
    return {"text": open(wanted).read()}
""",
    ),
    Example(
        name="near-miss: the last part only, a full match, a number",
        code="""
import os
import re
from flask import Flask, abort, request
from werkzeug.utils import secure_filename
app = Flask(__name__)
MONTH = re.compile(r"\\d{4}-\\d{2}$")

@app.post("/upload/<int:customer>")
def upload(customer):
    sent = request.files["file"]
    sent.save(os.path.join("/srv/uploads", str(customer), secure_filename(sent.filename)))
    month = request.form["month"]
    if not MONTH.match(month):
        abort(400)
    open("/srv/months/" + month).close()
    return "", 204
""",
    ),
    Example(
        name="near-miss: relative_to raises, in a helper of its own",
        code="""
from pathlib import Path
from fastapi import FastAPI
app = FastAPI()
ROOT = Path("/srv/notes").resolve()

def below(name):
    target = (ROOT / name).resolve()
    target.relative_to(ROOT)
    return target

@app.get("/notes/{name:path}")
def note(name: str):
    return {"text": below(name).read_text()}
""",
    ),
    Example(
        name="near-miss: by design, the function reads the file it is given",
        code="""
def read_config(filename):
    with open(filename) as handle:
        return handle.read()
""",
    ),
    Example(
        name="near-miss: another option of the same section",
        code="""
import configparser
import os
from flask import Flask, request
app = Flask(__name__)

@app.post("/theme")
def theme():
    settings = configparser.ConfigParser()
    settings.set("theme", "colour", request.form["colour"])
    settings.set("theme", "file", "default.css")
    return {"css": open(os.path.join("/srv/themes", settings.get("theme", "file"))).read()}
""",
    ),
    Example(
        name="near-miss: names that the folder itself lists",
        code="""
import os

def report(folder):
    return [open(os.path.join(folder, name)).read() for name in os.listdir(folder)]
""",
    ),
)
