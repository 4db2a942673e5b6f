"""What is known of addresses. Asking makes no request."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.regional.database import table_of
from ckanext.regional.links.model import Link
from ckanext.regional.links.verdict import host_of
from ckanext.regional.links.wording import sentence

_OK = {"ok": True, "broken": False}
#: What is known of addresses that were asked for together, and all of these addresses.
_Together = tuple[dict[str, sa.Row[Any]], frozenset[str]]
_together: ContextVar[_Together] = ContextVar("regional_links", default=({}, frozenset()))
_LINK = table_of(Link).c
#: Rows, not objects: asked for each dataset that is indexed.
_LINKS = sa.select(_LINK.url, _LINK.outcome, _LINK.status, _LINK.reason, _LINK.checked_at).where(
    _LINK.url.in_(sa.bindparam("urls", expanding=True))
)


@dataclass(frozen=True, slots=True)
class LinkResult:
    """What the last look at an address told.

    ``ok`` is None where that is not known; ``status`` is the HTTP status that came, if one came; ``reason`` says in the
    reader's language why it is not ok, and is empty where it is; ``checked`` is when somebody looked.
    """

    ok: bool | None
    status: int | None = None
    reason: str = ""
    checked: datetime.datetime | None = None


def results(urls: Iterable[str]) -> dict[str, LinkResult]:
    """What is known of each address, by one query.

    What leads to this site itself, as uploaded files do, is ok without a request.
    """
    wanted = dict.fromkeys(urls)
    asked = {url: url.strip() for url in wanted if not leads_here(url)}
    known = _known([url for url in asked.values() if host_of(url)])
    return {url: _result(known.get(asked[url]), asked[url]) if url in asked else LinkResult(True) for url in wanted}


def leads_here(url: str) -> bool:
    """Whether an address is one of this site's own, or the bare name of an uploaded file."""
    here = tk.config["ckan.site_url"].rstrip("/")
    return "//" not in url or url.strip() == here or url.strip().startswith(f"{here}/")


@contextmanager
def asked_together(urls: Iterable[str]) -> Iterator[None]:
    """Ask for these addresses once; :func:`results` then asks only for others until the end of the block."""
    wanted = {url.strip() for url in urls}
    token = _together.set((_known(list(wanted)), frozenset(wanted)))
    try:
        yield
    finally:
        _together.reset(token)


def _known(urls: list[str]) -> dict[str, sa.Row[Any]]:
    found, asked = _together.get()
    rest = [url for url in urls if url not in asked]
    if not rest:
        return found
    return found | {link.url: link for link in model.Session.execute(_LINKS, {"urls": rest})}


def _result(link: sa.Row[Any] | None, url: str) -> LinkResult:
    if link is None:
        return LinkResult(None, reason=sentence("unchecked" if host_of(url) else "kind"))
    ok = _OK.get(link.outcome)
    reason = link.reason or ("" if ok else "unchecked")
    return LinkResult(ok, link.status, sentence(reason, link.status) if reason else "", link.checked_at)
