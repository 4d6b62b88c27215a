"""What the audit of a host says beside its findings, in words: for the screen, and for a comment in Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from casemate.evidence.counts import plural
from casemate.evidence.host_fixes import words
from casemate.host.standing import people
from casemate.model.host import NETWORK, Actor, Confidence
from casemate.model.host_report import HostReport, Standing, Story, Stride


def title(host: HostReport) -> str:
    """What the section is about."""
    return f"Who becomes root on {host.system}"


def summary(host: HostReport) -> str:
    """One sentence: how many reach root."""
    if not host.standings:
        return "nobody: no way to root, to another account or to a secret was found"
    if not host.ways_to_root:
        return f"nobody reaches root; {_sources(len(host.standings))} another account or a secret"
    return f"{_sources(host.ways_to_root)} root"


def examined(host: HostReport) -> str:
    """What was looked at."""
    packages = f", {plural(host.packages, 'package')}" if host.packages else ""
    return f"{plural(host.nodes, 'file')} and folders, {plural(host.accounts, 'account')}{packages}"


def standing_words(standing: Standing) -> str:
    """What a source reaches, without its stories."""
    others = [people(actor) for actor in standing.others]
    shown = ", ".join(others[:4]) + (f" and {len(others) - 4:,} more" if len(others) > 4 else "")
    reached = ["root"] * standing.root + [shown] * bool(others)
    return f"{people(standing.source)} reaches {' and '.join(reached)}"


def story_lines(story: Story) -> Iterator[str]:
    """A way, one line a stride."""
    for stride in story.strides:
        yield stride_words(stride)


def stride_words(stride: Stride) -> str:
    """A stride with how sure it is, where that is not quite."""
    sure = "" if stride.confidence is Confidence.PROVED else f" ({stride.confidence})"
    technique = f" [{stride.technique}]" if stride.technique else ""
    return f"{stride.says}{sure}{technique}"


def cut_words(host: HostReport) -> str:
    """What the cut does, and how that is known."""
    cut = host.cut
    if not cut.fixes and not cut.uncut:
        return "nothing to cut: nobody who should not reaches root"
    cheapest = "the cheapest" if cut.minimal else "a cheap"
    proof = (
        "analysed again with them, nobody who should not reaches root" if cut.proved else "what is left is named below"
    )
    fixes = plural(len(cut.fixes), "fix")
    return f"{cheapest} cut has {fixes}; {proof}" if cut.fixes else "no fix of ours ends a way that is named below"


def fix_lines(host: HostReport) -> list[str]:
    """The fixes of the cut, in words."""
    return [words(fix) for fix in host.cut.fixes]


def imagined_words(host: HostReport) -> str:
    """What was supposed, or ""."""
    return "; ".join(words(fix) for fix in host.imagined)


def label(actor: Actor) -> str:
    """A short name, for a picture."""
    return "the network" if actor == NETWORK else people(actor)


def _sources(count: int) -> str:
    return f"{plural(count, 'source')} {'reaches' if count == 1 else 'reach'}"
