# -*- coding: utf-8 -*-
"""One connection per request, and the query helper everybody uses."""
import sqlite3

from flask import current_app, g

SCHEMA = """
CREATE TABLE IF NOT EXISTS account (
    id INTEGER PRIMARY KEY, iban TEXT UNIQUE, owner TEXT, branch TEXT, balance INTEGER DEFAULT 0);
CREATE TABLE IF NOT EXISTS booking (
    id INTEGER PRIMARY KEY, account_id INTEGER, booked_on TEXT, amount INTEGER, purpose TEXT);
CREATE TABLE IF NOT EXISTS document (
    id INTEGER PRIMARY KEY, customer TEXT, name TEXT);
"""


def connect():
    if "db" not in g:
        g.db = sqlite3.connect(current_app.config["DATABASE"])
        g.db.row_factory = sqlite3.Row
        g.db.executescript(SCHEMA)
    return g.db


def close(error=None):
    connection = g.pop("db", None)
    if connection is not None:
        connection.close()


def query(sql, params=()):
    cursor = connect().cursor()
    cursor.execute(sql, params)
    return cursor.fetchall()
