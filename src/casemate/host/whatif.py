"""Fixes as an operator writes them, to look at a host as if they had been made: `chmod 0755 /opt/x`, `delete /etc/exports:3`.

What a path was before is read off the root, so that a fix can be undone and never applies to something else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from casemate.host.filesystem import Filesystem
from casemate.model.errors import UserError
from casemate.model.host import Node
from casemate.model.host_fix import DropCapabilities, Fix, SetLine, SetMode, SetOwner

FORMS = (
    "a number of the proposed cut, 'all', 'chmod MODE PATH', 'chown UID:GID PATH', 'setcap -r PATH', 'delete PATH:LINE' or "
    "'line PATH:LINE TEXT'"
)


def read(fs: Filesystem, said: str, proposed: Sequence[Fix]) -> tuple[Fix, ...]:
    """The fixes that one text means. proposed: what a number stands for, from 1. Raises UserError."""
    word, _, rest = said.strip().partition(" ")
    rest = rest.strip()
    if word == "all" and not rest:
        return tuple(proposed)
    if word.isdecimal() and not rest:
        if not 1 <= int(word) <= len(proposed):
            raise UserError(f"there is no fix number {word} in the cut, which has {len(proposed)}", f"use {FORMS}")
        return (proposed[int(word) - 1],)
    return (_written(fs, word, rest, said),)


def _written(fs: Filesystem, word: str, rest: str, said: str) -> Fix:
    if word == "chmod" and (found := re.fullmatch(r"([0-7]{3,4}) (/.*)", rest)):
        node = _node(fs, found[2])
        return SetMode(node.path, node.mode, int(found[1], 8))
    if word == "chown" and (found := re.fullmatch(r"(\d+):(\d+) (/.*)", rest)):
        node = _node(fs, found[3])
        return SetOwner(node.path, (node.uid, node.gid), (int(found[1]), int(found[2])))
    if word == "setcap" and (found := re.fullmatch(r"-r (/.*)", rest)):
        node = _node(fs, found[1])
        return DropCapabilities(node.path, "")
    if word in ("delete", "line") and (found := re.fullmatch(r"(/.*?):(\d+)(?: (.*))?", rest)):
        text = fs.text(found[1])
        number = int(found[2])
        if text is None or not 1 <= number <= len(text.lines):
            raise UserError(f"there is no line {number} in {found[1]!r}", "name a line of a text file of this root")
        if (found[3] is None) is (word == "delete"):
            return SetLine(text.path, number, text.lines[number - 1], found[3])
    raise UserError(f"{said!r} is no fix", f"use {FORMS}")


def _node(fs: Filesystem, path: str) -> Node:
    node = fs.node(path)
    if node is None:
        raise UserError(f"there is no {path!r} in this root", "name a path that it has")
    return node
