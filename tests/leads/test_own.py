"""A user's own rules and knowledge: read strictly, and what their examples show is compared with what is marked."""

from __future__ import annotations

import pytest

from casemate.knowledge.loader import load
from casemate.knowledge.table import KnowledgeError
from casemate.leads.own import mistakes, read
from casemate.leads.scan import scan_sources

RULE = """
id = "own-rule"
title = "Own"
cwe = 78
owasp = "A03:2021 Injection"
severity = "high"
sinks = ["shell"]
message = "{sink} from {source}"
page = "What it is"
[[example]]
name = "weak"
code = '''
import os, sys
os.system("ls " + sys.argv[1])  # finding
'''
[[example]]
name = "near-miss: fixed"
code = '''
import os
os.system("ls")
'''
"""
LIBRARY = 'library = "own"\ndocs = "https://own.example.com/"\n'
KIND = '[[kind]]\nname = "{}"\ntitle = "own"\n'


def files(**texts: str) -> dict[str, bytes]:
    """Files by name, with the ending."""
    return {f"house/{name}.toml": text.encode() for name, text in texts.items()}


def test_a_rule_whose_examples_are_as_marked():
    """The rule is read, and nothing is said against it."""
    own = read(files(rule=RULE))
    assert [rule.id for rule in own.rules] == ["own-rule"]
    assert own.pages["own-rule"].startswith("# Own\n")
    assert list(mistakes(own)) == []


def test_a_line_that_is_missing_and_one_too_many_are_named():
    """Rule, example, file, line, which of both, and the text of the line."""
    moved = RULE.replace("import os, sys", "import os, sys  # finding").replace("[1])  # finding", "[1])")
    assert list(mistakes(read(files(rule=moved)))) == [
        "own-rule: 'weak': example.py:1: a finding is missing: import os, sys  # finding",
        "own-rule: 'weak': example.py:2: a finding too many: os.system(\"ls \" + sys.argv[1])",
    ]


def test_a_statement_replaces_the_packaged_one():
    """What the user says of a name counts, is listed, and changes the fingerprint."""
    own = read(files(lib=LIBRARY + '[call."os.system"]\npasses = []\n', rule=RULE))
    assert own.knowledge.replaced == ("os.system",)
    assert own.knowledge.fingerprint != load().fingerprint
    assert [line.split(": ")[3] for line in mistakes(own)] == ["a finding is missing"]


def test_without_own_files_the_fingerprint_is_the_packaged_one():
    """Nothing of one's own: what earlier scans remember still holds."""
    assert read({}).knowledge.fingerprint == load().fingerprint


def test_a_kind_of_ones_own():
    """A kind declared beside the files is used by a library and a rule; declaring it changes the fingerprint."""
    kinds = KIND.format("letter")
    lib = LIBRARY + '[call."letters.put"]\nsinks = [{ arg = 0, kind = "letter" }]\n'
    own = read(files(kinds=kinds, lib=lib, rule=RULE.replace('["shell"]', '["letter"]')))
    code = 'import letters, sys\nletters.put("a" + sys.argv[1])\n'
    leads = scan_sources({"a.py": code}, own.rules, own.knowledge)
    assert [(lead.rule, lead.location.line) for lead in leads] == [("own-rule", 2)]
    assert read(files(kinds=kinds)).knowledge.fingerprint != load().fingerprint


def test_an_act_of_ones_own():
    """A call that is weak as it stands."""
    lib = LIBRARY + '[call."own.open_all"]\nacts = [{ name = "open-all" }]\n'
    rule = RULE.replace('sinks = ["shell"]', 'acts = ["open-all"]').replace("{sink} from {source}", "{act} opens all")
    own = read(files(kinds='[[act]]\nname = "open-all"\ntitle = "own"\n', lib=lib, rule=rule))
    leads = scan_sources({"a.py": "import own\n\nown.open_all()\n"}, own.rules, own.knowledge)
    assert [(lead.location.line, lead.message) for lead in leads] == [(3, "own.open_all opens all")]


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"rule": RULE.replace("cwe = 78", 'cwe = "78"')}, "rule.toml.cwe: not the number of a weakness: '78'"),
        ({"rule": RULE.replace("own-rule", "sql-injection")}, "there is a rule 'sql-injection' already"),
        ({"rule": RULE, "same": RULE}, "there is a rule 'own-rule' already"),
        ({"rule": RULE.replace('"shell"', '"shel"')}, "unknown name 'shel'"),
        ({"rule": RULE.replace("{source}", "{source.x}")}, "unknown word 'source.x' in braces"),
        ({"rule": RULE.replace("{source}", "{source")}, "rule.toml.message: "),
        ({"rule": RULE.replace("  # finding", "")}, "needs an example and a near-miss"),
        ({"rule": RULE.replace('severity = "high"', 'severity = "huge"')}, "unknown value 'huge'"),
        ({"rule": RULE.replace("sinks =", "sink =")}, "a rule is about sinks or about acts"),
        ({"rule": RULE + "colour = 1"}, "unknown key 'colour'"),
        ({"other": "a = 1"}, "neither a rule nor about a library"),
        ({"other": "a ="}, "other.toml: not TOML"),
        ({"kinds": KIND.format("shell")}, "repeated or not one word: 'shell'"),
        ({"kinds": "".join(KIND.format(f"own{n}") for n in range(26))}, "masks have room for 28"),
        ({"a": LIBRARY + '[call."x.y"]\n', "b": LIBRARY + '[call."x.y"]\n'}, "'x.y' is spoken of twice"),
    ],
)
def test_what_cannot_be_meant_is_refused(texts, said):
    """The error names the file and what is wrong there."""
    with pytest.raises(KnowledgeError) as raised:
        read(files(**texts))
    assert said in str(raised.value)
