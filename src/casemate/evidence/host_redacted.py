"""What is told of a host without the secrets that its command lines hold: `mysql -p…` in a sudo rule, in a crontab."""

from __future__ import annotations

from dataclasses import replace

from casemate.evidence.redact import redact
from casemate.model.host_report import HostReport, Story, Stride


def redacted(host: HostReport) -> HostReport:
    """The same with every text that may quote the host redacted. Its fixes stay as they are, since they are to be made:
    whoever shows one uses `host_fixes.words`."""
    return replace(
        host,
        standings=tuple(replace(one, stories=tuple(map(_story, one.stories))) for one in host.standings),
        powers=tuple(map(redact, host.powers)),
        picture=tuple(map(_stride, host.picture)),
        cut=replace(host.cut, uncut=tuple(map(_story, host.cut.uncut))),
    )


def _story(story: Story) -> Story:
    return replace(story, strides=tuple(map(_stride, story.strides)))


def _stride(stride: Stride) -> Stride:
    places = tuple(replace(fact, says=redact(fact.says)) for fact in stride.places)
    return replace(stride, says=redact(stride.says), places=places)
