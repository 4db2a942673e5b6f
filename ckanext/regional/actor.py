"""Who is acting."""

from __future__ import annotations

from ckan import model
from ckan.types import Context


def of(context: Context) -> model.User | None:
    """The user whom a context names; None for nobody."""
    name = context.get("user")
    return model.User.get(name) if name else None
