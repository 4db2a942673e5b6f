"""Counting while pages are served: one command to Redis, after the answer has gone out.

What is counted stands in one hash of Redis until a job writes it to PostgreSQL. It holds no address, no account, no
cookie and no time of day: a key is a day and what was looked for or at.
"""

from __future__ import annotations

import datetime
import json
import secrets
from typing import Any

import ckan.plugins.toolkit as tk
import redis.exceptions
from ckan import model
from ckan.lib.redis import connect_to_redis
from flask import Flask, Response, g, has_request_context

from ckanext.regional import facets, logs, territory, vocabulary
from ckanext.regional.needs import config, waking
from ckanext.regional.needs.demand import storing
from ckanext.regional.needs.demand.robots import is_person
from ckanext.regional.needs.demand.terms import term_of

log = logs.get_logger(__name__)

_SEARCHED = "regional_demand_results"
_VISITED = "regional_demand_visited"


def register(app: Flask) -> None:
    """Let the application count what it has answered."""
    app.after_request(_after_request)


def note_results(params: dict[str, Any], count: int) -> None:
    """Note how much the search page found: the first search with what was typed is that of the page."""
    if not has_request_context() or _SEARCHED in g or not _is_search_page():
        return
    typed = tk.request.args.get("q", "")
    asked = params.get("q") or ""
    if asked in (typed, "*:*") or (not typed and asked == ""):
        setattr(g, _SEARCHED, count)


def note_visit(dataset: dict[str, Any]) -> None:
    """Note which dataset a page shows; the first one is that of the page."""
    if has_request_context() and _VISITED not in g:
        setattr(g, _VISITED, None if dataset.get("private") else (dataset.get("type"), dataset["id"]))


def count(*keys: tuple[str, ...]) -> None:
    """Count things once each; whatever is wrong with Redis, no page fails by it.

    :param keys: ``("search", day, term, territory, sector, "1" if nothing was found, results)`` or
        ``("view" or "download", day, dataset id)``
    """
    try:
        pipeline = connect_to_redis().pipeline(transaction=False)
        for key in keys:
            pipeline.hincrby(_hash(), json.dumps(key, ensure_ascii=False), 1)
        pipeline.execute()
    except redis.exceptions.RedisError as error:
        log.warning("Redis does not answer, demand is not counted: %s", error)
        return
    waking.refresh()


def drain() -> int:
    """Write what was counted to PostgreSQL, some at a time; commits.

    :returns: how many different things
    """
    written = 0
    try:
        connection: Any = connect_to_redis()
        if connection.exists(_hash()):
            # Whoever counts from now on begins a new hash; one that a killed job left is taken with it.
            connection.rename(_hash(), f"{_hash()}:taken:{secrets.token_hex(8)}")
        for name in connection.scan_iter(match=f"{_hash()}:taken:*"):
            rows = {key.decode(): int(number) for key, number in connection.hgetall(name).items()}
            # Another job may have deleted it meanwhile, or one that was killed may have written it.
            if rows and storing.write(_parsed(rows), name.decode().rpartition(":")[2]):
                written += len(rows)
            connection.delete(name)
    except redis.exceptions.ResponseError:
        # Two jobs at once: the other one has taken it.
        return written
    return written


def _after_request(response: Response) -> Response:
    if config.counts_demand() and tk.request.method == "GET" and response.status_code in (200, 302):
        keys = _keys(response)
        if keys and is_person(tk.request.headers, config.robots()):
            response.call_on_close(lambda: count(*keys))
    return response


def _keys(response: Response) -> list[tuple[str, ...]]:
    """What this answer counts as."""
    endpoint, _dot, page = (tk.request.endpoint or "").rpartition(".")
    day = config.today().isoformat()
    if _is_search_page() and response.status_code == 200:
        return _of_search(day)
    if page == "read" and response.status_code == 200:
        # The blueprint of a dataset's page has the name of its type.
        kind, dataset_id = getattr(g, _VISITED, None) or (None, None)
        return [("view", day, dataset_id)] if kind == endpoint and dataset_id else []
    if page == "download" and endpoint.endswith("_resource"):
        dataset = (tk.request.view_args or {}).get("id")
        package = model.Package.get(dataset) if dataset else None
        return [("download", day, package.id)] if package is not None and not package.private else []
    return []


def _is_search_page() -> bool:
    return tk.request.endpoint == "dataset.search"


def _of_search(day: str) -> list[tuple[str, ...]]:
    """A search; leafing through its pages and sorting them is none."""
    arguments = tk.request.args
    if _SEARCHED not in g or arguments.get("page", "1") != "1" or arguments.get("sort"):
        return []
    typed = arguments.get("q", "")
    term = term_of(typed)
    place = next((one for one in arguments.getlist(facets.TERRITORY) if territory.exists(one)), "")
    sector = next((one for one in arguments.getlist(facets.SECTOR) if vocabulary.get("sector", one)), "")
    if term is None or not (term or place or sector):
        return []
    results = getattr(g, _SEARCHED)
    return [("search", day, term, place, sector, str(results))]


def _parsed(rows: dict[str, int]) -> list[storing.Counted]:
    found: list[storing.Counted] = []
    for key, number in rows.items():
        kind, day, *rest = json.loads(key)
        found.append(storing.Counted(kind, datetime.date.fromisoformat(day), tuple(rest), number))
    return found


def _hash() -> str:
    return f"ckan:{tk.config['ckan.site_id']}:regional:demand"
