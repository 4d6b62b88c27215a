"""XML external entities.

## What it is
A document from outside is parsed by a parser that resolves external entities, because it was told to or, as lxml up to
version 4, was not told otherwise. An entity's address may be a local file or a URL; its content is put into the document.

## Why it matters
The sender reads files of the server, makes it request addresses inside the network, or exhausts it.

## How to fix it
Leave external entities off: `etree.XMLParser(resolve_entities=False, no_network=True)`, and for `xml.sax` leave
`feature_external_ges` alone. The parsers of `xml.etree.ElementTree` read no external entity. `defusedxml` refuses document
types altogether.
"""

from __future__ import annotations

from casemate.leads.rule import Example, FlowRule
from casemate.model.lead import RuleId, Severity
from casemate.model.trace import Boundary

RULE = FlowRule(
    id=RuleId("xxe"),
    title="XML external entities",
    cwe=611,
    also=(776, 827),
    owasp="A05:2021 Security Misconfiguration",
    severity=Severity.HIGH,
    sinks=("xml",),
    message="{sink} resolves external entities of the document from the {source}",
    boundaries=(Boundary.REMOTE, Boundary.FILE, Boundary.API),
    examples=(
        Example(
            name="a body parsed with entities on",
            code="""
from flask import Flask, request
from lxml import etree
app = Flask(__name__)

@app.post("/order")
def order():
    parser = etree.XMLParser(load_dtd=True, resolve_entities=True)
    root = etree.fromstring(request.data, parser)  # finding
    return {"items": len(root)}
""",
        ),
        Example(
            name="a SAX reader with the feature on",
            code="""
import io
import xml.sax
from xml.sax.handler import ContentHandler, feature_external_ges
from django.http import HttpResponse
from django.urls import path

def feed(request):
    reader = xml.sax.make_parser()
    reader.setContentHandler(ContentHandler())
    reader.setFeature(feature_external_ges, True)
    reader.parse(io.BytesIO(request.body))  # finding
    return HttpResponse(status=204)

urlpatterns = [path("feed", feed)]
""",
        ),
        Example(
            name="a parser made by a helper in another file",
            code="""
# file: exchange/parsers.py
from lxml import etree

def permissive():
    return etree.XMLParser(no_network=False, resolve_entities=True)
# file: exchange/api.py
from fastapi import FastAPI, Request
from lxml import etree
from exchange.parsers import permissive
app = FastAPI()

@app.post("/statement")
async def statement(request: Request):
    tree = etree.fromstring(await request.body(), parser=permissive())  # finding
    return {"tag": tree.tag}
""",
        ),
        Example(
            name="a library that leaves it to the version of lxml",
            code="""
from lxml import etree

def read_feed(text):
    return [entry.get("href") for entry in etree.fromstring(text)]  # finding
""",
        ),
        Example(
            name="near-miss: entities off",
            code="""
from flask import Flask, request
from lxml import etree
app = Flask(__name__)

@app.post("/order")
def order():
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=True)
    return {"items": len(etree.fromstring(request.data, parser))}
""",
        ),
        Example(
            name="near-miss: ElementTree reads no external entity",
            code="""
import xml.etree.ElementTree as ElementTree
from fastapi import FastAPI, Request
app = FastAPI()

@app.post("/order")
async def order(request: Request):
    return {"items": len(ElementTree.fromstring(await request.body()))}
""",
        ),
        Example(
            name="near-miss: a SAX reader as it comes, and one switched off again",
            code="""
import io
import xml.sax
import xml.sax.handler
from flask import Flask, request
app = Flask(__name__)

@app.post("/feed")
def feed():
    xml.sax.make_parser().parse(io.BytesIO(request.data))
    reader = xml.sax.make_parser()
    reader.setFeature(xml.sax.handler.feature_external_ges, False)
    reader.parse(io.BytesIO(request.data))
    return "", 204
""",
        ),
        Example(
            name="near-miss: a document of our own",
            code="""
from lxml import etree

def catalogue():
    parser = etree.XMLParser(load_dtd=True, resolve_entities=True)
    return etree.parse("/usr/share/app/catalogue.xml", parser)
""",
        ),
    ),
)
