"""The form of a source: what it shows, what of it the actions get, and which field an error belongs to."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import authz, model

from ckanext.regional.harvest.logic.auth import organisations_of
from ckanext.regional.harvest.scheduling import schedule, timetable

#: Defaults that the form asks for; others are for the API.
DEFAULTS = ("steward", "license_id", "sector", "frequency", "access_rights", "personal_data_class")
FILTERS = ("organization", "group", "territory", "sector", "fq")
_FIELDS = ("name", "url", "kind", "title", "territory", "owner_org", "trust")
#: The choice “other times” of the form; the cron words stand in a field of their own then.
_OTHER = "other"
_PRESETS = (schedule.MANUAL, schedule.HOURLY, schedule.NIGHTLY, schedule.WEEKLY)
#: All datasets go to the source's own organisation.
_ONE: dict[str, Any] = {"mode": "one"}
_MOST_PEOPLE = 500


def empty() -> dict[str, Any]:
    """What the form of a new source begins with."""
    return {"kind": "auto", "trust": "review", "frequency": schedule.MANUAL, "enabled": True, "defaults": {}}


def read(source: dict[str, Any] | None = None) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """What was typed, as the actions take it.

    :param source: the one that is edited
    :returns: the data, and errors of what cannot even be read
    """
    form = tk.request.form
    errors: dict[str, list[str]] = {}
    data: dict[str, Any] = {key: form.get(key, "").strip() for key in _FIELDS}
    data["enabled"] = bool(form.get("enabled"))
    data["frequency"] = _frequency(errors)
    data["filters"] = {key: text for key in FILTERS if (text := form.get(f"filter_{key}", "").strip())}
    defaults: dict[str, Any] = {key: form.get(f"default_{key}", "").strip() for key in DEFAULTS}
    defaults["sector"] = [code for code in form.getlist("default_sector") if code]
    kept = {key: value for key, value in (source or {}).get("defaults", {}).items() if key not in DEFAULTS}
    data["defaults"] = kept | {key: value for key, value in defaults.items() if value}
    token = form.get("token", "").strip()
    if token or form.get("forget_token"):
        data["token"] = token
    mapping = _organizations(errors)
    if mapping != ((source or {}).get("organizations") or _ONE):
        data["organizations"] = mapping
    if source is not None and data["trust"] == source["trust"]:
        data.pop("trust")
    return data, errors


def render(
    source: dict[str, Any],
    errors: dict[str, Any],
    *,
    is_new: bool,
    preview: dict[str, Any] | None = None,
) -> str:
    """The form with what is stored or was typed.

    :param preview: as ``regional_source_preview`` answers
    """
    shown = _by_field(errors)
    return tk.render(
        "regional_harvest/source_form.html",
        {
            "source": source,
            "errors": shown,
            "problems": _problems(shown),
            "is_new": is_new,
            "preview": preview,
            "organizations": _own_organizations(source),
            "people": _people(),
            "is_sysadmin": authz.is_sysadmin(tk.current_user.name),
            "frequencies": _frequencies(),
            "frequency": _chosen_frequency(source),
            "cron": _cron(source),
            "next_time": next_time(_cron(source) or source.get("frequency", ""), source.get("id")),
            "table": _typed_table(source),
            "mapping": (source.get("organizations") or _ONE).get("mode", "one"),
            "typed_token": tk.request.method == "POST" and bool(tk.request.form.get("token")),
        },
    )


def next_time(words: str, source_id: str | None) -> str | None:
    """When cron words come next, in ISO 8601; of a source that is not saved yet, but for the while it is put off."""
    return timetable.at(words, source_id or "").isoformat() if schedule.is_cron(words) else None


def asked_frequency() -> str:
    """The frequency that the form's two fields say now."""
    values = tk.request.values
    chosen = values.get("frequency", schedule.MANUAL)
    return " ".join(values.get("cron", "").split()) if chosen == _OTHER else chosen


def _frequency(errors: dict[str, list[str]]) -> str:
    words = asked_frequency()
    if not words:
        errors["cron"] = [tk._("Say when, in five cron words; or choose one of the times above.")]
    return words or schedule.MANUAL


def _frequencies() -> list[dict[str, str]]:
    return [
        {"value": schedule.MANUAL, "text": tk._("Only when somebody runs it")},
        {"value": schedule.HOURLY, "text": tk._("Each hour")},
        {"value": schedule.NIGHTLY, "text": tk._("Each night at three")},
        {"value": schedule.WEEKLY, "text": tk._("Each Monday at four in the morning")},
        {"value": _OTHER, "text": tk._("At other times, in cron words")},
    ]


