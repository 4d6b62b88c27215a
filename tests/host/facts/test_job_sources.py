"""Log rotation, start-up scripts, hooks and mail: what each names, and as whom."""

from __future__ import annotations

import pytest

from casemate.host.facts.acts import entries
from casemate.host.facts.job import Job
from casemate.host.facts.rotation import rotation
from casemate.model.host import ROOT, account
from tests.host.tree import tree


def found(text):
    return [(entry.line, entry.runner) for entry in entries(tree(text).host()) if isinstance(entry, Job)]


def test_rotation():
    """Patterns in quotes and on several lines, scripts, `su` of an entry and of all, includes in a circle."""
    text = (
        "# file: /etc/logrotate.conf\nweekly\ninclude /etc/logrotate.d\ninclude /etc/logrotate.conf\n"
        '# file: /etc/logrotate.d/a\n"/var/log/a b.log" /var/log/c.log\n/var/log/d/*.log\n{\n  su alice alice\n  postrotate\n'
        "    /opt/x reload }\n  endscript\n}\n/var/log/e {\n  create\n}\n"
        "# file: /etc/logrotate.d/b.bak\n/var/log/z {\n}\n"
    )
    host = tree(text).host()
    read = host.once(rotation)
    assert [(r.line, r.patterns, r.user, r.makes) for r in read.rotated] == [
        (1, ("/var/log/a b.log", "/var/log/c.log", "/var/log/d/*.log"), "alice", False),
        (9, ("/var/log/e",), "", True),
    ]
    assert [(e.line.strip(), e.runner) for e in read.entries if isinstance(e, Job)] == [
        ("/opt/x reload }", account("alice"))
    ]


@pytest.mark.parametrize(
    ("text", "line", "runner"),
    [
        ("# file: /etc/rc.local 0755\n#!/bin/sh\n", "'/etc/rc.local'", ROOT),
        ("# file: /etc/inittab\nx:2345:respawn:/opt/x -f\n", "/opt/x -f", ROOT),
        ("# file: /etc/inetd.conf\na stream tcp nowait bob /opt/x x -v\n", "/opt/x -v", account("bob")),
        ("# file: /etc/xinetd.d/a\nservice a\n{\n server = /opt/x\n user = root\n}\n", "/opt/x ", ROOT),
        (
            "# file: /etc/supervisord.conf\n[program:a]\ncommand=/opt/x %(here)s\nuser=alice\n",
            "/opt/x x",
            account("alice"),
        ),
        ('# file: /etc/monitrc\ncheck process x\n start program = "/opt/x go"\n', "/opt/x go", ROOT),
        ("# file: /etc/update-motd.d/10-x 0755\n#!/bin/sh\n", "'/etc/update-motd.d/10-x'", ROOT),
        (
            "# file: /etc/NetworkManager/dispatcher.d/10-x 0755\n#!/bin/sh\n",
            "'/etc/NetworkManager/dispatcher.d/10-x'",
            ROOT,
        ),
        ('# file: /usr/lib/udev/rules.d/1.rules\nA=="b", RUN+="/opt/x"\n', "/opt/x", ROOT),
        ('# file: /etc/apt/apt.conf.d/9x.conf\nDPkg::Post-Invoke {"/opt/x";};\n', "/opt/x", ROOT),
        ("# file: /etc/dhcp/dhclient-exit-hooks.d/x\nA=1\n", ". '/etc/dhcp/dhclient-exit-hooks.d/x'", ROOT),
        ("# file: /etc/network/interfaces\niface a inet dhcp\n  post-up /opt/x\n", "/opt/x", ROOT),
        ("# file: /etc/wireguard/wg0.conf\nPostUp = /opt/x %i\n", "/opt/x wg0", ROOT),
        ('# file: /etc/udev/rules.d/1.rules\nA=="b", RUN+="/opt/x $name"\n', "/opt/x x", ROOT),
        ('# file: /etc/apt/apt.conf.d/1\nDPkg::Post-Invoke {"/opt/x || true";};\n', "/opt/x || true", ROOT),
        ('# file: /etc/dpkg/dpkg.cfg.d/1\npost-invoke="/opt/x"\n', "/opt/x", ROOT),
        ("# file: /etc/acpi/events/p\nevent=button\naction=/opt/x\n", "/opt/x", ROOT),
        ('# file: /root/.forward\n"|/opt/x"\n', "/opt/x", ROOT),
        ('# file: /etc/aliases\na: "|/opt/x -y"\n', "/opt/x -y", account("nobody")),
    ],
)
def test_a_source_of_jobs(text, line, runner):
    """Each form, as its manual gives it."""
    assert (line, runner) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "# file: /etc/rc.local 0644\n/opt/x\n# file: /etc/xinetd.d/a\nservice a\n{\n server = /opt/x\n disable = yes\n}\n",
        '# file: /etc/apt/apt.conf.d/1\n// DPkg::Post-Invoke {"/opt/x";};\nAPT::NeverAutoRemove { "/opt/x"; };\n',
        "# file: /etc/supervisord.conf\n[supervisord]\n;command=/opt/x\n",
        '# file: /etc/aliases\nroot: alice\n# a: "|/opt/x"\n',
        '# file: /etc/udev/rules.d/1.rules\n# RUN+="/opt/x"\nA=="/opt/x"\n',
        '# file: /etc/apt/apt.conf.d/9x.conf.disabled\nDPkg::Post-Invoke {"/opt/x";};\n',
        '# file: /etc/apt/apt.conf.d/9x.bak\nDPkg::Post-Invoke {"/opt/x";};\n',
        "# file: /etc/dpkg/dpkg.cfg.d/1.dpkg-old\npost-invoke=/opt/x\n",
        "# file: /etc/update-motd.d/10-x.dpkg-old 0755\n#!/bin/sh\n",
        "# file: /etc/NetworkManager/dispatcher.d/10-x.rpmsave 0755\n#!/bin/sh\n",
        "# file: /etc/NetworkManager/dispatcher.d/10-x~ 0755\n#!/bin/sh\n",
        '# link: /etc/udev/rules.d/1.rules -> /dev/null\n# file: /usr/lib/udev/rules.d/1.rules\nA=="b", RUN+="/opt/x"\n',
        '# file: /etc/udev/rules.d/1.rules\n# none\n# file: /usr/lib/udev/rules.d/1.rules\nA=="b", RUN+="/opt/x"\n',
    ],
)
def test_what_names_no_job(text):
    """Near-misses: switched off, commented out, another setting."""
    assert [line for line, _ in found(text) if "/opt/x" in line] == []
