"""In whose name imports are written, and what that user sees."""

from __future__ import annotations

import secrets
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ckanext.regional import admission
from ckanext.regional.harvest import config
from ckanext.regional.types import Admission


def ensure_user() -> None:
    """Make the user under whom imports are written, an ordinary one without rights; commits."""
    if model.User.get(config.user()) is None:
        user = model.User(name=config.user(), fullname="Regional harvester", state="active")
        user.password = secrets.token_urlsafe(32)
        model.Session.add(user)
        model.Session.commit()


def context(admitted: Admission | None) -> Context:
    """What an action is called with.

    :param admitted: what becomes of the dataset that it writes; None where it writes none
    """
    found: dict[str, Any] = {"user": config.user(), "ignore_auth": True}
    if admitted is not None:
        found[admission.CONTEXT_KEY] = admitted
    return found  # pyright: ignore[reportReturnType]


def show(dataset_id: str) -> dict[str, Any]:
    """The dataset as it stands in the database, whoever may see it."""
    fresh = {**context(None), "use_cache": False}
    return tk.get_action("package_show")(fresh, {"id": dataset_id})  # pyright: ignore[reportArgumentType]
