"""Reads a DCAT catalogue to its last page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ckanext.regional.harvest import config
from ckanext.regional.harvest.clients.dcat import Catalogue, DcatClient, PageMissing
from ckanext.regional.harvest.clients.errors import NeighbourError
from ckanext.regional.harvest.reading import storing
from ckanext.regional.harvest.running.work import Work

_MOST_PAGES = 10_000
_PAGE = "page"


def begin(address: str) -> dict[str, Any]:
    """Where a reading begins."""
    return {
        "next": address,
        "linked": False,
        "guessed": False,
        "after": None,
        "visited": [],
        "seen": 0,
        "total": None,
        "complete": True,
    }


def read(work: Work, client: DcatClient, state: dict[str, Any]) -> None:
    """Read page after page; within one page, go on after the last dataset that was stored.

    What was not seen is gone only where every page was read, the catalogue did not say another number of datasets from
    one page to the next, and so many came.
    """
    arrived = storing.arrived(work)
    while state["next"]:
        address = state["next"]
        try:
            page = client.read(address)
        except PageMissing:
            if not state["guessed"]:
                raise
            # Counting on by ourselves, we may have passed the end; or a page is missing.
            state |= {"next": None, "complete": False}
            break
        before = len(arrived)
        state = _store_page(work, page, state, arrived)
        state = _onward(page, state, address, news=len(arrived) > before)
        state = storing.store(work, [], state)
    complete = state["complete"] and state["seen"] >= (state["total"] or 0)
    storing.end(work, {"complete": complete, "count": None}, [])


def _store_page(work: Work, page: Catalogue, state: dict[str, Any], arrived: set[str]) -> dict[str, Any]:
    for items in _batched(page.items(state["after"]), config.page_size()):
        # A dataset that moved to the next page while we read comes twice.
        fresh = [item for item in items if item.get("id") is None or item["id"] not in arrived]
        identities = storing.ids(fresh)
        arrived.update(identities)
        state |= {"seen": storing.counted(work.url, state["seen"] + len(identities))}
        if last := storing.ids(items):
            state |= {"after": last[-1]}
        state = storing.store(work, storing.wanted(work, fresh), state)
    return state


def _onward(page: Catalogue, state: dict[str, Any], address: str, *, news: bool) -> dict[str, Any]:
    """The state after a page: where to go on, and whether the whole can still be believed."""
    visited = [*state["visited"], _mark(address)]
    following = page.next
    # A catalogue that links its pages has come to its end where it links no other one.
    linked = state["linked"] or following is not None
    guessed = not linked and _is_numbered(address) and news
    if guessed:
        following = _next_number(address)
    if following is not None and _mark(following) in visited:
        following = None
    if following is not None and len(visited) >= _MOST_PAGES:
        raise NeighbourError(f"GET {address}", f"it has more than {_MOST_PAGES} pages")
    moved = state["total"] is not None and page.total is not None and page.total != state["total"]
    return state | {
        "next": following,
        "linked": linked,
        "guessed": guessed,
        "after": None,
        "visited": visited,
        "total": page.total if page.total is not None else state["total"],
        "complete": state["complete"] and not moved,
    }


def _is_numbered(address: str) -> bool:
    return any(key == _PAGE and value.isdigit() for key, value in parse_qsl(urlsplit(address).query))


def _next_number(address: str) -> str:
    parts = urlsplit(address)
    query = [
        (key, str(int(value) + 1) if key == _PAGE and value.isdigit() else value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    return urlunsplit(parts._replace(query=urlencode(query)))


def _mark(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:12]


def _batched(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Lists of at most ``size``, made as they are asked for."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
