"""Finds out what a neighbour is, by asking it: this extension, a CKAN, or a DCAT catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ckanext.regional.harvest.clients import dcat
from ckanext.regional.harvest.clients.ckan import CkanClient
from ckanext.regional.harvest.clients.dcat import DcatClient
from ckanext.regional.harvest.clients.errors import AskedTooMuch, NeighbourError, Refused, UnknownAction
from ckanext.regional.harvest.clients.regional import Federation, RegionalClient
from ckanext.regional.harvest.model import Kind
from ckanext.regional.site import site_id

#: Where a site's catalogue is found when the address is the site's.
_USUAL = ("catalog.ttl", "catalog.jsonld", "catalog.rdf", "catalog.xml")
_BUSY = 429


@dataclass(frozen=True, slots=True)
class Found:
    """What a neighbour is, how it introduces itself, and where its DCAT catalogue begins."""

    kind: Kind
    federation: Federation | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known before: the address, the kind that was chosen, and who asks."""

    url: str
    kind: Kind
    ckan: CkanClient
    dcat: DcatClient


def find_out(asked: Asked) -> Found:
    """Ask the neighbour what it is.

    :raises NeighbourError: when it does not answer, or is not of the kind that was chosen; for ``auto`` when it is of
        none, with what came to each question.
    """
    if asked.kind == "dcat" or (asked.kind == "auto" and dcat.is_document(asked.url)):
        return Found("dcat", address=_catalogue(asked, []))
    client = asked.ckan
    federation = _introduce(client)
    if asked.kind == "regional" and federation is None:
        raise NeighbourError(
            f"GET {asked.url}/api/action/regional_federation", "the site does not run ckanext-regional"
        )
    if federation is not None:
        return Found("regional" if asked.kind == "auto" else asked.kind, federation)
    try:
        client.status()
    except NeighbourError as error:
        if asked.kind == "ckan" or not dcat.is_possible() or not _answered(client, error):
            raise
        return Found("dcat", address=_catalogue(asked, [f"as a CKAN (status_show) it gives {error.came}"]))
    return Found("ckan")


def _introduce(client: CkanClient) -> Federation | None:
    """Ask who the neighbour is; None when it does not run this extension."""
    try:
        federation = RegionalClient(client).federation()
    except UnknownAction:
        return None
    except NeighbourError as error:
        if _answered(client, error) and _is_no_json(client):
            return None
        raise
    if federation.site == site_id():
        raise NeighbourError(f"GET {client.url}/api/action/regional_federation", "it says that it is this very site")
    return federation


def _catalogue(asked: Asked, tried: list[str]) -> str:
    """The address at which a DCAT catalogue is.

    :param tried: what was asked before in vain
    :raises NeighbourError: when there is none; one that is not reachable says that alone.
    """
    if not dcat.is_possible():
        raise NeighbourError(
            asked.url, "to read a DCAT catalogue this site needs ckanext-dcat (pip install ckanext-regional[dcat])"
        )
    addresses = [asked.url]
    if not dcat.is_document(asked.url):
        addresses += [f"{asked.url.rstrip('/')}/{name}" for name in _USUAL]
    for address in addresses:
        try:
            asked.dcat.look(address)
        except NeighbourError as error:
            if isinstance(error, Refused) or asked.dcat.session.last is None or len(addresses) == 1:
                raise
            tried.append(f"{address.removeprefix(asked.url) or 'this address'} gives {error.came}")
        else:
            return address
    raise NeighbourError(f"GET {asked.url}", f"no catalogue is to be found there: {'; '.join(tried)}")


def _answered(client: CkanClient, error: NeighbourError) -> bool:
    """Whether the neighbour is there and says something else, and is not just down, busy or out of reach."""
    last = client.session.last
    if last is None or error.kind != "other" or isinstance(error, AskedTooMuch | Refused):
        return False
    return last.status_code < 500 and last.status_code != _BUSY


def _is_no_json(client: CkanClient) -> bool:
    """Whether what came is a page or a document, as a site that is no CKAN gives for an address that it lacks."""
    last = client.session.last
    return last is not None and (last.status_code in (401, 403, 404, 405, 406, 410) or not _is_json(last))


def _is_json(response: Any) -> bool:
    return "json" in response.headers.get("Content-Type", "").lower() or response.text.lstrip()[:1] in "{["
