"""The governance scores of the datasets of one page, as the search keeps them."""

from __future__ import annotations

from collections.abc import Iterable

import ckan.plugins.toolkit as tk
import pysolr
from ckan.lib.search.common import SearchError, make_connection

_FIELD = "regional_score_governance"
MOST = 100


def governance(dataset_ids: Iterable[str]) -> dict[str, int]:
    """Points by dataset id, by one question for all; nothing where no scores are kept or Solr does not answer."""
    ids = list(dataset_ids)
    if not ids or "regional_score_label" not in tk.h:
        return {}
    wanted = " OR ".join(f'"{one}"' for one in ids)
    filters = [f"id:({wanted})", f'site_id:"{tk.config["ckan.site_id"]}"']
    try:
        found = make_connection().search("*:*", fq=filters, fl=f"id,{_FIELD}", rows=len(ids))
    except (pysolr.SolrError, SearchError):
        # The queue comes from the database and goes on without.
        return {}
    return {one["id"]: int(one[_FIELD]) for one in found.docs if str(one.get(_FIELD, "")).isdecimal()}
