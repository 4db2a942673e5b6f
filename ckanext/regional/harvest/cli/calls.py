"""How the commands call actions."""

from __future__ import annotations

import json
from typing import Any

import ckan.plugins.toolkit as tk
import click


def call(action: str, data: dict[str, Any]) -> Any:
    """Call an action as the command line does, and say in words what it refuses."""
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    try:
        return tk.get_action(action)({"ignore_auth": True, "user": user}, data)
    except tk.ValidationError as error:
        texts = [f"{field}: {problems}" for field, problems in error.error_summary.items()]
        raise click.ClickException("\n".join(texts)) from error
    except tk.ObjectNotFound as error:
        raise click.ClickException(str(error)) from error


def json_object(text: str, option: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise click.BadParameter(f"no JSON: {error}", param_hint=option) from error
    if not isinstance(value, dict):
        raise click.BadParameter("no JSON object", param_hint=option)
    return value
