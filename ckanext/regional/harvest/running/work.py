"""What a worker knows while it works on a page: plain values, because a rollback empties mapped objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ckan import model

from ckanext.regional.exceptions import NotHere
from ckanext.regional.harvest.model import Kind, Run, Source
from ckanext.regional.harvest.running.pages import Claim
from ckanext.regional.types import Trust


@dataclass(frozen=True, slots=True)
class Work:
    """A claimed page with what matters of its run and source."""

    claim: Claim
    run_id: str
    kind: Kind
    full: bool
    source_id: str
    url: str
    asked_kind: Kind
    site: str
    trust: Trust
    owner_org: str
    territory: str | None
    token: str | None
    defaults: dict[str, Any]
    filters: dict[str, Any]
    organizations: dict[str, Any]
    #: Name and title of the source.
    source: tuple[str, str]
    #: How far a CKAN without a feed was read.
    reading: dict[str, Any] | None


def load(claim: Claim) -> Work:
    """Read run and source of a claimed page.

    :raises NotHere: when the source has gone meanwhile.
    """
    run = model.Session.get(Run, claim.run_id)
    source = model.Session.get(Source, run.source_id) if run else None
    if run is None or source is None:
        raise NotHere("The run's source does not exist any more.")
    return Work(
        claim=claim,
        run_id=run.id,
        kind=run.kind,
        full=run.full,
        source_id=source.id,
        url=source.url,
        asked_kind=source.kind,
        site=source.site or "",
        trust=source.trust,
        owner_org=source.owner_org,
        territory=source.territory,
        token=source.token,
        defaults=dict(source.defaults),
        filters=dict(source.filters),
        organizations=dict(source.organizations),
        source=(source.name, source.title),
        reading=source.reading,
    )
