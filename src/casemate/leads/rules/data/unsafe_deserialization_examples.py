"""Examples of the rule `unsafe-deserialization`."""

from __future__ import annotations

from casemate.leads.rule import Example

EXAMPLES = (
    Example(
        name="a cookie",
        code="""
import base64
import pickle
from flask import Flask, request
app = Flask(__name__)

@app.before_request
def restore():
    cookie = request.cookies.get("basket")
    if cookie:
        request.basket = pickle.loads(base64.b64decode(cookie))  # finding
""",
    ),
    Example(
        name="YAML with the full power of Python",
        code="""
import yaml
from fastapi import FastAPI, Request
app = FastAPI()

@app.post("/pipeline")
async def pipeline(request: Request):
    return yaml.load(await request.body(), Loader=yaml.UnsafeLoader)  # finding
""",
    ),
    Example(
        name="a server that unpickles what arrives",
        code="""
import pickle
import socketserver

class Worker(socketserver.StreamRequestHandler):
    def handle(self):
        job = pickle.load(self.rfile)  # finding
        job.run()
""",
    ),
    Example(
        name="an upload, through a helper that reads either format",
        code="""
import json
import pickle
from django.http import JsonResponse
from django.urls import path

def parse(data, format):
    return pickle.loads(data) if format == "pickle" else json.loads(data)  # finding

def model(request):
    return JsonResponse(parse(request.FILES["model"].read(), request.POST["format"]).summary())

urlpatterns = [path("model", model)]
""",
    ),
    Example(
        name="near-miss: data formats",
        code="""
import json
import yaml
from flask import Flask, request
app = Flask(__name__)

@app.post("/pipeline")
def pipeline():
    json.loads(request.data)
    yaml.safe_load(request.data)
    yaml.load(request.data, Loader=yaml.CSafeLoader)
    return "", 204
""",
    ),
    Example(
        name="near-miss: a loader of one's own that derives from the safe one",
        code="""
import yaml
from flask import Flask, request
app = Flask(__name__)

class Loader(yaml.SafeLoader):
    pass

@app.post("/pipeline")
def pipeline():
    return yaml.load(request.data, Loader=Loader)
""",
    ),
    Example(
        name="an unpickler that finds what it is told to",
        code="""
import pickle
from flask import Flask, request
app = Flask(__name__)

class Renaming(pickle.Unpickler):
    def find_class(self, module, name):
        return super().find_class(module.replace("old", "new"), name)

@app.post("/basket")
def basket():
    return {"items": Renaming(request.stream).load()}  # finding
""",
    ),
    Example(
        name="near-miss: an unpickler that finds nothing but what is in its list",
        code="""
import pickle
from flask import Flask, request
app = Flask(__name__)

class Plain(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) != ("builtins", "set"):
            raise pickle.UnpicklingError(name)
        return super().find_class(module, name)

@app.post("/basket")
def basket():
    return {"items": Plain(request.stream).load()}
""",
    ),
    Example(
        name="near-miss: by design, a module for pickles",
        code="""
import pickle

def unpickle(data):
    return pickle.loads(data)
""",
    ),
    Example(
        name="near-miss: a cache of our own making",
        code="""
import os
import pickle

class Index:
    def __init__(self, folder):
        self.folder = folder

    def entries(self):
        with open(os.path.join(self.folder, "index.pickle"), "rb") as handle:
            return pickle.load(handle)
""",
    ),
)
