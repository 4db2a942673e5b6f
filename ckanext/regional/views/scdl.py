"""The catalogue as the French « catalogue simplifié » (SCDL): ``/catalogue-scdl.csv``."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.search import SearchError
from flask import Blueprint, Response, stream_with_context

from ckanext.regional import defaults, facets, finding, scdl, territory, vocabulary

__all__ = ["regional_scdl"]

regional_scdl = Blueprint("regional_scdl", __name__)

_PAGE = 200
_MOST_FILTERS = 50


class _Unknown(Exception):
    """A filter names what is not there; the sentence is for whoever asked."""


@regional_scdl.route("/catalogue-scdl.csv", endpoint="catalogue")
def catalogue() -> Response:
    """Answer every public dataset, as somebody who is not logged in may see it; some of them with filters.

    The first datasets are read before the answer begins, so that a search that is down is told by an error.
    """
    try:
        conditions = list(_conditions())
        rows = _rows(conditions)
        beginning = list(next(rows, ()))
    except _Unknown as error:
        return _refusal(str(error), 404)
    except SearchError:
        return _refusal(tk._("The search does not answer. Please try again in a moment."), 503)
    header: list[str] = list(scdl.COLUMNS)
    lines = chain([header], beginning, chain.from_iterable(rows))
    answer = Response(stream_with_context(_written(lines)), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="catalogue-scdl.csv"'
    return answer


def _conditions() -> Iterator[str]:
    """Turn the filters of the address into filter queries of known codes.

    :raises _Unknown: there is no such territory, sector or organisation.
    """
    for parameter, read, field in (
        ("territory", _territory, facets.TERRITORY),
        ("sector", _sector, facets.SECTOR),
        ("organization", _organization, "owner_org"),
    ):
        given = [value.strip() for value in tk.request.args.getlist(parameter)][:_MOST_FILTERS]
        if given:
            yield finding.condition(field, *map(read, given))


def _territory(value: str) -> str:
    code = territory.resolve(value).code
    if not territory.exists(code):
        raise _Unknown(tk._("territory: there is no territory “{value}”.").format(value=value[:100]))
    return code


def _sector(value: str) -> str:
    term = vocabulary.get("sector", value)
    if term is None:
        raise _Unknown(tk._("sector: there is no sector “{value}”.").format(value=value[:100]))
    return term.code


def _organization(value: str) -> str:
    # PostgreSQL takes no zero byte.
    group = model.Group.get(value) if value and "\0" not in value else None
    if group is None or not group.is_organization or group.state != "active":
        raise _Unknown(tk._("organization: there is no organisation “{value}”.").format(value=value[:100]))
    return group.id


def _rows(conditions: list[str]) -> Iterator[list[list[str]]]:
    """Read page after page by id: what is added or withdrawn meanwhile shifts nothing."""
    organisations: dict[str, dict[str, str]] = {}
    last = ""
    while True:
        after = [f'id:{{"{last}" TO *]'] if last else []
        found = tk.get_action("package_search")(
            {"user": "", "auth_user_obj": None, "ignore_auth": False},  # pyright: ignore[reportArgumentType]
            {
                # As in the RDF catalogue: no jobs of a harvester, no showcases.
                "fq_list": ["-dataset_type:(harvest OR showcase)", *conditions, *after],
                "sort": "id asc",
                "rows": _PAGE,
                "facet": "false",
            },
        )["results"]
        if not found:
            return
        last = found[-1]["id"]
        yield [scdl.row(dataset, _authority(dataset, organisations), _address(dataset)) for dataset in found]


def _authority(dataset: dict[str, Any], known: dict[str, dict[str, str]]) -> dict[str, str]:
    """Name and SIRET of the organisation in whose catalogue a dataset is, asked once for each."""
    organisation = dataset.get("organization") or {}
    key = organisation.get("id") or ""
    if key not in known:
        own = defaults.of_organisation(key) if key else {}
        name = organisation.get("title") or organisation.get("name") or tk.config["ckan.site_title"] or ""
        known[key] = {"name": name, "siret": own.get("regional_siret", "")}
    return known[key]


def _address(dataset: dict[str, Any]) -> str:
    kind = dataset.get("type") or "dataset"
    return tk.h.url_for(f"{kind}.read", id=dataset["name"], qualified=True, locale="default")


def _written(lines: Iterable[list[str]]) -> Iterator[str]:
    """Write lines as CSV in pieces."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for line in lines:
        writer.writerow(line)
        if buffer.tell() > 16_000:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _refusal(message: str, status: int) -> Response:
    """A program asks here: a sentence is clearer than a page."""
    return Response(f"{message}\n", status=status, content_type="text/plain; charset=utf-8")
