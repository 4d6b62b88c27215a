"""polkit configuration that others can change

## What it is

A folder or file of polkit's rules, or of its actions, can be changed by somebody who is neither root nor polkit's own
daemon; or a program that an action lets `pkexec` run as root (`org.freedesktop.policykit.exec.path`) can.

## Why it matters

They add a rule that says yes to everything, for themselves, or put their own commands into the program, which `pkexec`
then runs as root: at once where the action says `yes`, else when an administrator next uses it (ATT&CK T1548; polkit(8)).

## How to fix it

`chown root:root`, and 0755 for folders and 0644 for files (Debian: folders polkitd:root, 0700). A program that `pkexec` runs
belongs to root, as do the folders above it.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("writable-polkit"),
    title="polkit configuration that others can change",
    cwe=732,
    owasp="A01:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("polkit-configuration", "polkit-program"),
    examples=(
        Example(
            name="a folder of rules",
            language="host",
            code="# folder: /etc/polkit-1/rules.d 0777  # finding\n",
        ),
        Example(
            name="a file of rules",
            language="host",
            code=("# file: /etc/polkit-1/rules.d/10-x.rules 0644 alice:alice  # finding\n// nothing yet\n"),
        ),
        Example(
            name="a program that an action runs",
            language="host",
            code=(
                "# file: /usr/bin/pkexec 4755\nx\n# file: /usr/share/polkit-1/actions/a.policy\n<policyconfig>\n"
                '<action id="a.b">\n<defaults>\n<allow_active>auth_admin</allow_active>\n</defaults>\n'
                '<annotate key="org.freedesktop.policykit.exec.path">/opt/a/run</annotate>\n</action>\n'
                "</policyconfig>\n# file: /opt/a/run 0755 websvc:websvc  # finding\n#!/bin/sh\nexit 0\n"
            ),
        ),
        Example(
            name="near-miss: a program of root",
            language="host",
            code=(
                "# file: /usr/bin/pkexec 4755\nx\n# file: /usr/share/polkit-1/actions/a.policy\n<policyconfig>\n"
                '<action id="a.b">\n<defaults>\n<allow_active>auth_admin</allow_active>\n</defaults>\n'
                '<annotate key="org.freedesktop.policykit.exec.path">/opt/a/run</annotate>\n</action>\n'
                "</policyconfig>\n# file: /opt/a/run 0755\n#!/bin/sh\nexit 0\n"
            ),
        ),
        Example(
            name="near-miss: as shipped",
            language="host",
            code="# folder: /etc/polkit-1/rules.d 0700\n",
        ),
        Example(
            name="near-miss: what is no rule",
            language="host",
            code=("# file: /etc/polkit-1/rules.d/README 0666\nnothing\n"),
        ),
        Example(
            name="near-miss: a group without a member",
            language="host",
            code="# folder: /etc/polkit-1/rules.d 0775 root:staff\n",
        ),
    ),
)
