"""Validators of dates and periods."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import Context, FlattenDataDict, FlattenErrorDict, FlattenKey

from ckanext.regional import periods
from ckanext.regional.logic.validators.values import refuse, short, single


def regional_date(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """Accept a year, a month, a day or a moment in ISO 8601, and a day as the French write it; keep ISO 8601."""
    value = single(key, data, errors)
    if value is None:
        return
    written = periods.iso(value)
    if written is None:
        refuse(
            key,
            errors,
            tk._("“{value}” is not a date. Write 2026-12-31, 2026-12 or 2026.").format(value=short(value)),
        )
    data[key] = written


def regional_period_end(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """Refuse an end before the start beside it."""
    start = data.get((*key[:-1], "start"))
    if not errors[key] and isinstance(start, str) and periods.is_inverted(start, data[key]):
        refuse(key, errors, tk._("The end is before the start."))
