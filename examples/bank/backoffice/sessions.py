# -*- coding: utf-8 -*-
"""Server-side sessions: one JSON file each since 2016; the view preferences stayed in their cookie."""
import base64
import functools
import json
import os
import pickle
import re

from flask import abort, current_app, g, request

SESSION_ID = re.compile(r"[0-9a-f]{32}")


class Preferences(object):
    def __init__(self, language="en", rows=25):
        self.language = language
        self.rows = rows


def session_file(session_id):
    if not SESSION_ID.fullmatch(session_id):
        return None
    return os.path.join(current_app.config["SESSIONS"], session_id + ".json")


def load_user():
    path = session_file(request.cookies.get("bo_session", ""))
    if path is None or not os.path.exists(path):
        return None
    with open(path) as handle:
        return json.load(handle).get("user")


def load_preferences():
    cookie = request.cookies.get("bo_view")
    if not cookie:
        return Preferences()
    try:
        return pickle.loads(base64.b64decode(cookie))
    except (ValueError, pickle.UnpicklingError):
        return Preferences()


def open_session():
    g.user = load_user()
    g.preferences = load_preferences()


def login_required(view):
    @functools.wraps(view)
    def wrapper(*args, **kwargs):
        if g.user is None:
            abort(401)
        return view(*args, **kwargs)

    return wrapper
