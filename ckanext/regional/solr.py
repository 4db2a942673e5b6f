"""What Solr holds of this site's datasets. Several sites may share one core: only what is asked here is this site's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import ckan.plugins.toolkit as tk
import pysolr
from ckan.lib.search.common import SearchError, SearchIndexError, make_connection

#: What is raised where Solr does not answer, or does not understand.
FAILURES = (pysolr.SolrError, SearchError, SearchIndexError, OSError)


def ask(*conditions: str, **parameters: Any) -> pysolr.Results:
    """Ask for documents of this site's datasets. Times come as text: decoded, they would lose what is below a second.

    :param conditions: filters in Solr's syntax that a document meets all of
    :param parameters: of the request, such as ``rows``
    :raises FAILURES: Solr does not answer
    """
    own = [f'+site_id:"{tk.config["ckan.site_id"]}"', "+entity_type:package"]
    return make_connection(decode_dates=False).search("*:*", fq=[*own, *conditions], **parameters)


def walk(*conditions: str, fields: Iterable[str], batch: int) -> Iterator[dict[str, Any]]:
    """Yield all documents that meet the conditions, however many: each request goes on where the last one ended.

    :param batch: documents per request
    :raises FAILURES: Solr does not answer
    """
    yield from ask(*conditions, fl=",".join(fields), sort="index_id asc", rows=batch, cursorMark="*")


def one_of(dataset_ids: Iterable[str]) -> str:
    """Give the condition that a document is of one of some datasets; there must be one."""
    return f"+id:({' OR '.join(map(quoted, dataset_ids))})"


def quoted(text: str) -> str:
    """Give a text as Solr's syntax has it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def as_functions(fields: Iterable[str]) -> list[str]:
    """Name fields so that they are read although they are indexed and not stored."""
    return [f"{field}:field({field})" for field in fields]
