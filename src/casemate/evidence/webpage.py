"""What every HTML page of ours is made with: templates that escape everything, and a policy that lets nothing else run or
load."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from casemate.evidence.escape import visible


def policy(style: str, script: str = "") -> str:
    """The content security policy that names this style sheet and this script by their hashes, and nothing else."""
    run = f"script-src '{_hash(script)}'; " if script else ""
    return f"default-src 'none'; {run}style-src '{_hash(style)}'; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    """The text's hash as a source expression (Content Security Policy level 3, §2.3.1)."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def part(name: str) -> str:
    """A file beside the templates, such as a style sheet."""
    return (resources.files("casemate.evidence") / "templates" / name).read_text("utf-8").strip()


@cache
def environment() -> Environment:
    """Where templates come from."""
    return Environment(
        loader=PackageLoader("casemate.evidence", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_made_visible,
    )


def _made_visible(value: object) -> object:
    """Every expression of the template passes here, whatever its type, so that none can forget it."""
    return value if isinstance(value, Markup) else visible(str(value))
