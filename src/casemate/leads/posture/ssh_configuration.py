"""Configuration of SSH that others can change

## What it is

A file that sshd or ssh reads as root, a folder from which it includes files, or a program that it asks for keys, can be
changed by somebody who is not root.

## Why it matters

`AuthorizedKeysCommand`, `AuthorizedKeysFile` or `PermitRootLogin` in it let them in as root at the next restart;
`ProxyCommand` in the system's ssh_config runs with the next ssh of root (ATT&CK T1098.004, T1546.004).

## How to fix it

`chown root:root FILE; chmod go-w FILE`, and the same for the folders above. See sshd_config(5), ssh_config(5), sshd(8)
(sshrc).
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("ssh-configuration-writable"),
    title="Configuration of SSH that others can change",
    cwe=732,
    owasp="A01:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("ssh-configuration",),
    examples=(
        Example(
            name="the server's file",
            language="host",
            code="# file: /etc/ssh/sshd_config 0666  # finding\nUsePAM yes\n",
        ),
        Example(
            name="a folder that is included",
            language="host",
            code="# file: /etc/ssh/sshd_config 0644\nInclude /etc/ssh/sshd_config.d/*.conf\n"
            "# folder: /etc/ssh/sshd_config.d 0757  # finding\n",
        ),
        Example(
            name="the client's file",
            language="host",
            code="# file: /etc/ssh/ssh_config 0646  # finding\nHost *\n",
        ),
        Example(
            name="near-miss: as shipped",
            language="host",
            code="# file: /etc/ssh/sshd_config 0644\nInclude /etc/ssh/sshd_config.d/*.conf\n"
            "# folder: /etc/ssh/sshd_config.d 0755\n",
        ),
        Example(
            name="near-miss: a file that is not included",
            language="host",
            code="# file: /etc/ssh/sshd_config 0644\nInclude sshd_config.d/*.conf\n"
            "# file: /etc/ssh/sshd_config.d/x.conf.bak 0666\n",
        ),
        Example(
            name="near-miss: a group without members",
            language="host",
            code="# file: /etc/ssh/sshd_config 0664 root:staff\nUsePAM yes\n",
        ),
    ),
)
