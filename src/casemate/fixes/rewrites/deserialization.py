"""Deserialization: a loader that makes nothing but plain data."""

from __future__ import annotations

from collections.abc import Iterator

from casemate.fixes.names import text
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.site import Site, argument

_YAML = {"yaml.load": "safe_load", "yaml.load_all": "safe_load_all", "yaml.unsafe_load": "safe_load"}


def propose(site: Site) -> Iterator[Draft]:
    """A safe loader in the place of one that makes any object."""
    spot = site.sink
    for call in spot.calls():
        safe = _YAML.get(spot.called(call))
        data = argument(call, 0, "stream")
        function = call.child_by_field_name("function")
        if safe is None or data is None or function is None:
            continue
        module = text(function).rpartition(".")[0]
        name, imports = (f"{module}.{safe}", ()) if module else spot.named_from(f"yaml.{safe}")
        new = f"{name}({text(data)})"
        yield draft(
            "load YAML with the safe loader, which makes plain data only", spot, spot.replace(call, new), *imports
        )


REWRITE = Rewrite(
    id="deserialization",
    cwes=(502,),
    propose=propose,
    examples=(
        Example(
            name="a loader that makes any object",
            before="""
import yaml

def settings(text):
    return yaml.load(text, Loader=yaml.Loader)["settings"]  # sink
""",
            after="""
import yaml

def settings(text):
    return yaml.safe_load(text)["settings"]
""",
        ),
        Example(
            name="imported by name",
            before="""
from yaml import load, Loader

def settings(text):
    # what users may set
    return load(text,  # sink
                Loader=Loader)
""",
            after="""
from yaml import load, Loader, safe_load

def settings(text):
    # what users may set
    return safe_load(text)
""",
        ),
    ),
)
