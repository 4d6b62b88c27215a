"""The file by which a repository's owner says that it may be examined: signed, of one repository, for a time.

It lies in the repository's top folder. Copied into another repository it says nothing, because it names a commit, and that commit
must stand in the history (the chain of first parents) of what is examined.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from casemate.governance.fields import InvalidStatement, time_text
from casemate.governance.note import VerifierKey
from casemate.governance.statement import Body, open_statement

AUTHORISATION = "casemate/authorisation@v1"
FILE_NAME = ".casemate-authorisation"
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorisation:
    """repository: the name that a charter calls it by. commit: of its history, in hex."""

    repository: str
    commit: str
    begins: datetime
    ends: datetime

    def body(self) -> Body:
        """As it is signed."""
        return {
            "repository": self.repository,
            "commit": self.commit,
            "from": time_text(self.begins),
            "until": time_text(self.ends),
        }


def open_authorisation(data: bytes, keys: Sequence[VerifierKey]) -> Authorisation:
    """What a file says that one of the keys signed. Raises InvalidStatement."""
    fields = open_statement(data, AUTHORISATION, keys).fields()
    said = Authorisation(
        repository=fields.text("repository"),
        commit=fields.text("commit"),
        begins=fields.time("from"),
        ends=fields.time("until"),
    )
    fields.end()
    if not _COMMIT.fullmatch(said.commit):
        raise InvalidStatement("the commit that it names is none")
    return said


def authorisation_refusal(
    data: bytes, *, repository: str, keys: Sequence[VerifierKey], now: datetime, contains: Callable[[str], bool]
) -> str | None:
    """Why the file does not authorise this repository now, or None. contains: whether its history has a commit."""
    try:
        said = open_authorisation(data, keys)
    except InvalidStatement as error:
        return f"its {FILE_NAME} does not count: {error}"
    if said.repository != repository:
        return f"its {FILE_NAME} is of the repository {said.repository!r}"
    if now < said.begins:
        return f"its {FILE_NAME} begins at {time_text(said.begins)}"
    if now >= said.ends:
        return f"its {FILE_NAME} ended at {time_text(said.ends)}"
    if not contains(said.commit):
        return f"its history has no commit {said.commit[:12]}, which its {FILE_NAME} names"
    return None
