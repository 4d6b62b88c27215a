"""What the advisories mean for a host: ranks, ways, and what was not compared."""

import json

import pytest

from casemate.host.derivation import Graph
from casemate.host.edges.vulnerable_packages import edges as relations
from casemate.host.graph import edges
from casemate.host.packages.loaded import loaded
from casemate.host.vulnerable import vulnerable
from casemate.leads.audit import audit
from casemate.leads.catalogue import posture
from casemate.model.host import ANYONE, NETWORK, ROOT, Confidence, account
from casemate.model.host_fix import Upgrade
from casemate.model.lead import Severity
from casemate.model.outcome import Reason
from tests.host.tree import tree

REMOTE = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
HIGH = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"


def database(*entries, release="Debian:12"):
    """entries: (id, source package, fixed version or "", vector or "")."""
    out = []
    for own, name, fixed, vector in entries:
        events = [{"introduced": "0"}] + ([{"fixed": fixed}] if fixed else [])
        out.append(
            {
                "id": own,
                "severity": [{"type": "CVSS_V3", "score": vector}] if vector else [],
                "affected": [
                    {
                        "package": {"ecosystem": release, "name": name},
                        "ranges": [{"type": "ECOSYSTEM", "events": events}],
                    }
                ],
            }
        )
    return f"# database: osv\n{json.dumps(out)}\n"


def status(*stanzas):
    """stanzas: (name, source, version, depends)."""
    text = "# file: /var/lib/dpkg/status\n"
    for name, source, version, depends in stanzas:
        text += f"Package: {name}\nStatus: install ok installed\nSource: {source}\nVersion: {version}\nDepends: {depends}\n\n"
    return text


def unit(name, program, *lines):
    text = f"# file: /usr/lib/systemd/system/{name} 0644\n[Service]\nExecStart={program} -D\n" + "".join(
        f"{x}\n" for x in lines
    )
    return text + f"# link: /etc/systemd/system/multi-user.target.wants/{name} -> /usr/lib/systemd/system/{name}\n"


SSHD = "# file: /usr/sbin/sshd 0755\n# file: /var/lib/dpkg/info/openssh-server.list\n/usr/sbin/sshd\n"
NGINX = "# file: /usr/sbin/nginx 0755\n# file: /var/lib/dpkg/info/nginx.list\n/usr/sbin/nginx\n"
SSH = ("openssh-server", "openssh", "1", "libc6, libssl3")


def leads(text):
    host = tree(text).host()
    found = audit(host, Graph(edges(host, relations(host))), [r for r in posture() if r.id.startswith("vulnerable-")])
    return {(lead.rule, lead.location.line): lead for lead in found}, host


def test_without_a_database_nothing_is_clean():
    """One loss says how many packages were not compared."""
    host = tree(status(SSH, ("libc6", "glibc", "2", ""))).host()
    assert vulnerable(host).weaknesses == ()
    (loss,) = host.fs.losses
    assert (loss.reason, loss.files) == (Reason.NO_DATABASE, 2)
    assert "2 packages were not compared" in loss.detail


def test_a_database_about_another_release():
    """It says nothing of these packages, and that is said."""
    host = tree(database(("CVE-2025-1", "openssh", "2", ""), release="Debian:11") + status(SSH)).host()
    assert vulnerable(host).weaknesses == ()
    (loss,) = host.fs.losses
    assert loss.reason is Reason.NO_DATABASE
    assert "Debian:12" in loss.detail


def test_no_packages_no_loss():
    """A root without a package database says nothing of a database of advisories."""
    host = tree("").host()
    assert vulnerable(host).weaknesses == ()
    assert host.fs.losses == ()


def test_what_nothing_loads_ranks_below_what_a_service_loads():
    """A library of sshd keeps its rank, a tool that nothing starts loses a step."""
    stanzas = status(SSH, ("libssl3", "openssl", "3", "libz"), ("libz", "zlib", "1", ""), ("tool", "tool", "1", ""))
    entries = [("CVE-2025-1", "zlib", "2", HIGH), ("CVE-2025-2", "tool", "2", HIGH)]
    found, _ = leads(database(*entries) + SSHD + unit("ssh.service", "/usr/sbin/sshd") + stanzas)
    library, tool = found["vulnerable-package", 13], found["vulnerable-package", 19]
    assert (library.severity, tool.severity) == (Severity.HIGH, Severity.MEDIUM)
    assert "is loaded by sshd, which serves the network" in library.message


