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
from ckanext.regional.exceptions import InvalidInput, NotHere, WrongState
from ckanext.regional.harvest import filters, organizations, wording
from ckanext.regional.harvest.clients import dcat
from ckanext.regional.harvest.model import Record, Source
from ckanext.regional.harvest.running import pages, runs
from ckanext.regional.harvest.scheduling import schedule, timetable
from ckanext.regional.harvest.writing import acting, records, structured, withdrawal
from ckanext.regional.harvest.writing.mapping import DEFAULTS, GOVERNANCE, site_of

_KINDS = ("auto", "regional", "ckan", "dcat")
_TRUSTS = ("review", "publish")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{1,99}")
_LISTS = ("territory", "sector")


def get(reference: str) -> Source:
    """Load a source by name or id.

    :raises NotHere: when there is none.
    """
    source = model.Session.scalar(sa.select(Source).where(sa.or_(Source.name == reference, Source.id == reference)))
    if source is None:
        raise NotHere(tk._("There is no source “{name}”.").format(name=reference))
    return source


def listed() -> list[Source]:
    """All sources by name."""
    return list(model.Session.scalars(sa.select(Source).order_by(Source.name)))


def number_in_trouble(owner_orgs: list[str], steward: str) -> int:
    """How many sources of these organisations or of this steward fail or wait for a person."""
    query = sa.select(sa.func.count()).select_from(Source)
    mine = sa.or_(Source.owner_org.in_(owner_orgs), Source.defaults["steward"].astext == steward)
    return model.Session.scalar(query.where(Source.trouble.is_not(None), Source.enabled, mine)) or 0


def create(data: dict[str, Any]) -> Source:
    """Make a source; no request is sent. Commits.

    :raises InvalidInput: naming each wrong field and its value; nothing is saved.
    """
    values = _checked(data)
    source = Source(**values)
    model.Session.add(source)
    model.Session.flush()
    source.next_run = timetable.next_time(source)
    model.Session.commit()
    return source


def draft(data: dict[str, Any], source: Source | None = None) -> Source:
    """A source as it would be saved, for a look at what it brings; it may lack a name, an owner and a steward.

    :param source: one that exists, which ``data`` changes
    :raises InvalidInput: as :func:`create`, for what is given.
    """
    current = {key: getattr(source, key) for key in (*_COLUMNS, "token")} if source is not None else {}
    errors: dict[str, list[str]] = {}
    values = _values({**current, **data}, source, errors)
    if source is None and not data.get("name"):
        errors.pop("name", None)
    if source is None and not data.get("owner_org"):
        errors = {field: sentences for field, sentences in errors.items() if field not in ("owner_org", "defaults")}
    if errors:
        raise InvalidInput(errors)
    found = Source(**values)
    if source is not None:
        found.id = source.id
        found.site = source.site if values["url"] == source.url else None
        # A token was given for one address and goes to no other.
        found.token = values["token"] if "token" in data or values["url"] == source.url else None
    return found


def check(data: dict[str, Any]) -> None:
    """Check what a source would be made with, and make none.

    :raises InvalidInput: as :func:`create`.
    """
    _checked(data)


def patch(source: Source, data: dict[str, Any]) -> Source:
    """Change what ``data`` names; commits.

    A run that is under way, or waits for a person, ends where this changes what it would have brought.

    :raises InvalidInput: as :func:`create`.
    """
    current = {key: getattr(source, key) for key in _COLUMNS}
    current["token"] = source.token
    if source.removing:
        raise WrongState(tk._("The source is being removed; it cannot be changed any more."))
    values = _checked({**current, **data}, source)
    # Another catalogue, another part of it, or read with other eyes: what was read so far must be read again.
    read_again = any(values[key] != getattr(source, key) for key in _READ_BY)
    overtaken = None
    if read_again:
        overtaken = runs.lock_unended(source.id)
        # The run may have kept its place a moment ago.
        model.Session.refresh(source, with_for_update=True)
        source.cursor = source.epoch = source.reading = None
        pages.drop_all(source.id)
    if values["url"] != source.url:
        source.site = None
    before = source.enabled, source.frequency
    for key, value in values.items():
        setattr(source, key, value)
    if before != (source.enabled, source.frequency):
        source.next_run = timetable.next_time(source)
    if overtaken is not None:
        runs.overtake(overtaken)
    model.Session.commit()
    return source


def retire(source: Source) -> None:
    """Switch a source off for good, until its datasets are hidden; commits."""
    source_id = source.id
    if (run := runs.running(source_id)) is not None:
        runs.abort(run)
    source.enabled, source.next_run, source.removing = False, None, True
    model.Session.commit()


def delete(source: Source, *, withdraw: bool) -> None:
    """Remove a source. Its datasets stay, or are hidden; their identity stays either way. Commits."""
    source_id = source.id
    if (run := runs.running(source_id)) is not None:
        runs.abort(run)
    if withdraw:
        acting.ensure_user()
        for record_id in list(model.Session.scalars(sa.select(Record.id).where(records.present(source_id)))):
            withdrawal.hide(record_id, "its source was removed here")
    model.Session.execute(sa.delete(Source).where(Source.id == source_id))
    model.Session.commit()


_COLUMNS = (
    "name", "url", "kind", "title", "territory", "owner_org", "trust", "frequency", "filters", "defaults",
    "organizations", "enabled",
)  # fmt: skip
#: What decides which datasets come, and as what.
_READ_BY = ("url", "kind", "filters", "territory", "owner_org", "defaults", "organizations")


