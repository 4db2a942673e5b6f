"""In whose name a command works."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import click
from ckan import model


def acting(name: str | None) -> model.User:
    """The active user of this name, or the site's own.

    :raises click.BadParameter: there is none
    """
    known = name or tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    user = model.User.get(known)
    if user is None or user.state != "active":
        raise click.BadParameter(f"there is no active user “{known}”", param_hint="--by")
    return user
