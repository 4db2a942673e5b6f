"""Who is acting."""

from __future__ import annotations

from ckan import model
from ckan.types import Context


def of(context: Context) -> model.User | None:
    """The user whom a context names; None for nobody."""
    name = context.get("user")
    if not name:
        return None
    known = context.get("auth_user_obj")
    # CKAN has mostly looked them up already; what another session has read is not this one's.
    if isinstance(known, model.User) and known in model.Session and known.name == name:
        return known
    return model.User.get(name)
