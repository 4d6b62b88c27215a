"""Sudoedit of a file that gives more

## What it is

A rule lets somebody edit any file as root, one that decides who is root, or a path whose folder they can change.

## Why it matters

They add themselves to it, or put a link in its place (ATT&CK T1548.003; sudoers(5), "Secure editing"; CVE-2015-5602).

## How to fix it

Name single files, without wildcards, in folders of root's, that root does not execute or trust.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("sudo-edit"),
    title="Sudoedit of a file that gives more",
    cwe=59,
    owasp="A01:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("sudo-edit",),
    examples=(
        Example(
            name="any file",
            language="host",
            code=("# file: /etc/sudoers 0440\nalice ALL=(root) NOPASSWD: sudoedit  # finding\n"),
        ),
        Example(
            name="a file that decides who is root",
            language="host",
            code=("# file: /etc/sudoers 0440\nalice ALL=(root) NOPASSWD: sudoedit /etc/sudoers.d/web  # finding\n"),
        ),
        Example(
            name="a wildcard for a folder",
            language="host",
            code=("# file: /etc/sudoers 0440\nalice ALL=(root) NOPASSWD: sudoedit /srv/*/site.conf  # finding\n"),
        ),
        Example(
            name="near-miss: one file of a service",
            language="host",
            code=("# file: /etc/sudoers 0440\nalice ALL=(root) NOPASSWD: sudoedit /etc/motd\n"),
        ),
        Example(
            name="near-miss: a wildcard for names in root's folder",
            language="host",
            code=(
                "# file: /etc/sudoers 0440\nalice ALL=(root) NOPASSWD: sudoedit /etc/app/*.conf\n# folder: /etc/app\n"
            ),
        ),
        Example(
            name="near-miss: with a password",
            language="host",
            code=("# file: /etc/sudoers 0440\nalice ALL=(root) sudoedit /etc/sudoers.d/web\n"),
        ),
    ),
)
