"""The form of a source: what it shows, and what of it the actions get."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model

from ckanext.regional.harvest.logic.auth import organisations_of

#: Defaults that the form asks for; others are for the API.
DEFAULTS = ("steward", "license_id", "sector", "frequency", "access_rights", "personal_data_class")
_FIELDS = ("name", "url", "kind", "title", "territory", "owner_org", "trust", "frequency")


def render(source: dict[str, Any], errors: dict[str, Any], *, is_new: bool) -> str:
    by_default = {key: [text for text in errors.get("defaults", []) if f".{key}:" in text] for key in DEFAULTS}
    shown = {**errors, **{f"default_{key}": texts for key, texts in by_default.items() if texts}}
    return tk.render(
        "regional_harvest/source_form.html",
        {
            "source": source,
            "errors": shown,
            "error_summary": {tk._(field.capitalize()): " ".join(map(str, texts)) for field, texts in errors.items()},
            "is_new": is_new,
            "organizations": _organizations(),
            "is_sysadmin": authz.is_sysadmin(tk.current_user.name),
        },
    )


def read() -> dict[str, Any]:
    form = tk.request.form
    data: dict[str, Any] = {key: form.get(key, "").strip() for key in _FIELDS}
    data["token"] = form.get("token", "").strip()
    data["enabled"] = bool(form.get("enabled"))
    defaults: dict[str, Any] = {key: form.get(f"default_{key}", "").strip() for key in DEFAULTS}
    defaults["sector"] = [code for code in form.getlist("default_sector") if code]
    data["defaults"] = {key: value for key, value in defaults.items() if value}
    return data


def _organizations() -> list[dict[str, str]]:
    ids = organisations_of(tk.current_user.name)
    groups = model.Session.query(model.Group).filter(model.Group.id.in_(ids), model.Group.state == "active")
    return [{"value": group.id, "text": group.display_name} for group in groups.order_by(model.Group.title)]
