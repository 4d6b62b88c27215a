"""Programs and modules that daemons of root start or load because their configuration says so, beside those of `hooks`.

Sources: Apache HTTP Server, "Log Files" (piped logs) and RewriteMap, "run with the rights of the user who started httpd"; nginx,
load_module; PHP, extension; syslog-ng, program(); auditd.conf(5), exec; dnsmasq(8), dhcp-script; dhcp-eval(5), execute;
haproxy, lua-load; upsmon.conf(5), SHUTDOWNCMD; watchdog.conf(5); auto.master(5); crypttab(5), keyscript; proftpd, LoadModule;
config(5ssl); pkcs11.conf(5); krb5.conf(5), plugins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from casemate.host.facts.job import Entry, Job, table
from casemate.host.facts.settings import found
from casemate.host.host import Host
from casemate.model.host import Fact

EVENT, BOOT, MODULE = "event-hook", "boot-hook", "program-library"
PROGRAM, LOADED = "T1546", "T1574.006"
LONGEST: Final = 4000


class Form(NamedTuple):
    """Where a line names a program, by the group `run`, or a module. kind: MODULE when it is loaded rather than run.
    shell: the daemon hands it to one. sure: nothing else is needed for it than that the daemon starts."""

    files: str
    line: re.Pattern[str]
    says: str
    kind: str = EVENT
    shell: bool = True
    sure: bool = True


def _form(files: str, line: str, says: str, *, kind: str = EVENT, shell: bool = True, sure: bool = True) -> Form:
    return Form(files, re.compile(line), says, kind, shell, sure)


APACHE: Final = (
    "/etc/apache2/*.conf /etc/apache2/*-enabled/* /etc/httpd/conf/*.conf /etc/httpd/conf.d/*.conf "
    "/etc/httpd/conf.modules.d/*.conf /usr/local/apache2/conf/*.conf /etc/apache2/vhosts.d/*.conf"
)
OPENSSL: Final = "/etc/ssl/openssl.cnf /usr/lib/ssl/openssl.cnf /etc/pki/tls/openssl.cnf /usr/local/ssl/openssl.cnf"
NGINX: Final = "/etc/nginx/nginx.conf /etc/nginx/modules-enabled/*.conf /usr/local/nginx/conf/nginx.conf"
DAEMONS: Final = (
    _form(
        APACHE,
        r"(?i)^\s*(?:CustomLog|ErrorLog|TransferLog|GlobalLog|ForensicLog)\s+\"?\|[|$]?\s*(?P<run>[^\"]+)",
        "is started by Apache as root and gets its log",
    ),
    _form(
        APACHE,
        r"(?i)^\s*RewriteMap\s+\S+\s+\"?prg:(?P<run>[^\"\s]+)(?:\"?\s*$|.*\")",
        "is started by Apache as root (RewriteMap)",
    ),
    _form(
        APACHE,
        r"(?i)^\s*(?:LoadModule\s+\S+|LoadFile)\s+[\"']?(?P<run>/[^\"'\s]+)",
        "is loaded by Apache, which starts as root",
        kind=MODULE,
    ),
    _form(
        NGINX,
        r"^\s*load_module\s+[\"']?(?P<run>/[^\"';\s]+)",
        "is loaded by nginx, which starts as root",
        kind=MODULE,
    ),
    _form(
        "/etc/php/*/fpm/php.ini /etc/php/*/fpm/conf.d/*.ini /etc/php.ini /etc/php.d/*.ini /etc/php/*/cli/php.ini",
        r"(?i)^\s*(?:zend_)?extension\s*=\s*[\"']?(?P<run>/[^\"'\s]+)",
        "is loaded by PHP, whose master starts as root",
        kind=MODULE,
        sure=False,
    ),
    _form(
        "/etc/proftpd/proftpd.conf /etc/proftpd/modules.conf /etc/proftpd/conf.d/*.conf",
        r"(?i)^\s*LoadModule\s+(?P<run>/\S+)",
        "is loaded by ProFTPD, which starts as root",
        kind=MODULE,
    ),
    _form(
        "/etc/haproxy/*.cfg",
        r"^\s*lua-load(?:-per-thread)?\s+(?P<run>/\S+)",
        "is loaded by HAProxy as it starts, as root",
        kind=MODULE,
    ),
    _form(
        "/etc/syslog-ng/syslog-ng.conf /etc/syslog-ng/conf.d/*.conf",
        r"\bprogram\s*\(\s*[\"'](?P<run>/[^\"']+)",
        "is started by syslog-ng as root",
    ),
    _form(
        "/etc/audit/auditd.conf",
        r"(?i)^\s*\w+_action\s*=\s*exec\s+(?P<run>/\S+)",
        "is run by auditd as root when the disk fills up",
        shell=False,
        sure=False,
    ),
    _form(
        "/etc/dnsmasq.conf /etc/dnsmasq.d/*",
        r"^\s*dhcp-script\s*=\s*(?P<run>/.+)$",
        "is run by dnsmasq as root when an address is leased",
        shell=False,
    ),
    _form(
        "/etc/dhcp/dhcpd.conf /etc/dhcp/dhcpd.d/*.conf",
        r"\bexecute\s*\(\s*\"(?P<run>/[^\"]+)\"",
        "is run by dhcpd when an address is leased",
        shell=False,
        sure=False,
    ),
    _form(
        "/etc/nut/upsmon.conf /etc/ups/upsmon.conf",
        r"^\s*SHUTDOWNCMD\s+\"?(?P<run>[^\"]+)",
        "is run by upsmon as root when the power ends",
        sure=False,
    ),
    _form(
        "/etc/watchdog.conf",
        r"^\s*(?:repair|test)-binary\s*=\s*(?P<run>/.+)$",
        "is run by the watchdog as root",
        shell=False,
    ),
    _form(
        "/etc/auto.master /etc/auto.master.d/*.autofs",
        r"^\s*/\S*\s+(?:program:|exec:)(?P<run>/\S+)",
        "is run by the automounter as root",
        shell=False,
    ),
    _form(
        "/etc/crypttab",
        r"^\s*[^#\s]\S*\s+\S+\s+\S+\s+(?:\S*,)?keyscript=(?P<run>/[^,\s]+)",
        "is run as root at boot and says the key of a disk",
        kind=BOOT,
        shell=False,
    ),
    _form(
        OPENSSL,
        r"^\s*(?:module|dynamic_path|SO_PATH)\s*=\s*(?P<run>/[^\s#]+)",
        "is loaded by programs of root that use OpenSSL, sshd among them",
        kind=MODULE,
    ),
    _form(
        "/etc/pkcs11/modules/*.module /usr/share/p11-kit/modules/*.module",
        r"^\s*module\s*:\s*(?P<run>/[^\s#]+)",
        "is loaded by programs that use p11-kit, those of root among them",
        kind=MODULE,
        sure=False,
    ),
    _form(
        "/etc/krb5.conf /etc/krb5.conf.d/*",
        r"^\s*module\s*=\s*\w+:(?P<run>/[^\s#]+)",
        "is loaded by programs of root that use Kerberos",
        kind=MODULE,
        sure=False,
    ),
)
INCLUDED: Final = re.compile(r"^\s*\.include\s*=?\s*[\"']?(/[^\s\"'#]+)")
MOST: Final = 32  # files that a configuration of OpenSSL includes


def daemons(host: Host) -> Iterator[Entry]:
    """Each program as a job, each module as something that is trusted, with the line that names it."""
    for form in DAEMONS:
        paths = list(found(host, *form.files.split()))
        for path in with_included(host, paths) if form.files == OPENSSL else paths:
            yield from _named(host, path, form)


def _named(host: Host, path: str, form: Form) -> Iterator[Entry]:
    text = host.fs.text(path)
    for number, line in text.numbered() if text else ():
        match = form.line.search(line) if len(line) <= LONGEST and not line.lstrip().startswith("#") else None
        if not match:
            continue
        named = match["run"].strip()
        if form.kind == MODULE:
            via = (Fact(path, f"has {named} loaded", number),)
            yield table(named, form.kind, LOADED, form.says, via=via, sure=form.sure)
        else:
            via = (Fact(path, "has it run as root", number),)
            yield Job(line=named, kind=form.kind, technique=PROGRAM, says=form.says, via=via, shell=form.shell)


def with_included(host: Host, paths: list[str]) -> list[str]:
    """The files of a configuration of OpenSSL, those that it includes behind it (config(5ssl), `.include`)."""
    out = list(paths)
    for path in out:
        text = host.fs.text(path)
        for _, line in text.numbered() if text else ():
            match = INCLUDED.match(line) if len(line) <= LONGEST else None
            if not match:
                continue
            folder = host.fs.is_folder(match[1])
            for inner in (
                [p for end in ("cnf", "conf") for p in host.fs.glob(f"{match[1]}/*.{end}")] if folder else [match[1]]
            ):
                if inner not in out and len(out) < MOST:
                    out.append(inner)
    return out
