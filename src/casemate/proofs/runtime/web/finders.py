"""One file a framework: finds its applications and their routes, and sends a request to one."""

from __future__ import annotations

from .frameworks import aiohttp, bottle, django, flask, plain, starlette, tornado

FINDERS = (flask.find, django.find, starlette.find, aiohttp.find, tornado.find, bottle.find, plain.find)
