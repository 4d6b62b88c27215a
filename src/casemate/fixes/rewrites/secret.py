"""Secrets in the code: asked of the environment, under the name that they have there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.names import dotted, text
from casemate.fixes.naming import named
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.site import Site

_KEYS = {"AKIA": "AWS_ACCESS_KEY_ID", "ghp_": "GITHUB_TOKEN", "xox": "SLACK_TOKEN", "sk_": "STRIPE_KEY"}

_SECRET = re.compile("PASS|PWD|SECRET|TOKEN|KEY|CREDENTIAL|PIN|AUTH")


def propose(site: Site) -> Iterator[Draft]:
    """The text is a variable of the environment: one that must be there, or one without which there is no secret."""
    spot = site.sink
    ones = list(spot.nodes("string", "concatenated_string"))
    for node in sorted(ones, key=lambda node: not _SECRET.search(_name(node))):
        if node.parent is not None and node.parent.type == "concatenated_string":
            continue
        name = _name(node)
        if not name or len(text(node)) < 6:
            continue
        environ, imports = named(spot, "os.environ")
        what = f"read {name} from the environment"
        yield draft(what, spot, spot.replace(node, f'{environ}["{name}"]'), *imports)
        yield draft(what, spot, spot.replace(node, f'{environ}.get("{name}")'), *imports)
        return


def _name(node: Node) -> str:
    """What a text is called: by the name, the key or the argument that it is given to, or that it is compared with."""
    above = node.parent
    found: Node | None = None
    if above is None:
        return ""
    if above.type == "parenthesized_expression" and above.parent is not None:
        above = above.parent
    match above.type:
        case "assignment":
            found = above.child_by_field_name("left")
        case "keyword_argument" | "default_parameter" | "typed_default_parameter":
            found = above.child_by_field_name("name")
        case "pair":
            found = above.child_by_field_name("key")
            if found == node:
                return ""
        case "comparison_operator":
            found = next((one for one in above.named_children if one != node), None)
        case "argument_list":
            value = re.sub(r"[\"'\s]", "", text(node))
            return next((name for start, name in _KEYS.items() if value.startswith(start)), "")
    if found is None:
        return ""
    if found.type == "subscript":
        found = found.child_by_field_name("subscript") or found
    said = text(found) if found.type == "string" else dotted(found).rpartition(".")[2]
    return re.sub(r"\W+", "_", said.strip("\"'")).strip("_").upper()


REWRITE = Rewrite(
    id="secret",
    cwes=(798, 259, 321, 547, 1392),
    propose=propose,
    answers_differ=True,
    examples=(
        Example(
            name="a key in the settings",
            before="""
DEBUG = False
API_KEY = "9fK2mQ7xLw4ZtB8s"  # sink
""",
            after="""
import os

DEBUG = False
API_KEY = os.environ["API_KEY"]
""",
        ),
        Example(
            name="passed by name",
            before="""
import psycopg2

def connect():
    return psycopg2.connect(host="db", user="app", password="vK8!pq2Zr1")  # sink
""",
            after="""
import os
import psycopg2

def connect():
    return psycopg2.connect(host="db", user="app", password=os.environ["PASSWORD"])
""",
        ),
    ),
)
