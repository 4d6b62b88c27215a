"""LDAP injection.

## What it is
Text from outside becomes part of an LDAP filter or a distinguished name. A star, a parenthesis or a comma in it changes which
entries are meant.

## Why it matters
A star finds everybody; a parenthesis adds a condition that is always true, so that a sign-in succeeds, or that asks for one
secret attribute letter by letter.

## How to fix it
Escape what goes into a filter: `ldap3.utils.conv.escape_filter_chars`, `ldap.filter.filter_format`; what goes into a name:
`ldap3.utils.dn.escape_rdn`, `ldap.dn.escape_dn_chars`.
"""

from __future__ import annotations

from casemate.leads.rule import FlowRule
from casemate.leads.rules.injection.ldap_injection_examples import EXAMPLES
from casemate.model.lead import RuleId, Severity

RULE = FlowRule(
    id=RuleId("ldap-injection"),
    title="LDAP injection",
    cwe=90,
    owasp="A03:2021 Injection",
    severity=Severity.HIGH,
    sinks=("ldap",),
    message="{sink} is given a filter or a name made from the {source}",
    examples=EXAMPLES,
)
