"""A fix as an evidence bundle holds it: which lines of which files become what, and every rung of the ladder.

The lines are exact where they hold no secret, so that whoever has the target can apply them; of the file itself only digests
stand here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from casemate.evidence.fixes import Splice, splices
from casemate.evidence.redact import redact
from casemate.evidence.unified import lines
from casemate.model.fix import Change, Climb, Fix, Rung, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class MendedFile:
    """One file. before, after: SHA-256 of its content, in hex. splices: a new line that holds a secret stands redacted there, so
    that the file cannot be made from it."""

    path: str
    before: str
    after: str
    splices: tuple[Splice, ...]

    def applied(self, data: bytes) -> bytes | None:
        """The file after the patch; None when it is not the file that the patch was made for."""
        if sha256(data).hexdigest() != self.before:
            return None
        old = lines(data)
        out: list[bytes] = []
        at = 0
        for one in self.splices:
            out += [*old[at : one.first - 1], *one.lines]
            at = one.behind - 1
        after = b"".join([*out, *old[at:]])
        return after if sha256(after).hexdigest() == self.after else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """A fix. proposer, what, answers_differ: of the patch."""

    proposer: str
    what: str
    answers_differ: bool
    files: tuple[MendedFile, ...]
    ladder: tuple[Climb, ...]

    def as_json(self) -> dict[str, Any]:
        """For the manifest."""
        return {
            "proposer": self.proposer,
            "what": self.what,
            "answers_differ": self.answers_differ,
            "files": [
                {
                    "path": file.path,
                    "before": file.before,
                    "after": file.after,
                    "splices": [
                        [one.first, one.behind, [line.decode("latin-1") for line in one.lines]] for one in file.splices
                    ],
                }
                for file in self.files
            ],
            "ladder": [
                {"rung": climb.rung.value, "step": climb.step.value, "detail": climb.detail} for climb in self.ladder
            ],
        }


def mended(fix: Fix) -> Mended:
    """What a bundle holds of a fix."""
    return Mended(
        proposer=fix.patch.proposer,
        what=fix.patch.what,
        answers_differ=fix.patch.answers_differ,
        files=tuple(_file(change) for change in fix.patch.changes),
        ladder=tuple(
            # How many tests waver, and what they print, is another each time; a bundle is the same.
            Climb(rung=c.rung, step=c.step, detail="" if c.rung is Rung.TESTS else redact(c.detail))
            for c in fix.ladder
        ),
    )


def _file(change: Change) -> MendedFile:
    return MendedFile(
        path=change.path,
        before=sha256(change.before).hexdigest(),
        after=sha256(change.after).hexdigest(),
        splices=splices(change, redacted=True),
    )


def read_mended(told: Any, path: Callable[[object], str], digest: Callable[[object], str]) -> Mended:
    """From a manifest. path, digest: refuse what is none. Raises TypeError, ValueError or KeyError for what is no fix."""
    return Mended(
        proposer=str(told["proposer"]),
        what=str(told["what"]),
        answers_differ=told["answers_differ"] is True,
        files=tuple(
            MendedFile(
                path=path(file["path"]),
                before=digest(file["before"]),
                after=digest(file["after"]),
                splices=tuple(
                    Splice(int(first), int(behind), tuple(line.encode("latin-1") for line in lines))
                    for first, behind, lines in file["splices"]
                ),
            )
            for file in told["files"]
        ),
        ladder=tuple(
            Climb(rung=Rung(one["rung"]), step=Step(one["step"]), detail=str(one["detail"])) for one in told["ladder"]
        ),
    )
