"""Examples of the rule `mass-assignment`."""

from __future__ import annotations

from casemate.leads.rule import Example

FLASK = """
from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy
app = Flask(__name__)
db = SQLAlchemy(app)

class Member(db.Model):
    name = db.Column(db.String)
    is_admin = db.Column(db.Boolean)

@app.post("/members")
def members():
"""
DJANGO = """
import json
from django.db import models
from django.http import JsonResponse
from django.urls import path

class Member(models.Model):
    name = models.CharField(max_length=9)

def members(request):
"""

EXAMPLES = (
    Example(
        name="a body laid out as fields",
        code=FLASK
        + """    db.session.add(Member(**request.get_json()))  # finding
    return {}
""",
    ),
    Example(
        name="attributes set in a loop",
        code=FLASK
        + """    member = db.session.get(Member, 1)
    for name, new in request.json.items():
        setattr(member, name, new)  # finding
    return {}
""",
    ),
    Example(
        name="a framework's own ways",
        code=DJANGO
        + """    body = json.loads(request.body)
    Member.objects.create(**body)  # finding
    Member(**body).save()  # finding
    return JsonResponse({})

urlpatterns = [path("members", members)]
""",
    ),
    Example(
        name="near-miss: named one by one",
        code=FLASK
        + """    body = request.get_json()
    db.session.add(Member(name=body["name"]))
    db.session.add(Member(**{"name": body["name"]}))
    return {}
""",
    ),
    Example(
        name="near-miss: a fixed list of names",
        code=FLASK
        + """    member = db.session.get(Member, 1)
    for name in ("name", "mail"):
        setattr(member, name, request.json[name])
    for name, new in request.json.items():
        if name in ("name", "mail"):
            setattr(member, name, new)
    return {}
""",
    ),
    Example(
        name="near-miss: a look-up",
        code=DJANGO
        + """    body = json.loads(request.body)
    return JsonResponse({"n": Member.objects.filter(name=body["name"]).count()})

urlpatterns = [path("members", members)]
""",
    ),
    Example(
        name="near-miss: a schema of the program that knows its fields",
        code="""
from flask import Flask, request
from pydantic import BaseModel
app = Flask(__name__)

class Member(BaseModel):
    name: str

@app.post("/members")
def members():
    return {"name": Member(**request.get_json()).name}
""",
    ),
)
