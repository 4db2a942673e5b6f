"""Personal data in tables, by cells and by names."""

from __future__ import annotations

import random

import pytest

from ckanext.regional.curation.guards.personal.columns import Hit, kind_of_name, look, plain
from tests.test_personal_data import nir


def hits(columns: list[str], *rows: list[str]) -> list[tuple[str, str, int, bool, bool]]:
    return [(hit.kind, hit.column, hit.count, hit.whole, hit.by_name) for hit in look(columns, rows)]


def test_a_column_of_emails() -> None:
    rows = [["École A", "anne@example.org"], ["École B", "yann@example.org"], ["École C", ""]]
    assert hits(["nom", "courriel"], *rows) == [("email", "courriel", 2, True, False)]


def test_a_remark_with_an_email() -> None:
    rows = [["rien"]] * 9 + [["voir anne@example.org"]]
    assert hits(["remarque"], *rows) == [("email", "remarque", 1, False, False)]


def test_examples_are_masked_and_few() -> None:
    (hit,) = look(["mel"], [[f"anne{number}@example.org"] for number in range(9)])
    assert hit == Hit("email", "mel", 9, examples=("a••••@example.org",))


def test_one_nir_in_a_column_of_remarks_counts() -> None:
    rows = [["rien"]] * 99 + [[f"assuré {nir('1850578006084')}"]]
    assert hits(["remarque"], *rows) == [("nir", "remarque", 1, True, False)]


def test_product_numbers_that_have_a_key_by_chance() -> None:
    rng = random.Random(7)
    numbers = [f"1{rng.randrange(10**14):014d}" for _ in range(400)]
    numbers[0] = nir("1850578006084")
    assert hits(["produit"], *([number] for number in numbers)) == []


def test_a_column_of_nirs() -> None:
    rows = [[nir(f"18505780060{number:02d}")] for number in range(30)]
    assert hits(["assuré"], *rows) == [("nir", "assuré", 30, True, False)]


def test_dates_of_birth_beside_names() -> None:
    rows = [["Le Goff", "Maï", "12/03/1985"], ["Kerbrat", "Yann", "1990-07-01"]]
    assert hits(["Nom", "Prénom", "Date de naissance"], *rows) == [("birth", "Date de naissance", 2, True, False)]
    (hit,) = look(["Nom", "Prénom", "Date de naissance"], rows)
    assert hit.examples == ("••/••/1985", "1990-••-••")


@pytest.mark.parametrize(
    "columns",
    [["commune", "date_naissance"], ["nom", "date de construction"], ["nom", "naissances"], ["prenom", "nombre"]],
)
def test_no_dates_of_birth_beside_names(columns: list[str]) -> None:
    assert hits(columns, ["Brest", "12/03/1985"]) == []


def test_a_count_of_births_is_no_date() -> None:
    assert hits(["nom", "naissance"], ["Brest", "1 812"], ["Quimper", "640"]) == []


def test_what_only_the_name_gives_away() -> None:
    assert hits(["NIR", "ville"], ["", "Brest"]) == [("nir", "NIR", 0, True, True)]
    assert hits(["nom", "prenom", "ddn"]) == [("birth", "ddn", 0, True, True)]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("NIR", "nir"),
        ("num_secu", "nir"),
        ("Numéro de sécurité sociale", "nir"),
        ("IBAN", "iban"),
        ("RIB", "iban"),
        ("dateNaissance", "birth"),
        ("DATE_NAISS", "birth"),
        ("Né(e) le", "birth"),
        ("birth_date", "birth"),
        ("Prénom", "first_name"),
        ("first_name", "first_name"),
        ("Nom de famille", "name"),
        ("lastName", "name"),
        ("nom", "name"),
        ("commune", None),
        ("nombre", None),
        ("dénomination", None),
        ("nirvana", None),
        ("distribution", None),
        ("", None),
    ],
)
def test_what_a_name_promises(name: str, kind: str | None) -> None:
    assert kind_of_name(name) == kind


def test_names_are_compared_plainly() -> None:
    assert plain("Date-de_NAISSANCE (élève)") == "date de naissance eleve"


def test_rows_of_any_length() -> None:
    assert hits(["a", "b"], [], ["x"], ["x", "y", "anne@example.org"]) == []
    assert hits([]) == []
