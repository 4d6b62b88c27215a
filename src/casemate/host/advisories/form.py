"""What the readers of advisories share: documents of strangers, taken apart with a clear word for what is wrong in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from casemate.model.advisory import Advisory, Exploited, Origin

DEBIAN = {
    **{
        "jessie": "8",
        "stretch": "9",
        "buster": "10",
        "bullseye": "11",
        "bookworm": "12",
        "trixie": "13",
        "forky": "14",
    },
    "duke": "15",
}
"""Releases by their codenames (debian.org/releases). "sid" is no release with a number."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_HALVES = re.compile(  # of a pair that stands for one character: alone they are no text that could be written anywhere
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
CVE = re.compile(r"CVE-\d{4}-\d{4,}")


class BadAdvisories(ValueError):
    """A file is not what it should be. place: where in it. what: is wrong there. remedy: the next step."""

    def __init__(self, place: str, what: str, remedy: str = "get the file from its publisher again") -> None:
        super().__init__(f"{place}: {what}" if place else what)
        self.place, self.what, self.remedy = place, what, remedy


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file holds. date: of its data, "" when it does not say."""

    origin: Origin
    advisories: tuple[Advisory, ...] = ()
    exploited: tuple[Exploited, ...] = ()
    date: str = ""


def load(data: bytes, place: str = "") -> Any:
    """A JSON document. Raises BadAdvisories."""
    try:
        return json.loads(_HALVES.sub(rb"\\ufffd", data))
    except RecursionError as error:
        raise BadAdvisories(place, "JSON that is nested too deep") from error
    except UnicodeDecodeError as error:
        raise BadAdvisories(place, "text that is no UTF-8") from error
    except json.JSONDecodeError as error:
        where = f"{place}:{error.lineno}" if place else f"line {error.lineno}"
        raise BadAdvisories(where, f"no JSON: {error.msg}") from error
    except ValueError as error:
        raise BadAdvisories(place, f"no JSON: {error}") from error


def a_dict(value: Any, place: str) -> dict[str, Any]:
    """A JSON object. Raises BadAdvisories."""
    if not isinstance(value, dict):
        raise BadAdvisories(place, "an object is expected here")
    return value


def dicts(value: Any, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of an array that may be missing, each with its place. Raises BadAdvisories."""
    if value is None:
        return
    if not isinstance(value, list):
        raise BadAdvisories(place, "an array is expected here")
    for index, item in enumerate(value):
        yield f"{place}[{index}]", a_dict(item, f"{place}[{index}]")


def text(value: Any, place: str, *, needed: bool = False) -> str:
    """A string that may be missing. Raises BadAdvisories."""
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or (needed and not value.strip()):
        raise BadAdvisories(place, "a text is expected here")
    return value.strip()


def texts(value: Any, place: str) -> tuple[str, ...]:
    """An array of strings that may be missing. Raises BadAdvisories."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise BadAdvisories(place, "an array of texts is expected here")
    return tuple(text(item, f"{place}[{index}]", needed=True) for index, item in enumerate(value))


def day(value: str) -> str:
    """The day of a time as ISO 8601 writes it, or ""."""
    found = _DAY.match(value)
    return found[0] if found else ""


def canonical(ecosystem: str) -> str:
    """The name of an ecosystem and its release, one for the several that publishers use."""
    name, _, release = ecosystem.partition(":")
    if name == "Debian":
        return f"Debian:{DEBIAN.get(release, release)}" if release else name
    if name == "Ubuntu":
        return ecosystem.removesuffix(":LTS")
    if name == "Red Hat":
        found = re.match(r"(?:enterprise_linux|rhel):(\d+)", release)
        return f"Red Hat:{found[1]}" if found else ecosystem
    if name in ("Rocky Linux", "AlmaLinux", "Oracle Linux"):
        return f"{name}:{release.partition('.')[0]}"
    return ecosystem
