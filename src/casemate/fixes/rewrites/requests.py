"""Addresses that a request makes this server ask: of public hosts only, or of those that the code means."""

from __future__ import annotations

from collections.abc import Iterator

from casemate.fixes.arguments import setting
from casemate.fixes.checks import checked
from casemate.fixes.hosts import known_sites, shape, short_prefix
from casemate.fixes.names import name_from
from casemate.fixes.naming import named
from casemate.fixes.refusal import refusal
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.sinks import sink_call, untrusted_value
from casemate.fixes.site import Site, Spot, argument
from casemate.fixes.source import Edit
from casemate.fixes.toplevel import defined, definition
from casemate.fixes.untrusted import untrusted

_FUNCTION = "_is_public"


def propose(site: Site) -> Iterator[Draft]:
    """A pattern of the host where the code fixes a part of it; else every address that its name stands for is looked at."""
    spot = site.sink
    call = sink_call(spot)
    if call is None:
        return
    value = untrusted_value(site, spot, call) or argument(call, 0, "url")
    if value is None:
        return
    edit = short_prefix(spot, value)
    if edit is not None:
        yield draft("compare the host to its end", spot, edit)
    says, more = refusal(spot, "the address is not allowed")
    host = shape(spot, value, untrusted(site, spot))
    if host:
        starts, imports = named(spot, "re.match")
        done = checked(spot, value, "url", f'if not {starts}(r"{host}", @@):', f"\t{says}")
        if done is not None:
            yield draft("ask no other host than what is meant", spot, *done[1], *more, *imports)
    for known in known_sites(spot):
        done = checked(spot, value, "url", f'if not @@.startswith({known} + "/"):', f"\t{says}")
        if done is not None:
            yield draft("ask only the site that the code names", spot, *done[1], *more)
    follow = setting(spot, call, "allow_redirects", "False") if spot.called(call).startswith("requests.") else None
    done = checked(spot, value, "url", f"if not {_FUNCTION}(@@):", f"\t{says}")
    if done is not None:
        edits = [*done[1], *more, *_function(spot)]
        what = "ask hosts of the public network only, by HTTP"
        if follow is not None and not _inside(done[1], follow):
            yield draft(f"{what}, and follow no redirects", spot, *edits, follow)
        yield draft(what, spot, *edits)


def _inside(edits: tuple[Edit, ...], one: Edit) -> bool:
    return any(edit.start < one.start < edit.end for edit in edits)


def _function(spot: Spot) -> list[Edit]:
    """The function that looks at a host's addresses, and what it needs."""
    if defined(spot, _FUNCTION):
        return []
    split, first = name_from(spot.root, "urllib.parse.urlsplit")
    asked, second = named(spot, "socket.getaddrinfo")
    read, third = named(spot, "ipaddress.ip_address")
    return [
        *first,
        *second,
        *third,
        definition(
            spot,
            f"def {_FUNCTION}(address):",
            '\t"""Whether an address is one of HTTP, and its host one of the public network."""',
            f"\tparts = {split}(address)",
            '\tif parts.scheme not in ("http", "https") or not parts.hostname:',
            "\t\treturn False",
            f"\tfor found in {asked}(parts.hostname, parts.port or 80):",
            f"\t\tif not {read}(found[4][0]).is_global:",
            "\t\t\treturn False",
            "\treturn True",
        ),
    ]


REWRITE = Rewrite(
    id="requests",
    cwes=(918, 441),
    propose=propose,
    examples=(
        Example(
            name="a whole address",
            before="""
import requests
from flask import Flask, abort, request
app = Flask(__name__)

@app.route("/preview")
def preview():
    page = requests.get(request.args["url"], timeout=5)  # sink at requests
    return page.text
""",
            after="""
import ipaddress
import requests
import socket
from flask import Flask, abort, request
from urllib.parse import urlsplit
app = Flask(__name__)

def _is_public(address):
    \"\"\"Whether an address is one of HTTP, and its host one of the public network.\"\"\"
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    for found in socket.getaddrinfo(parts.hostname, parts.port or 80):
        if not ipaddress.ip_address(found[4][0]).is_global:
            return False
    return True


@app.route("/preview")
def preview():
    url = request.args["url"]
    if not _is_public(url):
        abort(400)
    page = requests.get(url, timeout=5, allow_redirects=False)
    return page.text
""",
        ),
        Example(
            name="a part of the host's name",
            before="""
import requests

def stock(region):
    return requests.get(f"https://{region}.stock.example.com/all").json()  # sink at requests
""",
            after="""
import re
import requests

def stock(region):
    url = f"https://{region}.stock.example.com/all"
    if not re.match(r"https://[A-Za-z0-9-]+\\.stock\\.example\\.com/", url):
        raise ValueError("the address is not allowed")
    return requests.get(url).json()
""",
        ),
    ),
)