def _chosen_frequency(source: dict[str, Any]) -> str:
    if tk.request.method == "POST":
        return tk.request.form.get("frequency", schedule.MANUAL)
    return source["frequency"] if source["frequency"] in _PRESETS else _OTHER


def _cron(source: dict[str, Any]) -> str:
    if tk.request.method == "POST":
        return tk.request.form.get("cron", "")
    return "" if source["frequency"] in _PRESETS else source["frequency"]


def _organizations(errors: dict[str, list[str]]) -> dict[str, Any]:
    """``{"mode": "one" | "mirror" | "table", "table"?: {theirs: ours}}`` from a choice and a text of lines."""
    mode = tk.request.form.get("organizations_mode", "one")
    if mode != "table":
        return {"mode": mode}
    table: dict[str, str] = {}
    for number, line in enumerate(tk.request.form.get("organizations_table", "").splitlines(), 1):
        theirs, sign, ours = (part.strip() for part in line.partition("="))
        if sign and theirs and ours:
            table[theirs] = ours
        elif line.strip():
            sentence = tk._("Line {number}: write “their-organisation = our-organisation”, not “{line}”.")
            errors.setdefault("organizations", []).append(sentence.format(number=number, line=line.strip()[:100]))
    if not table and "organizations" not in errors:
        errors["organizations"] = [tk._("The table is empty: write a line for each organisation of theirs.")]
    return {"mode": mode, "table": table}


def _typed_table(source: dict[str, Any]) -> str:
    if tk.request.method == "POST":
        return tk.request.form.get("organizations_table", "")
    table = (source.get("organizations") or {}).get("table") or {}
    return "\n".join(f"{theirs} = {ours}" for theirs, ours in table.items())


def _by_field(errors: dict[str, Any]) -> dict[str, list[str]]:
    """Errors by the field that shows them: ``defaults.steward: …`` belongs to the steward's."""
    found: dict[str, list[str]] = {}
    parts = {"defaults": ("default_", DEFAULTS), "filters": ("filter_", FILTERS)}
    for field, texts in errors.items():
        prefix, keys = parts.get(field, ("", ()))
        for text in texts if isinstance(texts, list) else [str(texts)]:
            key = next((key for key in keys if str(text).startswith(f"{field}.{key}:")), None)
            place = "cron" if field == "frequency" else f"{prefix}{key}" if key else field
            said = str(text).removeprefix(f"{field}.{key}:").strip() if key else str(text)
            found.setdefault(place, []).append(said)
    return found


def _problems(errors: dict[str, list[str]]) -> list[tuple[str, str, str]]:
    """What is wrong, as ``(id of the field, its label, sentence)``."""
    labels = {
        "url": tk._("Address of the neighbour's site"),
        "name": tk._("Short name"),
        "title": tk._("Title"),
        "kind": tk._("Kind"),
        "owner_org": tk._("Organisation"),
        "trust": tk._("Trust"),
        "territory": tk._("Territory"),
        "cron": tk._("Schedule"),
        "filters": tk._("Which of its datasets"),
        "organizations": tk._("Their organisations"),
        "defaults": tk._("What fills the gaps of what comes"),
        "default_steward": tk._("Data steward"),
        "default_license_id": tk._("Licence"),
        "token": tk._("Token for the neighbour's API"),
    }
    return [(f"field-{field}", labels.get(field, ""), " ".join(texts)) for field, texts in errors.items() if texts]


def _own_organizations(source: dict[str, Any]) -> list[dict[str, str]]:
    ids = {*organisations_of(tk.current_user.name), source.get("owner_org") or ""}
    groups = model.Session.query(model.Group).filter(model.Group.id.in_(ids), model.Group.state == "active")
    return [{"value": group.id, "text": group.display_name} for group in groups.order_by(model.Group.title)]


def _people() -> list[dict[str, str]]:
    """Members of the reader's organisations, to be offered as stewards."""
    user: Any = model.user_table
    query = (
        sa.select(user.c.name, user.c.fullname)
        .join(model.Member, model.Member.table_id == user.c.id)
        .where(
            model.Member.table_name == "user",
            model.Member.state == "active",
            model.Member.group_id.in_(organisations_of(tk.current_user.name)),
            user.c.state == "active",
        )
        .distinct()
        .order_by(user.c.name)
        .limit(_MOST_PEOPLE)
    )
    return [{"name": name, "text": fullname or name} for name, fullname in model.Session.execute(query)]
