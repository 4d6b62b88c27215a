"""Settings for all programs of a host that allow broken protocols and algorithms.

Sources: config(5ssl), SSL_CTX_set_security_level(3ssl), crypto-policies(7), krb5.conf(5), ldap.conf(5), sssd-ldap(5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from casemate.host.facts.daemons import with_included
from casemate.host.facts.settings import Weakness
from casemate.host.host import Host
from casemate.model.lead import Severity

MEDIUM, LOW = Severity.MEDIUM, Severity.LOW
OPENSSL = "/etc/ssl/openssl.cnf /etc/pki/tls/openssl.cnf /etc/crypto-policies/back-ends/opensslcnf.config"
LDAP = "/etc/ldap/ldap.conf /etc/openldap/ldap.conf /etc/ldap.conf /etc/nslcd.conf /etc/libnss-ldap.conf /etc/pam_ldap.conf"
YES = r"(?:1|y|yes|true|t|on)\s*$"
TABLE = (  # files, the line, severity, what it says
    (
        OPENSSL,
        r"(?:TLS\.)?MinProtocol\s*=\s*(?:SSLv3|TLSv1(?:\.[01])?|None)\s*$",
        MEDIUM,
        "OpenSSL speaks protocols before TLS 1.2",
    ),
    (OPENSSL, r"(?:CipherString|Ciphers?)\s*=.*@SECLEVEL=0", MEDIUM, "OpenSSL takes keys and hashes of any weakness"),
    (OPENSSL, r"(?:CipherString|Ciphers?)\s*=.*@SECLEVEL=1", LOW, "OpenSSL takes SHA-1 and keys of 80 bits"),
    (
        OPENSSL,
        r"(?:CipherString|Ciphers?)\s*=\s*(?:.*[:,])?(?:ALL|eNULL|aNULL|NULL|EXPORT|RC4|LOW|COMPLEMENTOFALL)\b(?!.*!aNULL)",
        MEDIUM,
        "OpenSSL offers ciphers that protect nothing",
    ),
    (
        OPENSSL,
        r"Options\s*=.*\b(?:UnsafeLegacyRenegotiation|UnsafeLegacyServerConnect)\b",
        LOW,
        "OpenSSL renegotiates unsafely",
    ),
    ("/etc/crypto-policies/config", r"LEGACY\b", MEDIUM, "all libraries allow old protocols and algorithms"),
    (
        "/etc/gnutls/config",
        r"(?:tls-)?enabled-version\s*=\s*(?:ssl3\.0|tls1\.[01])\s*$",
        MEDIUM,
        "GnuTLS speaks protocols before TLS 1.2",
    ),
    (
        "/etc/krb5.conf /etc/krb5.conf.d/*",
        rf"(?:allow_weak_crypto|allow_des3|allow_rc4)\s*=\s*{YES}",
        MEDIUM,
        "Kerberos takes weak types",
    ),
    (
        "/etc/krb5.conf /etc/krb5.conf.d/* /etc/krb5kdc/kdc.conf /var/kerberos/krb5kdc/kdc.conf",
        r"(?:permitted_enctypes|default_t[gk][st]_enctypes|supported_enctypes)\s*=.*(?<![\w!-])(?:des|rc4|arcfour|des3|des-cbc)\b(?!ede)",
        MEDIUM,
        "Kerberos takes weak types",
    ),
    (LDAP, r"tls_?reqcert\s+(?:never|allow)\s*$", MEDIUM, "the certificate of the directory is not checked"),
    (LDAP, r"tls_checkpeer\s+(?:no|off|false)\s*$", MEDIUM, "the certificate of the directory is not checked"),
    (
        "/etc/sssd/sssd.conf /etc/sssd/conf.d/*.conf",
        r"ldap_tls_reqcert\s*=\s*(?:never|allow)\s*$",
        MEDIUM,
        "the certificate of the directory is not checked",
    ),
    (
        "/etc/sssd/sssd.conf /etc/sssd/conf.d/*.conf",
        r"ldap_auth_disable_tls_never_use_in_production\s*=\s*true\s*$",
        MEDIUM,
        "passwords go to the directory in the clear",
    ),
)


def crypto_settings(host: Host) -> Iterator[Weakness]:
    """The lines of these files that say so, each once."""
    told: set[tuple[str, int]] = set()
    openssl = with_included(host, [path for word in OPENSSL.split() for path in host.fs.glob(word)])
    for patterns, line_of, severity, what in TABLE:
        weak = re.compile(rf"\s*{line_of}", re.I)
        paths = (path for pattern in patterns.split() for path in host.fs.glob(pattern))
        for path in openssl if patterns == OPENSSL else paths:
            text = host.fs.text(path)
            for number, line in text.numbered() if text else ():
                bare = line.partition("#")[0]
                if text and len(line) <= 4096 and weak.match(bare) and (text.path, number) not in told:
                    told.add((text.path, number))
                    yield Weakness(text.path, number, f"{what}: {bare.strip()}", severity)
