# -*- coding: utf-8 -*-
import json
import os
import sqlite3
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from backoffice.app import create_app  # noqa: E402
from backoffice.db import SCHEMA  # noqa: E402

SESSION = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def home(tmp_path):
    for name in ("documents", "statements", "sessions", "log", "drop"):
        (tmp_path / name).mkdir()
    (tmp_path / "sessions" / (SESSION + ".json")).write_text(json.dumps({"user": "mm"}))
    return tmp_path


@pytest.fixture
def connection(home):
    connection = sqlite3.connect(str(home / "bank.db"))
    connection.row_factory = sqlite3.Row
    connection.executescript(SCHEMA)
    connection.executemany(
        "INSERT INTO account (iban, owner, branch, balance) VALUES (?, ?, ?, ?)",
        [("XX01", "Ada <Holm>", "north", 100), ("XX02", "Bo Lind", "south", 300)])
    connection.executemany(
        "INSERT INTO booking (account_id, booked_on, amount, purpose) VALUES (1, ?, ?, ?)",
        [("2019-01-02", 70, "rent"), ("2019-01-01", 30, "salary")])
    connection.commit()
    yield connection
    connection.close()


@pytest.fixture
def anonymous(home, connection):
    app = create_app({
        "TESTING": True,
        "DATABASE": str(home / "bank.db"),
        "DOCUMENTS": str(home / "documents"),
        "STATEMENTS": str(home / "statements"),
        "SESSIONS": str(home / "sessions"),
        "LOGS": str(home / "log"),
    })
    return app.test_client()


@pytest.fixture
def client(anonymous):
    anonymous.set_cookie("bo_session", SESSION)
    return anonymous
