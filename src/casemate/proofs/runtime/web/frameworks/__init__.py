"""One file a framework: finds its applications and their routes, and sends a request to one."""

from __future__ import annotations

from . import flask

FINDERS = (flask.find,)
