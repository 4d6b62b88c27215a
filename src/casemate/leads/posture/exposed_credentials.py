"""Credentials in a file that others can read

## What it is

A file of settings, an environment file, a tool's credential file, or a history holds passwords, keys
or hashes, and can be read by people for whom they are not. Places for a value (`changeme`, `${VAR}`, `<token>`),
example files and encrypted ones are none. The report names the setting, never its value.

## Why it matters

Whoever has an account, or one hole in a service, takes the credential and goes on to the database, the cloud or the
next machine with it (ATT&CK T1552.001); hashes are guessed elsewhere, at leisure (T1003.008).

## How to fix it

Give the file to who needs it and to nobody else: `chown root:SERVICE FILE; chmod 0640 FILE` or `chmod 0600 FILE`.
Change the credential, since it may have been read. Where systemd runs the service, `LoadCredential=` hands it over
without a file that the service owns.
"""

from collections.abc import Iterator

from casemate.host.edges.account_files import copy_of_hashes
from casemate.host.facts.secrets import credentials
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity


def find(host: Host) -> Iterator[Seen]:
    """One for each file, at its first credential."""
    for found in host.once(credentials):
        if found.hashes and copy_of_hashes(found.path):
            continue  # told with what the hashes open
        node = host.fs.node(found.path)
        mode = f"mode {node.mode:04o}" if node else ""
        hashes = found.hashes and "shadow" not in found.path
        yield Seen(
            path=found.path,
            line=found.line,
            what=f"{found.path} holds {', '.join(found.names)} and can be read by {found.readers.who} ({mode})",
            severity=Severity.MEDIUM if hashes else None,
        )


RULE = FactRule(
    id=RuleId("exposed-credentials"),
    title="Credentials in a file that others can read",
    cwe=522,
    owasp="A04:2021",
    severity=Severity.HIGH,
    message="{what}",
    find=find,
    also=(256, 732),
    examples=(
        Example(
            name="an environment file",
            language="host",
            code="# file: /etc/default/portal 0644\nDB_HOST=db1\nDB_PASSWORD=mZ4rT8qLw2Xv  # finding\n",
        ),
        Example(
            name="the file of a database client, for a person in its group",
            language="host",
            code="# file: /srv/shop/.my.cnf 0640 websvc:alice\n[client]\nuser = shop\npassword = 'sommer-2019'  # finding\n",
        ),
        Example(
            name="a list of hashes under another name",
            language="host",
            code="# file: /var/backups/passwords.bak 0644\n"
            "root:$6$abcdefgh$ABCDEFGHIJKLMNOPQRSTUVWXYZ:19700:0:99999:7:::  # finding\n",
        ),
        Example(
            name="a password in a URL and in a unit",
            language="host",
            code="# file: /srv/app/config.yml 0644\ndatabase:\n  url: postgresql://app:tR7mK2pw@db/app  # finding\n"
            '# file: /etc/systemd/system/a.service 0644\n[Service]\nEnvironment="API_TOKEN=a8Fk2mQ9zLp4"  # finding\n',
        ),
        Example(
            name="near-miss: only root reads it",
            language="host",
            code="# file: /etc/default/portal 0600\nDB_PASSWORD=mZ4rT8qLw2Xv\n",
        ),
        Example(
            name="near-miss: the service reads it by its group",
            language="host",
            code="# file: /etc/portal.env 0640 root:websvc\nDB_PASSWORD=mZ4rT8qLw2Xv\n",
        ),
        Example(
            name="near-miss: places for a value",
            language="host",
            code="# file: /srv/app/.env 0644\nDB_PASSWORD=changeme\nAPI_TOKEN=<your token>\nSECRET_KEY=${SECRET}\n"
            "ROOT_PASSWORD=\n"
            "PASSWORD_FILE=/run/secrets/db\nPASS_MAX_DAYS=99999\n",
        ),
        Example(
            name="near-miss: an example, and what a package has brought and dpkg not yet put in its place",
            language="host",
            code="# file: /srv/app/.env.example 0644\nDB_PASSWORD=mZ4rT8qLw2Xv\n"
            "# file: /etc/app.conf.dpkg-new 0644\npassword = mZ4rT8qLw2Xv\n",
        ),
        Example(
            name="near-miss: in a folder that others cannot enter",
            language="host",
            code="# file: /root/.pgpass 0644\ndb:5432:app:app:mZ4rT8qLw2Xv\n",
        ),
    ),
)
