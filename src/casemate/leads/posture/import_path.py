"""Import folder of a privileged script that others can fill

## What it is

A script in Python, Perl or Node that root runs looks for modules in a folder that somebody else can put files into: before the
folder where a module is, or, with Python's site packages, at all, since a `.pth` file in them is executed at every start.

## Why it matters

The next start of the script runs their module as root (ATT&CK T1574; CWE-427; site, in Python's library reference).

## How to fix it

`chown root:root FOLDER; chmod 0755 FOLDER`, or take the folder out of `PYTHONPATH`, `PERL5LIB` or the script. Python started with
`-I` looks neither into the script's folder nor into a user's.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("writable-import-path"),
    title="Import folder of a privileged script that others can fill",
    cwe=427,
    owasp="A05:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("python-path", "perl-path", "node-path"),
    examples=(
        Example(
            name="Python's site packages",
            language="host",
            code="# file: /etc/cron.d/app 0644\n"
            "*/5 * * * * root /usr/bin/python3 /opt/app/run.py\n"
            "# file: /opt/app/run.py 0644\n"
            "import json\n"
            "# folder: /usr/local/lib/python3.11/dist-packages 0777  # finding\n",
        ),
        Example(
            name="PYTHONPATH of the job",
            language="host",
            code="# file: /etc/cron.d/app 0644\n"
            "PYTHONPATH=/srv/lib\n"
            "*/5 * * * * root /opt/app/run.py\n"
            "# file: /opt/app/run.py 0755\n"
            "#!/usr/bin/python3\n"
            "import requests\n"
            "# folder: /srv/lib 0775 root:websvc  # finding\n",
        ),
        Example(
            name="use lib in Perl",
            language="host",
            code="# file: /etc/cron.d/app 0644\n"
            "*/5 * * * * root /opt/app/run.pl\n"
            "# file: /opt/app/run.pl 0755\n"
            "#!/usr/bin/perl\n"
            "use lib '/srv/perl';\n"
            "use App::Main;\n"
            "# folder: /srv/perl 0777  # finding\n",
        ),
        Example(
            name="near-miss: root's folder",
            language="host",
            code="# file: /etc/cron.d/app 0644\n"
            "*/5 * * * * root /usr/bin/python3 /opt/app/run.py\n"
            "# file: /opt/app/run.py 0644\n"
            "import json\n"
            "# folder: /usr/local/lib/python3.11/dist-packages 0755\n",
        ),
        Example(
            name="near-miss: isolated from it",
            language="host",
            code="# file: /etc/cron.d/app 0644\n"
            "PYTHONPATH=/srv/lib\n"
            "*/5 * * * * root /usr/bin/python3 -I -S /opt/app/run.py\n"
            "# file: /opt/app/run.py 0644\n"
            "import requests\n"
            "# folder: /srv/lib 0777\n",
        ),
        Example(
            name="near-miss: run by nobody",
            language="host",
            code="# file: /opt/app/run.py 0755\n"
            "#!/usr/bin/python3\n"
            "import json\n"
            "# folder: /usr/local/lib/python3.11/dist-packages 0777\n",
        ),
    ),
)
