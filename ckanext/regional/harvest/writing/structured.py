"""A neighbour's agents, periods, links and lists, checked as this site's validators would: pure, no CKAN.

What is bad is dropped with a note; it never costs the record.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ckanext.regional import addresses, periods, siret, vocabulary

#: A value as it is kept, or None for one that this site would refuse.
Check = Callable[[Any], Any]

#: Lengths that this site's fields take (``logic/incoming.py``).
LINE = 2_000
PAGE = 100_000
_MOST = 100
_VERSION = 100


def text(value: Any) -> str | None:
    """One line."""
    return _text(value, LINE)


def page(value: Any) -> str | None:
    """A text of some paragraphs."""
    return _text(value, PAGE)


def uri(value: Any) -> str | None:
    found = text(value)
    return found if found and addresses.is_uri(found) else None


def link(value: Any) -> str | None:
    found = text(value)
    return found if found and addresses.is_page(found) else None


def email(value: Any) -> str | None:
    found = (text(value) or "").removeprefix("mailto:")
    return found if found and addresses.is_email(found) else None


def day(value: Any) -> str | None:
    found = text(value)
    return periods.iso(found) if found else None


def number_of_body(value: Any) -> str | None:
    """A SIRET or SIREN."""
    found = siret.normalise(text(value) or "")
    return found if found and siret.is_valid(found) else None


def size(value: Any) -> int | None:
    try:
        found = int(str(value))
    except ValueError:
        return None
    return found if 0 <= found < 2**63 and not isinstance(value, bool) else None


def _version(value: Any) -> str | None:
    return _text(value, _VERSION)


def _text(value: Any, most: int) -> str | None:
    found = value.strip() if isinstance(value, str) else ""
    return found if 0 < len(found) <= most else None


def term(name: str) -> Check:
    """The check of a vocabulary, for one field."""

    def check(value: Any) -> str | None:
        known = name in vocabulary.NAMES and isinstance(value, str)
        return vocabulary.normalise(name, value) if known else None

    return check


_AGENT: Mapping[str, Check] = {
    "name": text, "identifier": number_of_body, "type": term("publisher_type"), "email": email, "url": link, "uri": uri,
}  # fmt: skip
_BODY: Mapping[str, Check] = {
    "name": text, "identifier": text, "type": text, "email": email, "homepage": link, "url": link, "uri": uri,
}  # fmt: skip

_ONE: Mapping[str, Check] = {
    "access_rights_reason": term("access_rights_reason"), "issued": day, "modified": day, "provenance": page,
    "identifier": text, "version": _version, "version_notes": page,
}  # fmt: skip
_MANY: Mapping[str, Check] = {
    "theme": term("theme"), "hvd_category": term("hvd_category"), "conforms_to": text, "language": text,
    "documentation": uri, "alternate_identifier": text, "is_referenced_by": text, "applicable_legislation": uri,
    "legal_basis": text, "personal_data": text,
}  # fmt: skip
_OBJECTS: Mapping[str, Mapping[str, Check]] = {
    "publisher": _AGENT,
    "creator": _AGENT,
    "custodian": _AGENT,
    "contact": {"name": text, "email": email, "url": link, "identifier": text, "uri": uri},
    "temporal_coverage": {"start": day, "end": day},
    "qualified_relation": {"uri": uri, "relation": uri, "role": text},
    "citizen_needs": {"need_id": text, "label": text, "url": link},
    "provenance_activity": {"uri": uri, "label": text, "seeAlso": link, "dct_type": uri, "startedAtTime": day},
}
_NAMED = ("publisher", "creator", "custodian")
_TRANSLATED: Mapping[str, Check] = {"title_translated": text, "notes_translated": page}
_TICK = "temporal_coverage_not_applicable"

_RESOURCE_ONE: Mapping[str, Check] = {
    "size": size, "hash": text, "hash_algorithm": text, "rights": page, "availability": term("planned_availability"),
    "license": uri, "access_url": link, "download_url": link, "issued": day, "modified": day,
}  # fmt: skip
_RESOURCE_MANY: Mapping[str, Check] = {
    "applicable_legislation": uri, "conforms_to": text, "language": text, "documentation": uri,
}  # fmt: skip
_STATUS = "http://purl.org/adms/status/"
_STATUSES = frozenset(_STATUS + code for code in ("Completed", "UnderDevelopment", "Deprecated", "Withdrawn"))

#: What a dataset may bring besides plain texts and the governance terms, and a resource besides its texts.
FIELDS = (*_TRANSLATED, *_ONE, *_MANY, *_OBJECTS, _TICK)
RESOURCE_FIELDS = (*_RESOURCE_ONE, *_RESOURCE_MANY, "status")


def of_dataset(remote: Mapping[str, Any], notes: list[str]) -> dict[str, Any]:
    """Read :data:`FIELDS` of a neighbour's dataset; empty ones are left out."""
    found: dict[str, Any] = {}
    for key, check in _ONE.items():
        found[key] = _one(key, remote.get(key), check, notes)
    for key, check in _MANY.items():
        found[key] = _many(key, remote.get(key), check, notes)
    for key, checks in _OBJECTS.items():
        found[key] = _objects(key, remote.get(key), checks, notes)
    for key, check in _TRANSLATED.items():
        found[key] = _languages(key, remote.get(key), check, notes)
    found["publisher"] = found["publisher"][:1]
    found["temporal_coverage"] = _right_way_round(found["temporal_coverage"], notes)
    found["provenance_activity"] = _with_bodies(found["provenance_activity"], remote.get("provenance_activity"), notes)
    if remote.get(_TICK) in (True, "true", "True"):
        found[_TICK] = "true"
    return {key: value for key, value in found.items() if value not in (None, [], {})}


