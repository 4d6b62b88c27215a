"""Objects that take their attributes from outside: only those that are no rights."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.names import dotted, text, walk
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.site import Site, Spot

_RIGHTS = re.compile(r"(?i)admin|staff|superuser|role|owner|verified|active|balance|permission|password|^id$|_id$")
_FIELD = re.compile(r"\.(?:Column|Field|\w+Field|mapped_column)\(")


def propose(site: Site) -> Iterator[Draft]:
    """The fields are named: those that the model of this file has, but for what gives rights."""
    spot = site.sink
    what = "take the fields that somebody may set only"
    for call in spot.calls():
        splat = next((one for one in _given(call) if one.type == "dictionary_splat"), None)
        model = dotted(call.child_by_field_name("function")).partition(".")[0]
        fields = _fields(spot, model)
        if splat is not None and splat.named_children and fields:
            body = text(splat.named_children[0])
            shown = ", ".join(f'"{field}"' for field in fields) + ("," if len(fields) == 1 else "")
            key, value = spot.fresh("key"), spot.fresh("value")
            new = f"**{{{key}: {value} for {key}, {value} in {body}.items() if {key} in ({shown})}}"
            yield draft(what, spot, spot.replace(splat, new))
            return
        ones = _given(call)
        if spot.called(call) == "setattr" and len(ones) == 3 and ones[1].type == "identifier":
            fields = _fields(spot, _class(spot, text(ones[0])))
            if fields:
                shown = ", ".join(f'"{field}"' for field in fields) + ("," if len(fields) == 1 else "")
                line = f"if {text(ones[1])} in ({shown}):"
                indent, deeper = spot.indent(), spot.deeper()
                new = f"{line}\n{indent}{deeper}{text(spot.statement)}"
                yield draft(what, spot, spot.replace(spot.statement, new))
                return


def _given(call: Node) -> list[Node]:
    arguments = call.child_by_field_name("arguments")
    return [one for one in arguments.named_children if one.type != "comment"] if arguments is not None else []


def _class(spot: Spot, name: str) -> str:
    """The class that an object was looked up as: what begins with a capital in the call that made it."""
    for made in spot.definitions(name):
        for node in walk(made):
            if node.type == "identifier" and text(node)[:1].isupper():
                return text(node)
    return ""


def _fields(spot: Spot, model: str) -> list[str]:
    """The fields of a model of this file that give no rights."""
    for node in spot.root.named_children:
        if node.type != "class_definition" or text(node.child_by_field_name("name") or node) != model:
            continue
        out = []
        for one in walk(node):
            left, right = one.child_by_field_name("left"), one.child_by_field_name("right")
            if one.type == "assignment" and left is not None and right is not None and _FIELD.search(text(right)):
                out.append(text(left))
        return [name for name in out if not _RIGHTS.search(name)]
    return []


REWRITE = Rewrite(
    id="attributes",
    cwes=(915,),
    propose=propose,
    examples=(
        Example(
            name="a body laid out as fields",
            before="""
from django.db import models

class Member(models.Model):
    name = models.CharField(max_length=9)
    is_admin = models.BooleanField()

def add(body):
    Member(**body).save()  # sink
""",
            after="""
from django.db import models

class Member(models.Model):
    name = models.CharField(max_length=9)
    is_admin = models.BooleanField()

def add(body):
    Member(**{key: value for key, value in body.items() if key in ("name",)}).save()
""",
        ),
    ),
)
