"""The data are as new as their frequency promises."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.regional import vocabulary
from ckanext.regional.curation.guards.saying import Details, said
from ckanext.regional.database import now
from ckanext.regional.language import current
from ckanext.regional.types import GuardResult

#: Data are late by half their period, and by two days at least: nobody minds a weekend.
_SLACK, _LEAST = 1.5, 2


def freshness(dataset: dict[str, Any], context: Context) -> Iterator[GuardResult]:
    """Inform where nothing was updated for much longer than the frequency says."""
    frequency = vocabulary.get("frequency", dataset.get("frequency"))
    days = frequency.extra.get("max_days") if frequency is not None else None
    last = _last_update(dataset)
    if not days or last is None or frequency is None:
        return
    age = (now() - last).days
    if age > max(days * _SLACK, days + _LEAST):
        yield said(sentence, "info", "freshness.late", "frequency", days=age, frequency=frequency.uri)


def sentence(code: str, field: str | None, details: Details) -> str | None:
    """The sentence for a finding of this guard, in the reader's language."""
    if code != "freshness.late":
        return None
    label = vocabulary.label("frequency", details["frequency"], current())
    return tk._(
        "The frequency is “{label}”, but the last update is {days} days old: update the data or correct the frequency."
    ).format(label=label, days=details["days"])


def _last_update(dataset: dict[str, Any]) -> datetime.datetime | None:
    """The newest of the dates that tell when the data changed."""
    values = [dataset.get("modified")]
    for resource in dataset.get("resources") or []:
        values += [resource.get("last_modified"), resource.get("modified"), resource.get("created")]
    return max((moment for value in values if (moment := _moment(value))), default=None)


def _moment(value: Any) -> datetime.datetime | None:
    try:
        moment = datetime.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
