"""Examples of the rule `nosql-injection`."""

from __future__ import annotations

from casemate.leads.rule import Example

START = """
from flask import Flask, request
from pymongo import MongoClient
app = Flask(__name__)
db = MongoClient()["shop"]

@app.post("/find")
def find():
"""

EXAMPLES = (
    Example(
        name="a value that may be an object",
        code=START
        + """    body = request.get_json()
    return {"found": bool(db.users.find_one({"name": body["name"], "pin": body["pin"]}))}  # finding
""",
    ),
    Example(
        name="a whole filter",
        code=START
        + """    db.items.delete_many(request.get_json())  # finding
    return {}
""",
    ),
    Example(
        name="a program for the database",
        code=START
        + """    owner = request.json["owner"]
    rows = db.items.find({"$where": "this.owner == '" + owner + "'"})  # finding
    return {"rows": len(list(rows))}
""",
    ),
    Example(
        name="near-miss: made a text or a number",
        code=START
        + """    body = request.get_json()
    db.items.delete_one({"owner": str(body["owner"]), "number": int(body["number"])})
    return {"found": db.users.count_documents({"name": f"{body['name']}"})}
""",
    ),
    Example(
        name="near-miss: a query string holds texts only",
        code=START
        + """    return {"found": bool(db.users.find_one({"name": request.args["name"], "pin": request.form["pin"]}))}
""",
    ),
    Example(
        name="near-miss: out of a list",
        code=START
        + """    kind = request.json["kind"]
    if kind not in ("bolt", "nut"):
        return {}
    return {"rows": db.items.count_documents({"kind": kind})}
""",
    ),
    Example(
        name="near-miss: a text's own find",
        code=START
        + """    return {"at": "bolts and nuts".find(request.json["word"])}
""",
    ),
)