def _checked(data: dict[str, Any], source: Source | None = None) -> dict[str, Any]:
    errors: dict[str, list[str]] = {}
    values = _values(data, source, errors)
    if errors:
        raise InvalidInput(errors)
    return values


def _values(data: dict[str, Any], source: Source | None, errors: dict[str, list[str]]) -> dict[str, Any]:
    """Check every field, so that one answer tells all that is wrong."""
    values = {
        "name": _name(data, source, errors),
        "url": _url(data, errors),
        "kind": _choice(data, "kind", _KINDS, "auto", errors),
        "trust": _choice(data, "trust", _TRUSTS, "review", errors),
        "territory": _place(data, errors),
        "owner_org": _organisation(data, errors),
        "frequency": _frequency(data, errors),
        "enabled": bool(data.get("enabled", True)),
        "token": data.get("token") or None,
    }
    values["title"] = str(data.get("title") or "") or values["name"]
    values["defaults"] = _defaults(data, values["owner_org"], errors)
    values["filters"] = filters.checked(data.get("filters"), values["kind"], errors.setdefault("filters", []))
    values["organizations"] = organizations.checked(
        data.get("organizations"), values["defaults"].get("steward"), errors.setdefault("organizations", [])
    )
    if values["kind"] == "dcat" and not dcat.is_possible():
        _refuse(errors, "kind", "Kind “dcat” needs ckanext-dcat: pip install ckanext-regional[dcat].")
    if values["trust"] == "review" and not p.plugin_loaded("regional_curation"):
        _refuse(errors, "trust", tk._("Trust “review” needs the plugin regional_curation, which is off here."))
    for field in [field for field, sentences in errors.items() if not sentences]:
        del errors[field]
    return values


def _name(data: dict[str, Any], source: Source | None, errors: dict[str, list[str]]) -> str:
    name = str(data.get("name") or "")
    if not _NAME.fullmatch(name):
        sentence = tk._("“{value}” is no name: small letters without accents, digits, - and _, 2 to 100.")
        _refuse(errors, "name", sentence.format(value=name))
    elif (source is None or source.name != name) and model.Session.scalar(
        sa.select(sa.exists().where(Source.name == name))
    ):
        _refuse(errors, "name", tk._("There is a source “{name}” already.").format(name=name))
    return name


def _url(data: dict[str, Any], errors: dict[str, list[str]]) -> str:
    url = str(data.get("url") or "").strip().rstrip("/")
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable, parts = False, urlsplit("")
    if not usable or " " in url:
        sentence = tk._("“{value}” is no web address; it begins with https:// or http://.")
        _refuse(errors, "url", sentence.format(value=url))
    elif parts.username or parts.password:
        _refuse(errors, "url", tk._("The address holds a user or a password; use the field token."))
    elif parts.fragment or (parts.query and data.get("kind") in ("regional", "ckan")):
        sentence = tk._("“{value}” is not the address of a site: leave out what follows ? or #.")
        _refuse(errors, "url", sentence.format(value=url))
    elif site_of(tk.config["ckan.site_url"]) in (site_of(url), site_of(dcat.site_url(url))):
        _refuse(errors, "url", tk._("“{value}” is this site.").format(value=url))
    return url


def _choice(
    data: dict[str, Any], field: str, choices: tuple[str, ...], default: str, errors: dict[str, list[str]]
) -> Any:
    value = data.get(field) or default
    if value not in choices:
        sentence = tk._("“{value}” is none of {choices}.")
        _refuse(errors, field, sentence.format(value=value, choices=", ".join(choices)))
    return value


def _place(data: dict[str, Any], errors: dict[str, list[str]]) -> str | None:
    code = data.get("territory") or None
    if code is None:
        return None
    resolved = territory.resolve(str(code)).code
    if not territory.exists(resolved):
        sentence = tk._("There is no territory “{value}”. Codes look like fr:region:53.")
        _refuse(errors, "territory", sentence.format(value=code))
    return resolved


def _organisation(data: dict[str, Any], errors: dict[str, list[str]]) -> str:
    reference = str(data.get("owner_org") or "")
    group = model.Group.get(reference) if reference else None
    if group is None or not group.is_organization or group.state != "active":
        sentence = tk._("There is no active organisation “{value}”.")
        _refuse(errors, "owner_org", sentence.format(value=reference))
        return reference
    return group.id


def _frequency(data: dict[str, Any], errors: dict[str, list[str]]) -> str:
    value = " ".join(str(data.get("frequency") or schedule.MANUAL).split())
    if value != schedule.MANUAL and not schedule.is_cron(value):
        sentence = tk._(
            "“{value}” is neither “manual” nor five cron words that name a time; “0 4 * * *” is each day at four."
        )
        _refuse(errors, "frequency", sentence.format(value=value))
    return value


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
        _refuse(errors, "defaults", f"defaults.{key}: {wording.said('; '.join(notes) or 'this has another shape')}.")
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
        _refuse_steward(errors, tk._("Name who answers here for what comes from this source."))
        return None
    user = model.User.get(str(reference))
    if user is None or user.state != "active":
        _refuse_steward(errors, tk._("There is no active user “{value}”.").format(value=reference))
        return None
    if not user.sysadmin and not authz.users_role_for_group_or_org(owner_org, user.name):
        _refuse_steward(errors, tk._("“{value}” is not a member of the organisation.").format(value=reference))
    return user.name


def _refuse_steward(errors: dict[str, list[str]], sentence: str) -> None:
    _refuse(errors, "defaults", f"defaults.steward: {sentence}")


def _refuse(errors: dict[str, list[str]], field: str, sentence: str) -> None:
    # Modules without CKAN say it in English.
    errors.setdefault(field, []).append(wording.said(sentence))
