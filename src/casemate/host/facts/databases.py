"""Databases and message stores: who is let in without a password, and what runs as root."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casemate.host.facts.settings import (
    Weakness,
    assigned,
    everywhere,
    found,
    ini,
    keyed,
    last,
    lines,
    loopback,
    no,
    yaml,
    yes,
)
from casemate.host.host import Host
from casemate.model.host import ROOT, Fact
from casemate.model.lead import Severity

OPEN = "0.0.0.0"  # the address that settings name


def databases(host: Host) -> Iterator[Weakness]:
    """All of them."""
    for part in (_postgres, _mysql, _redis, _mongo, _elastic, _memcached, _rabbit, _couch, _etcd, _influx, _mosquitto):
        yield from part(host)


def _postgres(host: Host) -> Iterator[Weakness]:
    places = ("/etc/postgresql/*/*", "/var/lib/pgsql/data", "/var/lib/pgsql/*/data", "/var/lib/postgresql/data")
    for path in found(host, *(f"{place}/pg_hba.conf" for place in places)):
        closed: set[str] = set()  # kinds of connection that an earlier line decides for everybody
        for number, line in lines(host, path, "#"):
            words = [w.strip('"') for w in line.split()]
            kind = words[0].lower()
            if kind.startswith("include") or kind.startswith("@"):
                host.odd(path, number, "an included file")
                continue
            wanted = 4 if kind == "local" else 5
            if len(words) < wanted or kind not in (
                "local",
                "host",
                "hostssl",
                "hostnossl",
                "hostgssenc",
                "hostnogssenc",
            ):
                host.odd(path, number, "no line of pg_hba.conf")
                continue
            address = "" if kind == "local" else words[3]
            masked = kind != "local" and len(words) > 5 and bool(re.fullmatch(r"[\d.]+|[0-9a-fA-F:]+", words[4]))
            method = words[wanted if masked else wanted - 1].lower()
            wide = everywhere(address) or (masked and words[4] in (OPEN, "::"))
            if kind not in closed:
                yield from _admitted(path, number, words, address, method, wide)
            if words[1] == words[2] == "all" and (kind == "local" or address.lower() in ("all", "samehost")):
                closed.add(kind)


def _admitted(path: str, line: int, words: list[str], address: str, method: str, wide: bool) -> Iterator[Weakness]:
    whom = "any account" if words[2] == "all" else words[2]
    if words[1] == "replication" and words[0] == "local" and method != "trust":
        return
    if method == "trust" and words[0] == "local":
        yield Weakness(path, line, f"any local user is {whom} of PostgreSQL without a password (local … trust)")
    elif method == "trust" and loopback(address):
        yield Weakness(path, line, f"any local user is {whom} of PostgreSQL without a password (host {address} trust)")
    elif method == "trust":
        from_ = "anywhere" if wide else address
        severity = Severity.HIGH if wide or words[2] in ("all", "postgres") else Severity.MEDIUM
        yield Weakness(
            path, line, f"whoever connects from {from_} is {whom} of PostgreSQL without a password (trust)", severity
        )
    elif method == "password" and words[0] in ("host", "hostnossl") and not loopback(address):
        yield Weakness(path, line, "PostgreSQL asks for passwords in clear text (method password)")


def _mysql(host: Host) -> Iterator[Weakness]:
    for path in found(
        host,
        *("/etc/my.cnf", "/etc/mysql/*.cnf", "/etc/mysql/conf.d/*.cnf", "/etc/mysql/mysql.conf.d/*.cnf"),
        *("/etc/mysql/mariadb.conf.d/*.cnf", "/etc/my.cnf.d/*.cnf"),
    ):
        for option in ini(host, path):
            if not re.fullmatch(r"mysqld\w*(?:-[\d.]+)?|mariadb\w*(?:-[\d.]+)?|server|galera", option.section):
                continue
            key = option.key.replace("_", "-")
            if key == "skip-grant-tables" and not no(option):
                yield Weakness(path, option.line, "skip-grant-tables: whoever connects has all rights", Severity.HIGH)
            elif key == "user" and option.value == "root":
                yield Weakness(path, option.line, "user = root: the database server runs as root", Severity.HIGH)
            elif key == "old-passwords" and option.value in ("1", "on", ""):
                yield Weakness(path, option.line, "old_passwords: passwords are kept in a broken hash")
            elif key == "secure-file-priv" and option.value == "" and option.section:
                yield Weakness(path, option.line, "secure_file_priv is empty: SQL reads and writes files", Severity.LOW)


def _redis(host: Host) -> Iterator[Weakness]:
    for path in found(
        host,
        "/etc/redis/*.conf",
        "/etc/redis.conf",
        "/etc/valkey/*.conf",
        "/etc/keydb/*.conf",
        "/usr/local/etc/redis.conf",
    ):
        if "sentinel" in path:
            continue
        options = [o for o in keyed(host, path) if o.value or o.key == "bind"]
        if last(options, "requirepass") or last(options, "aclfile") or any(o.key == "user" for o in options):
            continue
        bind, protected = last(options, "bind"), last(options, "protected-mode")
        addresses = bind.value.split() if bind else ["*"]
        open_ = [a for a in addresses if not loopback(a)]
        port = last(options, "port")
        if open_ and no(protected) and protected and not (port and port.value == "0"):
            root = _runs_as_root(host, "redis-server.service", "redis.service")
            at = bind if bind and everywhere(open_[0]) else protected
            what = f"Redis takes commands from the network without a password (bind {' '.join(addresses)}, protected-mode no)"
            severity = Severity.CRITICAL if root else Severity.HIGH
            related = (Fact(path, "says protected-mode no", protected.line),) if at is not protected else ()
            if root:
                what += ", and runs as root: CONFIG SET lets it write any file"
            yield Weakness(path, at.line, what, severity, (*related, *root), ROOT if root else None)
        mode = last(options, "unixsocketperm")
        if mode and re.fullmatch(r"0?77[67]|0?666", mode.value):
            yield Weakness(
                path, mode.line, f"any local user commands Redis without a password (unixsocketperm {mode.value})"
            )


def _runs_as_root(host: Host, *units: str) -> tuple[Fact, ...]:
    """Where a unit of these is started as root; nothing when it is not."""
    for name in units:
        for folder in ("/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"):
            path = f"{folder}/{name}"
            if host.fs.is_file(path):
                options = ini(host, path)
                user, starts = last(options, "user", "service"), last(options, "execstart", "service")
                if user is not None and user.value not in ("root", "0"):
                    return ()
                at = user or starts
                return (Fact(path, "runs it as root", at.line if at else 1),)
    return ()


def _mongo(host: Host) -> Iterator[Weakness]:
    for path in found(host, "/etc/mongod.conf", "/etc/mongodb.conf", "/etc/mongo/*.conf"):
        options = [*yaml(host, path), *ini(host, path)]
        guarded = last(options, "security.authorization")
        if (guarded and guarded.value == "enabled") or yes(last(options, "auth")) or last(options, "security.keyfile"):
            continue
        every = last(options, "net.bindipall")
        bind = every if yes(every) else last(options, "net.bindip") or last(options, "bind_ip")
        if bind and (yes(every) or any(not loopback(a) for a in bind.value.strip("[]").split(","))):
            yield Weakness(path, bind.line, "MongoDB is open to the network and asks for no password", Severity.HIGH)


def _elastic(host: Host) -> Iterator[Weakness]:
    for path in found(host, "/etc/elasticsearch/elasticsearch.yml", "/etc/opensearch/opensearch.yml"):
        options = yaml(host, path)
        off = last(options, "xpack.security.enabled")
        if off is None or yes(off):
            off = last(options, "plugins.security.disabled")
            if not yes(off):
                continue
        where = last(options, "network.host") or last(options, "http.host")
        if off and where and not any(loopback(a) for a in where.value.strip("[]").split(",")):
            yield Weakness(
                path,
                off.line,
                f"anybody on the network reads and writes all indices ({off.key}: {off.value})",
                Severity.HIGH,
            )


def _memcached(host: Host) -> Iterator[Weakness]:
    for path in found(host, "/etc/memcached.conf"):
        options = list(lines(host, path))
        if any(re.match(r"-(?:S|Y|s)\b", text) for _, text in options):
            continue
        for number, text in options:
            match = re.match(r"(?:-l|--listen)[ =]*(\S+)", text)
            if match and any(everywhere(a) for a in match[1].split(",")):
                yield Weakness(path, number, f"memcached takes commands from the network without a password ({text})")
    for path in found(host, "/etc/sysconfig/memcached"):
        options_ = last(assigned(host, path), "options")
        if options_ and re.search(r"-l\s*(?:0\.0\.0\.0|::)", options_.value) and "-S" not in options_.value:
            yield Weakness(path, options_.line, "memcached takes commands from the network without a password")


def _rabbit(host: Host) -> Iterator[Weakness]:
    for path in found(host, "/etc/rabbitmq/rabbitmq.conf", "/etc/rabbitmq/conf.d/*.conf"):
        options = ini(host, path)
        option = last(options, "loopback_users.guest") or last(options, "loopback_users")
        if option and option.value.lower() in ("false", "none"):
            yield Weakness(
                path, option.line, "RabbitMQ lets guest, whose password is guest, in from the network", Severity.HIGH
            )
    for path in found(host, "/etc/rabbitmq/rabbitmq.config", "/etc/rabbitmq/advanced.config"):
        for number, text in lines(host, path, "%"):
            if re.search(r"\{\s*loopback_users\s*,\s*\[\s*\]\s*\}", text):
                yield Weakness(
                    path, number, "RabbitMQ lets guest, whose password is guest, in from the network", Severity.HIGH
                )


def _couch(host: Host) -> Iterator[Weakness]:
    for path in found(host, "/opt/couchdb/etc/local.ini", "/etc/couchdb/local.ini", "/opt/couchdb/etc/local.d/*.ini"):
        options = ini(host, path)
        bind = last(options, "bind_address", "chttpd") or last(options, "bind_address", "httpd")
        if bind and everywhere(bind.value) and not any(o.section == "admins" for o in options):
            yield Weakness(path, bind.line, "CouchDB is open to the network and has no administrator", Severity.HIGH)


def _etcd(host: Host) -> Iterator[Weakness]:
    for path in found(
        host, "/etc/default/etcd", "/etc/etcd/etcd.conf", "/etc/etcd/etcd.conf.yml", "/etc/etcd.conf.yml"
    ):
        listed = yaml(host, path) if path.endswith("yml") else assigned(host, path)
        options = {o.key.replace("-", "_").removeprefix("etcd_"): o for o in listed}
        urls = options.get("listen_client_urls")
        certificates = yes(options.get("client_cert_auth")) or yes(
            options.get("client_transport_security.client_cert_auth")
        )
        if urls and not certificates and re.search(r"https?://(?:0\.0\.0\.0|\[::\]):", urls.value):
            yield Weakness(
                path, urls.line, f"anybody on the network reads and writes etcd ({urls.value})", Severity.HIGH
            )


def _influx(host: Host) -> Iterator[Weakness]:
    for path in found(host, "/etc/influxdb/influxdb.conf"):
        options = ini(host, path)
        auth, bind = last(options, "auth-enabled", "http"), last(options, "bind-address", "http")
        if auth and no(auth) and not (bind and loopback(bind.value)):
            yield Weakness(path, auth.line, "anybody on the network reads and writes InfluxDB (auth-enabled = false)")


def _mosquitto(host: Host) -> Iterator[Weakness]:
    for path in found(host, "/etc/mosquitto/mosquitto.conf", "/etc/mosquitto/conf.d/*.conf"):
        options = keyed(host, path)
        anonymous = last(options, "allow_anonymous")
        listens = [o for o in options if o.key in ("listener", "port")]
        local = bool(listens) and all(len(w := o.value.split()) > 1 and loopback(w[1]) for o in listens)
        if yes(anonymous) and anonymous and not local:
            yield Weakness(
                path, anonymous.line, "anybody on the network reads and sends MQTT messages (allow_anonymous true)"
            )
