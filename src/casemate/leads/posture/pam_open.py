"""Authentication that asks for nothing

## What it is

The `auth` stack of a service in /etc/pam.d comes to success without a credential: `pam_permit` is `sufficient` or is
reached by a jump, `pam_succeed_if` or `pam_wheel trust` passes people by, or `pam_deny` is missing at the end.

## Why it matters

`su` makes root of everybody; a remote service lets everybody in (ATT&CK T1556.003; pam.conf(5)).

## How to fix it

Take the line away, or put the stack back as the distribution ships it (`pam-auth-update --force` on Debian). `pam_permit`
at the end of Debian's common-auth is right: the jump over `pam_deny` leads there only after a password.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

COMMON = (
    "# file: /etc/pam.d/common-auth\n"
    "auth [success=1 default=ignore] pam_unix.so nullok\n"
    "auth requisite pam_deny.so\n"
    "auth required pam_permit.so\n"
)
RULE = ChainRule(
    id=RuleId("open-authentication"),
    title="Authentication that asks for nothing",
    cwe=287,
    owasp="A01:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("pam-open", "su-without-password"),
    lateral=Severity.HIGH,
    examples=(
        Example(
            name="sufficient pam_permit",
            language="host",
            code=(("# file: /etc/pam.d/su\nauth sufficient pam_permit.so  # finding\n@include common-auth\n") + COMMON),
        ),
        Example(
            name="a failed password jumps over pam_deny",
            language="host",
            code=(
                "# file: /etc/pam.d/su\n"
                "@include common-auth\n"
                "# file: /etc/pam.d/common-auth\n"
                "auth [success=1 default=1] pam_unix.so  # finding\n"
                "auth requisite pam_deny.so\n"
                "auth required pam_permit.so\n"
            ),
        ),
        Example(
            name="a condition that any user fulfils",
            language="host",
            code=(
                (
                    "# file: /etc/pam.d/su\n"
                    "auth sufficient pam_succeed_if.so uid >= 1000 use_uid quiet  # finding\n"
                    "@include common-auth\n"
                )
                + COMMON
            ),
        ),
        Example(
            name="a group is trusted",
            language="host",
            code=(
                ("# file: /etc/pam.d/su\nauth sufficient pam_wheel.so trust use_uid  # finding\n@include common-auth\n")
                + COMMON
            ),
        ),
        Example(
            name="no refusal at the end",
            language="host",
            code=("# file: /etc/pam.d/su\nauth optional pam_unix.so\nauth required pam_permit.so  # finding\n"),
        ),
        Example(
            name="near-miss: Debian's stack",
            language="host",
            code=(("# file: /etc/pam.d/su\nauth sufficient pam_rootok.so\n@include common-auth\n") + COMMON),
        ),
        Example(
            name="near-miss: Red Hat's stack",
            language="host",
            code=(
                "# file: /etc/pam.d/su\n"
                "auth sufficient pam_rootok.so\n"
                "auth substack system-auth\n"
                "auth include postlogin\n"
                "# file: /etc/pam.d/system-auth\n"
                "auth required pam_env.so\n"
                "auth sufficient pam_unix.so try_first_pass nullok\n"
                "auth required pam_deny.so\n"
            ),
        ),
        Example(
            name="near-miss: a group is required, and a password",
            language="host",
            code=(("# file: /etc/pam.d/su\nauth required pam_wheel.so use_uid\n@include common-auth\n") + COMMON),
        ),
        Example(
            name="near-miss: pam_permit of an account stack",
            language="host",
            code=("# file: /etc/pam.d/su\nauth required pam_unix.so\naccount sufficient pam_permit.so\n"),
        ),
    ),
)
