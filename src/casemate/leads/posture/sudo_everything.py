"""Everything as another without a password

## What it is

A rule of sudoers(5) or doas.conf(5) lets an account, or everybody, run every command as root or as another account, and
asks no password; or lets everybody run everything with their own.

## Why it matters

A stolen session, a script or a service of that account is root at once (ATT&CK T1548.003). CIS Debian Benchmark: "Ensure
users must provide password for escalation".

## How to fix it

Take `NOPASSWD:` away for persons. For a service, name the few commands that it needs.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("sudo-everything"),
    title="Everything as another without a password",
    cwe=269,
    owasp="A01:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("sudo-all", "sudo-as-other"),
    lateral=Severity.LOW,  # to another account, which is what the rule says in so many words
    examples=(
        Example(
            name="a service",
            language="host",
            code=("# file: /etc/sudoers 0440\nwebsvc ALL=(ALL) NOPASSWD: ALL  # finding\n"),
        ),
        Example(
            name="a group with a member",
            language="host",
            code=("# file: /etc/sudoers 0440\n%wheel ALL=(ALL:ALL) NOPASSWD: ALL  # finding\n"),
        ),
        Example(
            name="!authenticate for one user",
            language="host",
            code=("# file: /etc/sudoers 0440\nDefaults:alice !authenticate\nalice ALL=(ALL) ALL  # finding\n"),
        ),
        Example(
            name="as another account",
            language="host",
            code=("# file: /etc/sudoers 0440\nwebsvc ALL=(ingest) NOPASSWD: ALL  # finding\n"),
        ),
        Example(
            name="doas",
            language="host",
            code=("# file: /etc/doas.conf 0400\npermit nopass :wheel  # finding\n"),
        ),
        Example(
            name="near-miss: administrators with a password",
            language="host",
            code=("# file: /etc/sudoers 0440\n%wheel ALL=(ALL:ALL) ALL\nalice ALL=(ALL) ALL\n"),
        ),
        Example(
            name="near-miss: a group without a member",
            language="host",
            code=("# file: /etc/sudoers 0440\n%staff ALL=(ALL:ALL) NOPASSWD: ALL\n"),
        ),
        Example(
            name="near-miss: root itself",
            language="host",
            code=("# file: /etc/sudoers 0440\nroot ALL=(ALL:ALL) NOPASSWD: ALL\n"),
        ),
        Example(
            name="near-miss: in a comment",
            language="host",
            code=("# file: /etc/sudoers 0440\n# alice ALL=(ALL) NOPASSWD: ALL\n"),
        ),
        Example(
            name="near-miss: root's password is asked of everybody",
            language="host",
            code=("# file: /etc/sudoers 0440\nDefaults targetpw\nALL ALL=(ALL) ALL\n"),
        ),
    ),
)
