"""polkit's rules: which answers they give to whom, as far as they can be followed."""

from __future__ import annotations

import pytest

from casemate.host.edges.polkit import edges
from casemate.host.facts.polkit_rules import polkit_rules
from casemate.host.relation import Grant
from casemate.model.host import ANYONE, account, group
from tests.host.tree import tree

FILE = "# file: /etc/polkit-1/rules.d/10-x.rules\n"


def grants(body: str):
    host = tree(f"{FILE}polkit.addRule(function(action, subject) {{\n{body}\n}});\n").host()
    return [relation.holders for relation in edges(host) if isinstance(relation, Grant) and not relation.natural]


@pytest.mark.parametrize(
    ("body", "holders"),
    [
        ("return polkit.Result.YES;", (ANYONE,)),
        ('if (action.id.indexOf("org.freedesktop.") == 0) { return polkit.Result.YES; }', (ANYONE,)),
        ('if (/^org\\.freedesktop\\.systemd1/.test(action.id)) return "yes";', (ANYONE,)),
        (
            'if (subject.isInGroup("wheel")) { return polkit.Result.YES; } else { return polkit.Result.NO; }',
            (group("wheel"),),
        ),
        ('if (!subject.isInGroup("staff")) return polkit.Result.NO;\nreturn polkit.Result.YES;', (group("staff"),)),
        ('var who = "alice";\nif (subject.user == who) return polkit.Result.YES;', (account("alice"),)),
        ('return subject.isInGroup("wheel") ? polkit.Result.YES : polkit.Result.NO;', (group("wheel"),)),
        (
            'var a = ["x", "org.freedesktop.policykit.exec"];\nif (a.indexOf(action.id) >= 0) return polkit.Result.YES;',
            (ANYONE,),
        ),
    ],
)
def test_rules_that_give_root(body, holders):
    """Who comes to root by it."""
    assert grants(body) == [holders]


@pytest.mark.parametrize(
    "body",
    [
        "return polkit.Result.AUTH_ADMIN;",
        'if (action.id == "org.freedesktop.login1.reboot") return polkit.Result.YES;',
        'if (action.id == "org.freedesktop.systemd1.manage-units" && action.lookup("unit") == "a") return polkit.Result.YES;',
        'if (subject.isInGroup("nosuch")) return polkit.Result.YES;',
        "// return polkit.Result.YES;",
        "if (unheard(action)) return polkit.Result.YES;",
        'switch (action.id) { case "x": return polkit.Result.YES; }',
    ],
)
def test_rules_that_do_not(body):
    """Harmless actions, narrow ones, and what cannot be followed."""
    assert grants(body) == []


@pytest.mark.parametrize(
    "text", ["polkit.addRule(", "polkit.addRule(function(a, b) {" + "if (" * 500, "/*" * 1000, "'", "(" * 3000]
)
def test_scripts_that_are_none(text):
    """They end, and give nothing."""
    assert tree(f"{FILE}{text}\n").host().once(polkit_rules) == ()
