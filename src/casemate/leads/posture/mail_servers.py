"""Mail server that relays for everybody or takes passwords in clear text

## What it is

Postfix, Exim or Sendmail accepts mail from anywhere to anywhere, or Dovecot takes passwords over connections without
TLS.

## Why it matters

Others send spam and lures in the machine's name, until its address is blocked everywhere (ATT&CK T1566); passwords can
be read on the way (T1040).

## How to fix it

`mynetworks = 127.0.0.0/8 [::1]/128` and `smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated,
defer_unauth_destination` (postconf(5)); `disable_plaintext_auth = yes` in Dovecot.
"""

from collections.abc import Iterator

from casemate.host.facts.mailservers import mail_servers
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.posture.told import told
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity


def find(host: Host) -> Iterator[Seen]:
    """Each of them, at its line."""
    return told(mail_servers(host))


RULE = FactRule(
    id=RuleId("weak-mail-server"),
    title="Mail server that relays for everybody or takes passwords in clear text",
    cwe=441,
    owasp="A05:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="all networks are one's own",
            language="host",
            code="# file: /etc/postfix/main.cf 0644\nmyhostname = a.example\n"
            "mynetworks = 127.0.0.0/8  # finding\n  0.0.0.0/0\n",
        ),
        Example(
            name="passwords without TLS",
            language="host",
            code="# file: /etc/dovecot/conf.d/10-auth.conf 0644\ndisable_plaintext_auth = no  # finding\n",
        ),
        Example(
            name="everything is permitted",
            language="host",
            code="# file: /etc/postfix/main.cf 0644\nsmtpd_relay_restrictions = permit  # finding\n",
        ),
        Example(
            name="near-miss: as Debian sets it up",
            language="host",
            code="# file: /etc/postfix/main.cf 0644\n"
            "smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination\n"
            "mynetworks = 127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128\n",
        ),
        Example(
            name="near-miss: in a comment",
            language="host",
            code="# file: /etc/dovecot/conf.d/10-auth.conf 0644\n#disable_plaintext_auth = no\n",
        ),
        Example(
            name="near-miss: permitted after a guard",
            language="host",
            code="# file: /etc/postfix/main.cf 0644\n"
            "smtpd_recipient_restrictions = reject_unauth_destination, permit\n",
        ),
    ),
)
