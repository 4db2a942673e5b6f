"""The action about scores."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ckanext.regional import access, scorecard
from ckanext.regional.logic import schema

__all__ = ["regional_score_show"]


@tk.side_effect_free
@tk.validate_action_data(schema.score_show)
def regional_score_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show the three scores of a dataset, computed now; links are as the last check found them.

    :param id: id or name of a dataset
    :returns: ``{"mqa": {"points", "max": 405, "rating", "criteria"}, "datagouv": {"points", "max": 9, "criteria"},
        "governance": {"points", "max": 100, "criteria"}}``. ``rating`` is ``excellent``, ``good``, ``sufficient`` or
        ``bad``. To who may edit or review the dataset a criterion is ``{"code", "title", "points", "max", "ok",
        "field", "resource", "dimension", "remedy"}``: ``field`` is the form field where it is mended (of the file
        ``resource``, an id, where that is not null), ``remedy`` a sentence in the reader's language, null where nothing
        is lost. Everybody else gets totals and rating, and of the nine of data.gouv.fr ``{"code", "title", "points",
        "max", "ok"}``.
    :raises ObjectNotFound: there is no such dataset, or not for whoever asks
    """
    package = model.Package.get(data_dict["id"])
    try:
        tk.check_access("regional_score_show", context, data_dict)
    except (tk.NotAuthorized, tk.ObjectNotFound):
        package = None
    if package is None:
        # One answer for what is hidden and what does not exist.
        raise tk.ObjectNotFound(tk._("There is no dataset “{id}”.").format(id=data_dict["id"]))
    # With the steward, whom the reader may not be told but whose being there counts.
    dataset = tk.get_action("package_show")(tk.fresh_context(context, ignore_auth=True), {"id": package.id})
    return scorecard.of_dataset(dataset, in_full=access.concerns(context, dataset))
