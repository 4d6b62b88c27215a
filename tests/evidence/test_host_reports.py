"""The audit of a host in every form of report: the same ways and fixes, nothing of the root unescaped, forms valid."""

import json
from html import unescape
from pathlib import Path

import jsonschema
import pytest

from casemate.app.ground import rule_texts
from casemate.evidence import html, jsonreport, markdown, sarif
from casemate.evidence.host_graph import draw
from casemate.evidence.table import render
from casemate.pipeline.host import HostOptions, audit_host
from tests.host.tree import tree
from tests.host.weak_root import WEAK, weak_root

RULES = rule_texts(host=True)


def audited(root):
    return audit_host(root, options=HostOptions(), progress=lambda stage, done, total: None).report


@pytest.fixture(scope="module")
def report():
    return audited(weak_root())


def test_the_table_tells_ways_and_cut(report):
    """In 80 columns: who, by what, and each change."""
    lines = render(report, 80, False).splitlines()
    start = lines.index("Who becomes root on Debian GNU/Linux 12 (bookworm)")
    assert lines[start + 1] == "  any local user reaches root"
    assert lines[start + 2].startswith("    1  any local user becomes root: /etc/profile.d/tools.sh can be written to")
    (cut,) = [n for n, line in enumerate(lines) if line.startswith("Cut: ")]
    assert lines[cut].startswith("Cut: the cheapest cut has 3 fixes; analysed again with them, nobody who should")
    assert "   1  chmod 0644 /etc/profile.d/tools.sh (was 0666)" in lines
    assert max(map(len, lines)) <= 80


def test_json_follows_its_schema(report):
    """With the host's part, which is as the schema has it."""
    document = json.loads(jsonreport.render(report))
    jsonschema.Draft202012Validator(json.loads(jsonreport.schema_text())).validate(document)
    assert document["host"]["standings"][0]["source"] == "anyone"
    assert document["host"]["cut"]["proved"] is True
    assert {fix["kind"] for fix in document["host"]["cut"]["fixes"]} <= {"set-mode", "set-owner"}


def test_sarif_is_valid_and_has_each_way_as_a_code_flow(report):
    """From what can be written to, outwards to what runs it."""
    document = json.loads(sarif.render(report, RULES))
    schema = json.loads((Path(__file__).parent / "sarif-2.1.0.json").read_text())
    jsonschema.Draft4Validator(schema).validate(document)
    (run,) = document["runs"]
    flows = {
        result["ruleId"]: [
            step["location"]["physicalLocation"]["artifactLocation"]["uri"]
            for step in result["codeFlows"][0]["threadFlows"][0]["locations"]
        ]
        for result in run["results"]
        if "codeFlows" in result
    }
    assert flows["writable-unit-program"] == ["opt/app", "opt/app/serve", "etc/systemd/system/app.service"]
    assert run["properties"]["host"]["cut"]["minimal"] is True


def test_markdown_tells_who_and_the_fixes(report):
    """For a ticket."""
    text = unescape(markdown.render(report, RULES))
    assert "### Who becomes root on Debian GNU/Linux 12 (bookworm)" in text
    assert "1. <code>chmod 0644 /etc/profile.d/tools.sh (was 0666)</code>" in text


def test_the_picture_holds_every_edge(report):
    """Boxes do not lie on one another; every edge has its lines, those that the cut ends are marked."""
    picture = draw(report.host)
    places = [(box.x, box.y) for box in picture.boxes]
    assert len(set(places)) == len(places)
    assert {n for line in picture.lines for n in line.edges} == set(range(1, len(picture.edges) + 1))
    assert all(line.cut for line in picture.lines if line.root and not line.faint)
    root = next(box for box in picture.boxes if box.kind == "root")
    assert root.x == max(box.x for box in picture.boxes)


def test_names_of_the_root_are_text_in_every_form():
    """A unit whose name is markup, a terminal's escape and a link."""
    name = "x<img src=1>\x1b[31m](y)"
    root = tree(WEAK)
    old = root.nodes_by_path.pop("/etc/profile.d/tools.sh")
    content = root.contents.pop("/etc/profile.d/tools.sh")
    path = f"/etc/profile.d/{name}.sh"
    root.nodes_by_path[path] = type(old)(path, old.kind, old.mode, 0, 0, old.size)
    root.contents[path] = content
    report = audited(root)
    assert any(name in fix.path for fix in report.host.cut.fixes)
    for text in (render(report, 80, False), html.render(report, RULES), markdown.render(report, RULES)):
        assert "\x1b" not in text
    assert "<img" not in html.render(report, RULES)
    assert "<img" not in markdown.render(report, RULES)
    json.loads(jsonreport.render(report))


def test_no_hash_of_a_password_is_in_a_report():
    """Whatever line a finding stands on."""
    root = tree(
        WEAK + "# file: /etc/shadow 0644\nroot:$y$j9T$secretsecretsecret$Hq0AAAABBBBCCCCDDDD:19700:0:99999:7:::\n"
    )
    report = audited(root)
    assert [f for f in report.findings if f.lead.location.path == "etc/shadow"]
    for text in (jsonreport.render(report), html.render(report, RULES), sarif.render(report, RULES)):
        assert "Hq0AAAA" not in text


def test_no_password_of_a_command_line_is_in_a_report():
    """It stands in the rule that leads to root, and so in its way and in its fix, which alone must know it."""
    rule = "alice ALL=(root) NOPASSWD: /usr/bin/mysql -pTr0ub4dor77 *"
    report = audited(tree(f"# file: /etc/sudoers 0440\n{rule}\n# file: /usr/bin/mysql 0755\n"))
    assert [fix.was for fix in report.host.cut.fixes] == [rule]
    forms = (
        jsonreport.render(report),
        html.render(report, RULES),
        sarif.render(report, RULES),
        render(report, 80, False),
    )
    for text in (*forms, markdown.render(report, RULES)):
        assert "mysql" in text
        assert "Tr0ub4" not in text
