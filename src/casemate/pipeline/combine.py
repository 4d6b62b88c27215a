"""Patches for several findings as one series: each applies on top of those before it, and nothing comes of it that was not put to
the proof.

Patches of different files stand side by side. One whose file another has changed is moved onto it when their lines do not touch;
then the whole of what both change is put to the ladder again, for every finding that it concerns. What does not hold is left out,
with the reason: it is made anew once the others are applied.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from casemate.evidence.patchfile import Letter
from casemate.evidence.unified import Region, lines, regions
from casemate.model.finding import Finding, FindingId
from casemate.model.fix import Change, Climb, Fix, Patch, Step

MOST: Final = 6
"""Patches that are combined over files that hang together; each further one takes as many climbs again."""

Climber = Callable[[FindingId, Patch], Fix]
"""Puts a patch of the target to the ladder, for a finding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A patch of the series. patch: on top of those before it; None when these already change all that it would. ladder: what it
    was put to. beside: the findings whose patches change the same files before it, and were put to the proof with it."""

    identity: FindingId
    patch: Patch | None
    ladder: tuple[Climb, ...]
    beside: tuple[FindingId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A patch that holds by itself and is not in the series. beside: the findings with whose patches it does not go together."""

    identity: FindingId
    why: str
    beside: tuple[FindingId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Patches in the order in which they apply."""

    parts: tuple[Part, ...] = ()
    left: tuple[Left, ...] = ()

    def changes(self, parts: Sequence[Part] | None = None) -> tuple[Change, ...]:
        """What all of them make of the files, or some that hang together with no others."""
        whole: dict[str, Change] = {}
        for part in self.parts if parts is None else parts:
            for change in part.patch.changes if part.patch is not None else ():
                first = whole.get(change.path, change)
                whole[change.path] = replace(first, after=change.after)
        return tuple(whole[path] for path in sorted(whole))

    def groups(self) -> tuple[tuple[Part, ...], ...]:
        """The parts that hang together by the files that they change, in order."""
        groups: list[list[Part]] = []
        for part in self.parts:
            joined = [group for group in groups if any(other.identity in part.beside for other in group)]
            groups = [group for group in groups if group not in joined]
            groups.append([*(other for group in joined for other in group), part])
        order = {part.identity: number for number, part in enumerate(self.parts)}
        return tuple(tuple(sorted(group, key=lambda part: order[part.identity])) for group in groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Accepted:
    part: Part
    own: Patch  # of the unchanged target

    @property
    def paths(self) -> set[str]:
        return {change.path for change in self.own.changes}


def letters(series: Series, findings: Mapping[FindingId, Finding], *, more: int = 0) -> tuple[Letter, ...]:
    """The series as mails. findings: proven, with their bundles, by identity. more: mails that come behind them."""
    parts = [part for part in series.parts if part.patch is not None]
    numbers = {part.identity: number for number, part in enumerate(parts, 1)}
    return tuple(
        Letter(
            finding=findings[part.identity],
            patch=part.patch,
            ladder=part.ladder,
            number=numbers[part.identity],
            of=len(parts) + more,
            together=tuple(numbers[other] for other in part.beside if other in numbers),
        )
        for part in parts
        if part.patch is not None
    )


def combined(offers: Sequence[tuple[FindingId, Fix]], climb: Climber) -> Series:
    """The series of these fixes, each offered by itself, in their order."""
    taken: list[_Accepted] = []
    left: list[Left] = []
    now: dict[str, bytes] = {}
    for identity, fix in offers:
        near = _hanging(fix.patch, taken)
        found = _joined(identity, fix, near, now, climb)
        if isinstance(found, Left):
            left.append(found)
            continue
        taken.append(_Accepted(part=found, own=fix.patch))
        if found.patch is not None:
            now.update({change.path: change.after for change in found.patch.changes})
    return Series(parts=tuple(one.part for one in taken), left=tuple(left))


def extended(series: Series, offers: Sequence[tuple[FindingId, Fix]]) -> Series:
    """The series with further fixes, each offered by itself, of files that no part changes: nothing of them was put to the proof
    together. One of a file that a part changes is left, to be made anew once that is applied."""
    parts, left = list(series.parts), list(series.left)
    known = {part.identity for part in parts} | {one.identity for one in left}
    for identity, fix in offers:
        if identity in known:
            continue
        paths = {change.path for change in fix.patch.changes}
        beside = tuple(
            part.identity
            for part in parts
            if part.patch is not None and paths & {change.path for change in part.patch.changes}
        )
        if beside:
            left.append(Left(identity=identity, why="it changes a file that another patch changes", beside=beside))
        else:
            parts.append(Part(identity=identity, patch=fix.patch, ladder=fix.ladder))
    return Series(parts=tuple(parts), left=tuple(left))


def rebased(changes: Sequence[Change], now: Mapping[str, bytes]) -> tuple[Change, ...] | None:
    """The changes on top of what files are now, without what already is so; None when they touch what was changed.

    now: the files that differ from what the changes were made of.
    """
    out = []
    for change in changes:
        current = now.get(change.path, change.before)
        after = _merged(change.before, current, change.after)
        if after is None:
            return None
        if after != current:
            out.append(replace(change, before=current, after=after))
    return tuple(out)


def _hanging(patch: Patch, taken: Sequence[_Accepted]) -> list[_Accepted]:
    """Those whose files are the patch's, or are those of such, and so on."""
    paths = {change.path for change in patch.changes}
    near: list[_Accepted] = []
    while more := [one for one in taken if one not in near and one.paths & paths]:
        near += more
        paths |= {path for one in more for path in one.paths}
    return [one for one in taken if one in near]


def _joined(
    identity: FindingId, fix: Fix, near: Sequence[_Accepted], now: Mapping[str, bytes], climb: Climber
) -> Part | Left:
    if not near:
        return Part(identity=identity, patch=fix.patch, ladder=fix.ladder)
    beside = tuple(one.part.identity for one in near)
    if len(near) >= MOST:
        return Left(identity=identity, why=f"{MOST} patches of the same files come before it", beside=beside)
    moved = rebased(fix.patch.changes, now)
    if moved is None:
        touched = tuple(one.part.identity for one in near if _touches(fix.patch, one.own))
        return Left(identity=identity, why="it changes the same lines", beside=touched or beside)
    whole = _whole(fix.patch, near, moved)
    own = fix if whole.changes == fix.patch.changes else climb(identity, whole)
    if not own.offered:
        return Left(identity=identity, why=f"together they fail at {_failed(own)}", beside=beside)
    if moved:
        for other in near:
            again = climb(other.part.identity, whole)
            if not again.offered:
                why = f"with it the other one fails at {_failed(again)}"
                return Left(identity=identity, why=why, beside=(other.part.identity,))
    patch = replace(fix.patch, changes=moved) if moved else None
    return Part(identity=identity, patch=patch, ladder=own.ladder, beside=beside)


def _whole(patch: Patch, near: Sequence[_Accepted], moved: Sequence[Change]) -> Patch:
    """All that those before it and the patch make of the unchanged target."""
    first: dict[str, bytes] = {change.path: change.before for one in near for change in one.own.changes}
    first |= {change.path: change.before for change in patch.changes}
    last = dict(first)
    for one in near:
        if one.part.patch is not None:
            last |= {change.path: change.after for change in one.part.patch.changes}
    last |= {change.path: change.after for change in moved}
    changes = (Change(path=path, before=first[path], after=last[path]) for path in sorted(first))
    differ = patch.answers_differ or any(one.own.answers_differ for one in near)
    return replace(patch, changes=tuple(changes), answers_differ=differ)


def _touches(patch: Patch, other: Patch) -> bool:
    theirs = {change.path: change for change in other.changes}
    return any(
        change.path in theirs and _merged(change.before, theirs[change.path].after, change.after) is None
        for change in patch.changes
    )


def _failed(fix: Fix) -> str:
    failed = next((climb for climb in fix.ladder if climb.step is Step.FAILS), None)
    return f"{failed.rung}: {failed.detail}" if failed is not None else "a rung that could not be tried"


def _merged(before: bytes, current: bytes, after: bytes) -> bytes | None:
    """Both changes of a text; None when their lines touch."""
    if current in (before, after):
        return after
    first, second = regions(before, current), regions(before, after)
    kept: list[Region] = []
    for region in second:
        if region in first:
            continue
        met = [other for other in first if region.start <= other.end and other.start <= region.end]
        if not met:
            kept.append(region)
        elif len(met) == 1 and _imports(met[0], region):
            first[first.index(met[0])] = met[0]._replace(
                new=met[0].new + tuple(line for line in region.new if line not in met[0].new)
            )
        else:
            return None
    out: list[bytes] = []
    at = 0
    old = lines(before)
    for start, end, new in sorted([*first, *kept]):
        out += [*old[at:start], *new]
        at = end
    return b"".join([*out, *old[at:]])


def _imports(one: Region, other: Region) -> bool:
    """Whether both only add imports, at the same place: then their order does not matter."""
    inserted = one.start == one.end == other.start == other.end
    return inserted and all(
        line.startswith((b"import ", b"from ")) and line.endswith(b"\n") for line in (*one.new, *other.new)
    )
