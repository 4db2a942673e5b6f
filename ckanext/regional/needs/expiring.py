"""What of the needs may be thrown away after a time: old counts of demand. Needs themselves stay."""

from __future__ import annotations

import datetime
from typing import Any

import sqlalchemy as sa

from ckanext.regional.needs import config
from ckanext.regional.needs.model import Searched, Visited
from ckanext.regional.retention import Expiry


def all_kinds() -> list[Expiry]:
    """Everything of the needs that may go."""
    when = "more than ckanext.regional.needs.keep_demand_days ago"
    return [
        Expiry("needs.searches", f"counts of searches {when}", Searched, lambda: _before(Searched.day)),
        Expiry("needs.visits", f"counts of views and downloads {when}", Visited, lambda: _before(Visited.day)),
    ]


def _before(day: Any) -> sa.ColumnElement[bool] | None:
    kept = config.demand_kept_days()
    return day < config.today() - datetime.timedelta(days=kept) if kept else None
