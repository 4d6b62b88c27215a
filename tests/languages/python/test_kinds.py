"""The grammar's vocabulary."""

import pytest

from casemate.languages.python import kinds


def test_a_kind_has_every_number_that_the_grammar_gives_it() -> None:
    """Aliases have numbers of their own."""
    assert {kinds.LANGUAGE.node_kind_for_id(number) for number in kinds.named("as_pattern")} == {"as_pattern"}
    assert kinds.IDENTIFIER in kinds.named("identifier")


def test_a_grammar_without_a_kind_is_refused() -> None:
    """On import, by name, and with what to do."""
    with pytest.raises(LookupError, match=r"no node kind 'no_such_kind': install tree-sitter-python>=0\.25"):
        kinds.named("no_such_kind")
