"""What identifies people in a text, and what only looks like it."""

from __future__ import annotations

import pytest

from ckanext.regional.personal_data import find, has_iban_key, has_nir_key, is_office, mask


def nir(number: str) -> str:
    """A number of 13 characters with its key."""
    return f"{number}{97 - int(number.replace('2A', '19').replace('2B', '18')) % 97:02d}"


MADE = nir("1850578006084")


def kinds(text: str) -> list[str]:
    return [one.kind for one in find(text)]


@pytest.mark.parametrize(
    "text",
    [
        MADE,
        f"n° {MADE}.",
        "1 85 05 78 006 084 " + MADE[-2:],
        "1-85-05-78-006-084-" + MADE[-2:],
        "1\u00a085\u00a005\u00a078\u00a0006\u00a0084\u00a0" + MADE[-2:],
        nir("269054958815780"[:13]),
        nir("2690549588157"),
        nir("176052A004001"),  # Corse-du-Sud
        nir("276052B004001"),  # Haute-Corse
        nir("276052B004001").lower(),
        nir("1990199110001"),  # born abroad
        nir("1852078006084"),  # month unknown
        nir("3850578006084"),  # being attributed
        nir("1859778006084"),
        f"<td>{MADE}</td>",
        f"a;b;{MADE};c",
        f"{MADE}.0",
    ],
)
def test_a_nir(text: str) -> None:
    assert kinds(text) == ["nir"]


@pytest.mark.parametrize(
    "text",
    [
        MADE[:-1] + str((int(MADE[-1]) + 1) % 10),  # another key
        MADE[:-2],  # no key
        f"{MADE}0",  # longer
        f"0{MADE}",
        f"A{MADE}",
        nir("5850578006084"),  # no such sex
        nir("1851578006084"),  # no such month
        nir("1850500006084"),  # no such department
        nir("1850596006084"),
        nir("176052C004001".replace("2C", "00")),
        "123456789012345",
        "21290019500013",  # SIRET
        "3017620422003",  # EAN
        "48.3903991, -4.4860767",
        "2024-05-17T12:34:56",
        "",
    ],
)
def test_no_nir(text: str) -> None:
    assert "nir" not in kinds(text)


def test_the_key_of_a_nir() -> None:
    assert has_nir_key("255081416802538")
    assert has_nir_key("2 55 08 14 168 025 38")
    assert not has_nir_key("255081416802539")
    assert not has_nir_key("25508141680253")


@pytest.mark.parametrize(
    "text",
    [
        "FR7630006000011234567890189",
        "FR76 3000 6000 0112 3456 7890 189",
        "IBAN : FR76 3000 6000 0112 3456 7890 189 BIC AGRIFRPP",
        "fr76 3000 6000 0112 3456 7890 189",
        "FR1420041010050500013M02606",
        "DE89370400440532013000",
        "GB82 WEST 1234 5698 7654 32",
        "BE68539007547034, merci",
        "MC58 1122 2000 0101 2345 6789 030",
        "NO9386011117947",
    ],
)
def test_an_iban(text: str) -> None:
    assert kinds(text) == ["iban"]


@pytest.mark.parametrize(
    "text",
    [
        "FR7630006000011234567890188",
        "FR763000600001123456789018",
        "FR76300060000112345678901890",
        "XX7630006000011234567890189",
        "AB12CD34EF56GH78",
        "de89370400440532013000deadbeef",  # a longer code
        "FR29019",
        "5d41402abc4b2a76b9719d911017c592",
        "FRH02 2024 0001 0002",
    ],
)
def test_no_iban(text: str) -> None:
    assert "iban" not in kinds(text)


def test_the_key_of_an_iban() -> None:
    assert has_iban_key("FR7630006000011234567890189")
    assert not has_iban_key("FR7730006000011234567890189")
    assert not has_iban_key("")


@pytest.mark.parametrize(
    "text",
    [
        "jean.dupont@example.org",
        "Écrire à j.dupont@mairie-brest.fr.",
        "<maiwenn_le-goff+test@exemple.bzh>",
        "mailto:anne.le.gall@sous.domaine.gouv.fr?subject=x",
        "a@b.fr",
        "dupont29@laposte.net",
    ],
)
def test_an_email(text: str) -> None:
    assert kinds(text) == ["email"]


@pytest.mark.parametrize(
    "text",
    ["mairie@ville.fr", "contact@brest.fr", "contact.presse@brest.fr", "opendata@bretagne.bzh", "dpo@region.fr",
     "mediatheque-nord@ville.fr", "@compte", "a@b", "jean.dupont(a)example.org", "x@.fr", "user@localhost",
     "image@2x.p", "INFO@VILLE.FR"],
)  # fmt: skip
def test_no_email_of_a_person(text: str) -> None:
    assert kinds(text) == []


def test_offices() -> None:
    assert is_office("mairie")
    assert is_office("Ecole.Jules-Ferry")
    assert not is_office("jeanne")


@pytest.mark.parametrize(
    "text",
    ["06 12 34 56 78", "0612345678", "06.12.34.56.78", "06-12-34-56-78", "+33 6 12 34 56 78", "+33612345678",
     "0033 6 12 34 56 78", "+33 (0)6 12 34 56 78", "02\u00a098\u00a000\u00a000\u00a000", "Tél.0298000000",
     "tel: 09 70 00 00 00.", "(02 98 00 00 00)"],
)  # fmt: skip
def test_a_telephone(text: str) -> None:
    assert kinds(text) == ["phone"]


@pytest.mark.parametrize(
    "text",
    ["08 00 00 00 00", "3615", "0012345678", "48.0612345678", "061234567", "06123456789", "2024-06-12 34:56",
     "A0612345678", "12/06/1234567890", "+44 20 7946 0958", "-4.0612345678", "21290019500013"],
)  # fmt: skip
def test_no_telephone(text: str) -> None:
    assert "phone" not in kinds(text)


@pytest.mark.parametrize(
    ("kind", "text", "masked"),
    [
        ("nir", "2 55 08 14 168 025 38", "2 55 •• •• ••• ••• 38"),
        ("iban", "FR76 3000 6000", "FR7• •••• ••00"),
        ("phone", "06 12 34 56 78", "06 1• •• •• 78"),
        ("email", "jean.dupont@example.org", "j••••••••@example.org"),
    ],
)
def test_a_mask(kind: str, text: str, masked: str) -> None:
    assert mask(kind, text) == masked


def test_several_in_one_text() -> None:
    text = f"{MADE}, jean.dupont@example.org, 06 12 34 56 78, FR7630006000011234567890189 et 06 12 34 56 79"
    assert sorted(kinds(text)) == ["email", "iban", "nir", "phone", "phone"]


@pytest.mark.parametrize(
    "piece", ["1 85 05 ", "FR76 ", "a.b-c@", "06 12 ", "1" * 15 + " ", "@a.", "AA11", "a" * 64 + "@" + "b." * 6, "0-"]
)
def test_a_long_text_of_beginnings_comes_to_an_end(piece: str) -> None:
    """With steps that grow as the square of the length, this text would take days."""
    text = piece * (2_000_000 // len(piece))
    for count, _ in enumerate(find(text)):
        assert count < len(text)
