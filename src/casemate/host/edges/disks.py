"""Keys of encrypted disks that lie in files: crypttab(5). ATT&CK T1552.004."""

from __future__ import annotations

from collections.abc import Iterator

from casemate.host.host import Host
from casemate.host.relation import Secret
from casemate.model.host import Confidence, Fact


def edges(host: Host) -> Iterator[Secret]:
    """Each key file of a line, and those that are found by a volume's name."""
    text = host.fs.text("/etc/crypttab")
    for number, line in text.numbered() if text else ():
        words = line.split()
        if len(words) < 2 or words[0].startswith("#"):
            continue
        key = words[2] if len(words) > 2 else "none"
        named = [key.partition(":")[0]] if key.startswith("/") else []
        if key in ("none", "-"):
            named = [f"{folder}/{words[0]}.key" for folder in ("/etc/cryptsetup-keys.d", "/run/cryptsetup-keys.d")]
        for path in named:
            if not path.startswith("/dev/"):
                yield Secret(
                    path=path,
                    kind="disk-key",
                    technique="T1552.004",
                    what=f"the key of the encrypted disk {words[0]}",
                    via=(Fact("/etc/crypttab", "opens a disk with it", number),),
                    confidence=Confidence.PROVED,
                )
