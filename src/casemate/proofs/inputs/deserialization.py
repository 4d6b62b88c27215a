"""Stored objects whose only act, when read, is to call the canary function."""

from __future__ import annotations

import json
from typing import Any

from casemate.proofs.oracle import Input

_PICKLE = {"latin1": "cbuiltins\n{canary}\n(tR."}  # protocol 0: look the name up, an empty tuple, call
_PICKLE_2 = {"latin1": "\x80\x02cbuiltins\n{canary}\n)R."}
_OLD = {"latin1": "c__builtin__\n{canary}\n(tR."}  # as Python 2 calls it; Python 3 understands
_CALM = {"latin1": "V{calm}\n."}  # a text
_TAGS = (
    ("!!python/object/apply:builtins.{canary} []", "a call"),
    ("- !!python/object/apply:builtins.{canary} []", "a call in a list"),
    ("{calm}: !!python/object/apply:builtins.{canary} []", "a call in a mapping"),
    ("!!python/object/new:builtins.{canary} []", "an object that is made by it"),
    ("!!python/object/apply:builtins.{canary}\nargs: []\nkwds: {}", "a call with names"),
    ("--- !!python/object/apply:builtins.{canary} []\n...\n", "a call in a document"),
    (
        "!!python/object/apply:builtins.{canary}\x85[]",
        "a call without a blank",
    ),  # YAML 1.1 takes a next-line for a line break
)


def _json(value: Any) -> str:
    return json.dumps(value)


_REDUCE = {"py/reduce": [{"py/function": "builtins.{canary}"}, {"py/tuple": []}]}
_TYPED = {"py/reduce": [{"py/type": "builtins.{canary}"}, {"py/tuple": []}, None, None, None]}
_JSON = (
    (_json(_REDUCE), "a call"),
    (_json(_TYPED), "a call by a type"),
    (_json({"{calm}": _REDUCE}), "a call in a mapping"),
    (_json({"py/repr": "builtins/builtins.{canary}()"}), "a representation that is run"),
)


def _packed(way: str, of: dict[str, Any]) -> dict[str, Any]:
    return {"pack": way, "of": of}


def _pickles() -> list[Input]:
    out = []
    for name, payload in (("pickle", _PICKLE), ("pickle, protocol 2", _PICKLE_2), ("pickle, the old name", _OLD)):
        out.append(Input(name=name, payload=payload, control=_CALM))
    for way in ("base64", "urlsafe", "padded", "hex", "zlib", "gzip"):
        out.append(Input(name=f"pickle, {way}", payload=_packed(way, _PICKLE), control=_packed(way, _CALM)))
    out.append(
        Input(
            name="pickle, zlib and base64",
            payload=_packed("base64", _packed("zlib", _PICKLE)),
            control=_packed("base64", _packed("zlib", _CALM)),
        )
    )
    out.append(
        Input(name="pickle in an array of NumPy", payload=_packed("npy", _PICKLE), control=_packed("npy", _CALM))
    )
    return out


INPUTS = (
    *_pickles()[:1],
    *(Input(name=f"YAML: {name}", payload={"text": text}) for text, name in _TAGS[:1]),
    *_pickles()[1:],
    *(Input(name=f"YAML: {name}", payload={"text": text}) for text, name in _TAGS[1:]),
    *(
        Input(name=f"JSON with types: {name}", payload={"text": text}, control={"text": '{"{calm}": 1}'})
        for text, name in _JSON
    ),
    Input(name="pickle as text", payload={"text": "cbuiltins\n{canary}\n(tR."}, control={"text": "V{calm}\n."}),
)
