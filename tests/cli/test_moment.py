"""The moment that the GitLab report gives as its time."""

from datetime import UTC, datetime

import pytest

from casemate.cli.moment import moment
from casemate.model.errors import UserError


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, datetime(1970, 1, 1, tzinfo=UTC)),
        ({"SOURCE_DATE_EPOCH": ""}, datetime(1970, 1, 1, tzinfo=UTC)),
        ({"SOURCE_DATE_EPOCH": "1700000000"}, datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
    ],
)
def test_the_moment_comes_from_the_environment(environment, expected):
    """Nothing reads the clock."""
    assert moment(environment) == expected


@pytest.mark.parametrize("text", ["now", "-1", "1.5", "٣", "9" * 30, " 1"])
def test_what_is_no_time_is_refused(text):
    """With the value and what to do."""
    with pytest.raises(UserError, match=r"SOURCE_DATE_EPOCH is .* set it to seconds since 1970"):
        moment({"SOURCE_DATE_EPOCH": text})
