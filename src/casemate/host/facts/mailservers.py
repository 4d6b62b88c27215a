"""Mail servers that relay for everybody, or take passwords in clear text (postconf(5), dovecot, exim4-config_files(5))."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casemate.host.facts.settings import Option, Weakness, assigned, everywhere, found, ini, last, lines, no
from casemate.host.host import Host
from casemate.model.lead import Severity

GUARDS = ("reject_unauth_destination", "defer_unauth_destination", "reject", "defer", "check_relay_domains")


def mail_servers(host: Host) -> Iterator[Weakness]:
    """All of them."""
    for part in (_postfix, _dovecot, _exim, _sendmail):
        yield from part(host)


def main_cf(host: Host, path: str) -> list[Option]:
    """`name = value`; a line that begins with a blank goes on from the one above (postconf(5))."""
    out: list[Option] = []
    text = host.fs.text(path)
    for number, line in text.numbered() if text else ():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if line[0] in " \t" and out:
            before = out[-1]
            if len(before.value) < 20_000:
                out[-1] = Option("", before.key, f"{before.value} {line.strip()}", path, before.line)
            continue
        key, sign, value = line.partition("=")
        if sign:
            out.append(Option("", key.strip().lower(), value.strip(), path, number))
        else:
            host.odd(path, number, "no parameter of Postfix")
    return out


def _postfix(host: Host) -> Iterator[Weakness]:
    path = "/etc/postfix/main.cf"
    options = main_cf(host, path)
    networks = last(options, "mynetworks")
    if networks:
        wide = [n for n in re.split(r"[,\s]+", networks.value) if not n.startswith("!") and _whole(n)]
        if wide:
            what = f"Postfix relays mail for everybody: mynetworks has {wide[0]}"
            yield Weakness(path, networks.line, what, Severity.HIGH)
    relay = last(options, "smtpd_relay_restrictions")
    recipient = last(options, "smtpd_recipient_restrictions")
    for option, other in ((relay, recipient), (recipient, relay)):
        if option is None:
            continue
        told = [w for w in re.split(r"[,\s]+", option.value) if w]
        first = next((w for w in told if w in ("permit", *GUARDS)), "")
        guarded = other is not None and any(g in other.value for g in GUARDS[:2])
        if first == "permit" and not guarded and (option is relay or relay is not None):
            what = f"Postfix relays mail for everybody: {option.key} permits before reject_unauth_destination"
            yield Weakness(path, option.line, what, Severity.HIGH)
    protocols = last(options, "smtpd_tls_mandatory_protocols")
    if protocols and re.search(r"(?<![!\w])SSLv[23]\b", protocols.value):
        yield Weakness(path, protocols.line, "Postfix offers SSLv2 or SSLv3")


def _whole(network: str) -> bool:
    return network.startswith(("0.0.0.0/0", "[::]/0", "::/0", "0/0")) or bool(re.match(r"[\d.]+/[0-3]$", network))


def _dovecot(host: Host) -> Iterator[Weakness]:
    for path in found(host, "/etc/dovecot/dovecot.conf", "/etc/dovecot/conf.d/*.conf", "/etc/dovecot/local.conf"):
        for option in ini(host, path):
            if option.key == "disable_plaintext_auth" and no(option):
                yield Weakness(
                    path,
                    option.line,
                    "Dovecot takes passwords over connections without TLS (disable_plaintext_auth = no)",
                )
            elif option.key == "auth_allow_cleartext" and option.value == "yes":
                yield Weakness(
                    path,
                    option.line,
                    "Dovecot takes passwords over connections without TLS (auth_allow_cleartext = yes)",
                )
            elif option.key in ("ssl_min_protocol", "ssl_protocols") and re.search(
                r"(?<![!\w])SSLv[23]\b", option.value
            ):
                yield Weakness(path, option.line, f"Dovecot offers broken protocols ({option.key} = {option.value})")


def _exim(host: Host) -> Iterator[Weakness]:
    path = "/etc/exim4/update-exim4.conf.conf"
    option = last(assigned(host, path), "dc_relay_nets")
    if option and any(everywhere(n.strip()) for n in re.split(r"[;\s]+", option.value)):
        yield Weakness(
            path, option.line, f"Exim relays mail for everybody: dc_relay_nets={option.value}", Severity.HIGH
        )
    for path in found(host, "/etc/exim4/exim4.conf", "/etc/exim/exim.conf", "/etc/exim4/exim4.conf.localmacros"):
        for number, line in lines(host, path, "#"):
            match = re.match(r"hostlist\s+relay_from_hosts\s*=\s*(.*)", line)
            if match and any(everywhere(n) for n in re.split(r"[:;\s]+", match[1]) if n):
                yield Weakness(path, number, "Exim relays mail for everybody (relay_from_hosts)", Severity.HIGH)


def _sendmail(host: Host) -> Iterator[Weakness]:
    for number, line in lines(host, "/etc/mail/sendmail.mc", "#"):
        if re.match(r"FEATURE\(`?promiscuous_relay", line):
            yield Weakness(
                "/etc/mail/sendmail.mc", number, "Sendmail relays mail for everybody (promiscuous_relay)", Severity.HIGH
            )
