from __future__ import annotations

import pytest

from ckanext.regional.addresses import is_email, is_page, is_uri


@pytest.mark.parametrize("address", ["https://example.org", "http://exemple.fr/données?a=1#b", "HTTPS://EXAMPLE.ORG"])
def test_a_page(address: str) -> None:
    assert is_page(address)


@pytest.mark.parametrize(
    "address",
    ["", "example.org", "https://", "http://[", "javascript:alert(1)", "https://a b", 'https://a"b', "ftp://a"],
)
def test_no_page(address: str) -> None:
    assert not is_page(address)


@pytest.mark.parametrize(
    ("value", "is_one"), [("urn:isbn:123", True), ("doi:10.1/a", True), ("urn:", False), ("x", False)]
)
def test_a_uri(value: str, is_one: bool) -> None:
    assert is_uri(value) == is_one


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        ("donnees@ma-commune.fr", True),
        ("a.b+c@sub.example.org", True),
        ("données@exemple.fr", True),
        ("a@b", False),
        ("a b@c.fr", False),
        ("a@b.fr, c@d.fr", False),
        ("<a@b.fr>", False),
        ("a@" + "b" * 300 + ".fr", False),
    ],
)
def test_an_email_address(value: str, is_one: bool) -> None:
    assert is_email(value) == is_one
