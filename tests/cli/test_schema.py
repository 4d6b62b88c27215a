"""casemate schema."""

from casemate.evidence.jsonreport import schema_text


def test_the_command_prints_the_schema(casemate):
    """So that it is at hand where there is no network."""
    assert casemate("schema").stdout == schema_text()
