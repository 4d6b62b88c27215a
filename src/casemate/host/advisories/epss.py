"""EPSS scores (first.org/epss), as CSV, also packed with gzip: a comment with the date, then cve,epss,percentile."""

from __future__ import annotations

import csv
import io
import re
import zlib

from casemate.host.advisories.form import CVE, BadAdvisories, Parsed
from casemate.model.advisory import Exploited, Origin

MOST = 512 << 20  # bytes, unpacked


def parse(data: bytes) -> Parsed:
    """Each CVE with its probability. Raises BadAdvisories."""
    if data[:2] == b"\x1f\x8b":
        data = _unpacked(data)
    lines = data.decode("utf-8", "replace").splitlines()
    head = [line for line in lines[:5] if line.startswith("#")]
    date = next((found[1] for line in head if (found := re.search(r"score_date:(\d{4}-\d{2}-\d{2})", line))), "")
    rows = csv.reader(io.StringIO("\n".join(lines[len(head) :])))
    try:
        names = next(rows, [])
        if names[:2] != ["cve", "epss"]:
            raise BadAdvisories(f"line {len(head) + 1}", "the columns cve and epss are expected")
        scores: dict[str, Exploited] = {}
        for row in rows:
            if not row:
                continue
            if (
                len(row) < 2
                or not CVE.fullmatch(row[0])
                or not re.fullmatch(r"[01](\.\d+)?", row[1])
                or float(row[1]) > 1
            ):
                raise BadAdvisories(f"line {len(head) + rows.line_num}", "no CVE and probability")
            scores[row[0]] = Exploited(cve=row[0], epss=float(row[1]))
    except csv.Error as error:
        raise BadAdvisories(f"line {len(head) + rows.line_num}", f"no CSV: {error}") from error
    return Parsed(Origin.EPSS, (), tuple(scores[cve] for cve in sorted(scores)), date)


def _unpacked(data: bytes) -> bytes:
    reader = zlib.decompressobj(wbits=31)
    try:
        out = reader.decompress(data, MOST)
    except zlib.error as error:
        raise BadAdvisories("", f"no gzip that can be read: {error}") from error
    if reader.unconsumed_tail or not reader.eof:
        raise BadAdvisories("", "gzip that is cut short, or larger than can be meant")
    return out
