"""What ``ckan regional doctor --leaving`` says of the plugin ``regional``: what becomes of its data when it goes."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import sqlalchemy as sa
from ckan import model
from ckan.model.package import package_table
from sqlalchemy.dialects.postgresql import ARRAY

from ckanext.regional.site import SiteFact
from ckanext.regional.types import Finding

#: Fields that a form of ours fills and hardly any other schema has.
_FIELDS = ("territory", "sector", "governance_level", "steward", "personal_data_class")
#: So many names are said in a sentence.
_NAMED = 10


def fields() -> Iterator[Finding]:
    """Count the datasets that keep values of our fields."""
    ours = package_table.c.extras.op("?|")(sa.cast(list(_FIELDS), ARRAY(sa.Text)))
    query = sa.select(sa.func.count()).select_from(package_table).where(package_table.c.state != "deleted", ours)
    number = model.Session.scalar(query) or 0
    yield Finding(
        "ok",
        "leaving.fields",
        f"{number} datasets have values in our fields. They keep them, as extra fields that nothing reads any more.",
        "Set scheming.dataset_schemas and scheming.presets as they were before, with the plugins taken out.",
    )


def identity() -> Iterator[Finding]:
    """Say what the site's identity among its neighbours is worth."""
    if model.Session.scalar(sa.select(sa.func.count()).select_from(SiteFact)):
        yield Finding(
            "ok",
            "leaving.identity",
            "The tables of regional hold who this site is for its neighbours; without them it comes back as another.",
            "Leave them (no db downgrade -p regional) if you mean to come back: they are small.",
        )


def named(names: Collection[str]) -> str:
    """Some of the names, in a sentence.

    :param names: in the order in which they are said
    """
    said = ", ".join(list(names)[:_NAMED])
    return f"{said} and {len(names) - _NAMED} more" if len(names) > _NAMED else said
