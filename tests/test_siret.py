from __future__ import annotations

import pytest

from ckanext.regional.siret import is_valid, normalise


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("212900195", "212900195"),
        ("212 900 195", "212900195"),
        ("212\u00a0900\u202f195 00018", "21290019500018"),
        ("212.900.195-00018", "21290019500018"),
        ("12345", None),
        ("2129001950001", None),
        ("２１２９００１９５", None),
        ("A12900195", None),
        ("", None),
    ],
)
def test_numbers_are_read_as_people_write_them(typed: str, number: str | None) -> None:
    assert normalise(typed) == number


@pytest.mark.parametrize("number", ["212900195", "233500016", "234400034", "21290019500018"])
def test_a_right_check_digit_passes(number: str) -> None:
    assert is_valid(number)


@pytest.mark.parametrize("number", ["212900196", "21290019500019", "21290019500081", "212900195000", "", "000000001"])
def test_a_wrong_one_does_not(number: str) -> None:
    assert not is_valid(number)


def test_la_poste_has_a_rule_of_its_own() -> None:
    """Its offices' digits add up to a multiple of five; its head office also meets the formula."""
    assert (is_valid("35600000000048"), is_valid("35600000049837"), is_valid("35600000049838")) == (True, True, False)
