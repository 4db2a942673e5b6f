"""Sources: who may be harvested into which organisation, and with how much trust."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import authz, model
from ckan import plugins as p

from ckanext.regional import territory, vocabulary
from ckanext.regional.exceptions import InvalidInput, NotHere
from ckanext.regional.harvest import records, runs, structured, writer
from ckanext.regional.harvest.mapping import DEFAULTS, GOVERNANCE, site_of
from ckanext.regional.harvest.model import Record, Source

_KINDS = ("auto", "regional", "ckan", "dcat")
_TRUSTS = ("review", "publish")
_FILTERS = ("fq", "organization", "group")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{1,99}")
_LISTS = ("territory", "sector")


def get(reference: str) -> Source:
    """Load a source by name or id.

    :raises NotHere: when there is none.
    """
    source = model.Session.scalar(sa.select(Source).where(sa.or_(Source.name == reference, Source.id == reference)))
    if source is None:
        raise NotHere(f"There is no source “{reference}”.")
    return source


def listed() -> list[Source]:
    """All sources by name."""
    return list(model.Session.scalars(sa.select(Source).order_by(Source.name)))


def create(data: dict[str, Any]) -> Source:
    """Make a source; no request is sent. Commits.

    :raises InvalidInput: naming each wrong field and its value; nothing is saved.
    """
    values = _checked(data)
    source = Source(**values)
    model.Session.add(source)
    model.Session.commit()
    return source


def check(data: dict[str, Any]) -> None:
    """Check what a source would be made with, and make none.

    :raises InvalidInput: as :func:`create`.
    """
    _checked(data)


def patch(source: Source, data: dict[str, Any]) -> Source:
    """Change what ``data`` names; commits.

    :raises InvalidInput: as :func:`create`.
    """
    current = {key: getattr(source, key) for key in _COLUMNS}
    current["token"] = source.token
    values = _checked({**current, **data}, source)
    if values["url"] != source.url or values["kind"] != source.kind or values["filters"] != source.filters:
        # Another catalogue, or another part of it: what was read so far says nothing about it.
        source.cursor = source.epoch = None
    if values["url"] != source.url:
        source.site = None
    for key, value in values.items():
        setattr(source, key, value)
    model.Session.commit()
    return source


def delete(source: Source, *, withdraw: bool) -> None:
    """Remove a source. Its datasets stay, or are hidden; their identity stays either way. Commits."""
    source_id = source.id
    if (run := runs.running(source_id)) is not None:
        runs.abort(run)
    if withdraw:
        writer.ensure_user()
        for record_id in list(model.Session.scalars(sa.select(Record.id).where(records.present(source_id)))):
            writer.hide(record_id, "its source was removed here")
    model.Session.execute(sa.delete(Source).where(Source.id == source_id))
    model.Session.commit()


_COLUMNS = (
    "name", "url", "kind", "title", "territory", "owner_org", "trust", "frequency", "filters", "defaults", "enabled",
)  # fmt: skip


def _checked(data: dict[str, Any], source: Source | None = None) -> dict[str, Any]:
    """Check every field, so that one answer tells all that is wrong."""
    errors: dict[str, list[str]] = {}
    values = {
        "name": _name(data, source, errors),
        "url": _url(data, errors),
        "kind": _choice(data, "kind", _KINDS, "auto", errors),
        "trust": _choice(data, "trust", _TRUSTS, "review", errors),
        "territory": _place(data, errors),
        "owner_org": _organisation(data, errors),
        "frequency": _frequency(data, errors),
        "filters": _filters(data, errors),
        "enabled": bool(data.get("enabled", True)),
        "token": data.get("token") or None,
    }
    values["title"] = str(data.get("title") or "") or values["name"]
    values["defaults"] = _defaults(data, values["owner_org"], errors)
    if values["kind"] == "dcat":
        _refuse(errors, "kind", "Kind “dcat” is not available yet; take “ckan”, “regional” or “auto”.")
    if values["trust"] == "review" and not p.plugin_loaded("regional_curation"):
        _refuse(errors, "trust", "Trust “review” needs the plugin regional_curation, which is off here.")
    if errors:
        raise InvalidInput(errors)
    return values


def _name(data: dict[str, Any], source: Source | None, errors: dict[str, list[str]]) -> str:
    name = str(data.get("name") or "")
    if not _NAME.fullmatch(name):
        _refuse(errors, "name", f"“{name}” is no name: small letters without accents, digits, - and _, 2 to 100.")
    elif (source is None or source.name != name) and model.Session.scalar(
        sa.select(sa.exists().where(Source.name == name))
    ):
        _refuse(errors, "name", f"There is a source “{name}” already.")
    return name


def _url(data: dict[str, Any], errors: dict[str, list[str]]) -> str:
    url = str(data.get("url") or "").strip().rstrip("/")
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable, parts = False, urlsplit("")
    if not usable or " " in url:
        _refuse(errors, "url", f"“{url}” is no web address; it begins with https:// or http://.")
    elif parts.username or parts.password:
        _refuse(errors, "url", "The address holds a user or a password; use the field token.")
    elif parts.query or parts.fragment:
        _refuse(errors, "url", f"“{url}” is not the address of a site: leave out what follows ? or #.")
    elif site_of(url) == site_of(tk.config["ckan.site_url"]):
        _refuse(errors, "url", f"“{url}” is this site.")
    return url


def _choice(
    data: dict[str, Any], field: str, choices: tuple[str, ...], default: str, errors: dict[str, list[str]]
) -> Any:
    value = data.get(field) or default
    if value not in choices:
        _refuse(errors, field, f"“{value}” is none of {', '.join(choices)}.")
    return value


def _place(data: dict[str, Any], errors: dict[str, list[str]]) -> str | None:
    code = data.get("territory") or None
    if code is None:
        return None
    resolved = territory.resolve(str(code)).code
    if not territory.exists(resolved):
        _refuse(errors, "territory", f"There is no territory “{code}”. Codes look like fr:region:53.")
    return resolved


def _organisation(data: dict[str, Any], errors: dict[str, list[str]]) -> str:
    reference = str(data.get("owner_org") or "")
    group = model.Group.get(reference) if reference else None
    if group is None or not group.is_organization or group.state != "active":
        _refuse(errors, "owner_org", f"There is no active organisation “{reference}”.")
        return reference
    return group.id


def _frequency(data: dict[str, Any], errors: dict[str, list[str]]) -> str:
    value = str(data.get("frequency") or "manual")
    if value != "manual" and len(value.split()) != 5:
        _refuse(errors, "frequency", f"“{value}” is neither “manual” nor five cron words such as “0 4 * * *”.")
    return value


def _filters(data: dict[str, Any], errors: dict[str, list[str]]) -> dict[str, Any]:
    filters = data.get("filters") or {}
    if not isinstance(filters, dict):
        _refuse(errors, "filters", f"“{filters}” is no object.")
        return {}
    for key, value in filters.items():
        if key not in _FILTERS:
            _refuse(errors, "filters", f"“{key}” is no filter; there are {', '.join(_FILTERS)}.")
        elif not isinstance(value, str) or (key != "fq" and '"' in value):
            _refuse(errors, "filters", f"“{value}” is no value for {key}.")
    return filters


def _defaults(data: dict[str, Any], owner_org: str, errors: dict[str, list[str]]) -> dict[str, Any]:
    given = data.get("defaults") or {}
    if not isinstance(given, dict):
        _refuse(errors, "defaults", f"“{given}” is no object.")
        return {}
    defaults = dict(given)
    for key, value in given.items():
        if key not in DEFAULTS:
            _refuse(errors, "defaults", f"defaults.{key}: there is no such field; there are {', '.join(DEFAULTS)}.")
        elif key in GOVERNANCE:
            defaults[key] = _governance(key, value, errors)
        elif key in structured.FIELDS:
            defaults[key] = _structured(key, value, errors)
        elif key != "steward" and not isinstance(value, str):
            _refuse(errors, "defaults", f"defaults.{key}: “{value}” is no text.")
    defaults["steward"] = _steward(given.get("steward"), owner_org, errors)
    return {key: value for key, value in defaults.items() if value not in (None, "", [])}


def _structured(key: str, value: Any, errors: dict[str, list[str]]) -> Any:
    notes: list[str] = []
    read = structured.of_dataset({key: value}, notes).get(key)
    if notes or (value and not read):
        _refuse(errors, "defaults", f"defaults.{key}: {'; '.join(notes) or 'this has another shape'}.")
    return read


def _governance(key: str, value: Any, errors: dict[str, list[str]]) -> Any:
    values = value if isinstance(value, list) else [value]
    codes: list[str] = []
    for item in values:
        if item in (None, ""):
            continue
        code = _known_place(item) if key == "territory" else vocabulary.normalise(key, item)
        if code is None:
            _refuse(errors, "defaults", f"defaults.{key}: “{item}” is not known.")
        else:
            codes.append(code)
    return codes if key in _LISTS else (codes[0] if codes else None)


def _known_place(value: Any) -> str | None:
    code = territory.resolve(str(value)).code
    return code if territory.exists(code) else None


def _steward(reference: Any, owner_org: str, errors: dict[str, list[str]]) -> str | None:
    if not reference:
        _refuse(errors, "defaults", "defaults.steward: name who answers here for what comes from this source.")
        return None
    user = model.User.get(str(reference))
    if user is None or user.state != "active":
        _refuse(errors, "defaults", f"defaults.steward: there is no active user “{reference}”.")
        return None
    if not user.sysadmin and not authz.users_role_for_group_or_org(owner_org, user.name):
        _refuse(errors, "defaults", f"defaults.steward: “{reference}” is not a member of the organisation.")
    return user.name


def _refuse(errors: dict[str, list[str]], field: str, sentence: str) -> None:
    errors.setdefault(field, []).append(sentence)
