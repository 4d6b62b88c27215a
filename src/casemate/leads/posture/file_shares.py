"""File share that is open to too many

## What it is

An export of NFS, a share of Samba, a module of rsync or an FTP or TFTP server lets everybody on the network write, lets
other machines' root act as root, or speaks a broken protocol.

## Why it matters

With `no_root_squash` and writing, whoever reaches the server as root of any machine puts a SUID program on it, and any
account here runs it as root (ATT&CK T1135, T1548.001). With guests who write, files that others trust are theirs to
change.

## How to fix it

Name the hosts that need the share, and leave `root_squash` on: `/srv/export 10.0.0.5(rw,sync,root_squash)`. Ask for a
password: `guest ok = no`, `auth users = …`, `anonymous_enable=NO`. See exports(5), smb.conf(5), rsyncd.conf(5).
"""

from collections.abc import Iterator

from casemate.host.facts.shares import shares
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.posture.told import told
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity


def find(host: Host) -> Iterator[Seen]:
    """Each of them, at its line."""
    return told(shares(host))


RULE = FactRule(
    id=RuleId("open-file-share"),
    title="File share that is open to too many",
    cwe=732,
    owasp="A05:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="root of every host",
            language="host",
            code="# file: /etc/exports 0644\n/srv/export *(rw,sync,no_root_squash,no_subtree_check)  # finding\n",
        ),
        Example(
            name="a blank that opens it to the world",
            language="host",
            code="# file: /etc/exports 0644\n/srv/data db1 (rw,sync)  # finding\n",
        ),
        Example(
            name="guests write",
            language="host",
            code="# file: /etc/samba/smb.conf 0644\n[global]\nmap to guest = bad user\n[pool]\n"
            "path = /srv/pool\nguest ok = yes\nread only = no  # finding\n",
        ),
        Example(
            name="a module for everybody, as root",
            language="host",
            code="# file: /etc/rsyncd.conf 0644\nuid = root\n[backup]\npath = /srv/backup\nread only = no  # finding\n",
        ),
        Example(
            name="anybody uploads",
            language="host",
            code="# file: /etc/vsftpd.conf 0644\nanonymous_enable=YES\nwrite_enable=YES\n"
            "anon_upload_enable=YES  # finding\n",
        ),
        Example(
            name="near-miss: for one network, root squashed",
            language="host",
            code="# file: /etc/exports 0644\n/srv/export 10.0.0.0/24(rw,sync,root_squash)\n/srv/pub *(ro)\n",
        ),
        Example(
            name="near-miss: a share with a password",
            language="host",
            code="# file: /etc/samba/smb.conf 0644\n[global]\nmap to guest = bad user\n[homes]\n"
            "read only = no\nguest ok = no\n[print$]\nguest ok = yes\nread only = yes\n",
        ),
        Example(
            name="near-miss: a module with users",
            language="host",
            code="# file: /etc/rsyncd.conf 0644\n[backup]\npath = /srv/backup\nread only = no\n"
            "auth users = backup\nsecrets file = /etc/rsyncd.secrets\n",
        ),
        Example(
            name="near-miss: Kerberos, and a comment",
            language="host",
            code="# file: /etc/exports 0644\n/srv/export *(rw,sec=krb5p)\n# /srv/x *(rw,no_root_squash)\n",
        ),
    ),
)
