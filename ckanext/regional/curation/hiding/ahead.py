"""What is asked about every dataset that is shown, read in the query that finds it."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Action, ChainedAction, Context

from ckanext.regional.curation.status import read_ahead


@tk.chained_action
@tk.side_effect_free
def package_show(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Show a dataset; what the review is asked about it comes with it."""
    given = data_dict.get("id")
    package = read_ahead(given) if isinstance(given, str) and given and not context.get("for_update") else None
    return next_action(context, {**data_dict, "id": package.id} if package is not None else data_dict)


def get_actions() -> dict[str, ChainedAction]:
    """What stands before CKAN's action."""
    return {"package_show": package_show}
