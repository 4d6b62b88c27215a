"""Old algorithms allowed for the whole system

## What it is

A setting for all programs of the host allows protocols or algorithms that are broken: `MinProtocol` or `@SECLEVEL=0` in
openssl.cnf, the policy LEGACY of crypto-policies, `allow_weak_crypto` in krb5.conf; or lets a directory of accounts be asked
without a check of its certificate (`TLS_REQCERT never`, `ldap_tls_reqcert = never`).

## Why it matters

Who is on the way can make both sides use the weakest that they have, and read or change what is said (ATT&CK T1557, T1600);
with a directory of accounts they can answer in its place, and so say who may log in. Weak types of Kerberos tickets can be
broken offline (T1558.003). Sources: config(5ssl), SSL_CTX_set_security_level(3ssl), crypto-policies(7), krb5.conf(5),
ldap.conf(5), sssd-ldap(5).

## How to fix it

Take the line out, or set `MinProtocol = TLSv1.2`, `CipherString = DEFAULT@SECLEVEL=2`, `update-crypto-policies --set DEFAULT`,
`allow_weak_crypto = false`, `TLS_REQCERT demand`. Give one old peer a setting of its own rather than all.
"""

from collections.abc import Iterator

from casemate.host.facts.crypto_settings import crypto_settings
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.posture.told import told
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity


def find(host: Host) -> Iterator[Seen]:
    """The lines that say so, each once."""
    return told(crypto_settings(host))


RULE = FactRule(
    id=RuleId("weak-crypto-policy"),
    title="Old algorithms allowed for the whole system",
    cwe=327,
    owasp="A02:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="OpenSSL",
            language="host",
            code="# file: /etc/ssl/openssl.cnf\n[system_default_sect]\nMinProtocol = TLSv1  # finding\n"
            "CipherString = DEFAULT@SECLEVEL=0  # finding\n",
        ),
        Example(
            name="a file that OpenSSL's includes",
            language="host",
            code="# file: /etc/ssl/openssl.cnf\n.include = /etc/ssl/site\n# file: /etc/ssl/site/old.cnf\n"
            "MinProtocol = TLSv1.1  # finding\n",
        ),
        Example(
            name="policies, Kerberos and a directory",
            language="host",
            code="# file: /etc/crypto-policies/config\nLEGACY  # finding\n# file: /etc/krb5.conf\n[libdefaults]\n"
            " allow_weak_crypto = true  # finding\n# file: /etc/ldap/ldap.conf\nTLS_REQCERT never  # finding\n",
        ),
        Example(
            name="near-miss: as shipped",
            language="host",
            code="# file: /etc/ssl/openssl.cnf\n[system_default_sect]\nMinProtocol = TLSv1.2\n"
            "CipherString = DEFAULT@SECLEVEL=2\n",
        ),
        Example(
            name="near-miss: comments",
            language="host",
            code="# file: /etc/krb5.conf\n# allow_weak_crypto = true\n# file: /etc/ldap/ldap.conf\n#TLS_REQCERT never\n",
        ),
        Example(
            name="near-miss: strong types, and a check",
            language="host",
            code="# file: /etc/krb5.conf\n[libdefaults]\n permitted_enctypes = aes256-cts-hmac-sha1-96\n"
            "# file: /etc/nslcd.conf\n"
            "tls_reqcert demand\n",
        ),
    ),
)
