"""Findings as the draft of an OpenVEX document, version 0.2.0 of the specification (https://github.com/openvex/spec).

A document is known by an IRI. Ours is made as the project's own library makes one: of the hash of what the statements say,
below the publisher's address or, without one, below the public namespace that the specification offers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from casemate import __version__
from casemate.evidence.advice import (
    DRAFT,
    action_words,
    evidence_words,
    found_words,
    verify_words,
    way_words,
    weakness_words,
)
from casemate.evidence.publication import Publication, Status
from casemate.evidence.told import Page, Told
from casemate.model.errors import UserError

CONTEXT = "https://openvex.dev/ns/v0.2.0"
PUBLIC = "https://openvex.dev/docs/public"
REQUIRED = ("purl", "publisher")

_STATUS: Mapping[Status, str] = {
    Status.AFFECTED: "affected",
    Status.FIXED: "fixed",
    Status.INVESTIGATED: "under_investigation",
    Status.NOT_AFFECTED: "not_affected",
}

Json = dict[str, Any]


def render(findings: Sequence[tuple[Told, Page]], said: Publication) -> str:
    """The draft as one JSON document with a final line feed. Same findings and words: same bytes.

    Raises UserError for what an OpenVEX document cannot be without.
    """
    return json.dumps(document(findings, said), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def document(findings: Sequence[tuple[Told, Page]], said: Publication) -> Json:
    """The draft as a value for JSON. findings: with the pages of their rules. Raises UserError."""
    said.require("an OpenVEX document", REQUIRED)
    if said.cve and len(findings) != 1:
        raise UserError("--cve is of one weakness, and there are several findings", "export them one by one")
    mail = "@" in said.contact and " " not in said.contact
    out: Json = {
        "@context": CONTEXT,
        "author": f"{said.publisher} <{said.contact}>" if mail else said.publisher,
        "role": said.category.value,
        "statements": [_statement(told, page, said) for told, page in findings],
        "timestamp": said.moment,
        "tooling": f"Casemate {__version__}",
        "version": 1,
    }
    return {"@id": f"{said.namespace.rstrip('/') or PUBLIC}/vex-{canonical_hash(out)}", **out}


def canonical_hash(document: Mapping[str, Any]) -> str:
    """SHA-256 in hex over what the statements of a document say, whatever else it holds.

    As CanonicalHash of the project's library go-vex: https://github.com/openvex/go-vex/blob/main/pkg/vex/vex.go. The library
    leaves open in which order several hashes, or identifiers, of one product count; here it is that of their names.
    """
    own = _seconds(document["timestamp"])
    parts = f"{own}:{document['version']}:{document['author']}"
    statements = sorted(
        document["statements"],
        key=lambda s: (s["vulnerability"]["name"].encode(), _seconds(s.get("timestamp", document["timestamp"]))),
    )
    for one in statements:
        weakness = one["vulnerability"]
        parts += f":{weakness.get('@id', '')}:{weakness['name']}:{':'.join(sorted(weakness.get('aliases', ())))}"
        parts += f":{one['status']}:{one.get('justification', '')}"
        parts += f":{_seconds(one['timestamp']) if 'timestamp' in one else own}"
        parts += ":".join(sorted("".join(_component(product)) for product in one.get("products", ())))
    return sha256(parts.encode()).hexdigest()


def _component(component: Mapping[str, Any]) -> Iterator[str]:
    yield f":{component.get('@id', '')}"
    for kind in ("hashes", "identifiers"):
        for name, value in sorted(component.get(kind, {}).items()):
            yield f":{name}@{value}"
    for part in component.get("subcomponents", ()):
        yield from _component(part)


def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())


def _statement(told: Told, page: Page, said: Publication) -> Json:
    own = f"casemate:{told.identity}"
    weakness: Json = {
        "description": f"{told.title}. {found_words(told)} {weakness_words(told)}.",
        "name": said.cve or own,
    }
    if said.cve:
        weakness["aliases"] = [own]
    notes = [evidence_words(told, said), way_words(told), verify_words(told), DRAFT]
    out: Json = {
        "products": [{"@id": said.purl, "identifiers": {"purl": said.purl}}],
        "status": _STATUS[said.status],
        "status_notes": "\n\n".join(note for note in notes if note),
        "vulnerability": weakness,
    }
    if said.vendor:
        out["supplier"] = said.vendor
    if said.status is Status.AFFECTED:
        out["action_statement"] = action_words(told, page)
    if said.justification is not None:
        out["justification"] = said.justification.value
    if said.impact:
        out["impact_statement"] = said.impact
    return out
