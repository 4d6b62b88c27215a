"""Database that lets in without a password

## What it is

PostgreSQL, MySQL or MariaDB, Redis, MongoDB, Elasticsearch, memcached, RabbitMQ, CouchDB, etcd, InfluxDB or an MQTT
broker takes whoever connects at their word, or runs as root.

## Why it matters

All data can be read and changed. The administrator of a database also reads and writes files and runs programs as the
account of the server (ATT&CK T1190, T1078).

## How to fix it

Ask for a password: `scram-sha-256` (or `peer` for local connections) in pg_hba.conf, `requirepass` in redis.conf,
`authorization: enabled` in mongod.conf, and so on; listen on 127.0.0.1 where only this machine connects. The pages of
each server's own manual on security say more.
"""

from collections.abc import Iterator

from casemate.host.facts.databases import databases
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.posture.told import told
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity


def find(host: Host) -> Iterator[Seen]:
    """Each of them, at its line."""
    return told(databases(host))


RULE = FactRule(
    id=RuleId("weak-database-server"),
    title="Database that lets in without a password",
    cwe=306,
    owasp="A07:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="trust from anywhere",
            language="host",
            code="# file: /etc/postgresql/15/main/pg_hba.conf 0640 981:981\nlocal all postgres peer\n"
            "host all all 0.0.0.0/0 trust  # finding\n",
        ),
        Example(
            name="trust in all local users",
            language="host",
            code="# file: /var/lib/pgsql/data/pg_hba.conf 0600 981:981\nlocal   all   all   trust  # finding\n",
        ),
        Example(
            name="Redis without a password",
            language="host",
            code="# file: /etc/redis/redis.conf 0640 root:ingest\nbind 0.0.0.0  # finding\nprotected-mode no\n",
        ),
        Example(
            name="no table of rights",
            language="host",
            code="# file: /etc/mysql/mariadb.conf.d/50-x.cnf 0644\n[mysqld]\nskip-grant-tables  # finding\n",
        ),
        Example(
            name="MongoDB for everybody",
            language="host",
            code="# file: /etc/mongod.conf 0644\nnet:\n  port: 27017\n  bindIp: 0.0.0.0  # finding\n",
        ),
        Example(
            name="near-miss: as Debian ships it",
            language="host",
            code="# file: /etc/postgresql/15/main/pg_hba.conf 0640 981:981\nlocal all postgres peer\n"
            "local all all peer\nhost all all 127.0.0.1/32 scram-sha-256\n"
            "local replication all peer\n",
        ),
        Example(
            name="near-miss: a line that is never reached",
            language="host",
            code="# file: /etc/postgresql/15/main/pg_hba.conf 0640 981:981\nlocal all all peer\nlocal all all trust\n",
        ),
        Example(
            name="near-miss: with a password, or for this machine",
            language="host",
            code="# file: /etc/redis/redis.conf 0640 root:ingest\nbind 0.0.0.0\nprotected-mode no\n"
            "requirepass pT8wq2Lz\n# file: /etc/mongod.conf 0644\nnet:\n  bindIp: 127.0.0.1\n",
        ),
        Example(
            name="near-miss: ordinary settings",
            language="host",
            code="# file: /etc/mysql/my.cnf 0644\n[mysqld]\nuser = mysql\nbind-address = 0.0.0.0\n"
            "#skip-grant-tables\n[mysql]\nuser=root\n",
        ),
    ),
)
