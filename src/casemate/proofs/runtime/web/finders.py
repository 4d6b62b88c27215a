"""One file a framework: it finds applications and their routes, and sends a request to one."""

from __future__ import annotations

from .frameworks import aiohttp, bottle, django, flask, plain, starlette, tornado

FINDERS = (flask.find, django.find, starlette.find, aiohttp.find, tornado.find, bottle.find, plain.find)

ATTACHERS = (
    ("flask", flask.attach),
    ("django", django.attach),
    ("fastapi", starlette.attach),
    ("starlette", starlette.attach),
    ("aiohttp", aiohttp.attach),
    ("tornado", tornado.attach),
)
"""For a file that names the framework, and whose views no application has."""
