"""Numbers of French bodies: the SIREN (9 digits) and the SIRET (the SIREN and 5 digits of one office).

Both end in a check digit by Luhn's formula (ISO/IEC 7812-1). La Poste has more offices than the formula allows: its
SIRETs are right where the sum of their digits is a multiple of five (INSEE, Sirene's documentation).
"""

from __future__ import annotations

import re

_LA_POSTE = "356000000"
_NUMBER = re.compile(r"[0-9]{9}(?:[0-9]{5})?")
# Spaces of all kinds, and what people put between groups of digits.
_BETWEEN = re.compile(r"[\s.\u00a0\u202f-]+")


def normalise(value: str) -> str | None:
    """Give the digits of what somebody typed: ``213 500 19-00012`` becomes ``21350019…``.

    :returns: None where that is neither 9 nor 14 digits.
    """
    digits = _BETWEEN.sub("", value)
    return digits if _NUMBER.fullmatch(digits) else None


def is_valid(number: str) -> bool:
    """Check a SIREN's or SIRET's check digit.

    :param number: 9 or 14 digits
    """
    if not _NUMBER.fullmatch(number) or not _luhn(number[:9]):
        return False
    if len(number) == 9:
        return True
    if number.startswith(_LA_POSTE) and sum(map(int, number)) % 5 == 0:
        return True
    return _luhn(number)


def _luhn(number: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(number)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0
