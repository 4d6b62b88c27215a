"""SQL injection.

## What it is
Text from outside becomes part of an SQL statement: by `+`, `%`, `format`, an f-string, or an ORM's door for raw SQL. A quote,
a comment or a keyword in the text changes what the statement does.

## Why it matters
The sender reads, changes or deletes what the application's account may, past every check in the code; on some databases runs
programs.

## How to fix it
Bind values: `cursor.execute("… WHERE id = ?", (number,))`. Names of tables and columns and `ASC`/`DESC` cannot be bound: take
them from a fixed table, or quote them with the driver (`psycopg.sql.Identifier`). Escaping by hand is not a fix.
"""

from __future__ import annotations

from casemate.leads.rule import Example, FlowRule
from casemate.model.lead import RuleId, Severity

RULE = FlowRule(
    id=RuleId("sql-injection"),
    title="SQL injection",
    cwe=89,
    also=(564, 943),
    owasp="A03:2021 Injection",
    severity=Severity.HIGH,
    sinks=("sql",),
    message="{sink} is given a statement made from the {source}",
    examples=(
        Example(
            name="a form field between quotes",
            code="""
import sqlite3
from flask import Flask, request
app = Flask(__name__)

@app.post("/login")
def login():
    db = sqlite3.connect("users.db")
    sql = "SELECT id FROM user WHERE name = '{}'".format(request.form["name"])
    row = db.cursor().execute(sql).fetchone()  # finding
    return {"id": row[0]}
""",
        ),
        Example(
            name="the order of a list, through a class",
            code="""
# file: shop/store.py
class Store:
    def __init__(self, connection):
        self.cursor = connection.cursor()

    def items(self, order):
        self.cursor.execute("SELECT * FROM item ORDER BY " + order)  # finding
        return self.cursor.fetchall()
# file: shop/views.py
import psycopg2
from django.urls import path
from django.http import JsonResponse
from shop.store import Store

def listing(request, order):
    store = Store(psycopg2.connect("dbname=shop"))
    return JsonResponse({"items": store.items(order)})

urlpatterns = [path("items/<str:order>/", listing)]
""",
        ),
        Example(
            name="an ORM's raw text",
            code="""
from fastapi import FastAPI
from sqlalchemy import create_engine, text
app = FastAPI()
engine = create_engine("postgresql:///shop")

@app.get("/find")
def find(name: str):
    with engine.connect() as connection:
        return connection.execute(text(f"SELECT * FROM item WHERE name LIKE '%{name}%'")).all()  # finding
""",
        ),
        Example(
            name="near-miss: bound parameters",
            code="""
import sqlite3
from flask import Flask, request
app = Flask(__name__)

@app.post("/login")
def login():
    db = sqlite3.connect("users.db")
    return {"id": db.execute("SELECT id FROM user WHERE name = ?", (request.form["name"],)).fetchone()[0]}
""",
        ),
        Example(
            name="near-miss: a column out of a list, a number out of int, marks for as many values as there are",
            code="""
from django.db import connection
from django.urls import path
COLUMNS = ("name", "price")

def listing(request):
    column = request.GET.get("order", "name")
    if column not in COLUMNS:
        column = "name"
    limit = int(request.GET.get("limit", 20))
    ids = request.GET.getlist("id")
    marks = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM item WHERE id IN ({marks}) ORDER BY {column} LIMIT {limit}", ids)

urlpatterns = [path("items", listing)]
""",
        ),
        Example(
            name="near-miss: identifiers quoted by the driver",
            code="""
import psycopg
from psycopg import sql

def count(connection: psycopg.Connection, table):
    return connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
""",
        ),
        Example(
            name="near-miss: a script that the operator wrote, and objects that the framework made",
            code="""
import sqlite3
from django.urls import path

def schema(database):
    database.executescript(open("schema.sql").read())

def visits(request):
    sqlite3.connect("visits.db").execute("UPDATE visit SET n = n + 1 WHERE owner = '%s'" % request.user.pk)

urlpatterns = [path("visits", visits)]
""",
        ),
        Example(
            name="near-miss: by design, the function runs the query it is given",
            code="""
def fetch_all(connection, query, values=()):
    return connection.cursor().execute(query, values)
""",
        ),
    ),
)
