"""List of accepted SSH keys that others can change

## What it is

A file in which sshd looks for the keys of an account (`AuthorizedKeysFile`), or a folder on the way to it, can be
changed by somebody else.

## Why it matters

Who puts a key of their own there logs in as that account (ATT&CK T1098.004). With `StrictModes yes`, the default, sshd
refuses a file or folder with such a mode until somebody repairs the mode, and then accepts what was written to it in
the meantime.

## How to fix it

Look through the file for keys that nobody knows. Then `chown ACCOUNT FILE; chmod go-w FILE` and the same for `.ssh` and
the home. Leave `StrictModes` on, and let `AuthorizedKeysFile` point to the home or to a folder of root. See sshd(8),
FILES.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

SERVER = "# file: /etc/ssh/sshd_config 0644\n"

RULE = ChainRule(
    id=RuleId("authorized-keys-writable"),
    title="List of accepted SSH keys that others can change",
    cwe=732,
    owasp="A01:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("authorized-keys",),
    examples=(
        Example(
            name="keys of root that everybody can write to",
            language="host",
            code=f"{SERVER}StrictModes no\n# folder: /root 0755\n# file: /root/.ssh/authorized_keys 0666  # finding\n",
        ),
        Example(
            name="keys looked for in a shared folder",
            language="host",
            code=f"{SERVER}AuthorizedKeysFile /srv/keys/%u\nAllowUsers alice\n"
            "# folder: /srv/keys 0777  # finding\n# file: /srv/keys/alice 0644 alice:alice\n",
        ),
        Example(
            name="near-miss: as it should be",
            language="host",
            code=f"{SERVER}StrictModes no\n# file: /home/alice/.ssh/authorized_keys 0600 alice:alice\n",
        ),
        Example(
            name="near-miss: another file of that name",
            language="host",
            code=f"{SERVER}StrictModes no\n# file: /srv/old/authorized_keys 0666\n",
        ),
        Example(
            name="near-miss: keys are not accepted at all",
            language="host",
            code=f"{SERVER}PubkeyAuthentication no\n# folder: /root 0755\n# file: /root/.ssh/authorized_keys 0666\n",
        ),
        Example(
            name="near-miss: a group of the account alone",
            language="host",
            code=f"{SERVER}# folder: /home/alice/.ssh 0770 alice:alice\n"
            f"# file: /home/alice/.ssh/authorized_keys 0660 alice:alice\n",
        ),
    ),
)
