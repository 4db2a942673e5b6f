"""Whether neighbours answer now, many asked at once: for the doctor, who waits for it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from requests import RequestException

from ckanext.regional.harvest import config
from ckanext.regional.harvest.clients.ckan import USER_AGENT
from ckanext.regional.outgoing.errors import RequestFailed
from ckanext.regional.outgoing.session import GuardedSession, Limits

#: Seconds for one neighbour, and how many are asked at a time.
_PATIENCE, _AT_ONCE = 5, 8
_REFUSED = 400


def obstacles(addresses: Mapping[str, str]) -> dict[str, str]:
    """Ask each address once.

    :param addresses: by any name
    :returns: by name, what stands in the way of those that do not answer as a site does
    """
    limits = dataclasses.replace(
        config.limits(), connect=_PATIENCE, read=_PATIENCE, total=_PATIENCE, retries=0, whole=False
    )
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = pool.map(lambda url: _obstacle(url, limits), addresses.values())
        return {name: said for name, said in zip(addresses, found, strict=True) if said is not None}


def _obstacle(url: str, limits: Limits) -> str | None:
    with GuardedSession(limits, USER_AGENT) as session:
        try:
            # A catalogue's address gives RDF, a site's a page: whatever comes is good.
            answer = session.get(url, headers={"Accept": "*/*"})
        except RequestFailed as error:
            return str(error)
        except RequestException as error:
            return f"GET {url}: {type(error).__name__}"
        return f"GET {url}: HTTP {answer.status_code}" if answer.status_code >= _REFUSED else None
