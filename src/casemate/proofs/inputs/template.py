"""Inputs for templates: an expression whose result stands nowhere in it, in the syntaxes of common engines."""

from __future__ import annotations

from casemate.proofs.oracle import Input

_EXPRESSIONS = (
    ('{{"{canary}"[::-1]}}', "double braces, turned round"),
    ("{{'{canary}'[::-1]}}", "double braces, single quotes"),
    ('{{"{canary}"|upper}}', "a filter"),
    ('${"{canary}"[::-1]}', "a dollar and braces"),
    ("${'{canary}'[::-1]}", "a dollar and braces, single quotes"),
    ("{% filter upper %}{canary}{% endfilter %}", "a block"),
    ('{% if 1 %}{{"{canary}"|upper}}{% endif %}', "a condition"),
    ('}}{{"{canary}"[::-1]}}{{"', "out of an expression"),
    ("'+'{canary}'[::-1]+'", "within an expression, out of single quotes"),
    ('"+"{canary}"[::-1]+"', "within an expression, out of double quotes"),
    ("<%= '{canary}'[::-1] %>", "angle brackets"),
    ("<% context.write('{canary}'[::-1]) %>", "angle brackets, a statement"),
    ("$upper('{canary}')", "a call behind a dollar"),
    ("#set $x = '{canary}'[::-1]\n$x", "a directive"),
    ("% if 1:\n${'{canary}'[::-1]}\n% endif\n", "a line of its own"),
    ("{% raw '{canary}'[::-1] %}", "raw"),
)

INPUTS = tuple(Input(name=name, payload={"text": text}) for text, name in _EXPRESSIONS)
