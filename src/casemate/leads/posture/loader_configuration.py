"""Configuration of the dynamic loader that others can change

## What it is

`/etc/ld.so.preload`, `/etc/ld.so.conf`, a file or folder that it includes, or the loader's cache can be changed by somebody
who is not root.

## Why it matters

They name a library of theirs, and every program of root loads it (ATT&CK T1574.006; ld.so(8), FILES).

## How to fix it

`chown root:root FILE; chmod 0644 FILE`, and 0755 for the folder.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("writable-loader-configuration"),
    title="Configuration of the dynamic loader that others can change",
    cwe=732,
    owasp="A05:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("loader-configuration",),
    examples=(
        Example(
            name="ld.so.preload",
            language="host",
            code="# file: /etc/ld.so.preload 0666  # finding\n",
        ),
        Example(
            name="the folder of included files",
            language="host",
            code="# file: /etc/ld.so.conf 0644\ninclude ld.so.conf.d/*.conf\n# folder: /etc/ld.so.conf.d 0777  # finding\n",
        ),
        Example(
            name="an included file of an account",
            language="host",
            code="# file: /etc/ld.so.conf 0644\ninclude /etc/ld.so.conf.d/*.conf\n"
            "# file: /etc/ld.so.conf.d/app.conf 0644 alice:alice  # finding\n/usr/lib\n",
        ),
        Example(
            name="near-miss: as shipped",
            language="host",
            code="# file: /etc/ld.so.conf 0644\ninclude ld.so.conf.d/*.conf\n# file: /etc/ld.so.conf.d/libc.conf 0644\n/lib\n",
        ),
        Example(
            name="near-miss: a group without members",
            language="host",
            code="# file: /etc/ld.so.conf 0664 root:staff\n/usr/lib\n",
        ),
        Example(
            name="near-miss: a file beside it that nothing includes",
            language="host",
            code="# file: /etc/ld.so.conf 0644\n/usr/lib\n# file: /etc/ld.so.conf.bak 0666\n/usr/lib\n",
        ),
    ),
)
