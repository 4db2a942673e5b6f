"""What of the review may be thrown away after a time. Its history never is."""

from __future__ import annotations

from ckanext.regional.curation import config
from ckanext.regional.curation.model import CaseScope, Check, Notice, Waiver
from ckanext.regional.retention import Expiry, days_ago, of_a_dataset_that_is_gone


def notices() -> Expiry:
    """Notices that were told, or that could not be."""
    return Expiry(
        "review.notices",
        "notices that were sent, shown or refused more than ckanext.regional.curation.notices.keep_days ago",
        Notice,
        lambda: (Notice.created < days_ago(config.notices_kept_days())) & Notice.state.in_(("sent", "shown", "failed")),
    )


def all_kinds() -> list[Expiry]:
    """Everything of the review that may go; what guards said of a dataset is of no use without it."""
    gone = "of datasets that were purged"
    return [
        notices(),
        Expiry(
            "review.checks", f"results of checks {gone}", Check, lambda: of_a_dataset_that_is_gone(Check.dataset_id)
        ),
        Expiry("review.waivers", f"waivers {gone}", Waiver, lambda: of_a_dataset_that_is_gone(Waiver.dataset_id)),
        Expiry("review.queue", f"entries {gone}", CaseScope, lambda: of_a_dataset_that_is_gone(CaseScope.dataset_id)),
    ]
