"""The official names of weaknesses: what a document that names a CWE must call it.

Source: CWE 4.14 of The MITRE Corporation, in `cwe_names.tsv` with its terms. Categories (such as CWE-16) and deprecated
entries are no weaknesses and have no name here.
"""

from __future__ import annotations

from functools import cache
from importlib import resources


def official_name(number: int) -> str:
    """The name of a weakness by its number; "" when CWE 4.14 has no such weakness."""
    return _names().get(number, "")


@cache
def _names() -> dict[int, str]:
    text = (resources.files("casemate.evidence") / "cwe_names.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {int(number): name for number, name in rows}
