"""Which state may follow which."""

from __future__ import annotations

import pytest

from ckanext.regional.needs.states import STATES, refusal


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("after", STATES)
def test_every_state_may_follow_every_other(before: str, after: str) -> None:
    expected = "unchanged" if before == after else None
    assert refusal(before, after, has_datasets=True) == expected
    assert refusal(before, after, has_datasets=False) == ("datasets" if after == "answered" else expected)
