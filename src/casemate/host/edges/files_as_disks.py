"""Files that stand for disks: images that are mounted, and files that are swapped to (fstab(5), losetup(8), swapon(8)).

Who writes to an image that is mounted without nosuid places a SUID program of root's in it (ATT&CK T1548.001). What is swapped
out is memory of any process, secrets of root's among it, and is believed when it comes back (T1006).
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.host.facts.mounts import Mount, effective, mounts
from casemate.host.facts.settings import found, ini, last
from casemate.host.host import Host
from casemate.host.relation import Relation, Secret, Trust
from casemate.model.host import ROOT, Confidence, Fact

KIND = "raw-device"


def edges(host: Host) -> Iterator[Relation]:
    """Each image and each swap file that an entry names."""
    for mount in host.once(mounts):
        if not mount.source.startswith("/") or mount.source.startswith("/dev/"):
            continue
        if mount.kind == "swap":
            yield from _swap(mount.source, Fact(mount.path, "swaps to it", mount.line))
        elif host.fs.is_file(mount.source) and not {"bind", "rbind"} & set(mount.options):
            yield from _image(mount)
    for path in found(host, "/etc/systemd/system/*.swap"):
        what = last(ini(host, path), "what", "swap")
        if what is not None and what.value.startswith("/") and not what.value.startswith("/dev/"):
            yield from _swap(what.value, Fact(path, "swaps to it", what.line))


def _image(mount: Mount) -> Iterator[Trust]:
    if "nosuid" in effective(mount.options):
        return
    yield Trust(
        runner=ROOT,
        path=mount.source,
        kind=KIND,
        technique="T1548.001",
        via=(Fact(mount.path, f"mounts it on {mount.place}, SUID programs included", mount.line),),
        says="is an image of files that count as this host's own, SUID programs among them",
        confidence=Confidence.LIKELY if "noauto" in mount.options else Confidence.PROVED,
    )


def _swap(path: str, via: Fact) -> Iterator[Relation]:
    yield Secret(
        path=path,
        kind="swap-file",
        technique="T1006",
        what="memory of any process, with the passwords and keys of root in it",
        via=(via,),
        confidence=Confidence.LIKELY,
    )
    yield Trust(
        runner=ROOT,
        path=path,
        kind=KIND,
        technique="T1006",
        via=(via,),
        says="holds memory of root's processes",
        confidence=Confidence.LIKELY,
    )
