"""What ``ckan regional doctor`` looks at for the review."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan import plugins as p
from ckan.model.package import package_table

from ckanext.regional.curation.applying import journal, publishing
from ckanext.regional.curation.history import health as history
from ckanext.regional.curation.model import DatasetStatus
from ckanext.regional.curation.notices import health, stuck
from ckanext.regional.curation.people import stewards
from ckanext.regional.curation.queue import case_scope
from ckanext.regional.curation.scope import REVIEWING
from ckanext.regional.interfaces import Check
from ckanext.regional.types import Finding

#: Settings that do not go together with a review, what follows, and how much it matters.
_SETTINGS: tuple[tuple[str, Literal["warning", "error"], str], ...] = (
    ("ckan.auth.anon_create_dataset", "error", "somebody without an account may create datasets; nobody can be asked"),
    (
        "ckan.auth.create_unowned_dataset",
        "warning",
        "the form allows no organisation, which the review refuses",
    ),
    ("ckan.auth.reveal_private_datasets", "warning", "readers learn of hidden datasets: they are asked to log in"),
)


def checks() -> dict[str, Check]:
    """The checks by name."""
    return {
        "review.labels": labels,
        "review.settings": settings,
        "review.stewards": appointed,
        "review.before": before,
        "review.index": index,
        "review.queue": queue,
        "review.notices": health.notices,
        "review.stuck": stuck.cases,
        "review.reminders": stuck.reminders,
        "review.audit": history.chain,
    }


def labels() -> Iterator[Finding]:
    """Say whether CKAN asks us who may read a dataset: it asks the first such plugin only."""
    first = next(iter(p.PluginImplementations(p.IPermissionLabels)), None)
    if first is p.get_plugin("regional_curation"):
        yield Finding("ok", "review.labels", "CKAN asks the review who may read a dataset.")
        return
    yield Finding(
        "error",
        "review.labels",
        f"CKAN asks the plugin {getattr(first, 'name', first)} who may read a dataset, and not the review.",
        "List regional_curation before it in ckan.plugins; the review asks it in turn.",
    )


def settings() -> Iterator[Finding]:
    """Look for settings that do not go together with a review."""
    found = False
    for key, level, what in _SETTINGS:
        if tk.config[key]:
            found = True
            yield Finding(level, "review.settings", f"{key} is on: {what}.", f"Set {key} = false")
    exempt = [kind for kind in tk.config["ckanext.regional.curation.exempt_types"] if kind == "dataset"]
    if exempt:
        found = True
        yield Finding(
            "error",
            "review.settings",
            "ckanext.regional.curation.exempt_types names “dataset”: nothing is reviewed.",
            "Take it out, or switch the plugin regional_curation off.",
        )
    if not found:
        yield Finding("ok", "review.settings", "No setting of CKAN's stands in the way of the review.")


def appointed() -> Iterator[Finding]:
    """Say whether there is anybody who reviews."""
    people = {one.user_id for one in stewards.appointed() if one.role in REVIEWING}
    if len(people) > 1:
        yield Finding("ok", "review.stewards", f"{len(people)} people review datasets.")
        return
    yield Finding(
        "warning",
        "review.stewards",
        "Nobody reviews datasets: every case waits for a sysadmin."
        if not people
        else "One person reviews datasets: what they made or edited themselves waits for a sysadmin.",
        "Run: ckan regional steward add NAME --territory CODE, or open /regional/stewards",
    )


def before() -> Iterator[Finding]:
    """Count what was there before the review, and what the review cannot take."""
    package = package_table
    exempt = tk.config["ckanext.regional.curation.exempt_types"]
    known = sa.select(DatasetStatus.dataset_id)
    active = sa.select(sa.func.count()).select_from(package)
    active = active.where(package.c.state == "active", package.c.type.notin_(exempt))
    public = model.Session.scalar(active.where(package.c.private.is_(False), package.c.id.notin_(known)))
    yield Finding(
        "ok",
        "review.before",
        f"{public} public datasets were never reviewed; they stay public and count as published."
        if public
        else "Every public dataset was reviewed.",
    )
    unowned = model.Session.scalar(active.where(package.c.owner_org.is_(None)))
    if unowned:
        yield Finding(
            "warning",
            "review.unowned",
            f"{unowned} datasets belong to no organisation; the review refuses to change them.",
            "Give each an organisation: ckanapi action package_owner_org_update id=NAME organization_id=ORGANISATION",
        )


def index() -> Iterator[Finding]:
    """Count the decisions that Solr missed, and what others have left to do."""
    behind = model.Session.scalar(
        sa.select(sa.func.count()).select_from(DatasetStatus).where(DatasetStatus.index_behind)
    )
    left = journal.waiting()
    if not behind:
        yield Finding("ok", "review.index", "Solr has heard of every decision.")
    else:
        yield Finding(
            "warning",
            "review.index",
            f"Solr has not heard of {behind} decisions: the search shows what was before them.",
            "Run: ckan regional curation sweep",
            repair=lambda: f"Solr was told of {publishing.sweep()} decisions that it had missed.",
        )
    if not left:
        yield Finding("ok", "review.journal", "Nothing is left to do after any decision.")
        return
    yield Finding(
        "warning",
        "review.journal",
        f"{left} steps after decisions are left to do: tables, files or spent proposals.",
        "Run: ckan regional curation sweep; if it stays, the log says why",
        repair=lambda: f"{journal.sweep()} datasets were swept, {journal.waiting()} steps are left.",
    )


def queue() -> Iterator[Finding]:
    """Compare the queue's columns with the datasets that they were made of."""
    drifted = len(case_scope.differing())
    if not drifted:
        yield Finding("ok", "review.queue", "The queue knows every case as its dataset is.")
        return
    yield Finding(
        "warning",
        "review.queue",
        f"The queue has {drifted} datasets otherwise than they are: a steward may miss a case.",
        "Run: ckan regional curation reindex-queue",
        repair=lambda: f"{case_scope.rebuild()} datasets were read anew for the queue.",
    )
