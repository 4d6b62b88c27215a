"""XPath injection.

## What it is
Text from outside becomes part of an XPath expression. A quotation mark or a bracket in it changes which nodes are selected.

## Why it matters
A sign-in against an XML file succeeds without a password, and a search gives the nodes that it was meant to keep.

## How to fix it
Pass values as variables: `tree.xpath("//user[@id=$id]", id=value)`. Where a library has none, refuse the quotation mark that
the value stands in; XPath 1.0 knows no escape for it.
"""

from __future__ import annotations

from casemate.leads.rule import Example, FlowRule
from casemate.model.lead import RuleId, Severity

RULE = FlowRule(
    id=RuleId("xpath-injection"),
    title="XPath injection",
    cwe=643,
    also=(91,),
    owasp="A03:2021 Injection",
    severity=Severity.MEDIUM,
    sinks=("xpath",),
    message="{sink} is given an expression made from the {source}",
    examples=(
        Example(
            name="a name and a password between quotes",
            code="""
from flask import Flask, request
from lxml import etree
app = Flask(__name__)

@app.post("/sign-in")
def sign_in():
    users = etree.parse("users.xml")
    who = "//user[@name='%s' and @pin='%s']" % (request.form["name"], request.form["pin"])
    return {"found": len(users.xpath(who))}  # finding
""",
        ),
        Example(
            name="a path of the standard library's trees",
            code="""
import xml.etree.ElementTree as ET
from fastapi import FastAPI
app = FastAPI()

@app.get("/price/{part}")
def price(part: str):
    root = ET.parse("parts.xml").getroot()
    return {"price": root.find(f".//part[@id='{part}']").text}  # finding
""",
        ),
        Example(
            name="an expression that is compiled, and one for another library",
            code="""
import elementpath
from django.http import JsonResponse
from django.urls import path
from lxml import etree

def parts(request, kind):
    tree = etree.parse("parts.xml")
    find = etree.XPath("//part[@kind='" + kind + "']")  # finding
    more = elementpath.select(tree, '//part[@maker="' + request.GET["maker"].replace("'", "") + '"]')  # finding
    return JsonResponse({"parts": len(find(tree)) + len(more)})

urlpatterns = [path("parts/<str:kind>", parts)]
""",
        ),
        Example(
            name="near-miss: variables",
            code="""
from flask import Flask, request
from lxml import etree
app = Flask(__name__)

@app.post("/sign-in")
def sign_in():
    users = etree.parse("users.xml")
    find = etree.XPath("//user[@mail=$mail]")
    name = request.form["name"]
    return {"found": len(users.xpath("//user[@name=$name]", name=name)) + len(find(users, mail=name))}
""",
        ),
        Example(
            name="near-miss: the quotation mark that it stands in is refused or taken out",
            code="""
import elementpath
import xml.etree.ElementTree as ET
from fastapi import FastAPI, HTTPException
app = FastAPI()

@app.get("/price/{part}")
def price(part: str, maker: str):
    if "'" in part:
        raise HTTPException(400)
    tree = ET.parse("parts.xml")
    safe = maker.replace('"', "")
    found = elementpath.select(tree, f'//part[@maker="{safe}"]')
    return {"price": elementpath.select(tree, f"//part[@id='{part}']/price"), "found": len(found)}
""",
        ),
        Example(
            name="near-miss: a number, a name of letters and digits, one out of a list",
            code="""
from django.http import JsonResponse
from django.urls import path
from lxml import etree
KINDS = ["bolt", "nut"]

def parts(request, kind):
    tree = etree.parse("parts.xml")
    page = int(request.GET.get("page", 1))
    maker = request.GET["maker"]
    if kind not in KINDS or not maker.isalnum():
        return JsonResponse({}, status=404)
    return JsonResponse({"parts": len(tree.xpath(f"//part[@kind='{kind}'][@maker='{maker}'][{page}]"))})

urlpatterns = [path("parts/<str:kind>", parts)]
""",
        ),
        Example(
            name="near-miss: texts have a find of their own; by design, a function that evaluates what it is given",
            code="""
from flask import Flask, request
app = Flask(__name__)

@app.get("/at")
def at():
    return {"at": "abc".find(request.args["x"]), "of": request.args["y"].find("/" + request.args["x"])}

def select(tree, expression):
    return tree.xpath(expression)
""",
        ),
    ),
)