@pytest.mark.parametrize(
    ("vector", "fixed", "kev", "expected"),
    [
        (HIGH, "2", False, Severity.MEDIUM),
        (HIGH, "2", True, Severity.HIGH),
        (HIGH, "", False, Severity.LOW),
        ("", "2", False, Severity.LOW),
        (REMOTE, "2", True, Severity.CRITICAL),
    ],
)
def test_severity(vector, fixed, kev, expected):
    """By the vector, raised by what CISA lists, lowered where there is no fix and where nothing loads it."""
    listed = {"catalogVersion": "1", "vulnerabilities": [{"cveID": "CVE-2025-2000", "dateAdded": "2026-01-02"}]}
    kevs = f"# database: kev\n{json.dumps(listed)}\n" if kev else ""
    found, _ = leads(database(("CVE-2025-2000", "tool", fixed, vector)) + kevs + status(("tool", "tool", "1", "")))
    (lead,) = found.values()
    assert lead.severity is expected
    assert ("known to be exploited since 2026-01-02" in lead.message) == kev


def test_a_server_that_is_taken_over():
    """From the network to root, first the package's stanza; all weaknesses of one upgrade in one finding, and no second one."""
    entries = [("CVE-2025-1", "openssh", "1+deb12u2", REMOTE), ("CVE-2025-2", "openssh", "1+deb12u1", REMOTE)]
    text = database(*entries) + SSHD + unit("ssh.service", "/usr/sbin/sshd") + status(SSH)
    found, host = leads(text)
    (lead,) = found.values()
    assert (lead.rule, lead.severity, lead.location.path) == (
        "vulnerable-service",
        Severity.CRITICAL,
        "var/lib/dpkg/status",
    )
    assert "CVE-2025-1" in lead.message
    assert "CVE-2025-2" in lead.message
    (grant,) = relations(host)
    assert (grant.holders, grant.becomes, grant.confidence) == ((NETWORK,), ROOT, Confidence.LIKELY)
    assert grant.fixes[0] == Upgrade("dpkg", "openssh-server", "1", "1+deb12u2")


def test_the_account_that_a_server_works_as():
    """What its unit says, or what it is known to become."""
    text = database(("CVE-2025-1", "nginx", "2", REMOTE)) + NGINX + status(("nginx", "nginx", "1", ""))
    (grant,) = relations(tree(text + unit("nginx.service", "/usr/sbin/nginx", "User=websvc")).host())
    assert grant.becomes == account("websvc")
    users = "# file: /etc/passwd 0644\nroot:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/var/www:/usr/sbin/nologin\n"
    (grant,) = relations(tree(text + unit("nginx.service", "/usr/sbin/nginx")).host())
    assert grant.becomes == ROOT
    base_users = tree(
        users + text + unit("nginx.service", "/usr/sbin/nginx"),
        base="# folder: /tmp 1777\n# file: /etc/os-release\nID=debian\nVERSION_ID=12\n",
    )
    (grant,) = relations(base_users.host())
    assert grant.becomes == account("www-data")


def test_a_suid_program():
    """Any local user becomes root by it, with the program in the trace."""
    text = database(("CVE-2025-1", "sudo", "2", "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H"))
    text += "# file: /usr/bin/sudo 4755\n# file: /var/lib/dpkg/info/sudo.list\n/bin/sudo\n" + status(
        ("sudo", "sudo", "1", "")
    )
    (grant,) = relations(tree(text).host())
    assert (grant.holders, grant.becomes, grant.via[1].path) == ((ANYONE,), ROOT, "/usr/bin/sudo")


def test_what_is_loaded():
    """A disabled server is not; the program of an enabled socket is; a circle of dependencies ends."""
    stanzas = status(("openssh-server", "openssh", "1", "libx"), ("libx", "x", "1", "liby"), ("liby", "y", "1", "libx"))
    socket = (
        "# file: /usr/lib/systemd/system/ssh.socket\n[Socket]\nListenStream=22\nAccept=yes\n"
        "# file: /usr/lib/systemd/system/ssh@.service\n[Service]\nExecStart=-/usr/sbin/sshd -i\n"
        "# link: /etc/systemd/system/sockets.target.wants/ssh.socket -> /usr/lib/systemd/system/ssh.socket\n"
    )
    found = loaded(tree(SSHD + socket + stanzas).host())
    assert {name: use.network for name, use in found.items()} == {"openssh-server": True, "libx": True, "liby": True}
    disabled = "# folder: /etc/systemd/system/multi-user.target.wants\n"
    assert loaded(tree(SSHD + disabled + stanzas).host()) == {}
