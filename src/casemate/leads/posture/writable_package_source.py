"""Sources or keys of packages that others can change

## What it is

Somebody who is not root can change where packages come from (`/etc/apt/sources.list.d`, `/etc/yum.repos.d`), which keys may sign
them (`/etc/apt/trusted.gpg.d`, `/etc/apk/keys`, the file of a `signed-by`), how they are installed (`apt.conf.d`), or the scripts
of installed packages (`/var/lib/dpkg/info`).

## Why it matters

Packages and their scripts run as root: with a source and a key of their own, they are root after the next upgrade (ATT&CK
T1195.002).

## How to fix it

`chown root:root PATH`, and `chmod 0644` for a file or `chmod 0755` for a folder. Then compare what lies there with what you know.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("writable-package-source"),
    title="Source or key of packages that others can change",
    cwe=732,
    owasp="A08:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("package-source",),
    examples=(
        Example(
            name="a folder of sources that everybody can fill",
            language="host",
            code="# folder: /etc/apt/sources.list.d 0777  # finding\n",
        ),
        Example(
            name="a key of an account, named by a source",
            language="host",
            code="# file: /opt/vendor/key.gpg 0644 alice:alice  # finding\nx\n# file: /etc/apt/sources.list.d/v.list\n"
            "deb [signed-by=/opt/vendor/key.gpg] https://v.example/ stable main\n",
        ),
        Example(
            name="a script of an installed package",
            language="host",
            code="# file: /var/lib/dpkg/info/x.postinst 0757  # finding\n#!/bin/sh\n",
        ),
        Example(
            name="a local source without signatures",
            language="host",
            code="# folder: /srv/debs 0777  # finding\n# file: /etc/apt/sources.list\ndeb [trusted=yes] file:/srv/debs ./\n",
        ),
        Example(
            name="near-miss: as shipped",
            language="host",
            code="# folder: /etc/apt/sources.list.d 0755\n# file: /etc/apt/trusted.gpg.d/a.asc 0644\nx\n",
        ),
        Example(
            name="near-miss: a group without members",
            language="host",
            code="# folder: /etc/apt/sources.list.d 2775 root:staff\n",
        ),
        Example(
            name="near-miss: a local source whose signatures are checked",
            language="host",
            code="# folder: /srv/debs 0777\n# file: /etc/apt/sources.list\ndeb file:/srv/debs ./\n",
        ),
    ),
)
