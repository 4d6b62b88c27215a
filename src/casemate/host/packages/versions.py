"""The orders of versions: each package manager's own, exactly. Every text has a place, so that hostile ones cannot raise.

Sources: deb-version(7); rpmvercmp() of rpm and its documentation of versions; `apk_version_compare` of apk-tools and the
policy of Alpine on versions; PEP 440; Semantic Versioning 2.0.0.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cmp_to_key
from itertools import zip_longest
from typing import Any

from casemate.model.package import Manager

LONGEST = 512  # characters that are compared; no real version has half as many
Compare = Callable[[str, str], int]


def compare(manager: Manager, left: str, right: str) -> int:
    """Less than 0, 0 or more than 0, as the left version is before, at or after the right one."""
    return COMPARE[manager](left[:LONGEST].strip(), right[:LONGEST].strip())


def key(manager: Manager) -> Callable[[str], Any]:
    """What `sorted` takes to put versions in order."""
    return cmp_to_key(lambda left, right: compare(manager, left, right))


def _sign(left: Any, right: Any) -> int:
    return int(left > right) - int(left < right)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


# --- Debian -----------------------------------------------------------------------------------------------------------


def debian(left: str, right: str) -> int:
    """deb-version(7): epoch, upstream version, revision."""
    (e1, u1, r1), (e2, u2, r2) = _debian_parts(left), _debian_parts(right)
    return _sign(e1, e2) or _debian_part(u1, u2) or _debian_part(r1, r2)


def _debian_parts(version: str) -> tuple[int, str, str]:
    epoch, colon, rest = version.partition(":")
    if not colon:
        epoch, rest = "0", version
    upstream, dash, revision = rest.rpartition("-")
    return _number(epoch), upstream if dash else rest, revision if dash else ""


def _debian_part(left: str, right: str) -> int:
    """Parts that are no digits and parts that are, by turns; "~" comes before the end, letters before other signs."""
    i = j = 0
    while i < len(left) or j < len(right):
        while (i < len(left) and not _digit(left[i])) or (j < len(right) and not _digit(right[j])):
            order = _sign(_debian_sign(left, i), _debian_sign(right, j))
            if order:
                return order
            i += 1
            j += 1
        end_i, end_j = _digits(left, i), _digits(right, j)
        order = _sign(_number(left[i:end_i]), _number(right[j:end_j]))
        if order:
            return order
        i, j = end_i, end_j
    return 0


def _digit(sign: str) -> bool:
    return "0" <= sign <= "9"


def _digits(text: str, start: int) -> int:
    end = start
    while end < len(text) and _digit(text[end]):
        end += 1
    return end


def _debian_sign(text: str, index: int) -> int:
    if index >= len(text) or _digit(text[index]):
        return 0
    sign = text[index]
    if sign == "~":
        return -1
    return ord(sign) if sign.isascii() and sign.isalpha() else ord(sign) + 0x110000


# --- rpm --------------------------------------------------------------------------------------------------------------


def rpm(left: str, right: str) -> int:
    """Epoch, version and release, each by rpmvercmp; no release comes before any."""
    (e1, v1, r1), (e2, v2, r2) = _rpm_parts(left), _rpm_parts(right)
    return _sign(e1, e2) or _rpmvercmp(v1, v2) or _rpmvercmp(r1, r2)


def _rpm_parts(version: str) -> tuple[int, str, str]:
    epoch, colon, rest = version.partition(":")
    if not colon:
        epoch, rest = "0", version
    upstream, dash, release = rest.rpartition("-")
    return _number(epoch), upstream if dash else rest, release if dash else ""


_SEGMENT = re.compile(r"[0-9]+|[A-Za-z]+|~|\^")


def _rpmvercmp(left: str, right: str) -> int:
    """Segments of digits or letters; a number is newer than letters; "~" is before the end, "^" after it and before more."""
    for a, b in zip_longest(_SEGMENT.findall(left), _SEGMENT.findall(right)):
        ranks = _rpm_rank(a), _rpm_rank(b)
        if ranks[0] != ranks[1]:
            return _sign(*ranks)
        if a and a[0] not in "~^":
            order = _sign(int(a), int(b)) if _digit(a[0]) else _sign(a, b)
            if order:
                return order
    return 0


def _rpm_rank(segment: str | None) -> int:
    if segment is None:
        return 1
    return 0 if segment == "~" else 2 if segment == "^" else 4 if _digit(segment[0]) else 3


# --- Alpine -----------------------------------------------------------------------------------------------------------

_APK = re.compile(r"([0-9]+(?:\.[0-9]+)*)([a-z]?)((?:_[a-z]+[0-9]*)*)(?:~([0-9a-f]+))?(?:-r([0-9]+))?")
_SUFFIXES = {"alpha": -4, "beta": -3, "pre": -2, "rc": -1, "": 0, "cvs": 1, "svn": 2, "git": 3, "hg": 4, "p": 5}


def apk(left: str, right: str) -> int:
    """digit{.digit}...{letter}{_suffix{#}}...{~hash}{-r#}. What has another form comes before all that has this one."""
    one, two = _APK.fullmatch(left), _APK.fullmatch(right)
    if not one or not two:
        return _sign(bool(one), bool(two)) or (_sign(left, right) if not one else 0)
    order = _apk_numbers(one[1].split("."), two[1].split(".")) or _sign(one[2], two[2])
    if order:
        return order
    for a, b in zip_longest(_apk_suffixes(one[3]), _apk_suffixes(two[3]), fillvalue=(0, -1)):
        if a != b:
            return _sign(a, b)
    return _sign(one[4] or "", two[4] or "") or _sign(_number(one[5] or "0"), _number(two[5] or "0"))


def _apk_numbers(left: list[str], right: list[str]) -> int:
    """Part by part; a part after the first that begins with 0 is a fraction, compared as text."""
    for index, (a, b) in enumerate(zip_longest(left, right)):
        if a is None or b is None:
            return -1 if a is None else 1
        if index and (a.startswith("0") or b.startswith("0")):
            order = _sign(a, b)
        else:
            order = _sign(int(a), int(b))
        if order:
            return order
    return 0


def _apk_suffixes(text: str) -> list[tuple[int, int]]:
    out = []
    for part in text.split("_")[1:]:
        name = part.rstrip("0123456789")
        out.append((_SUFFIXES.get(name, 6), _number(part[len(name) :] or "0")))
    return out


# --- PEP 440 ----------------------------------------------------------------------------------------------------------

_PEP440 = re.compile(
    r"v?(?:(?P<epoch>[0-9]+)!)?(?P<release>[0-9]+(?:\.[0-9]+)*)"
    r"(?:[-_.]?(?P<pre>alpha|beta|preview|pre|a|b|c|rc)[-_.]?(?P<pre_n>[0-9]*))?"
    r"(?P<post>-(?P<post_i>[0-9]+)|[-_.]?(?:post|rev|r)[-_.]?(?P<post_n>[0-9]*))?"
    r"(?P<dev>[-_.]?dev[-_.]?(?P<dev_n>[0-9]*))?"
    r"(?:\+(?P<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?"
)
_PHASES = {"a": 0, "alpha": 0, "b": 1, "beta": 1, "c": 2, "rc": 2, "pre": 2, "preview": 2}


def pep440(left: str, right: str) -> int:
    """PEP 440, "Summary of permitted suffixes and relative ordering". What has another form comes before all that has this."""
    one, two = _pep440_key(left), _pep440_key(right)
    if one is None or two is None:
        return _sign(one is not None, two is not None) or (_sign(left, right) if one is None else 0)
    return _sign(one, two)


def _pep440_key(version: str) -> tuple[Any, ...] | None:
    found = _PEP440.fullmatch(version.lower())
    if not found:
        return None
    release = [int(part) for part in found["release"].split(".")]
    while len(release) > 1 and not release[-1]:
        release.pop()
    dev = (0, _number(found["dev_n"] or "0")) if found["dev"] else (1, 0)
    post = (1, _number(found["post_i"] or found["post_n"] or "0")) if found["post"] else (0, 0)
    if found["pre"]:
        pre = (_PHASES[found["pre"]], _number(found["pre_n"] or "0"))
    else:
        pre = (-1, 0) if found["dev"] and not found["post"] else (3, 0)
    local = tuple(
        (1, int(part), "") if part.isdigit() else (0, 0, part)
        for part in re.split("[-_.]", found["local"] or "")
        if part
    )
    return (_number(found["epoch"] or "0"), release, pre, post, dev, local)


# --- Semantic Versioning ----------------------------------------------------------------------------------------------

_SEMVER = re.compile(r"[v=]*([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]*)?")


def semver(left: str, right: str) -> int:
    """Semantic Versioning 2.0.0, §11. What has another form comes before all that has this one."""
    one, two = _SEMVER.fullmatch(left), _SEMVER.fullmatch(right)
    if not one or not two:
        return _sign(bool(one), bool(two)) or (_sign(left, right) if not one else 0)
    order = _sign([int(one[n] or 0) for n in (1, 2, 3)], [int(two[n] or 0) for n in (1, 2, 3)])
    if order or one[4] == two[4]:
        return order
    if not one[4] or not two[4]:
        return -1 if one[4] else 1
    return _sign([_identifier(p) for p in one[4].split(".")], [_identifier(p) for p in two[4].split(".")])


def _identifier(part: str) -> tuple[int, int, str]:
    return (0, int(part), "") if part.isascii() and part.isdigit() else (1, 0, part)


COMPARE: dict[Manager, Compare] = {
    Manager.DPKG: debian,
    Manager.RPM: rpm,
    Manager.APK: apk,
    Manager.PIP: pep440,
    Manager.NPM: semver,
}
