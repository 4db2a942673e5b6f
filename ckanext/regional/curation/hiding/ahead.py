"""What is asked about every dataset that is shown, read in the query that finds it; and what is shown of none."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Action, ChainedAction, Context

from ckanext.regional.curation.status import read_ahead

#: CKAN lists them with a dataset for whoever may see one of the two ends, in its index too; and its index fails on them
#: (2.12.0: a dataset that has one can never be saved again). ``package_relationships_list`` tells of them.
RELATIONSHIPS = ("relationships_as_subject", "relationships_as_object")


@tk.chained_action
@tk.side_effect_free
def package_show(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Show a dataset; what the review is asked about it comes with it."""
    given = data_dict.get("id")
    package = read_ahead(given) if isinstance(given, str) and given and not context.get("for_update") else None
    shown = next_action(context, {**data_dict, "id": package.id} if package is not None else data_dict)
    shown.update({key: [] for key in RELATIONSHIPS if key in shown})
    return shown


def get_actions() -> dict[str, ChainedAction]:
    """What stands before CKAN's action."""
    return {"package_show": package_show}
