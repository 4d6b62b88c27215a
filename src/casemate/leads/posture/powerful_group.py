"""Members of groups that are as good as root

## What it is

Somebody who is no administrator is in a group whose members can become root without any password: `docker`, `lxd`,
`incus-admin`, `libvirt`, `disk`, `kmem`, `shadow`.

## Why it matters

Who may talk to a container engine starts a container that has the host's root folder in it; who may write to raw disks
changes any file; who reads the hashes can guess passwords at leisure (ATT&CK T1078.003, T1611, T1006, T1003.008; docker's
"Docker daemon attack surface"; Debian wiki, SystemGroups). A service account in such a group turns one hole of the service
into root.

## How to fix it

Take them out: `gpasswd -d USER GROUP`, and have them log in again. Where people need containers, use rootless Docker or
Podman; where one task needs root, write a sudo rule for that one command. Administrators whom sudo, doas or polkit lets do
everything anyway are not reported; being in `wheel` or `sudo` makes nobody one where no rule names that group.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("member-of-powerful-group"),
    title="Member of a group that is as good as root",
    cwe=269,
    owasp="A05:2021",
    severity=Severity.HIGH,
    message="{who} can become {becomes}: {what}",
    kinds=("group-power",),
    examples=(
        Example(
            name="an ordinary user in docker",
            language="host",
            code=(
                "# file: /etc/group\nroot:x:0:\nshadow:x:42:\nwheel:x:996:bob\ndisk:x:6:\n"
                "docker:x:995:alice  # finding\nwebsvc:x:980:\ningest:x:981:\nalice:x:1000:\nbob:x:1001:\n"
            ),
        ),
        Example(
            name="a service in shadow",
            language="host",
            code=(
                "# file: /etc/group\nroot:x:0:\nshadow:x:42:websvc  # finding\nwheel:x:996:bob\ndisk:x:6:\n"
                "docker:x:995:\nwebsvc:x:980:\ningest:x:981:\nalice:x:1000:\nbob:x:1001:\n"
            ),
        ),
        Example(
            name="disk as the first group of an account",
            language="host",
            code=(
                "# file: /etc/passwd\nroot:x:0:0:root:/root:/bin/bash\n"
                "alice:x:1000:6::/home/alice:/bin/bash  # finding\nbob:x:1001:1001::/home/bob:/bin/bash\n"
                "websvc:x:980:980::/:/bin/false\ningest:x:981:981::/:/bin/false\n# file: /etc/group\nroot:x:0:\n"
                "disk:x:6:\nalice:x:1000:\nbob:x:1001:\nshadow:x:42:\nwebsvc:x:980:\ningest:x:981:\n"
            ),
        ),
        Example(
            name="a member of wheel, where no rule names wheel",
            language="host",
            code=(
                "# file: /etc/group\nroot:x:0:\nsudo:x:27:\nwheel:x:996:bob\ndisk:x:6:bob  # finding\nshadow:x:42:\n"
                "docker:x:995:\nwebsvc:x:980:\ningest:x:981:\nalice:x:1000:\nbob:x:1001:\n"
                "# file: /etc/sudoers 0440\n%sudo ALL=(ALL:ALL) ALL\n%wheel ALL=(root) /usr/bin/id\n"
            ),
        ),
        Example(
            name="near-miss: nobody is in it",
            language="host",
            code=(
                "# file: /etc/group\nroot:x:0:\nshadow:x:42:\nwheel:x:996:bob\ndisk:x:6:\ndocker:x:995:\n"
                "websvc:x:980:\ningest:x:981:\nalice:x:1000:\nbob:x:1001:\n"
            ),
        ),
        Example(
            name="near-miss: an administrator",
            language="host",
            code=(
                "# file: /etc/group\nroot:x:0:\nshadow:x:42:\nwheel:x:996:bob\ndisk:x:6:\ndocker:x:995:bob\n"
                "websvc:x:980:\ningest:x:981:\nalice:x:1000:\nbob:x:1001:\n"
                "# file: /etc/sudoers 0440\n%wheel ALL=(ALL) ALL\n"
            ),
        ),
        Example(
            name="near-miss: a name without an account",
            language="host",
            code=(
                "# file: /etc/group\nroot:x:0:\nshadow:x:42:\nwheel:x:996:bob\ndisk:x:6:ghost\ndocker:x:995:\n"
                "websvc:x:980:\ningest:x:981:\nalice:x:1000:\nbob:x:1001:\n"
            ),
        ),
        Example(
            name="near-miss: a group of no such power",
            language="host",
            code=(
                "# file: /etc/group\nroot:x:0:\naudio:x:29:alice\ndockers:x:500:alice\nalice:x:1000:\n"
                "bob:x:1001:\nshadow:x:42:\nwebsvc:x:980:\ningest:x:981:\n"
            ),
        ),
    ),
)
