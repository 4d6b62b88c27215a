"""Findings as the draft of a CSAF 2.0 document (OASIS Standard with Errata 01): a security advisory, or VEX.

What a product is affected by, or was fixed in it, is a security advisory (profile 4); that it is not affected, or that it is
being looked into, is VEX (profile 5). The status of the document is `draft` and its version 0.1.0, as 6.1.17 wants of a
draft. Scores are left out: nobody gave one. Keys are sorted (5.3).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from casemate import __version__
from casemate.evidence.advice import (
    DRAFT,
    action_words,
    evidence_words,
    found_words,
    heading,
    verify_words,
    way_words,
    weakness_words,
)
from casemate.evidence.cwe import official_name
from casemate.evidence.publication import Publication, Status
from casemate.evidence.told import WHAT, WHY, Page, Told
from casemate.model.errors import UserError
from casemate.model.lead import Severity

VERSION = "0.1.0"
PRODUCT = "CSAFPID-0001"
IDS = "Casemate finding"
REQUIRED = ("product", "version", "publisher", "namespace")
_ADVISORY = (Status.AFFECTED, Status.FIXED)

Json = dict[str, Any]


def render(findings: Sequence[tuple[Told, Page]], said: Publication) -> str:
    """The draft as one JSON document with a final line feed. Same findings and words: same bytes.

    Raises UserError for what a CSAF document cannot be without.
    """
    return json.dumps(document(findings, said), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def document(findings: Sequence[tuple[Told, Page]], said: Publication) -> Json:
    """The draft as a value for JSON. findings: with the pages of their rules. Raises UserError."""
    said.require("a CSAF document", REQUIRED)
    if said.cve and len(findings) != 1:  # 6.1.23
        raise UserError("--cve is of one weakness, and there are several findings", "export them one by one")
    return {
        "document": _document([told for told, _ in findings], said),
        "product_tree": {"branches": [_product(said)]},
        "vulnerabilities": [_vulnerability(told, page, said) for told, page in findings],
    }


def tracking_id(findings: Sequence[Told], said: Publication) -> str:
    """The document's id: what the publisher gave, else one by what it is about."""
    if said.tracking:
        return said.tracking
    if len(findings) == 1:
        return f"CASEMATE-{findings[0].short}"
    together = sha256("\n".join(sorted(told.identity for told in findings)).encode()).hexdigest()
    return f"CASEMATE-{together[:12]}"


def filename(tracking: str) -> str:
    """The name that a file of a document with this id must have (5.1)."""
    return re.sub(r"[^+\-a-z0-9]+", "_", tracking.lower()) + ".json"


def _document(findings: Sequence[Told], said: Publication) -> Json:
    publisher = {"category": said.category.value, "name": said.publisher, "namespace": said.namespace}
    what = heading(findings[0]) if len(findings) == 1 else f"{len(findings)} weaknesses"
    worst = max((told.severity for told in findings), key=_height)
    return {
        "aggregate_severity": {"text": worst.value},
        "category": "csaf_security_advisory" if said.status in _ADVISORY else "csaf_vex",
        "csaf_version": "2.0",
        "distribution": {"tlp": {"label": said.tlp.value, "url": "https://www.first.org/tlp/"}},
        "lang": "en",
        "notes": [_note("general", "Draft", DRAFT)],
        "publisher": publisher | ({"contact_details": said.contact} if said.contact else {}),
        "title": f"{what} in {said.product} {said.version}"
        if len(findings) > 1
        else f"{what}: {said.product} {said.version}",
        "tracking": {
            "current_release_date": said.moment,
            "generator": {"date": said.moment, "engine": {"name": "Casemate", "version": __version__}},
            "id": tracking_id(findings, said),
            "initial_release_date": said.moment,
            "revision_history": [{"date": said.moment, "number": VERSION, "summary": "Draft for the maintainer."}],
            "status": "draft",
            "version": VERSION,
        },
    }


def _height(severity: Severity) -> int:
    return -tuple(Severity).index(severity)


def _product(said: Publication) -> Json:
    """The product in its version, below its name and, where it is known, its vendor."""
    full: Json = {"name": f"{said.product} {said.version}", "product_id": PRODUCT}
    if said.purl:
        full["product_identification_helper"] = {"purl": said.purl}
    branch: Json = {"category": "product_version", "name": said.version, "product": full}
    branch = {"branches": [branch], "category": "product_name", "name": said.product}
    return {"branches": [branch], "category": "vendor", "name": said.vendor} if said.vendor else branch


def _vulnerability(told: Told, page: Page, said: Publication) -> Json:
    name = official_name(told.cwe)
    out: Json = {
        "ids": [{"system_name": IDS, "text": told.identity}],
        "notes": _notes(told, page, said),
        "product_status": {said.status.value: [PRODUCT]},
        "title": heading(told),
    }
    if said.cve:
        out["cve"] = said.cve
    if name:
        out["cwe"] = {"id": f"CWE-{told.cwe}", "name": name}
    if said.status is Status.AFFECTED:
        # Of the categories (3.2.3.12.1) only a mitigation may be by others than the author.
        category = "mitigation" if told.patch else "none_available"
        out["remediations"] = [{"category": category, "details": action_words(told, page), "product_ids": [PRODUCT]}]
    if said.justification is not None:
        out["flags"] = [{"label": said.justification.value, "product_ids": [PRODUCT]}]
    if said.impact:
        out["threats"] = [{"category": "impact", "details": said.impact, "product_ids": [PRODUCT]}]
    return out


def _notes(told: Told, page: Page, said: Publication) -> list[Json]:
    texts = (
        ("summary", "What was found", found_words(told)),
        ("description", WHAT, page.what or told.title),
        ("general", WHY, page.why),
        ("details", "The way to it" if told.host else "The way of the value", way_words(told)),
        ("details", "Weakness", "" if official_name(told.cwe) else weakness_words(told)),
        ("details", "Evidence", evidence_words(told, said)),
        ("details", "How to verify it", verify_words(told)),
    )
    return [_note(category, title, text) for category, title, text in texts if text]


def _note(category: str, title: str, text: str) -> Json:
    return {"category": category, "text": text, "title": title}
