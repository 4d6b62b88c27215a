"""View exempt from the protection against cross-site requests.

## What it is
A view is taken out of the protection that the framework gives all others. For reviews (`pedantic`): hooks of other services,
which sign their requests, must be.

## Why it matters
A page anywhere makes the visitor's browser send a request, with the visitor's cookies, that changes something.

## How to fix it
Leave the protection on and send the token; where others call, check their signature before anything else.
"""

from __future__ import annotations

from casemate.leads.rule import ActRule, Example, Persona
from casemate.model.lead import RuleId, Severity

RULE = ActRule(
    id=RuleId("csrf-exempt"),
    title="View exempt from the protection against cross-site requests",
    cwe=352,
    owasp="A01:2021 Broken Access Control",
    severity=Severity.LOW,
    acts=("no-csrf",),
    persona=Persona.PEDANTIC,
    message="{act} takes a view out of the protection against cross-site requests",
    examples=(
        Example(
            name="a view of Django",
            code="""
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt

@csrf_exempt  # finding
def transfer(request):
    return HttpResponse("done")
""",
        ),
        Example(
            name="where addresses are listed",
            code="""
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from shop import views

urlpatterns = [path("pay", csrf_exempt(views.pay))]  # finding
""",
        ),
        Example(
            name="a view of Flask",
            code="""
from flask import Flask
from flask_wtf.csrf import CSRFProtect
app = Flask(__name__)
csrf = CSRFProtect(app)

@app.post("/transfer")
@csrf.exempt  # finding
def transfer():
    return "done"
""",
        ),
        Example(
            name="near-miss: protected",
            code="""
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_protect

@csrf_protect
def transfer(request):
    return HttpResponse("done")
""",
        ),
        Example(
            name="near-miss: the protection itself",
            code="""
from flask import Flask
from flask_wtf.csrf import CSRFProtect
app = Flask(__name__)
csrf = CSRFProtect()
csrf.init_app(app)
""",
        ),
        Example(
            name="near-miss: imported only",
            code="""
from django.views.decorators.csrf import csrf_exempt

__all__ = ["csrf_exempt"]
""",
        ),
        Example(
            name="near-miss: exempt from something else",
            code="""
from billing import vat

@vat.exempt
def export(order):
    return order.total
""",
        ),
    ),
)
