"""The first page of a run: asks the neighbour who it is and what it has, and stores that as pages for the others."""

from __future__ import annotations

import dataclasses
from typing import Any

from ckan import model

from ckanext.regional.harvest import config, filters
from ckanext.regional.harvest.clients.ckan import CkanClient
from ckanext.regional.harvest.clients.dcat import DcatClient, site_url
from ckanext.regional.harvest.clients.errors import NeighbourError
from ckanext.regional.harvest.clients.regional import RegionalClient
from ckanext.regional.harvest.model import Source
from ckanext.regional.harvest.provenance import origins
from ckanext.regional.harvest.reading import ckan, dcat, feed, introduction, storing
from ckanext.regional.harvest.running import heartbeat
from ckanext.regional.harvest.running import work as working
from ckanext.regional.harvest.running.work import Work
from ckanext.regional.harvest.writing.mapping import site_of
from ckanext.regional.outgoing.session import Limits
from ckanext.regional.types import Trust

#: So many workers may end over one answer.
_DEADLY = 3


def plan(work: Work) -> None:
    """Read the neighbour and store what it has; goes on where a worker before stopped.

    :raises NeighbourError: when the neighbour does not answer as it should; what was stored so far stays.
    """
    if work.claim.attempts > _DEADLY:
        raise NeighbourError(work.url, f"{_DEADLY} workers ended while they read what came")
    client = CkanClient(work.url, config.limits(), work.token)
    catalogue = DcatClient(work.url, rdf_limits(), work.token)
    try:
        with heartbeat.kept(work.claim):
            state = work.claim.payload[0]
            if state["step"] == "begin":
                state = _begin(work, client, catalogue)
                # What the neighbour is was learned just now.
                work = working.load(work.claim)
            if state["kind"] == "regional":
                feed.read(work, RegionalClient(client), state)
            elif state["kind"] == "dcat":
                dcat.read(work, catalogue, state)
            else:
                ckan.read(work, client, state)
    finally:
        client.close()
        catalogue.close()


def rdf_limits() -> Limits:
    """What one request for RDF may cost."""
    return dataclasses.replace(config.limits(), max_bytes=config.max_rdf_bytes())


def _begin(work: Work, client: CkanClient, catalogue: DcatClient) -> dict[str, Any]:
    """Find out what the neighbour is, and keep it."""
    found = introduction.find_out(introduction.Asked(work.url, work.asked_kind, client, catalogue))
    if obstacle := filters.obstacle(found.kind, work.filters):
        raise NeighbourError(work.url, obstacle)
    state: dict[str, Any] = {"step": "read", "kind": found.kind}
    source = model.Session.get(Source, work.source_id)
    assert source is not None
    if found.kind == "regional":
        epoch = found.federation.epoch if found.federation else ""
        state |= feed.begin(work.full, source.cursor, source.epoch, epoch)
        ckan.resolve(client, work.filters)
    elif found.kind == "dcat":
        state |= dcat.begin(found.address)
    else:
        state |= ckan.begin(work, client, ckan.resolve(client, work.filters))
    run = storing.held(work)
    source.site = source.site or site_for(work.source_id, work.url, work.trust, found)
    run.kind = found.kind
    return storing.store(work, [], state)


def site_for(source_id: str, url: str, trust: Trust, found: introduction.Found) -> str:
    """The neighbour's federation id; its address where it has none, or claims one that another address has."""
    federation = found.federation
    if federation is None:
        return site_of(site_url(url) if found.kind == "dcat" else url)
    if trust != "publish" and origins.has_another_address(federation.site, source_id, url):
        return site_of(url)
    return federation.site
