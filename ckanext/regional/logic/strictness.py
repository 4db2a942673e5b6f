"""Where nobody reviews, a site may refuse what lacks a mandatory field (``ckanext.regional.strict``)."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import model
from ckan import plugins as p
from ckan.types import Context

from ckanext.regional import admission, completeness, config


def refuse_incomplete(context: Context, dataset_id: str) -> None:
    """Refuse a dataset that has just been saved and is neither a draft nor complete; nothing of it stays.

    What an import brings is not refused: it comes as it is, and its source's defaults say what it may lack.

    :raises ckan.plugins.toolkit.ValidationError: with the fields that are missing.
    """
    if not config.strict() or p.plugin_loaded("regional_curation") or admission.given(context) is not None:
        return
    dataset = tk.get_action("package_show")(
        tk.fresh_context(context, ignore_auth=True, use_cache=False), {"id": dataset_id}
    )
    if dataset["state"] != "active":
        return
    missing = completeness.missing_fields(dataset)
    if missing:
        model.Session.rollback()
        raise tk.ValidationError({field: [tk._("Missing value")] for field in missing})
