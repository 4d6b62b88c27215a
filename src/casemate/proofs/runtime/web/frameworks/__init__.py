"""One file a framework: finds its applications and their routes, and sends a request to one."""

from __future__ import annotations

from . import django, flask

FINDERS = (flask.find, django.find)
