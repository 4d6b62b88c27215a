"""The parts of a request: what a trace calls them, and by which names programs read them.

Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    # what a trace says, in lower case → channels, likeliest first
    ("query string or form field", ("form", "query")),
    ("cgi form field", ("form", "query")),
    ("url path and query string", ("query", "path")),
    ("requested url", ("query", "path", "header:Host")),
    ("request target", ("path", "query")),
    ("url path", ("path",)),
    ("form field", ("form",)),
    ("query string", ("query",)),
    ("cookie", ("cookie",)),
    ("uploaded file's name", ("filename",)),
    ("uploaded file", ("file",)),
    ("json body", ("json",)),
    ("graphql argument", ("json",)),
    ("request body", ("body", "form", "json")),
    ("host header", ("header:Host",)),
    ("referer header", ("header:Referer",)),
    ("origin header", ("header:Origin",)),
    ("user-agent header", ("header:User-Agent",)),
    ("authorization header", ("header:Authorization",)),
    ("content-type header", ("header:Content-Type",)),
    ("x-forwarded-for header", ("header:X-Forwarded-For",)),
    ("header", ("header",)),
    ("wsgi environment", ("header", "query", "path")),
    ("request parameter", ("query", "form", "json", "path", "header", "cookie")),
    ("http request", ("query", "form", "json", "path", "header", "cookie")),
    ("request", ("query", "form", "json", "path", "header", "cookie")),
)

_PARAMETER = re.compile(r"parameter `(\w+)`")


def named(note: str) -> tuple[str, ...]:
    """Channels that the note of a source names, likeliest first; a header with a fixed name as `header:Name`."""
    told = note.lower()
    return next((channels for word, channels in _WORDS if word in told), ())


def parameter(note: str) -> str:
    """The parameter of a function by which the value enters, "" when it does not enter by one."""
    found = _PARAMETER.search(note)
    return found.group(1) if found else ""


READ_AS: dict[str, tuple[str, ...]] = {
    # attributes of a request: the channels that they show
    "form": ("form",), "forms": ("form",), "POST": ("form",), "post": ("form",),
    "args": ("query",), "GET": ("query",), "query": ("query",), "query_params": ("query",), "query_string": ("query",),
    "query_arguments": ("query",), "body_arguments": ("form",), "arguments": ("query", "form"),
    "values": ("form", "query"), "params": ("form", "query"), "REQUEST": ("form", "query"),
    "cookies": ("cookie",), "COOKIES": ("cookie",),
    "headers": ("header",), "META": ("header",), "environ": ("header",),
    "files": ("file",), "FILES": ("file",),
    "json": ("json",), "get_json": ("json",),
    "data": ("json", "form", "body"), "body": ("body",), "get_data": ("body",), "stream": ("body",),
    "match_info": ("path",), "path_params": ("path",), "view_args": ("path",), "kwargs": ("path",), "path_kwargs": ("path",),
    "url_args": ("path",),
    # methods of a request that take the key
    "get_argument": ("query", "form"), "get_arguments": ("query", "form"),
    "get_query_argument": ("query",), "get_query_arguments": ("query",),
    "get_body_argument": ("form",), "get_body_arguments": ("form",),
    "get_cookie": ("cookie",), "get_signed_cookie": ("signed cookie",), "get_secure_cookie": ("signed cookie",),
    "get_header": ("header",),
}  # fmt: skip
BY_CALL = frozenset(name for name in READ_AS if name.startswith("get_") and name not in ("get_json", "get_data"))
"""Those of them that are called with the key."""

TAKES_KEY = frozenset(
    (
        "get",
        "getlist",
        "getall",
        "getone",
        "get_all",
        "pop",
        "getfirst",
        "getunicode",
        "__getitem__",
        "getvalue",
        "get_list",
        "get_first",
    )
)
"""Methods of a container that are called with a key."""

WHOLE = frozenset(
    (
        "items",
        "keys",
        "values",
        "lists",
        "to_dict",
        "dict",
        "copy",
        "multi_items",
        "iteritems",
        "iterkeys",
        "itervalues",
        "allitems",
    )
)
"""Methods of a container that give all of it."""


def of_environ(key: str) -> tuple[str, str]:
    """Channel and name of a key of a WSGI environment, or of Django's META."""
    if key.startswith("HTTP_"):
        name = key[5:].replace("_", "-").title()
        return ("cookie", "") if name == "Cookie" else ("header", name)
    if key == "CONTENT_TYPE":
        return "header", "Content-Type"
    return {"QUERY_STRING": ("query", ""), "PATH_INFO": ("path", ""), "RAW_URI": ("path", "")}.get(key, ("", ""))


def variant_key(channel: str, key: Any) -> tuple[str, list[Any]]:
    """A channel that may carry its name (`header:Host`), and keys."""
    if channel.startswith("header:"):
        return "header", [channel[7:]]
    return channel, key


WORD_OF = {
    "form": "form field", "query": "query string", "cookie": "cookie", "header": "request header", "file": "uploaded file",
    "json": "JSON body", "body": "request body", "path": "URL path",
}  # fmt: skip
"""What a trace calls a channel."""