def of_resource(remote: Mapping[str, Any], notes: list[str]) -> dict[str, Any]:
    """Read :data:`RESOURCE_FIELDS` of a neighbour's resource; empty ones are left out."""
    found: dict[str, Any] = {key: _one(key, remote.get(key), check, notes) for key, check in _RESOURCE_ONE.items()}
    for key, check in _RESOURCE_MANY.items():
        found[key] = _many(key, remote.get(key), check, notes)
    found["status"] = remote.get("status") if remote.get("status") in _STATUSES else None
    return {key: value for key, value in found.items() if value not in (None, [])}


def filled_from_plain(remote: Mapping[str, Any], found: Mapping[str, Any], notes: list[str]) -> dict[str, Any]:
    """Guess publisher and contact of a CKAN that has no such fields from what it has; each guess is noted."""
    guessed: dict[str, Any] = {}
    organisation = remote.get("organization")
    title = text(organisation.get("title")) if isinstance(organisation, Mapping) else None
    if not found.get("publisher") and title:
        guessed["publisher"] = [{"name": title}]
        notes.append(f"publisher is the neighbour's organisation “{short(title)}”")
    for who in () if found.get("contact") else ("maintainer", "author"):
        address = email(remote.get(f"{who}_email"))
        if address:
            name = text(remote.get(who))
            guessed["contact"] = [{"name": name, "email": address} if name else {"email": address}]
            notes.append(f"contact is the neighbour's {who}")
            break
    return guessed


def short(value: Any) -> str:
    """What a note quotes."""
    return str(value)[:80]


def _one(key: str, value: Any, check: Check, notes: list[str]) -> Any:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if value in (None, "", [], {}):
        return None
    kept = check(value)
    if kept is None:
        notes.append(f"{key} “{short(value)}” is not known here")
    return kept


def _many(key: str, value: Any, check: Check, notes: list[str]) -> list[Any]:
    items = _loaded(value)
    if isinstance(items, str):
        items = [items]
    kept = [_one(key, item, check, notes) for item in (items if isinstance(items, list) else [])[:_MOST]]
    return list(dict.fromkeys(item for item in kept if item is not None))


def _objects(key: str, value: Any, checks: Mapping[str, Check], notes: list[str]) -> list[dict[str, Any]]:
    items = _loaded(value)
    kept: list[dict[str, Any]] = []
    for item in (items if isinstance(items, list) else [])[:_MOST]:
        if not isinstance(item, Mapping):
            continue
        read = _object(key, item, checks, notes)
        if key in _NAMED and "name" not in read:
            if read:
                notes.append(f"{key} without a name was left out")
        elif read and read not in kept:
            kept.append(read)
    return kept


def _object(key: str, item: Mapping[str, Any], checks: Mapping[str, Check], notes: list[str]) -> dict[str, Any]:
    read = {name: _one(f"{key}.{name}", item.get(name), check, notes) for name, check in checks.items()}
    return {name: value for name, value in read.items() if value is not None}


def _languages(key: str, value: Any, check: Check, notes: list[str]) -> dict[str, str]:
    texts = _loaded(value)
    if not isinstance(texts, Mapping):
        return {}
    known = {lang: _one(f"{key}.{lang}", texts[lang], check, notes) for lang in texts if _is_language(lang)}
    return {lang: written for lang, written in known.items() if written}


def _is_language(value: Any) -> bool:
    return isinstance(value, str) and value.isascii() and value.isalpha() and value.islower() and len(value) in (2, 3)


def _right_way_round(coverage: Iterable[dict[str, str]], notes: list[str]) -> list[dict[str, str]]:
    kept: list[dict[str, str]] = []
    for period in coverage:
        if "start" in period and "end" in period and periods.is_inverted(period["start"], period["end"]):
            notes.append(f"temporal_coverage ends before it starts: {period['start']}, {period['end']}")
        else:
            kept.append(period)
    return kept


def _with_bodies(activities: list[dict[str, Any]], value: Any, notes: list[str]) -> list[dict[str, Any]]:
    """Add who did each activity; with bodies in bodies, so apart from the rest."""
    items = [item for item in _listed(value) if isinstance(item, Mapping)]
    if len(items) != len(activities):
        return activities
    for activity, item in zip(activities, items, strict=True):
        bodies = _objects("wasAssociatedWith", item.get("wasAssociatedWith"), _BODY, notes)
        given = [body for body in _listed(item.get("wasAssociatedWith")) if isinstance(body, Mapping)]
        if len(bodies) == len(given):
            for body, raw in zip(bodies, given, strict=True):
                principals = _objects("actedOnBehalfOf", raw.get("actedOnBehalfOf"), {"name": text}, notes)
                if principals:
                    body["actedOnBehalfOf"] = principals
        if bodies:
            activity["wasAssociatedWith"] = bodies
    return activities


def _listed(value: Any) -> list[Any]:
    loaded = _loaded(value)
    return loaded if isinstance(loaded, list) else []


def _loaded(value: Any) -> Any:
    """Read JSON text, as a CKAN without our schema shows what scheming stored."""
    if isinstance(value, str) and value.lstrip().startswith(("[", "{")):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value
