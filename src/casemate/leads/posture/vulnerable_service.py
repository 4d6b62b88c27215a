"""Network service with a vulnerability that takes it over

## What it is

A package whose program serves the network has a version with a known vulnerability that needs no account and no user's help
(CVSS: attack vector network, privileges required none, all of confidentiality, integrity and availability lost).

## Why it matters

Somebody who reaches the port becomes the account that the service runs as; for sshd and others that is root (ATT&CK T1190).

## How to fix it

Upgrade the package to the version that is named and restart the service. Until then keep the port from whoever need not reach it,
or stop the service. Whether a firewall in front of the host keeps them away is not known here.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

_DATABASE = """# database: osv
[{"id": "CVE-2025-1", "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H"}], "affected": [
  {"package": {"ecosystem": "Debian:12", "name": "openssh"}, "ranges": [{"type": "ECOSYSTEM", "events":
    [{"introduced": "0"}, {"fixed": "1:9.2p1-2+deb12u3"}]}]}]},
 {"id": "CVE-2025-2", "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:L/I:L/A:N"}], "affected": [
  {"package": {"ecosystem": "Debian:12", "name": "nginx"}, "ranges": [{"type": "ECOSYSTEM", "events":
    [{"introduced": "0"}, {"fixed": "1.22.1-9+deb12u9"}]}]}]}]
"""
_SSHD = """# file: /usr/sbin/sshd 0755
# file: /var/lib/dpkg/info/openssh-server.list 0644
/usr/sbin/sshd
"""
_UNIT = """# file: /usr/lib/systemd/system/ssh.service 0644
[Service]
ExecStart=/usr/sbin/sshd -D $SSHD_OPTS
# link: /etc/systemd/system/multi-user.target.wants/ssh.service -> /usr/lib/systemd/system/ssh.service
"""
_STANZA = "# file: /var/lib/dpkg/status 0644\nPackage: %s\nStatus: install ok installed\nSource: %s\nVersion: %s\n"

RULE = ChainRule(
    id=RuleId("vulnerable-service"),
    title="Network service with a vulnerability that takes it over",
    cwe=1395,
    owasp="A06:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("vulnerable-service",),
    examples=(
        Example(
            name="sshd that the host starts",
            language="host",
            code=_DATABASE + _SSHD + _UNIT + _STANZA % ("openssh-server  # finding", "openssh", "1:9.2p1-2+deb12u2"),
        ),
        Example(
            name="sshd of an image in which nothing says what is started",
            language="host",
            code=_DATABASE + _SSHD + _STANZA % ("openssh-server  # finding", "openssh", "1:9.2p1-2"),
        ),
        Example(
            name="near-miss: with the distribution's fix",
            language="host",
            code=_DATABASE + _SSHD + _UNIT + _STANZA % ("openssh-server", "openssh", "1:9.2p1-2+deb12u3"),
        ),
        Example(
            name="near-miss: the client of the same source package",
            language="host",
            code=_DATABASE + _STANZA % ("openssh-client", "openssh", "1:9.2p1-2+deb12u2"),
        ),
        Example(
            name="near-miss: a vulnerability that needs an account and takes nothing over",
            language="host",
            code=_DATABASE
            + _STANZA % ("nginx", "nginx", "1.22.1-9")
            + "# file: /usr/sbin/nginx 0755\n# file: /var/lib/dpkg/info/nginx.list 0644\n/usr/sbin/nginx\n",
        ),
        Example(
            name="near-miss: the server is there, and the host does not start it",
            language="host",
            code=_DATABASE
            + _SSHD
            + "# folder: /etc/systemd/system/multi-user.target.wants\n"
            + _STANZA % ("openssh-server", "openssh", "1:9.2p1-2+deb12u2"),
        ),
    ),
)
