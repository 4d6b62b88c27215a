"""What `casemate verify` tells of a replay."""

import pytest

from casemate.evidence.bundle import read
from casemate.evidence.verification import as_json, as_text
from casemate.model.verification import Answer, Verification
from tests.evidence.proven import sealed

KEY = "AKIA" + "ABCDEFGHIJKLMNOP"


@pytest.mark.parametrize("sandbox", ["", "bubblewrap"])
def test_what_the_target_said_is_redacted(sandbox):
    """The words of an exception, in the answer and in a note, are those of the target."""
    bundle = read(sealed()[1], "b")
    words = f"it raised ValueError: {KEY}"
    found = Verification(answer=Answer.FAILS, why=words, notes=(words,), sandbox=sandbox)
    for text in (as_text(bundle, "ab", found, "", 200, False), as_json(bundle, "ab", found, "")):
        assert text.count("it raised ValueError") == 2 and KEY not in text
