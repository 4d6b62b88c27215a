"""Peer not authenticated.

## What it is
A connection is made without asking who answers: the check of TLS certificates or of the host's name is switched off, or any
SSH host key is accepted.

## Why it matters
Whoever is on the way (a wireless network, a resolver, a router) answers in the server's place, reads passwords and tokens, and
changes what is downloaded.

## How to fix it
Leave the check on. For a certificate of one's own, name its authority (`verify="/etc/ssl/own-ca.pem"`,
`ssl.create_default_context(cafile=…)`); for SSH, load the known hosts and keep `RejectPolicy`.
"""

from __future__ import annotations

from casemate.leads.rule import ActRule
from casemate.leads.rules.network.certificate_validation_examples import EXAMPLES
from casemate.model.lead import RuleId, Severity

RULE = ActRule(
    id=RuleId("certificate-validation"),
    title="Peer not authenticated",
    cwe=295,
    also=(
        297,
        322,
    ),
    owasp="A07:2021 Identification and Authentication Failures",
    severity=Severity.HIGH,
    acts=("no-certificate",),
    yields={"check_hostname": "verify_mode"},
    prescribed=("insecure", "unverified", "noverify", "no_verify"),
    sees=("getpeercert", "get_peer_certificate", "get_remote_server_key"),
    message="{act}: the peer is not asked who it is",
    examples=EXAMPLES,
)
