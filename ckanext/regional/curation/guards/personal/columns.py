"""Finds personal data in a table: by what the cells hold, and by what the columns are called. No CKAN import."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ckanext.regional.personal_data import find, looks_like_nir, mask

#: Examples that are shown, masked.
_EXAMPLES = 3
#: A column is one of e-mails or telephones when so much of what is filled in is that; less is a text that has some.
_COLUMN_SHARE = 0.2
#: Among so many numbers of 15 digits one in a hundred has a NIR's key by chance.
_CHANCE_COUNT, _CHANCE_SHARE = 10, 0.1

#: What columns of personal data are called, without accents and signs.
_NAMES: dict[str, re.Pattern[str]] = {
    "nir": re.compile(r"\b(nir|nss|num(ero)? (de )?secu\w*|n secu\w*|securite sociale|insee individu|ssn)\b"),
    "iban": re.compile(r"\b(iban|rib|code iban|num(ero)? (de )?compte( bancaire)?)\b"),
    "birth": re.compile(
        r"\b(ddn|dob|date (de )?naiss\w*|naissance|ne le|nee le|ne e le|date naiss\w*|annee (de )?naiss\w*|birth ?date"
        r"|birth ?day|date of birth|born|year of birth)\b"
    ),
    "first_name": re.compile(r"\b(prenoms?|first ?name|given ?names?|forename)\b"),
    "name": re.compile(
        r"\b(noms?|nom (de )?(famille|naissance|usage|d usage|patronymique|marital|complet|prenom|et prenom)|patronyme"
        r"|last ?name|sur ?name|family ?name|full ?name|identite|nom prenom|prenom nom|eleve|agent|beneficiaire|patient"
        r"|administre|demandeur)\b"
    ),
}
_DATE = re.compile(
    r"(?:(?:0?[1-9]|[12]\d|3[01])[/.\- ](?:0?[1-9]|1[0-2])[/.\- ](?:19|20)?\d\d"
    r"|(?:19|20)\d\d[/.\-]?(?:0[1-9]|1[0-2])[/.\-]?(?:0[1-9]|[12]\d|3[01])(?:[T ].*)?|(?:18|19|20)\d\d)"
)


@dataclass(frozen=True, slots=True)
class Hit:
    """Personal data of one kind in one column.

    ``whole`` tells a column that consists of it from one whose texts have some; ``by_name`` says that only the name of
    the column gives it away. ``examples`` are masked.
    """

    kind: str
    column: str
    count: int
    whole: bool = True
    by_name: bool = False
    examples: tuple[str, ...] = field(default=())


def look(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Hit]:
    """Look at a table.

    :param columns: their names
    :param rows: cells by row, as texts; a row may be shorter or longer than the head
    """
    hits: list[Hit] = []
    for number, column in enumerate(columns):
        cells = [row[number].strip() for row in rows if number < len(row) and row[number].strip()]
        hits.extend(_in_cells(column, cells))
        hits.extend(_by_name(column, cells, {hit.kind for hit in hits if hit.column == column}))
    return hits + list(_births(columns, rows))


def plain(name: str) -> str:
    """A column's name in small letters without accents, its words apart: “dateNaissance” and “DATE_NAISSANCE” alike."""
    apart = re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])", " ", name)
    without = "".join(one for one in unicodedata.normalize("NFKD", apart) if not unicodedata.combining(one))
    return re.sub(r"[^a-z0-9]+", " ", without.lower()).strip()


def kind_of_name(name: str) -> str | None:
    """What a column's name promises: ``nir``, ``iban``, ``birth``, ``first_name``, ``name`` or nothing."""
    return next((kind for kind, pattern in _NAMES.items() if pattern.search(plain(name))), None)


def _in_cells(column: str, cells: list[str]) -> Iterator[Hit]:
    counts: dict[str, int] = {}
    examples: dict[str, list[str]] = {}
    for cell in cells:
        found = list(find(cell))
        for kind in {one.kind for one in found}:
            counts[kind] = counts.get(kind, 0) + 1
            kept = examples.setdefault(kind, [])
            masked = mask(kind, next(one.text for one in found if one.kind == kind))
            if len(kept) < _EXAMPLES and masked not in kept:
                kept.append(masked)
    for kind, count in counts.items():
        if kind == "nir" and _by_chance(count, cells):
            continue
        whole = kind in ("nir", "iban") or count >= _COLUMN_SHARE * len(cells)
        yield Hit(kind, column, count, whole, examples=tuple(examples[kind]))


def _by_chance(count: int, cells: list[str]) -> bool:
    """Whether a column holds numbers of 15 digits of another kind, of which some have a NIR's key by chance."""
    alike = sum(looks_like_nir(cell) for cell in cells)
    return alike >= _CHANCE_COUNT and count < _CHANCE_SHARE * alike


def _by_name(column: str, cells: list[str], found: set[str]) -> Iterator[Hit]:
    """What is called so and shows nothing of it in the sample may do so further down."""
    kind = kind_of_name(column)
    if kind in ("nir", "iban") and kind not in found:
        yield Hit(kind, column, len(cells), by_name=True)


def _births(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[Hit]:
    """Dates of birth beside names: together they identify people."""
    kinds = [kind_of_name(column) for column in columns]
    if not {"first_name", "name"} & set(kinds):
        return
    for number, kind in enumerate(kinds):
        if kind != "birth":
            continue
        dates = [row[number].strip() for row in rows if number < len(row) and _DATE.fullmatch(row[number].strip())]
        if dates:
            shown = tuple(dict.fromkeys(_mask_date(one) for one in dates[:50]))[:_EXAMPLES]
            yield Hit("birth", columns[number], len(dates), examples=shown)
        elif not any(number < len(row) and row[number].strip() for row in rows):
            yield Hit("birth", columns[number], 0, by_name=True)


def _mask_date(text: str) -> str:
    """Only the year is left."""
    year = re.search(r"(?:18|19|20)\d\d", text)
    hidden = re.sub(r"\d", "•", text)
    return hidden[: year.start()] + year[0] + hidden[year.end() :] if year else hidden
