"""What knowledge says of each library, seen through the engine: the line that is weak is marked with its rule."""

from __future__ import annotations

import re

import pytest

from casemate.leads.catalogue import rules
from casemate.leads.scan import scan_sources

MARK = re.compile(r"#! ([a-z-]+)")
RULES = rules()

FLASK = "from flask import Flask, request\napp = Flask(__name__)\n"
DJANGO = "from django.urls import path\n"

CODE = {
    "os and subprocess": FLASK
    + """
import os, subprocess, sys
@app.route("/")
def view():
    x = request.args["x"]
    os.popen("ls " + x)  #! command-injection
    os.spawnlp(os.P_WAIT, "git", "git", "log", x)
    subprocess.Popen([sys.executable, "-c", x])  #! code-injection
    subprocess.run("ls", executable=x)  #! command-injection
    subprocess.run(["git", "log", x])  #! argument-injection
    subprocess.run(["git", "-c", x])
    subprocess.run(x.split())  #! command-injection
    return {}
@app.route("/become")
def become():
    x = request.args["x"]
    if x[0] == "a":
        os.execvp("sh", ["sh", "-c", x])  #! command-injection
    if x[0] == "b":
        os.execl("/bin/sh", "sh", "-c", x)  #! command-injection
    subprocess.getoutput("ls %s" % x)  #! command-injection
    os._exit(1)
    os.system(x)
""",
    "files": FLASK
    + """
import codecs, glob, io, os, pathlib, shutil, tempfile
@app.route("/")
def view():
    x = request.args["x"]
    io.open("/srv/" + x)  #! path-traversal
    codecs.open("/srv/" + x)  #! path-traversal
    shutil.rmtree(os.path.join("/srv", x))  #! path-traversal
    pathlib.Path("/srv", x).unlink()  #! path-traversal
    pathlib.Path("/srv").joinpath(x).write_text("")  #! path-traversal
    glob.glob("/srv/" + x)  #! path-probe
    return {}
@app.route("/more")
def more():
    x = request.args["x"]
    tempfile.mkstemp(prefix=x)  #! path-traversal
    open(os.path.basename(x))
    open("/srv/" + str(len(x)))
    return {}
""",
    "objects": FLASK
    + """
import cPickle, json, marshal, pickle, shelve, yaml
@app.route("/")
def view():
    x = request.get_data()
    cPickle.loads(x)  #! unsafe-deserialization
    marshal.loads(x)  #! unsafe-deserialization
    pickle.Unpickler(request.stream).load()  #! unsafe-deserialization
    yaml.load(x)  #! unsafe-deserialization
    yaml.load(x, yaml.FullLoader)
    yaml.load_all(x, Loader=yaml.Loader)  #! unsafe-deserialization
    json.loads(x)
    return {}
""",
    "code": FLASK
    + """
import ast, code, runpy, timeit
@app.route("/")
def view():
    x = request.json["x"]
    exec(compile(x, "x", "exec"))  #! code-injection
    compile(x, "x", "exec", ast.PyCF_ONLY_AST)
    ast.parse(x)
    timeit.timeit(x)  #! code-injection
    code.InteractiveInterpreter().runsource(x)  #! code-injection
    return {}
""",
    "addresses": FLASK
    + """
import http.client, requests, socket, urllib.request, uuid
@app.route("/")
def view():
    x = request.values["x"]
    urllib.request.urlopen(urllib.request.Request(x))  #! ssrf
    http.client.HTTPSConnection(x)  #! ssrf
    requests.Session().post(x)  #! ssrf
    requests.request("GET", x)  #! ssrf
    socket.create_connection((x, 80))  #! ssrf
    requests.get("https://example.com/", params={"x": x})
    requests.get("https://example.com/" + x)
    requests.get("https://" + str(uuid.UUID(x)))
    return {}
""",
    "converters": FLASK
    + """
import os
@app.route("/")
def view():
    os.system("a " + request.args.get("n", 1, type=int))
    os.system("a " + request.args.get("n", 1, type=str))  #! command-injection
    if request.args["n"].isdigit():
        n = request.args["n"]
    n = request.args["n"]
    if n.isalnum():
        os.system("a " + n)
    os.system("a " + n)  #! command-injection
    return {}
""",
    "flask: uploads and answers": FLASK
    + """
import os
from flask import Response, make_response, send_file, send_from_directory
from werkzeug.utils import safe_join, secure_filename
@app.route("/", methods=["POST"])
def view():
    for sent in request.files.getlist("x"):
        sent.save(os.path.join("/srv", sent.filename))  #! path-traversal
        sent.save(os.path.join("/srv", secure_filename(sent.filename)))
    send_from_directory("/srv", request.form["x"])
    send_file(safe_join("/srv", request.form["x"]))
    Response(request.form["x"])  #! xss
    Response(request.form["x"], content_type="text/csv")
    Response(request.form["x"], headers={"Content-Type": "application/json"})
    make_response({"x": request.form["x"]})
    return make_response((request.form["x"], 200))  #! xss
""",
    "flask: class based views": """
from flask import Flask, request
from flask.views import MethodView
app = Flask(__name__)
class View(MethodView):
    def get(self, name):
        return "<b>" + name  #! xss
    def post(self):
        return {"name": request.form["name"]}
app.add_url_rule("/<name>", view_func=View.as_view("view"))
""",
    "django: SQL": DJANGO
    + """
from django.db import connection, models
from django.db.models.expressions import RawSQL
class Item(models.Model):
    pass
def view(request, name):
    Item.objects.raw("SELECT * FROM item WHERE name = '%s'" % name)  #! sql-injection
    Item.objects.raw("SELECT * FROM item WHERE name = %s", [name])
    Item.objects.filter(name=name).extra(where=["name = '" + name + "'"])  #! sql-injection
    Item.objects.annotate(x=RawSQL("a" + name, ()))  #! sql-injection
    connection.cursor().execute("SELECT " + name)  #! sql-injection
    Item.objects.filter(name=name).order_by(name)
urlpatterns = [path("<str:name>", view)]
""",
    "django: pages": DJANGO
    + """
from django.http import HttpResponse, HttpResponseNotFound, JsonResponse
from django.shortcuts import render
from django.template import Template, loader
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
def view(request, name, number):
    mark_safe("<b>" + name)  #! xss
    HttpResponseNotFound("<b>" + request.path)  #! xss
    HttpResponse("<b>" + escape(name))
    HttpResponse(name, content_type="text/plain")
    HttpResponse("<b>" + number)
    HttpResponse(loader.get_template("a.html").render({"name": name}))
    Template("<b>" + name)  #! template-injection
    JsonResponse({"name": name})
    return render(request, "a.html", {"name": name})
urlpatterns = [path("<name>/<int:number>", view)]
""",
    "django: class based views and old patterns": """
from django.conf.urls import url
from django.http import HttpResponse
from django.views.generic import TemplateView
class Page(TemplateView):
    def get(self, request, *args, **kwargs):
        return HttpResponse("<b>" + self.kwargs["name"] + request.META["HTTP_REFERER"])  #! xss
def old(request, number):
    return HttpResponse("<b>" + number)
urlpatterns = [url(r"^(?P<name>.*)$", Page.as_view()), url(r"^(?P<number>\\d+)$", old)]
""",
    "fastapi": """
import os
from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from pydantic import BaseModel
router = APIRouter()
class Order(BaseModel):
    name: str
    count: int
class Settings:
    root: str
@router.post("/{key}")
async def view(key: str, number: int, order: Order, request: Request, settings: Settings = Depends()):
    os.system("a " + order.name)  #! command-injection
    os.system("a " + settings.root)
    os.system("a %s" % number)
    os.system("a " + request.headers["x"])  #! command-injection
    HTMLResponse("<b>" + key)  #! xss
    Response("<b>" + key)
    Response("<b>" + key, media_type="text/html")  #! xss
    return FileResponse("/srv/" + key)  #! path-traversal
""",
    "starlette": """
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route
async def view(request):
    return HTMLResponse("<b>" + request.path_params["name"])  #! xss
app = Starlette(routes=[Route("/{name}", view)])
""",
    "sqlalchemy": FLASK
    + """
import sqlalchemy as sa
from sqlalchemy.orm import Session
engine = sa.create_engine("sqlite://")
@app.route("/<x>")
def view(x):
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT :x"), {"x": x})
        connection.execute(sa.text("SELECT " + x))  #! sql-injection
        connection.exec_driver_sql("SELECT " + x)  #! sql-injection
    with Session(engine) as session:
        session.query(sa.literal_column(x)).filter_by(name=x)  #! sql-injection
    return {}
""",
    "psycopg": FLASK
    + """
import psycopg, psycopg2
from psycopg2 import sql
from psycopg2.extras import execute_values
@app.route("/<x>")
def view(x):
    old = psycopg2.connect("").cursor()
    old.execute("SELECT %s", (x,))
    old.execute("SELECT %s" % x)  #! sql-injection
    old.execute(sql.SQL("SELECT {}").format(sql.Identifier(x)))
    old.execute(sql.SQL("SELECT " + x))  #! sql-injection
    execute_values(old, "INSERT INTO " + x + " VALUES %s", [])  #! sql-injection
    with psycopg.connect("") as new:
        new.execute("SELECT " + x)  #! sql-injection
    return {}
""",
    "jinja2": FLASK
    + """
from jinja2 import Environment, Template, select_autoescape
@app.route("/<x>")
def view(x):
    if x == "1":
        return Environment(autoescape=select_autoescape()).get_template("a").render(x=x)
    if x[0] == "2":
        return Environment().get_template("a").render(x=x)  #! xss
    Template("{{ a }}" + x)  #! template-injection
    return {}
""",
    "lxml and xml": FLASK
    + """
import xml.etree.ElementTree
import xml.sax
from lxml import etree, objectify
@app.route("/", methods=["POST"])
def view():
    x = request.data
    objectify.fromstring(x)  #! xxe
    etree.parse(x, parser=etree.XMLParser(load_dtd=True))  #! xxe
    etree.parse(x, parser=etree.XMLParser(resolve_entities=False))
    etree.iterparse(x, resolve_entities=False)
    xml.etree.ElementTree.fromstring(x)
    xml.sax.parseString(x, None)
    return {}
""",
    "click and the command line": """
import argparse, os, sys
import click
@click.command()
@click.argument("name")
@click.pass_context
def main(ctx, name):
    os.system("a " + name)  #! command-injection
    os.system(name)
    open("/srv/" + name)
    os.system("a " + ctx.invoked_subcommand)
def plain():
    os.system("a " + sys.argv[1])  #! command-injection
    os.system("a " + argparse.ArgumentParser().parse_args().name)  #! command-injection
    os.system("a " + os.environ["NAME"])
""",
    "servers of the standard library": """
import os, socketserver
from http.server import BaseHTTPRequestHandler
class Web(BaseHTTPRequestHandler):
    def do_GET(self):
        self.wfile.write(b"<b>" + self.path.encode())  #! xss
        open("/srv" + self.path)  #! path-traversal
class Talk(socketserver.BaseRequestHandler):
    def handle(self):
        os.system("a " + self.request.recv(100).decode())  #! command-injection
""",
    "threads and callbacks": FLASK
    + """
import functools, os, threading
from concurrent.futures import ThreadPoolExecutor
def work(text):
    os.system("a " + text)  #! command-injection
def calm(text):
    return len(text)
def other(text):
    os.system("b " + text)  #! command-injection
@app.route("/<x>")
def view(x):
    threading.Thread(target=work, args=(x,)).start()
    with ThreadPoolExecutor() as pool:
        pool.submit(calm, x)
    functools.partial(other, x)()
    return {}
""",
}  # fmt: skip


@pytest.mark.parametrize("code", CODE.values(), ids=CODE)
def test_a_library_is_understood(code: str):
    """Exactly the marked lines give leads of the marked rules."""
    wanted = sorted(
        (number, found[1]) for number, line in enumerate(code.splitlines(), 1) if (found := MARK.search(line))
    )
    leads = scan_sources({"_application.py": code}, RULES)
    assert sorted((lead.location.line, lead.rule) for lead in leads if not lead.by_design) == wanted
