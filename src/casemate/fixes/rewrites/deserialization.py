"""Deserialization: a loader that makes nothing but plain data."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.names import text, walk
from casemate.fixes.naming import named
from casemate.fixes.places import nearest
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.site import Site, Spot, argument
from casemate.fixes.source import Edit
from casemate.fixes.unpickler import narrowed, plain

_YAML = {
    "yaml.load": "safe_load",
    "yaml.load_all": "safe_load_all",
    "yaml.full_load": "safe_load",
    "yaml.full_load_all": "safe_load_all",
    "yaml.unsafe_load": "safe_load",
    "yaml.unsafe_load_all": "safe_load_all",
}
_LOADERS = ("yaml.Loader", "yaml.UnsafeLoader", "yaml.FullLoader", "yaml.CLoader", "yaml.loader.Loader")
_PICKLES = ("pickle", "cPickle", "_pickle", "dill", "cloudpickle", "pickle5", "six.moves.cPickle", "joblib")
# What a call says that it takes from a file to be trusted, and what it says instead.
_SWITCHES = {"torch.load": ("weights_only", "True"), "numpy.load": ("allow_pickle", "False")}


@nearest
def propose(site: Site) -> Iterator[Draft]:
    """By the library that loads."""
    spot = site.sink
    for call in spot.calls():
        called = spot.called(call)
        if called in _YAML:
            yield from _yaml(spot, call, _YAML[called])
        elif called in _SWITCHES:
            yield _switched(spot, call, *_SWITCHES[called])
        elif called == "jsonpickle.decode" and (data := argument(call, 0, "string")) is not None:
            name, imports = named(spot, "json.loads")
            what = "read JSON as data and build no objects from it"
            yield draft(what, spot, spot.replace(call, f"{name}({text(data)})"), *imports)
        elif called.rpartition(".")[0] in _PICKLES and called.rpartition(".")[2] in ("load", "loads", "Unpickler"):
            yield from plain(spot, call, called)
        else:
            yield from narrowed(spot, called)


def _yaml(spot: Spot, call: Node, safe: str) -> Iterator[Draft]:
    """The loader where a name holds it, else a function that has the safe one."""
    loader, data, function = (
        argument(call, 1, "Loader"),
        argument(call, 0, "stream"),
        call.child_by_field_name("function"),
    )
    what = "load YAML with the safe loader, which makes plain data only"
    if loader is not None and loader.type == "identifier" and spot.meaning(loader) not in _LOADERS:
        classes = [node for node in walk(spot.root) if node.type == "class_definition"]
        bases = [node.child_by_field_name("superclasses") for node in classes if _name(node) == text(loader)]
        held = [one for one in (*bases, *spot.definitions(text(loader))) if one is not None]
        found = [node for one in held for node in walk(one) if spot.meaning(node) in _LOADERS]
        edits = [
            spot.replace(node, f"{text(node).rpartition('.')[0]}.SafeLoader") for node in found if "." in text(node)
        ]
        if edits:
            yield draft(what, spot, *edits)
    if data is not None and function is not None:
        module = text(function).rpartition(".")[0]
        name, imports = (f"{module}.{safe}", ()) if module else spot.named_from(f"yaml.{safe}")
        yield draft(what, spot, spot.replace(call, f"{name}({text(data)})"), *imports)


def _name(node: Node) -> str:
    return text(node.child_by_field_name("name") or node)


def _switched(spot: Spot, call: Node, name: str, value: str) -> Draft:
    """An argument that keeps pickled objects out."""
    what = "load no pickled objects"
    given = argument(call, None, name)
    arguments = call.child_by_field_name("arguments")
    if given is not None or arguments is None:
        return draft(what, spot, spot.replace(given or call, value))
    end = arguments.end_byte - 1
    return draft(what, spot, Edit(end, end, f", {name}={value}"))


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
        Example(
            name="the loader under a name",
            before="""
import yaml

def settings(text, loader=None):
    loader = loader or yaml.Loader
    return yaml.load(text, loader)  # sink
""",
            after="""
import yaml

def settings(text, loader=None):
    loader = loader or yaml.SafeLoader
    return yaml.load(text, loader)
""",
        ),
        Example(
            name="pickled bytes",
            before="""
import pickle

# who was here
def restore(data):
    return pickle.loads(data)  # sink
""",
            after="""
import io
import pickle

class PlainUnpickler(pickle.Unpickler):
    \"\"\"Loads plain data, and nothing that names code.\"\"\"

    def find_class(self, module, name):
        if module in ("builtins", "__builtin__") and name in ("set", "frozenset", "complex", "bytearray", "range"):
            return pickle.Unpickler.find_class(self, module, name)
        raise pickle.UnpicklingError("%s.%s is no plain data" % (module, name))


# who was here
def restore(data):
    return PlainUnpickler(io.BytesIO(data)).load()
""",
        ),
        Example(
            name="a model's weights",
            before="""
import torch

def load(path):
    return torch.load(path, map_location="cpu")  # sink
""",
            after="""
import torch

def load(path):
    return torch.load(path, map_location="cpu", weights_only=True)
""",
        ),
    ),
)
