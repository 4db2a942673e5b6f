"""A few published datasets in known places, for what counts and finds them."""

from __future__ import annotations

from typing import Any

from tests.conftest import People, act, appoint, complete, fingerprint

FINISTERE = "fr:departement:29"
BREST = "fr:commune:29019"
QUIMPER = "fr:commune:29232"
RENNES = "fr:commune:35238"
LAVAL = "fr:commune:53130"
BRETAGNE = "fr:region:53"

PLACES: dict[str, dict[str, Any]] = {
    "brest": {"territory": [BREST], "sector": ["school"]},
    "quimper": {"territory": [QUIMPER], "sector": ["tourist"]},
    "rennes": {"territory": [RENNES], "sector": ["school"]},
    "laval": {"territory": [LAVAL], "sector": ["medical"]},
}


def publish(people: People, name: str, **fields: Any) -> dict[str, Any]:
    """Create a dataset and approve it."""
    made = act("package_create", people.editor, **complete(people, name=name, title=f"Menus {name}", **fields))
    act("regional_curation_submit", people.editor, id=name)
    act("regional_curation_approve", people.sysadmin, id=name, fingerprint=fingerprint(people, made))
    return made


def publish_all(people: People) -> None:
    """Publish a dataset in each of the places."""
    appoint(people.sysadmin, territory="country:fr")
    for name, fields in PLACES.items():
        publish(people, name, **fields)
