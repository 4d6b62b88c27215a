"""Login account with an empty password

## What it is

The password field of an account whose shell lets people in is empty (shadow(5)), in /etc/shadow or in /etc/passwd itself.

## Why it matters

Everybody becomes that account by `su`, at the console, and by ssh where PermitEmptyPasswords is set (ATT&CK T1078.003). CIS
Debian Benchmark: "Ensure /etc/shadow password fields are not empty".

## How to fix it

Lock the account with `passwd -l NAME`, or set a password.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("empty-password"),
    title="Login account with an empty password",
    cwe=258,
    owasp="A07:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("empty-password",),
    lateral=Severity.HIGH,
    examples=(
        Example(
            name="in shadow",
            language="host",
            code=(
                "# file: /etc/shadow 0640 root:shadow\n"
                "root:*:19700:0:99999:7:::\n"
                "alice::19700:0:99999:7:::  # finding\n"
            ),
        ),
        Example(
            name="in passwd itself",
            language="host",
            code=(
                "# file: /etc/passwd\n"
                "root:x:0:0:root:/root:/bin/bash\n"
                "alice::1000:1000::/home/alice:/bin/bash  # finding\n"
                "bob:x:1001:1001::/home/bob:/bin/bash\n"
                "websvc:x:980:980::/:/bin/false\n"
                "ingest:x:981:981::/:/bin/false\n"
            ),
        ),
        Example(
            name="near-miss: locked",
            language="host",
            code=("# file: /etc/shadow 0640 root:shadow\nroot:*:19700:0:99999:7:::\nalice:!:19700:0:99999:7:::\n"),
        ),
        Example(
            name="near-miss: no login shell",
            language="host",
            code=("# file: /etc/shadow 0640 root:shadow\nroot:*:19700:0:99999:7:::\nwebsvc::19700:0:99999:7:::\n"),
        ),
        Example(
            name="near-miss: no line in shadow",
            language="host",
            code=("# file: /etc/shadow 0640 root:shadow\nroot:*:19700:0:99999:7:::\n"),
        ),
    ),
)
