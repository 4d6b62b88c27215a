"""Programs that the kernel runs, and that others can change

## What it is

The kernel itself starts programs as root: the one behind the bar of `kernel.core_pattern` when something crashes,
`kernel.modprobe` when a module is missing; and modprobe runs the `install` lines of modprobe.d(5). Somebody who is not root can
change such a program, or the settings that name it.

## Why it matters

Any account can make a program crash, or ask for a module that is not there, and the kernel runs the changed program as root,
outside of any container (ATT&CK T1546, T1547.006). Sources: core(5), modprobe.d(5), Linux
Documentation/admin-guide/sysctl/kernel.

## How to fix it

`chown root:root PROGRAM; chmod 0755 PROGRAM`, and the same for the folders above it; or point the setting to a program in
`/usr`, or take it out.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("writable-kernel-helper"),
    title="Program that the kernel runs, and that others can change",
    cwe=732,
    owasp="A05:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("core-pattern", "kernel-settings"),
    examples=(
        Example(
            name="what gets core files",
            language="host",
            code="# file: /opt/crash/collect 0777  # finding\n#!/bin/sh\n# file: /etc/sysctl.d/50-core.conf\n"
            "kernel.core_pattern = |/opt/crash/collect %p %s\n",
        ),
        Example(
            name="settings that everybody can write to",
            language="host",
            code="# file: /etc/sysctl.d/50-x.conf 0666  # finding\nvm.swappiness=10\n",
        ),
        Example(
            name="what modprobe runs",
            language="host",
            code="# file: /opt/x/load.sh 0755 alice:alice  # finding\n#!/bin/sh\n# file: /etc/modprobe.d/x.conf\n"
            "install x /opt/x/load.sh\n",
        ),
        Example(
            name="near-miss: a program of root",
            language="host",
            code="# file: /usr/lib/systemd/systemd-coredump 0755\nx\n# file: /usr/lib/sysctl.d/50-coredump.conf\n"
            "kernel.core_pattern=|/usr/lib/systemd/systemd-coredump %P %u\n",
        ),
        Example(
            name="near-miss: set back by a later file",
            language="host",
            code="# file: /opt/crash/collect 0777\n#!/bin/sh\n# file: /etc/sysctl.d/50-core.conf\n"
            "kernel.core_pattern=|/opt/crash/collect\n# file: /etc/sysctl.d/60-core.conf\nkernel.core_pattern=core\n",
        ),
        Example(
            name="near-miss: a module that is not to be loaded",
            language="host",
            code="# file: /etc/modprobe.d/x.conf\ninstall cramfs /bin/false\nblacklist pcspkr\n",
        ),
    ),
)
