"""Whether the site works."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz
from ckan.types import Context

from ckanext.regional.diagnosis import health

__all__ = ["regional_status"]


@tk.side_effect_free
def regional_status(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Say whether database, Redis, Solr, workers and tables are as they should be, for monitors.

    Everybody may ask, as often as they like: an answer holds for some seconds. It tells nothing of what the site has.

    :returns: ``{"status", "checks": {"database", "redis", "solr", "workers", "migrations"}, "version", "migrations":
        {plugin: revision}, "checked"}``; ``status`` and each check are ``ok`` or ``degraded``; ``version`` is that of
        this extension (left out with ``migrations`` where ``ckan.hide_version`` is on and no sysadmin asks);
        ``checked`` is when the servers were asked, ISO 8601 in UTC
    """
    tk.check_access("regional_status", context, data_dict)
    found = dict(health.look())
    if tk.config["ckan.hide_version"] and not authz.is_sysadmin(context.get("user")):
        del found["version"], found["migrations"]
    return found
