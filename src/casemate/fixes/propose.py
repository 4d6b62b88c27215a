"""Patches for a finding, the best first: what all rewrites for its kind have to offer."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from casemate.fixes.catalogue import for_cwe
from casemate.fixes.rewrite import Draft, Rewrite
from casemate.fixes.site import Site
from casemate.fixes.source import Edit, Source, Unfit
from casemate.model.fix import Change, Patch
from casemate.model.lead import Lead


def patches(lead: Lead, cwe: int, read: Callable[[str], bytes | None]) -> Iterator[Patch]:
    """Patches, each different from those before it. read: bytes of a file of the target, None when it is not to be had.

    Raises Unfit when the finding's file is not rewritten.
    """
    known: dict[str, Source] = {}

    def source(path: str) -> Source:
        if path not in known:
            data = read(path)
            if data is None:
                raise Unfit("it cannot be read")
            known[path] = Source.of(path, data)
        return known[path]

    site = Site.of(lead, cwe, source)
    seen: set[tuple[Change, ...]] = set()
    for rewrite in for_cwe(cwe):
        for draft in rewrite.propose(site):
            patch = made(rewrite, draft)
            if patch is not None and patch.changes not in seen:
                seen.add(patch.changes)
                yield patch


def made(rewrite: Rewrite, draft: Draft) -> Patch | None:
    """The patch of a draft; None when it changes nothing or cannot be written."""
    by_path: dict[str, tuple[Source, list[Edit]]] = {}
    for source, edit in draft.edits:
        by_path.setdefault(source.path, (source, []))[1].append(edit)
    changes = []
    for path, (source, edits) in sorted(by_path.items()):
        try:
            after = source.edited(dict.fromkeys(edits))
        except Unfit:
            return None
        if after != source.data:
            changes.append(Change(path=path, before=source.data, after=after))
    if not changes:
        return None
    return Patch(
        proposer=f"rewrite:{rewrite.id}",
        what=draft.what,
        changes=tuple(changes),
        answers_differ=rewrite.answers_differ,
    )
