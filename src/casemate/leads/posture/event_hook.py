"""Hook of root that others can change

## What it is

A program that root runs when a network comes up, somebody logs in, a device appears, or packages change can be changed by another
account; or the rule or configuration that names it, or the folder that holds such programs.

## Why it matters

The next event runs their content as root (ATT&CK T1546; udev(7), interfaces(5), update-motd(5), apt.conf(5)).

## How to fix it

`chown root:root FILE; chmod go-w FILE`.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("writable-event-hook"),
    title="Hook of root that others can change",
    cwe=732,
    owasp="A05:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("event-hook", "device-hook", "package-hook"),
    examples=(
        Example(
            name="a script of the message of the day",
            language="host",
            code="# file: /etc/update-motd.d/50-news 0775 root:staff\n"
            "#!/bin/sh\n"
            "# file: /etc/update-motd.d/60-app 0777  # finding\n"
            "#!/bin/sh\n"
            "true\n",
        ),
        Example(
            name="a program of a udev rule",
            language="host",
            code="# file: /etc/udev/rules.d/90-disk.rules 0644\n"
            'ACTION=="add", SUBSYSTEM=="block", RUN+="/opt/disk/added %k"\n'
            "# file: /opt/disk/added 0755 websvc:websvc  # finding\n"
            "#!/bin/sh\n"
            "true\n",
        ),
        Example(
            name="a hook of apt",
            language="host",
            code="# file: /etc/apt/apt.conf.d/80hook 0644\n"
            'DPkg::Post-Invoke { "test -x /opt/inventory && /opt/inventory || true"; };\n'
            "# file: /opt/inventory 0777  # finding\n"
            "#!/bin/sh\n"
            "true\n",
        ),
        Example(
            name="near-miss: a rule that another of its name hides",
            language="host",
            code="# link: /etc/udev/rules.d/90-disk.rules -> /dev/null\n"
            "# file: /usr/lib/udev/rules.d/90-disk.rules 0644\n"
            'RUN+="/opt/disk/added"\n'
            "# file: /opt/disk/added 0777\n"
            "#!/bin/sh\n",
        ),
        Example(
            name="near-miss: a file that apt passes over",
            language="host",
            code="# file: /etc/apt/apt.conf.d/80hook.bak 0644\n"
            'DPkg::Post-Invoke { "/opt/inventory"; };\n'
            "# file: /opt/inventory 0777\n"
            "#!/bin/sh\n",
        ),
        Example(
            name="near-miss: as shipped",
            language="host",
            code="# file: /etc/network/if-up.d/app 0755\n"
            "#!/bin/sh\n"
            "true\n"
            "# file: /etc/udev/rules.d/90-x.rules 0644\n"
            'SUBSYSTEM=="block", RUN+="/usr/bin/id"\n',
        ),
        Example(
            name="near-miss: a rule that is commented out",
            language="host",
            code="# file: /etc/udev/rules.d/90-disk.rules 0644\n"
            '#RUN+="/opt/disk/added"\n'
            "# file: /opt/disk/added 0777\n"
            "#!/bin/sh\n"
            "true\n",
        ),
        Example(
            name="near-miss: a file that is not run",
            language="host",
            code="# file: /etc/update-motd.d/README.txt 0666\nnothing\n",
        ),
    ),
)
