"""SUID program with a vulnerability that makes root of a local user

## What it is

A program with root's SUID bit belongs to a package with a known vulnerability that a local user needs nothing else for (CVSS:
attack vector local, no or low privileges, no other user's help, all of confidentiality, integrity and availability lost).

## Why it matters

Every local user, and every service that is taken over, becomes root by it (ATT&CK T1068).

## How to fix it

Upgrade the package to the version that is named. Until then `chmod u-s PROGRAM`, if you can do without it.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

_DATABASE = """# database: osv
{"id": "CVE-2025-3", "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H"}], "affected": [
  {"package": {"ecosystem": "Debian:12", "name": "sudo"}, "ranges": [{"type": "ECOSYSTEM", "events":
    [{"introduced": "0"}, {"fixed": "1.9.13p3-1+deb12u2"}]}]},
  {"package": {"ecosystem": "Alpine:v3.18", "name": "sudo"}, "ranges": [{"type": "ECOSYSTEM", "events":
    [{"introduced": "0"}, {"fixed": "1.9.13_p3-r3"}]}]}]}
"""
_STANZA = """# file: /var/lib/dpkg/info/sudo.list 0644
/usr/bin/sudo
# file: /var/lib/dpkg/status 0644
Package: sudo%s
Status: install ok installed
Version: %s
"""
_ALPINE = """# file: /etc/os-release 0644
ID=alpine
VERSION_ID=3.18.4
# file: /usr/lib/apk/db/installed 0644
P:sudo%s
V:%s
F:usr/bin
R:sudo
"""
_PROGRAM = "# file: /usr/bin/sudo %s\n"

RULE = ChainRule(
    id=RuleId("vulnerable-suid-program"),
    title="SUID program with a vulnerability that makes root of a local user",
    cwe=1395,
    owasp="A06:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("vulnerable-suid-program",),
    examples=(
        Example(
            name="sudo before the fix",
            language="host",
            code=_DATABASE + _PROGRAM % "4755" + _STANZA % ("  # finding", "1.9.13p3-1+deb12u1"),
        ),
        Example(
            name="sudo of Alpine",
            language="host",
            code=_DATABASE + _PROGRAM % "4755" + _ALPINE % ("  # finding", "1.9.13_p3-r2"),
        ),
        Example(
            name="near-miss: the fix was taken over into the release's own version",
            language="host",
            code=_DATABASE + _PROGRAM % "4755" + _STANZA % ("", "1.9.13p3-1+deb12u2"),
        ),
        Example(
            name="near-miss: the bit was taken away",
            language="host",
            code=_DATABASE + _PROGRAM % "0755" + _STANZA % ("", "1.9.13p3-1"),
        ),
        Example(
            name="near-miss: only a group that has no member may run it",
            language="host",
            code=_DATABASE + _PROGRAM % "4750 root:sudo" + _STANZA % ("", "1.9.13p3-1"),
        ),
    ),
)
