"""The list of needs for programs: a feed and a table, narrowed as the page is."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.views.feed import CKANFeed
from flask import Response

from ckanext.regional import language, spreadsheets
from ckanext.regional.needs.showing import pages, wording
from ckanext.regional.views.asking import ask

_IN_FEED = 50
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_AT_ONCE = 100
_COLUMNS = (
    "number", "url", "title", "text", "kind", "territory", "sector", "state", "reason", "supports", "datasets",
    "published", "changed",
)  # fmt: skip


def feed() -> Response:
    """The latest needs as Atom."""
    arguments = pages.asked_for()
    try:
        found = ask("regional_need_list", {**arguments, "sort": "new", "rows": _IN_FEED})
    except tk.ValidationError as error:
        tk.abort(400, str(error.error_summary))
    here = tk.h.url_for("regional_needs.feed", qualified=True, **arguments)
    made = CKANFeed(
        feed_title=tk._("{site}: needs of inhabitants").format(site=tk.config["ckan.site_title"]),
        feed_link=tk.h.url_for("regional_needs.index", qualified=True, **arguments),
        feed_description=tk._("What inhabitants and sectors want to know and do."),
        language=language.current(),
        author_name=tk.config["ckan.site_title"],
        feed_guid=here,
        feed_url=here,
        previous_page=None,
        next_page=None,
        first_page=None,
        last_page=None,
    )
    for need in found["results"]:
        made.add_item(
            title=_printable(f"{need['title']} ({wording.state_label(need['state'])})"),
            link=need["url"],
            description=_printable(need["text"]),
            unique_id=need["url"],
            published=datetime.datetime.fromisoformat(need["published"]),
            updated=datetime.datetime.fromisoformat(need["changed"]),
            author_name=tk.config["ckan.site_title"],
            categories=[*need["territory"], *need["sector"], need["state"]],
        )
    return Response(made.writeString("utf-8"), mimetype="application/atom+xml")


def as_csv() -> Response:
    """All needs that the address asks for."""
    arguments = pages.asked_for()
    try:
        first = ask("regional_need_list", {**arguments, "rows": _AT_ONCE})
    except tk.ValidationError as error:
        tk.abort(400, str(error.error_summary))

    def rows() -> Iterator[list[Any]]:
        found, start = first, 0
        while found["results"]:
            yield from ([_value(need[column]) for column in _COLUMNS] for need in found["results"])
            start += len(found["results"])
            found = ask("regional_need_list", {**arguments, "start": start, "rows": _AT_ONCE})

    return table("besoins.csv", _COLUMNS, rows())


def table(name: str, columns: Iterable[str], rows: Iterable[list[Any]]) -> Response:
    """A CSV file, with the mark by which spreadsheets know that it is UTF-8."""
    out = io.StringIO("\ufeff")
    out.seek(1)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_safe(value) for value in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(out.getvalue(), mimetype="text/csv", headers=headers)


def _printable(text: str) -> str:
    """A text without the characters that XML 1.0 has no way to write."""
    return _NOT_IN_XML.sub("", text)


def _value(value: Any) -> Any:
    return " ".join(value) if isinstance(value, list) else value


def _safe(value: Any) -> Any:
    """What a spreadsheet would compute is a text to it."""
    return spreadsheets.harmless_lines(value) if isinstance(value, str) else value
