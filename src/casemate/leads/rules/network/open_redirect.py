"""Open redirect.

## What it is
Data from a request decides to which site a browser is sent: the whole address, its host, or its beginning.

## Why it matters
A link to a site that people trust takes them to one that they should not: a copy of the sign-in page, or an application that
collects the token in the address.

## How to fix it
Send to a route by its name (`url_for`, `reverse`), or keep the target in the session. Where a target must come with the
request, let the framework judge it (`url_has_allowed_host_and_scheme`), compare the parsed host with a list, or demand that it
begins with `/` and not with `//`. An empty host alone is not enough: browsers read `https:a.example` and `///a.example` as
another site.
"""

from __future__ import annotations

from casemate.leads.rule import FlowRule
from casemate.leads.rules.network.open_redirect_examples import EXAMPLES
from casemate.model.lead import RuleId, Severity
from casemate.model.trace import Boundary

RULE = FlowRule(
    id=RuleId("open-redirect"),
    title="Open redirect",
    cwe=601,
    owasp="A01:2021 Broken Access Control",
    severity=Severity.MEDIUM,
    sinks=("redirect",),
    message="{sink} sends the browser where the {source} says",
    boundaries=(Boundary.REMOTE,),
    # Nobody can make another person's browser send these.
    not_sources=(
        "requested URL", "Host header", "URL path", "URL path and query string", "Referer header", "Origin header",
        "User-Agent header", "Content-Type header", "Authorization header", "X-Forwarded-For header",
    ),
    examples=EXAMPLES,
)  # fmt: skip
