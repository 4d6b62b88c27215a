"""The catalogue: every rule is listed once, and every rule has a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import casemate.host.edges
import casemate.leads.posture
import casemate.leads.rules
from casemate.host.catalogue import MODULES as SOURCES
from casemate.knowledge.loader import load
from casemate.leads.catalogue import MODULES, POSTURE, page, posture, rule, rules
from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import ActRule, FlowRule
from casemate.model.errors import UserError
from casemate.model.trace import Boundary
from casemate.taint import packing
from casemate.taint.external import ENCODED

HEADINGS = ["What it is", "Why it matters", "How to fix it"]
FOLDER = Path(casemate.leads.rules.__path__[0])
HOSTS = Path(casemate.leads.posture.__path__[0])
EDGES = Path(casemate.host.edges.__path__[0])
TEXT = "".join(path.read_text("utf-8") for path in HOSTS.glob("*.py"))
EDGE_TEXT = "".join(path.read_text("utf-8") for path in EDGES.parent.rglob("*.py"))


def test_the_ten_rules_in_the_order_of_their_weight():
    """Ids, weaknesses and kinds are what users have in their configurations: they do not change by accident."""
    assert [(r.id, r.cwe, r.sinks) for r in rules() if isinstance(r, FlowRule)][:10] == [
        ("command-injection", 78, ("shell", "command")),
        ("code-injection", 95, ("code",)),
        ("sql-injection", 89, ("sql",)),
        ("unsafe-deserialization", 502, ("deserialize",)),
        ("template-injection", 1336, ("template",)),
        ("path-traversal", 22, ("path",)),
        ("archive-extraction", 22, ("archive",)),
        ("ssrf", 918, ("url",)),
        ("xxe", 611, ("xml",)),
        ("xss", 79, ("html",)),
    ]


def test_no_rule_is_forgotten():
    """Every file below `rules` is a rule of the table, or examples of one."""
    files = {
        ".".join(path.relative_to(FOLDER).with_suffix("").parts)
        for path in FOLDER.rglob("*.py")
        if path.name != "__init__.py"
    }
    assert {name.removesuffix("_examples") for name in files} == set(MODULES.values())


def test_no_posture_rule_and_no_source_of_edges_is_forgotten():
    """Every file below `posture` is a rule of the table or belongs to one; every source of edges is in its table, and every
    kind of edge has the rule that reports it."""
    rules_of = {path.stem for path in HOSTS.glob("*.py")} - {"__init__", "rule", "catalogue"}
    assert set(POSTURE.values()) <= rules_of
    assert all(f"posture.{name} import" in TEXT for name in rules_of - set(POSTURE.values()))
    sources = {path.stem for path in EDGES.glob("*.py")} - {"__init__"}
    assert set(SOURCES) <= sources
    assert all(re.search(rf"edges(\.| import ){name}\b", EDGE_TEXT) for name in sources - set(SOURCES))
    kinds = {kind for r in posture() if isinstance(r, ChainRule) for kind in r.kinds}
    assert set(re.findall(r"kind=\"([a-z-]+)\"", EDGE_TEXT)) <= kinds


@pytest.mark.parametrize("path", sorted({*FOLDER.rglob("*.py"), *HOSTS.glob("*.py")}), ids=lambda path: path.stem)
def test_a_rule_is_short(path: Path):
    """A rule has at most 150 lines; examples beside it are not counted."""
    assert path.stem.endswith("_examples") or len(path.read_text("utf-8").splitlines()) <= 150


@pytest.mark.parametrize("rule_id", [*MODULES, *POSTURE])
def test_a_page_has_the_fixed_headings(rule_id: str):
    """A page is a title and three sections, none of them empty."""
    text = page(rule_id)
    title, *sections = re.split(r"^#+ ", text, flags=re.MULTILINE)[1:]
    assert title.strip()
    assert [s.split("\n", 1)[0] for s in sections] == HEADINGS
    assert all(s.split("\n", 1)[1].strip() for s in sections)


@pytest.mark.parametrize("rule_id", MODULES)
def test_a_rule_speaks_of_kinds_and_acts_that_exist(rule_id: str):
    """Its sinks and acts are those of the knowledge, its message has the place holders that a lead fills in."""
    found = rule(rule_id)
    if isinstance(found, FlowRule):
        assert set(found.sinks) <= set(load().kinds)
        assert Boundary.REMOTE in found.boundaries
        assert found.message.format(source="a", sink="b", function="c") != found.message
    elif isinstance(found, ActRule):
        assert set(found.acts) <= set(load().acts)
        assert found.message.format(act="a", function="c") != found.message
    else:
        assert found.message.format(what="a", function="c") != found.message


def test_every_kind_and_act_belongs_to_a_rule():
    """What knowledge calls dangerous, some rule reports."""
    told = {kind for r in rules() if isinstance(r, FlowRule) for kind in r.sinks}
    # ENCODED is what no sink has; a part of a kind is told with the whole.
    assert told | {ENCODED} == {name for name, kind in load().kinds.items() if not kind.part_of}
    # Packing is no weakness: it is asked about beside others.
    assert {act for r in rules() if isinstance(r, ActRule) for act in r.acts} | {packing.ACT} == set(load().acts)


def test_an_unknown_rule_is_the_users_to_mend():
    """The error names the id and lists the rules."""
    with pytest.raises(UserError, match=r"^there is no rule 'sqli'; use one of command-injection, "):
        page("sqli")
