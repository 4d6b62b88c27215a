"""Page made without escaping.

## What it is
A page's template is loaded by a Jinja environment without `autoescape`, whose default is not to escape; or JSON, which leaves `<`
as it is, is written into markup.

## Why it matters
Whatever is filled in is markup: the first name, file name or error message that holds `<script>` runs in the browser of whoever
looks.

## How to fix it
`Environment(autoescape=select_autoescape())`. For JSON in a page: the template's `tojson` filter, Django's `json_script`, or
replace `<`, `>` and `&` by their `\\u` escapes; `html.escape` where it is shown as text.
"""

from __future__ import annotations

from casemate.leads.rule import ActRule, Example
from casemate.model.lead import RuleId, Severity

RULE = ActRule(
    id=RuleId("unescaped-page"),
    title="Page made without escaping",
    cwe=79,
    also=(80, 83, 116),
    owasp="A03:2021 Injection",
    severity=Severity.MEDIUM,
    acts=("unescaped-page", "data-in-page"),
    served=True,
    message="{act} leaves markup in what is filled in as it is",
    examples=(
        Example(
            name="a listing",
            code="""
from jinja2 import Environment, FileSystemLoader

class Listing:
    def __init__(self, folder):
        environment = Environment(loader=FileSystemLoader(folder), trim_blocks=True)
        self.page = environment.get_template("listing.html")  # finding
""",
        ),
        Example(
            name="switched off",
            code="""
import jinja2

def render(names):
    environment = jinja2.Environment(loader=jinja2.PackageLoader("shop"), autoescape=False)
    return environment.get_template("names.html.j2").render(names=names)  # finding
""",
        ),
        Example(
            name="numbers for a chart, within a script",
            code="""
import json

def chart(rows):
    return f"<script>draw({json.dumps(rows)});</script>"  # finding
""",
        ),
        Example(
            name="believed by Django",
            code="""
import json
from django.utils.safestring import mark_safe

def options(rows):
    return {"options": mark_safe(json.dumps(rows))}  # finding
""",
        ),
        Example(
            name="near-miss: chosen by the file's name",
            code="""
from jinja2 import Environment, FileSystemLoader, select_autoescape

def page(folder):
    environment = Environment(loader=FileSystemLoader(folder), autoescape=select_autoescape())
    return environment.get_template("listing.html")
""",
        ),
        Example(
            name="near-miss: no page",
            code="""
from jinja2 import Environment, FileSystemLoader

def unit(folder, name):
    environment = Environment(loader=FileSystemLoader(folder))
    return environment.get_template("service.conf").render(name=name)
""",
        ),
        Example(
            name="near-miss: escaped where it is put in",
            code="""
import html
import json

def chart(rows):
    return f"<pre>{html.escape(json.dumps(rows))}</pre>"
""",
        ),
        Example(
            name="near-miss: a JSON answer",
            code="""
import json

def answer(rows):
    return '{"rows": ' + json.dumps(rows) + "}"

def compared(rows):
    return "a < " + json.dumps(rows)
""",
        ),
        Example(
            name="near-miss: words in angle brackets, as a language model is told",
            code="""
import json

def question(rows, asked):
    return f"<context>\n{json.dumps(rows)}\n</context>\n<summary>{asked}</summary>"
""",
        ),
        Example(
            name="an element among them, and one in capitals",
            code="""
import json

def page(rows):
    yield f"<context><span>{json.dumps(rows)}</span></context>"  # finding
    yield "<SCRIPT>draw(" + json.dumps(rows) + ")</SCRIPT>"  # finding
""",
        ),
        Example(
            name="near-miss: its own escapes",
            code="""
import json
from django.utils.safestring import mark_safe

def options(rows):
    text = json.dumps(rows).replace("<", "\\u003c").replace("&", "\\u0026")
    return {"options": mark_safe(text)}
""",
        ),
    ),
)
