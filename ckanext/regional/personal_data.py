"""Finds what identifies people in a text: numbers with their keys, addresses, telephones. No CKAN import.

Every pattern reads a text once from left to right, so no text makes it slow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["nir", "iban", "email", "phone"]

_SEP = r"[ .\-\u00a0\u202f]?"
#: Sex, year, month (with the codes for unknown months), department (2A and 2B for Corsica), commune, order, key.
_NIR = re.compile(
    rf"(?<![0-9A-Za-z])([1-478]){_SEP}(\d\d){_SEP}(0[1-9]|1[0-2]|20|3\d|4[0-2]|[5-9]\d)"
    rf"{_SEP}(0[1-9]|[1-8]\d|9[0-5]|9[7-9]|2[ABab]){_SEP}(\d{{3}}){_SEP}(\d{{3}}){_SEP}(\d\d)(?![0-9A-Za-z])"
)
_IBAN = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{2}\d\d(?:[ \u00a0\u202f]?[0-9A-Za-z]){11,30}")
_EMAIL = re.compile(
    r"(?<![\w.+%-])([A-Za-z0-9](?:[\w.+%-]{0,62}[A-Za-z0-9_])?)@((?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,6}[A-Za-z]{2,24})"
    r"(?![\w-])"
)
#: 06 12 34 56 78, +33 6 …, 0033 …, (0)6; never 08, which are services.
_PHONE = re.compile(
    r"(?<![\d/+\-A-Za-z])(?<!\d[.,])(?:(?:\+|00)33[ .\-\u00a0\u202f]?(?:\(0\)[ \u00a0]?)?|0)([1-79])"
    r"(?:[ .\-/\u00a0\u202f]?\d\d){4}(?![\d\-/]|[.,]\d|[A-Za-z])"
)
#: What a text must have before it is worth looking for numbers.
_DIGITS = re.compile(r"\d\d")

#: Lengths of IBANs by country (SWIFT registry, release 99); other countries have none.
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28,
    "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
    "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22,
    "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20,
    "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18,
    "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24,
    "SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24,
    "XK": 20,
}  # fmt: skip

#: Mailboxes of offices and not of people; they are what open data is full of.
_OFFICES = frozenset(
    """
    accueil administration agence alsh animation archives asso association bibliotheque bureau cantine cantines ccas
    centre cmjs college com communication compta comptabilite conseil contact contacts courrier creche culture data
    direction donnees dpd dpo ecole eau election elections enfance environnement etatcivil etat-civil finances
    formation gestion gymnase hello info infos information informations jeunesse juridique logement ludotheque
    mairie maire marches mediatheque mission musee noreply no-reply office opendata open-data piscine police
    population presse prevention qualite rgpd rh salle sante scolaire scolarite secretariat service services sig
    social sport sports support technique tourisme transport transports travaux urbanisme vie-associative
    vieassociative ville voirie webmaster
    """.split()  # noqa: SIM905 - read and changed as words
)
_WORDS = re.compile(r"[._+\-0-9]+")


@dataclass(frozen=True, slots=True)
class Found:
    """Something that identifies people, and where in the text it stands."""

    kind: Kind
    text: str
    start: int


def find(text: str) -> Iterator[Found]:
    """Yield everything of a text that identifies somebody, kind by kind."""
    if "@" in text:
        yield from _emails(text)
    if _DIGITS.search(text):
        yield from (Found("nir", match[0], match.start()) for match in _NIR.finditer(text) if has_nir_key(match[0]))
        yield from _ibans(text)
        yield from (Found("phone", match[0], match.start()) for match in _PHONE.finditer(text))


def has_nir_key(text: str) -> bool:
    """Whether the last two of 15 characters are the key of the 13 before: 97 less the remainder of a division by 97.

    Corsica's 2A counts as 19 and 2B as 18 (INSEE).
    """
    plain = re.sub(r"[^0-9A-Za-z]", "", text).upper()
    number, key = plain[:13].replace("2A", "19").replace("2B", "18"), plain[13:]
    return len(plain) == 15 and number.isdigit() and key.isdigit() and 97 - int(number) % 97 == int(key)


def looks_like_nir(text: str) -> bool:
    """Whether a text has the length of a NIR and nothing but digits, whatever its key."""
    plain = re.sub(r"[ .\-\u00a0\u202f]", "", text)
    return len(plain) == 15 and plain.isdigit()


def has_iban_key(text: str) -> bool:
    """Whether a text without spaces is an IBAN: length of its country, and remainder 1 by 97 (ISO 13616)."""
    plain = text.upper()
    if len(plain) != _IBAN_LENGTHS.get(plain[:2]) or not (plain.isascii() and plain.isalnum()):
        return False
    return int("".join(str(int(character, 36)) for character in plain[4:] + plain[:4])) % 97 == 1


def mask(kind: Kind | str, text: str) -> str:
    """A text of which enough is hidden that nobody is recognised, and enough is left that it is found again."""
    if kind == "email":
        local, _at, domain = text.partition("@")
        return f"{local[:1]}{'•' * min(len(local) - 1, 8)}@{domain}"
    seen, total = 0, sum(character.isalnum() for character in text)
    shown: list[str] = []
    for character in text:
        seen += character.isalnum()
        # The first three and the last two.
        hidden = character.isalnum() and 3 < seen <= total - 2
        shown.append("•" if hidden else character)
    return "".join(shown)


def is_office(local: str) -> bool:
    """Whether a mailbox is that of an office: its name, or the first word of it, says so."""
    name = local.lower()
    return name in _OFFICES or _WORDS.split(name)[0] in _OFFICES


def _emails(text: str) -> Iterator[Found]:
    for match in _EMAIL.finditer(text):
        if not is_office(match[1]):
            yield Found("email", match[0], match.start())


def _ibans(text: str) -> Iterator[Found]:
    for match in _IBAN.finditer(text):
        length = _IBAN_LENGTHS.get(match[0][:2].upper())
        if length is None:
            continue
        end = _end_of(match[0], length)
        if end is None:
            continue
        written = match[0][:end]
        after = text[match.start() + end : match.start() + end + 1]
        # What goes on without a space is a longer code of another kind.
        if not after.isalnum() and has_iban_key("".join(written.split())):
            yield Found("iban", written, match.start())


def _end_of(text: str, length: int) -> int | None:
    """Where the first ``length`` characters that are no spaces end."""
    seen = 0
    for position, character in enumerate(text):
        seen += not character.isspace()
        if seen == length:
            return position + 1
    return None


#: How a whole cell of a column is recognised as this and nothing else.
IS_WHOLE: dict[str, Callable[[str], bool]] = {
    "email": lambda cell: bool(_EMAIL.fullmatch(cell)),
    "phone": lambda cell: bool(_PHONE.fullmatch(cell)),
}
