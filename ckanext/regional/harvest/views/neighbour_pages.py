"""The page that tells how this catalogue and others exchange their datasets."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.plugins import plugin_loaded
from flask import Blueprint

from ckanext.regional import config
from ckanext.regional.harvest.feed import caching
from ckanext.regional.harvest.logic.auth import organisations_of
from ckanext.regional.harvest.provenance import neighbours, origins
from ckanext.regional.site import site_id

__all__ = ["regional_neighbours"]

regional_neighbours = Blueprint("regional_neighbours", __name__)
regional_neighbours.after_app_request(caching.negotiated)


@regional_neighbours.route("/interconnexion")
def index() -> str:
    """Neighbours, when each was last read, and what came from where; public as far as the data are."""
    own = neighbours.count_by_site().get(origins.LOCAL, 0)
    extra_vars = {
        "rows": neighbours.listed(organisations_of(tk.current_user.name or "")),
        "own": own,
        "own_address": _found(origins.LOCAL),
        "found": _found,
        "territory": config.territory(),
        "site": site_id(),
        "feed": tk.url_for("api.action", ver=3, logic_function="regional_changes", qualified=True),
        "catalogue": tk.h.url_for("dcat.read_catalog", _format="ttl", qualified=True) if plugin_loaded("dcat") else "",
    }
    return tk.render("regional_harvest/neighbours.html", extra_vars)


def _found(site: str) -> str:
    """The search for the datasets of an origin."""
    return tk.url_for("dataset.search", **{origins.INDEX_FIELD: site})
