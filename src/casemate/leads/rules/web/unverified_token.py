"""Token whose signature is not checked.

## What it is
A signed token is decoded with its check switched off, or with the algorithm `none`.

## Why it matters
Who sends the token writes into it whose it is: with no check of the signature, anybody is anybody.

## How to fix it
Give the key and the one algorithm that is expected: `jwt.decode(token, key, algorithms=["RS256"])`. To choose the key, read the
header only (`jwt.get_unverified_header`), and then verify.
"""

from __future__ import annotations

from casemate.leads.rule import ActRule
from casemate.leads.rules.web.unverified_token_examples import EXAMPLES
from casemate.model.lead import RuleId, Severity

RULE = ActRule(
    id=RuleId("unverified-token"),
    title="Token whose signature is not checked",
    cwe=347,
    owasp="A02:2021 Cryptographic Failures",
    severity=Severity.HIGH,
    acts=("unverified-token",),
    message="{act} believes a token without checking its signature",
    # OpenID Connect Core 1.0, 3.1.3.7: of a token that its issuer's own endpoint gave, the connection may vouch for it.
    answered=("json", "fetch_token", "fetch_access_token", "authorize_access_token"),
    # RFC 7519, 4.1.4 to 4.1.6: when it was made and how long it holds, which whoever has it may know; 4.1.1: who says that they
    # made it, by which the key is chosen.
    spared=("exp", "iat", "iss", "nbf"),
    # PyJWT, python-jose and itsdangerous check the signature before the time.
    told_by=("ExpiredSignatureError", "SignatureExpired"),
    examples=EXAMPLES,
)
