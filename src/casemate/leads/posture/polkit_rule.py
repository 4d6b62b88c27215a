"""polkit rule that gives root away

## What it is

A rule in rules.d, a .pkla file or the default of an action answers "yes" for something that comes to root: running programs
with pkexec, managing systemd's units, installing packages, managing virtual machines.

## Why it matters

Whoever fulfils the rule is root without a password (ATT&CK T1548; polkit(8)).

## How to fix it

Name the single action and who may do it, and answer AUTH_ADMIN; for units, also ask `action.lookup("unit")` and `"verb"`.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("polkit-rule"),
    title="polkit rule that gives root away",
    cwe=863,
    owasp="A01:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("polkit-rule", "polkit-daemon"),
    examples=(
        Example(
            name="everybody, everything",
            language="host",
            code=(
                "# file: /etc/polkit-1/rules.d/10-x.rules\n"
                "polkit.addRule(function(action, subject) {  # finding\n"
                "    return polkit.Result.YES;\n"
                "});\n"
            ),
        ),
        Example(
            name="a prefix of actions, anybody",
            language="host",
            code=(
                "# file: /etc/polkit-1/rules.d/10-x.rules\n"
                "polkit.addRule(function(action, subject) {  # finding\n"
                '  if (action.id.indexOf("org.freedesktop.") == 0) {\n'
                "    return polkit.Result.YES;\n"
                "  }\n"
                "});\n"
            ),
        ),
        Example(
            name="a group",
            language="host",
            code=(
                "# file: /etc/polkit-1/rules.d/10-x.rules\n"
                "polkit.addRule(function(action, subject) {  # finding\n"
                '  if (action.id == "org.freedesktop.systemd1.manage-units" &&\n'
                '      subject.isInGroup("wheel")) return polkit.Result.YES;\n'
                "});\n"
            ),
        ),
        Example(
            name="a file of the local authority",
            language="host",
            code=(
                "# file: /etc/polkit-1/localauthority/50-local.d/a.pkla\n"
                "[all]  # finding\n"
                "Identity=unix-user:*\n"
                "Action=*\n"
                "ResultAny=yes\n"
            ),
        ),
        Example(
            name="near-miss: one action that is not root",
            language="host",
            code=(
                "# file: /etc/polkit-1/rules.d/10-x.rules\n"
                "polkit.addRule(function(action, subject) {\n"
                '  if (action.id == "org.freedesktop.timedate1.set-timezone" &&\n'
                "      subject.active) { return polkit.Result.YES; }\n"
                "});\n"
            ),
        ),
        Example(
            name="near-miss: a login prompt on the host, as systemd ships it: it asks for name and password (machinectl(1))",
            language="host",
            code=(
                "# file: /usr/share/polkit-1/actions/org.freedesktop.machine1.policy\n"
                '<policyconfig><action id="org.freedesktop.machine1.host-login"><defaults>\n'
                "<allow_any>auth_admin</allow_any><allow_active>yes</allow_active>\n"
                "</defaults></action></policyconfig>\n"
            ),
        ),
        Example(
            name="near-miss: an administrator's password is asked",
            language="host",
            code=(
                "# file: /etc/polkit-1/rules.d/10-x.rules\n"
                "polkit.addRule(function(action, subject) {\n"
                "  return polkit.Result.AUTH_ADMIN;\n"
                "});\n"
            ),
        ),
        Example(
            name="near-miss: one unit only",
            language="host",
            code=(
                "# file: /etc/polkit-1/rules.d/10-x.rules\n"
                "polkit.addRule(function(action, subject) {\n"
                '  if (action.id == "org.freedesktop.systemd1.manage-units" &&\n'
                '      action.lookup("unit") == "web.service" &&\n'
                '      subject.user == "alice") return polkit.Result.YES;\n'
                "});\n"
            ),
        ),
        Example(
            name="near-miss: in a comment",
            language="host",
            code=(
                "# file: /etc/polkit-1/rules.d/10-x.rules\n"
                "/* polkit.addRule(function(action, subject) {\n"
                "  return polkit.Result.YES;\n"
                "}); */\n"
            ),
        ),
        Example(
            name="near-miss: after everybody else is refused",
            language="host",
            code=(
                "# file: /etc/polkit-1/rules.d/10-x.rules\n"
                "polkit.addRule(function(action, subject) {\n"
                '  if (!subject.isInGroup("staff")) { return polkit.Result.NO; }\n'
                "  return polkit.Result.YES;\n"
                "});\n"
            ),
        ),
    ),
)
