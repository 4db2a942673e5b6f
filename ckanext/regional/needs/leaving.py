"""What ``ckan regional doctor --leaving`` says of the needs."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from ckan import model

from ckanext.regional.interfaces import Check
from ckanext.regional.needs.model import Need
from ckanext.regional.types import Finding


def checks() -> dict[str, Check]:
    """The checks by name."""
    return {"leaving.needs": told}


def told() -> Iterator[Finding]:
    """Count what inhabitants have said, which is kept nowhere else."""
    number = model.Session.scalar(sa.select(sa.func.count()).select_from(Need)) or 0
    yield Finding(
        "warning" if number else "ok",
        "leaving.needs",
        f"{number} needs, their supporters and answers, and the counts of what is looked for go with the tables."
        if number
        else "Nobody has said a need.",
        "To keep what is public of them: ckanapi action regional_need_list > needs.json" if number else "",
    )
