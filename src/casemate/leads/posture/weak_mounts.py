"""Mount that lets in programs of others

## What it is

A line of `/etc/fstab` or a mount unit lets any user mount a medium with SUID programs or devices on it, trusts those of
another host, or makes all files writable.

## Why it matters

A SUID program on a medium of one's own runs as root as soon as the medium is mounted without `nosuid` (ATT&CK
T1548.001).

## How to fix it

Add `nosuid,nodev` to the options. `user` and `users` bring them along, unless a later `suid`, `dev` or `defaults` takes
them away again. See mount(8), fstab(5); CIS Debian Benchmark, 1.1.2.
"""

from collections.abc import Iterator

from casemate.host.facts.mounts import weak_mounts
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.posture.told import told
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity


def find(host: Host) -> Iterator[Seen]:
    """Each of them, at its line."""
    return told(weak_mounts(host))


RULE = FactRule(
    id=RuleId("weak-mount"),
    title="Mount that lets in programs of others",
    cwe=732,
    owasp="A05:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="any user, with SUID programs",
            language="host",
            code="# file: /etc/fstab 0644\n/dev/sdb1 /media/usb vfat user,noauto,suid 0 0  # finding\n",
        ),
        Example(
            name="files of another host",
            language="host",
            code="# file: /etc/fstab 0644\nnas:/vol /mnt/nas nfs defaults 0 0  # finding\n",
        ),
        Example(
            name="everybody writes",
            language="host",
            code="# file: /etc/systemd/system/mnt-d.mount 0644\n[Mount]\nWhat=/dev/sdc1\nWhere=/mnt/d\n"
            "Type=ntfs\nOptions=nosuid,umask=000  # finding\n",
        ),
        Example(
            name="near-miss: any user, as user says",
            language="host",
            code="# file: /etc/fstab 0644\n/dev/sr0 /media/cdrom0 udf,iso9660 user,noauto 0 0\n",
        ),
        Example(
            name="near-miss: with nosuid",
            language="host",
            code="# file: /etc/fstab 0644\nnas:/vol /mnt/nas nfs defaults,nosuid,nodev 0 0\n"
            "tmpfs /tmp tmpfs defaults,nosuid,nodev 0 0\n",
        ),
        Example(
            name="near-miss: an ordinary system",
            language="host",
            code="# file: /etc/fstab 0644\n# user,suid\nUUID=1-2 / ext4 errors=remount-ro 0 1\n"
            "UUID=3-4 none swap sw 0 0\nUUID=5-6 /home ext4 defaults 0 2\n",
        ),
    ),
)
