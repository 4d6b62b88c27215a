"""The one moment that an output may need although a report holds no time: given from outside, so that bytes repeat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from casemate.model.errors import UserError

VARIABLE = "SOURCE_DATE_EPOCH"  # https://reproducible-builds.org/specs/source-date-epoch/


def moment(environment: Mapping[str, str]) -> datetime:
    """What SOURCE_DATE_EPOCH says, in UTC; the start of 1970 when it is not set. Raises UserError when it is no time."""
    text = environment.get(VARIABLE) or "0"
    try:
        if not (text.isascii() and text.isdigit()):
            raise ValueError(text)
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        raise UserError(
            f"{VARIABLE} is {text!r}, which is no time", "set it to seconds since 1970, as `date +%s` prints them"
        ) from None
