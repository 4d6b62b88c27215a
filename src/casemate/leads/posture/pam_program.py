"""PAM module, program or stack that others can change

## What it is

A file of /etc/pam.d, a module that it names, or a program that pam_exec or pam_script runs can be changed by somebody who
is not root.

## Why it matters

Login, su, sudo and sshd run it as root with every password at hand (ATT&CK T1556.003).

## How to fix it

Give the file and the folders above it to root: `chown root:root FILE; chmod go-w FILE`.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("writable-pam"),
    title="PAM module, program or stack that others can change",
    cwe=732,
    owasp="A01:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("pam-program", "pam-module", "pam-configuration", "login-configuration"),
    examples=(
        Example(
            name="a script that pam_exec runs",
            language="host",
            code=(
                "# file: /etc/pam.d/sshd\n"
                "auth required pam_unix.so\n"
                "session optional pam_exec.so seteuid /opt/notify.sh\n"
                "# file: /opt/notify.sh 0777  # finding\n"
                "#!/bin/sh\n"
            ),
        ),
        Example(
            name="a stack",
            language="host",
            code=(
                "# file: /etc/pam.d/su 0664 root:staff\n"
                "auth required pam_unix.so\n"
                "# file: /etc/pam.d/login 0646  # finding\n"
                "auth required pam_unix.so\n"
            ),
        ),
        Example(
            name="a module in a folder of an account",
            language="host",
            code=(
                "# file: /etc/pam.d/su\n"
                "auth required /opt/auth/pam_corp.so\n"
                "# file: /opt/auth/pam_corp.so 0644 alice:alice  # finding\n"
            ),
        ),
        Example(
            name="near-miss: root's script",
            language="host",
            code=(
                "# file: /etc/pam.d/sshd\n"
                "session optional pam_exec.so /opt/notify.sh\n"
                "# file: /opt/notify.sh 0755\n"
                "#!/bin/sh\n"
            ),
        ),
        Example(
            name="near-miss: in a comment",
            language="host",
            code=(
                "# file: /etc/pam.d/sshd\n"
                "#session optional pam_exec.so /opt/notify.sh\n"
                "# file: /opt/notify.sh 0777\n"
                "#!/bin/sh\n"
            ),
        ),
        Example(
            name="near-miss: a group without a member",
            language="host",
            code=("# file: /etc/pam.d/su 0664 root:staff\nauth required pam_unix.so\n"),
        ),
    ),
)
