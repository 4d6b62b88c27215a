"""How somebody likes their lists. Two cookies: the one of the first release, which old bookmarks still set, and today's."""

import base64
import json
import pickle


class Preferences:
    def __init__(self, rows=25, compact=False):
        self.rows = rows
        self.compact = compact


def from_first_release(cookie):
    try:
        return pickle.loads(base64.b64decode(cookie))
    except (ValueError, EOFError, pickle.UnpicklingError):
        return Preferences()


def from_cookie(cookie):
    try:
        held = json.loads(base64.b64decode(cookie))
        return Preferences(int(held.get("rows", 25)), bool(held.get("compact")))
    except (ValueError, AttributeError):
        return Preferences()
