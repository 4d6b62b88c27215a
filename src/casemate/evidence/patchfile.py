"""A fix as a mail that `git am` applies: what was weak, what changes, what the patch was put to, and the change itself.

The same fix gives the same bytes: it holds no date. The change stands in it as it is, whatever the lines say.
"""

from __future__ import annotations

import textwrap
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from casemate.evidence.escape import visible
from casemate.evidence.redact import redact
from casemate.evidence.unified import created, unified
from casemate.model.finding import Finding
from casemate.model.fix import Climb, Patch

SENDER: Final = "Casemate <casemate@casemate.invalid>"  # a name that never leads to anybody (RFC 2606)
SUFFIX: Final = ".patch"
BUNDLE_DIGITS: Final = 12

_WIDTH: Final = 72
_MARKS: Final = (
    "---",
    "diff -",
    "Index: ",
    "From ",
    ">From ",
    "From:",
    "Subject:",
    "Date:",
)  # of which git makes something


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One patch of a series. finding: proven. patch: on top of those before it. ladder: what it was put to. number, of: which it
    is in the series. together: numbers of the patches before it with which it was put to the proof, because they change the
    same files."""

    finding: Finding
    patch: Patch
    ladder: tuple[Climb, ...]
    number: int = 1
    of: int = 1
    together: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """Of its file."""
        return f"{self.number:04}-{self.finding.lead.rule}-{self.finding.identity[:BUNDLE_DIGITS]}{SUFFIX}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterWithTest:
    """A regression test for a fix of the series, as a patch of its own. path, content: of the new file."""

    finding: Finding
    path: str
    content: bytes
    number: int
    of: int

    @property
    def name(self) -> str:
        """Of its file."""
        return f"{self.number:04}-{self.finding.lead.rule}-{self.finding.identity[:BUNDLE_DIGITS]}-test{SUFFIX}"


def mail(letter: Letter, *, version: str, prefix: str = "") -> bytes:
    """The mail's bytes. version: of Casemate. prefix: the target's folder in its repository, "" or with a slash at its end."""
    changes = sorted(letter.patch.changes, key=lambda change: change.path)
    diff = b"".join(unified(prefix + change.path, change.before, change.after) for change in changes)
    what = f"Fix {letter.finding.lead.rule} in {prefix}{letter.finding.lead.location.path} (CWE-{letter.finding.cwe})"
    return _posted(_subject(what, letter.number, letter.of), _body(letter), diff, version)


def mail_of_test(letter: LetterWithTest, *, version: str, prefix: str = "") -> bytes:
    """The mail that adds a regression test."""
    finding = letter.finding
    body = [
        *_wrapped(
            f"It gives the input of the proof, with a harmless word in it, to what was weak ({finding.lead.location})."
        ),
        *_wrapped("It was run in a sandbox: it fails without the fix, and passes with it."),
        "",
        *_trailers(finding),
    ]
    subject = _subject(f"Test the fix of {finding.lead.rule} (CWE-{finding.cwe})", letter.number, letter.of)
    return _posted(subject, body, created(prefix + letter.path, letter.content), version)


def _posted(subject: bytes, said: Sequence[str], diff: bytes, version: str) -> bytes:
    body = "\n".join(said).encode() + b"\n---\n\n" + diff + b"-- \n" + f"casemate {version}\n".encode()
    # Carriage returns at the ends of lines do not survive the splitting of mails, unless they are written so.
    coding = b"quoted-printable" if b"\r" in body else b"8bit"
    head = [
        b"From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001",
        f"From: {SENDER}".encode(),
        b"Subject: " + subject,
        b"MIME-Version: 1.0",
        b"Content-Type: text/plain; charset=UTF-8",
        b"Content-Transfer-Encoding: " + coding,
    ]
    return b"\n".join(head) + b"\n\n" + (_printable(body) if coding == b"quoted-printable" else body)


def _subject(what: str, number: int, of: int) -> bytes:
    count = "PATCH" if of == 1 else f"PATCH {number}/{of}"
    text = visible(what)
    if text.isascii():
        return f"[{count}] {text}".encode()
    words, word = [], ""
    for character in text:  # RFC 2047: a word is short, and holds whole characters
        if len((word + character).encode()) > 45:
            words.append(word)
            word = ""
        word += character
    encoded = [b"=?UTF-8?B?" + b64encode(word.encode()) + b"?=" for word in [*words, word]]
    return f"[{count}] ".encode() + b"\n ".join(encoded)


def _body(letter: Letter) -> list[str]:
    finding, patch = letter.finding, letter.patch
    verdict = finding.verdict
    if verdict is None or verdict.proof is None:
        raise ValueError(f"only what is proven is fixed: {finding.identity!r}")
    proof = verdict.proof
    together = ""
    if letter.together:
        together = f", together with patch{'es' * (len(letter.together) > 1)} {_listed(letter.together)} before it"
    return [
        *_wrapped(f"{finding.lead.message} ({finding.lead.location})."),
        *_wrapped(f"What changes: {patch.what}."),
        "",
        *_wrapped(f"Proven in a sandbox: {proof.happened}, in {proof.runs} of {proof.runs} runs."),
        *_wrapped(f"The patch was put to the proof{together}:"),
        *(line for climb in letter.ladder for line in _wrapped(_said(climb), "- ")),
        "",
        *_trailers(finding),
    ]


def _trailers(finding: Finding) -> list[str]:
    proof = finding.verdict.proof if finding.verdict is not None else None
    return [
        f"Weakness: CWE-{finding.cwe}",
        f"Rule: {finding.lead.rule}",
        f"Finding: {finding.identity}",
        f"Evidence: sha256:{proof.bundle if proof is not None else ''}",
    ]


def _said(climb: Climb) -> str:
    return f"{climb.rung}: {climb.step}{f' ({climb.detail})' if climb.detail else ''}"


def _listed(numbers: Sequence[int]) -> str:
    *first, last = map(str, numbers)
    return f"{', '.join(first)} and {last}" if first else last


def _wrapped(text: str, mark: str = "") -> list[str]:
    """Lines of a mail that nothing takes for the beginning of a header or of a change."""
    shown = visible(redact(" ".join(text.split())))
    found = textwrap.wrap(
        shown,
        _WIDTH,
        initial_indent=mark,
        subsequent_indent=" " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [f" {line}" if line.startswith(_MARKS) else line for line in found]


def _printable(data: bytes) -> bytes:
    """Quoted-printable (RFC 2045 §6.7), in which carriage returns are like any other byte."""
    return b"\n".join(map(_printable_line, data.split(b"\n")))


def _printable_line(line: bytes) -> bytes:
    out, width = bytearray(), 0
    for index, byte in enumerate(line):
        plain = 0x20 <= byte < 0x7F and byte != 0x3D
        if byte in b" \t":
            plain = index < len(line) - 1
        piece = bytes([byte]) if plain else b"=%02X" % byte
        if width + len(piece) > 75:
            out += b"=\n"
            width = 0
        out += piece
        width += len(piece)
    return bytes(out)
