"""What of the exchange may be thrown away after a time. What is known of each dataset of a neighbour never is."""

from __future__ import annotations

import sqlalchemy as sa

from ckanext.regional.harvest.model import HandedOver, Run
from ckanext.regional.harvest.running import runs
from ckanext.regional.retention import Expiry, of_a_dataset_that_is_gone


def all_kinds() -> list[Expiry]:
    """Everything of the exchange that may go."""
    return [
        Expiry(
            "exchange.runs",
            "ended runs beyond ckanext.regional.harvest.keep_runs of each source, with their pages and notices",
            Run,
            _old_runs,
        ),
        Expiry(
            "exchange.contents",
            "contents to compare with, of datasets that were purged",
            HandedOver,
            lambda: of_a_dataset_that_is_gone(HandedOver.dataset_id),
        ),
    ]


def _old_runs() -> sa.ColumnElement[bool]:
    return Run.id.in_(runs.beyond_the_kept())
