"""Letting a check pass."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ckanext.regional import actor
from ckanext.regional.curation.logic import schema, writing
from ckanext.regional.curation.people import waivers
from ckanext.regional.logic.errors import with_toolkit_errors

__all__ = ["regional_curation_waive"]


@tk.validate_action_data(schema.waive)
@with_toolkit_errors
def regional_curation_waive(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Let one blocking check pass, because it is a false alarm; for the content that you saw and no other.

    A steward who had no hand in the dataset may; a check for personal data only a data protection officer.

    :param id: id or name of the dataset
    :param code: of the check, from ``regional_curation_show``
    :param field: of the check, where it has one
    :param fingerprint: of what you looked at
    :param comment: why; it is kept in the history
    :returns: as ``regional_curation_show``
    :raises ValidationError: key ``fingerprint``: the dataset has changed since you looked; ``code``: no such check
        blocks it; nothing was done
    """
    tk.check_access("regional_curation_waive", context, data_dict)
    package, user = model.Package.get(data_dict["id"]), actor.of(context)
    if package is None:
        raise tk.ObjectNotFound(tk._("There is no dataset “{id}”.").format(id=data_dict["id"]))
    if user is None:
        raise tk.NotAuthorized(tk._("Log in first."))
    writing.spend(user, data_dict.get("comment"))
    package_id = package.id
    waivers.waive(
        waivers.Request(
            actor=user,
            package_id=package_id,
            code=data_dict["code"],
            field=data_dict.get("field") or None,
            fingerprint=data_dict.get("fingerprint"),
            comment=data_dict.get("comment"),
        )
    )
    return tk.get_action("regional_curation_show")(tk.fresh_context(context), {"id": package_id})
