"""Template helpers of the review."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.regional import territory, vocabulary
from ckanext.regional.curation import service
from ckanext.regional.curation.history import timeline
from ckanext.regional.curation.notices import outbox
from ckanext.regional.curation.people import stewards
from ckanext.regional.curation.queue import listing
from ckanext.regional.curation.showing import pages, reviewing, wording
from ckanext.regional.curation.showing.preview import Preview, preview
from ckanext.regional.curation.status import is_exempt

__all__ = [
    "regional_check_label",
    "regional_curation_banner",
    "regional_curation_counts",
    "regional_curation_proposal",
    "regional_curation_review",
    "regional_curation_reviewed",
    "regional_curation_reviews",
    "regional_curation_status",
    "regional_curation_waiting",
    "regional_due",
    "regional_event_label",
    "regional_event_title",
    "regional_event_tone",
    "regional_event_why",
    "regional_field_url",
    "regional_kind_label",
    "regional_notice_settings",
    "regional_notices_new",
    "regional_people",
    "regional_person",
    "regional_preview",
    "regional_role_label",
    "regional_scope_label",
    "regional_sector_options",
    "regional_state_label",
    "regional_target_label",
]

regional_due = wording.due_label
regional_event_label = wording.event_label
regional_event_title = timeline.title
regional_event_tone = timeline.tone
regional_event_why = timeline.why
regional_field_url = pages.field_url
regional_kind_label = wording.kind_label
regional_people = wording.people
regional_role_label = wording.role_label
regional_state_label = wording.state_label
regional_target_label = pages.target_label


def regional_notice_settings() -> dict[str, Any]:
    """How the reader wants to be told, as ``regional_notice_settings_show`` returns it."""
    return tk.get_action("regional_notice_settings_show")(pages.context(), {})


def regional_notices_new() -> int:
    """How many notices the reader has not seen; 0 for visitors."""
    user = pages.reader()
    return outbox.unseen(user.id) if user is not None else 0


def regional_curation_waiting() -> int:
    """How many cases wait for the reader to decide; 0 for who reviews nothing.

    Every page shows it, and nobody reads more than two digits: beyond them it is not counted on.
    """
    user = pages.reader()
    if user is None:
        return 0
    return listing.waiting_for(user, most=100) if stewards.of_user(user.id) or user.sysadmin else 0


def regional_curation_status(dataset: dict[str, Any]) -> dict[str, Any] | None:
    """Where a dataset stands, for those whom its review concerns; None for others and for exempt types.

    :returns: as the action ``regional_curation_show``
    """
    user = pages.reader()
    if user is None or is_exempt(dataset.get("type")):
        return None
    package = model.Package.get(dataset["id"])
    if package is None or not stewards.concerns(user, package):
        return None
    case = service.last_case(package.id)
    if case is None and dataset.get("regional_status") == "published":
        return None
    return tk.get_action("regional_curation_show")({"user": user.name}, {"id": dataset["id"]})


def regional_curation_banner(dataset: dict[str, Any]) -> dict[str, Any] | None:
    """What a dataset's page tells about its review; None for those whom it does not concern."""
    if pages.reader() is None or not dataset.get("id") or is_exempt(dataset.get("type")):
        return None
    # Of what is published and no proposal the page tells nothing that the guards would have to run for.
    published = dataset.get("regional_status") == "published" and not dataset.get("regional_revision_of")
    return pages.banner(dataset, None if published else regional_curation_status(dataset))


def regional_curation_review(dataset: dict[str, Any]) -> dict[str, str] | None:
    """Who approved what is published, and when; None where nobody did, or who did has not agreed to be named.

    :returns: ``{"reviewer", "day"}``
    """
    if dataset.get("regional_status") != "published":
        return None
    found = reviewing.public_review(dataset["id"])
    return {"reviewer": found[0], "day": found[1].isoformat()} if found else None


def regional_curation_counts() -> dict[str, int] | None:
    """What waits for the reader, for the dashboard; None for who neither reviews nor has anything under review.

    :returns: ``{"review", "late", "correct", "waiting"}``
    """
    user = pages.reader()
    if user is None:
        return None
    counts = reviewing.counts(user)
    return counts if any(counts.values()) or regional_curation_reviews() else None


def regional_curation_proposal(dataset: dict[str, Any]) -> dict[str, Any] | None:
    """What a reader who edits a published dataset can open or begin; None for everybody else.

    :returns: ``{"id", "exists"}``: the name of the dataset, and whether there is a working copy
    """
    if pages.reader() is None or dataset.get("regional_status") != "published":
        return None
    return pages.proposal_of(dataset["name"])


def regional_curation_reviewed(dataset_type: str | None) -> bool:
    """Whether datasets of this type go through the review."""
    return not is_exempt(dataset_type or "dataset")


def regional_curation_reviews() -> bool:
    """Whether the reader is appointed for anything, so that the queue is worth a link even when it is empty."""
    user = pages.reader()
    return user is not None and bool(stewards.of_user(user.id))


def regional_person(name: str) -> str:
    """What somebody is called, by user name."""
    return pages.display_names([name]).get(name, name)


def regional_check_label(level: str) -> str:
    """What a check's level means for the decision."""
    return {"block": tk._("blocks"), "warn": tk._("to look at"), "info": tk._("note")}.get(level, level)


def regional_preview(resource: dict[str, Any]) -> Preview | None:
    """The first rows of an uploaded table; None where there are none to show."""
    return preview(resource)


def regional_scope_label(appointment: dict[str, Any]) -> str:
    """What somebody is appointed for: “Bretagne, every sector”."""
    language = tk.h.lang()
    place = appointment["territory"]
    sector = appointment["sector"]
    return tk._("{territory}, {sector}").format(
        territory=territory.label(place, language) if place else tk._("every territory"),
        sector=vocabulary.label("sector", sector, language) if sector else tk._("every sector"),
    )


def regional_sector_options() -> list[dict[str, str]]:
    """The sectors as options of a form."""
    return [{"value": one["value"], "text": one["label"]} for one in vocabulary.choices("sector", tk.h.lang())]
