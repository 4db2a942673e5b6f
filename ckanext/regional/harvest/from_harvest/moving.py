"""Makes a source of ours from one of ckanext-harvest, and records of what it brought."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.regional.database import now
from ckanext.regional.exceptions import NotHere, WrongState
from ckanext.regional.harvest import sources
from ckanext.regional.harvest.from_harvest import tables
from ckanext.regional.harvest.from_harvest.tables import OldDataset, OldSource
from ckanext.regional.harvest.from_harvest.translation import Settings, settings
from ckanext.regional.harvest.model import Record, Source
from ckanext.regional.harvest.writing.mapping import site_of

_TYPES = ("dataset",)


@dataclass(slots=True)
class Report:
    """What was moved, or would be."""

    source: str
    moved: list[str] = field(default_factory=list)
    already: int = 0
    #: Name or id of a dataset, and why it stays where it is.
    left: list[tuple[str, str]] = field(default_factory=list)
    #: What of the old source's settings has no place here.
    lost: list[str] = field(default_factory=list)


def move(reference: str, wishes: dict[str, Any], *, dry_run: bool) -> Report:
    """Move a source with its datasets; commits, or changes nothing. Again, it moves what came meanwhile.

    :param reference: name, id or address of a source of ckanext-harvest
    :param wishes: fields of the source to be made; ``defaults.steward`` is needed, the others follow from the old one
    :raises NotHere: when ckanext-harvest or such a source is not here.
    :raises WrongState: while one of its jobs has not ended, or when its name stands for another source here.
    :raises InvalidInput: naming what is wrong with the source that would be made.
    """
    if not tables.are_here():
        raise NotHere("This database has no tables of ckanext-harvest.")
    old = tables.find(reference)
    made = _settings(old)
    report = Report(str(wishes.get("name") or old.name or old.id), lost=made.lost)
    data = _fields(old, made, report.source, wishes)
    source = _existing(report.source, data["url"])
    if dry_run:
        _refuse_at_work(old)
        if source is None:
            sources.check(data)
        _sort(old, source, report)
        model.Session.rollback()
        return report
    _refuse_at_work(old)
    # It stays switched off until its records are there: a run before that would bring everything a second time.
    source = source or sources.create({**data, "enabled": False})
    _refuse_at_work(old)
    packages = _sort(old, source, report)
    for dataset in packages:
        model.Session.add(_record(source, dataset))
    tables.let_go(old, [dataset.package_id for dataset in packages if dataset.package_id])
    if old.active:
        source.enabled = True
    model.Session.commit()
    return report


def _settings(old: OldSource) -> Settings:
    try:
        return settings(old.type, old.config, old.frequency, old.id)
    except ValueError as error:
        raise WrongState(f"“{old.name or old.id}” cannot be moved: {error}.") from error


def _fields(old: OldSource, made: Settings, name: str, wishes: dict[str, Any]) -> dict[str, Any]:
    """The source to be made: what is wished, else what follows from the old one."""
    follows: dict[str, Any] = {
        "name": name,
        "url": old.url.rstrip("/"),
        "kind": made.kind,
        "title": old.title or name,
        "owner_org": old.owner_org,
        "frequency": made.frequency,
        "filters": made.filters,
        "token": made.token,
    }
    return follows | {key: value for key, value in wishes.items() if value is not None}


def _existing(name: str, url: str) -> Source | None:
    """The source of an earlier move."""
    found = model.Session.scalar(sa.select(Source).where(Source.name == name))
    if found is not None and site_of(found.url) != site_of(url):
        raise WrongState(f"There is a source “{name}” already, for {found.url}; give this one another name.")
    return found


def _refuse_at_work(old: OldSource) -> None:
    if jobs := tables.hold(old):
        model.Session.rollback()
        raise WrongState(
            f"A job of “{old.name or old.id}” has not ended ({jobs[0]}). Let `ckan harvester run` mark it as finished, "
            f"or end it with `ckan harvester job-abort {jobs[0]}`, then try again."
        )


def _sort(old: OldSource, source: Source | None, report: Report) -> list[OldDataset]:
    """Tell what can be moved from what cannot, into the report."""
    brought = tables.brought(old)
    by_guid, by_dataset = _known(source, brought)
    if source is not None:
        count = sa.select(sa.func.count()).select_from(Record).where(Record.source_id == source.id)
        report.already = model.Session.scalar(count) or 0
    packages: list[OldDataset] = []
    for dataset in brought:
        reason = _reason(dataset, by_guid, by_dataset)
        if reason is not None:
            report.left.append((dataset.name or dataset.guid, reason))
            continue
        assert dataset.package_id is not None
        by_guid.add(dataset.guid)
        by_dataset.add(dataset.package_id)
        packages.append(dataset)
        report.moved.append(dataset.name or dataset.package_id)
    return packages


def _known(source: Source | None, brought: list[OldDataset]) -> tuple[set[str], set[str]]:
    """Which of these ids a record of the source has, and which of these datasets a record of any source holds."""
    guids = [dataset.guid for dataset in brought]
    query = sa.select(Record.remote_id).where(
        Record.source_id == (source.id if source else None), Record.remote_id.in_(guids)
    )
    ids = [dataset.package_id for dataset in brought if dataset.package_id]
    held = sa.select(Record.dataset_id).where(Record.dataset_id.in_(ids))
    return set(model.Session.scalars(query)), {one for one in model.Session.scalars(held) if one}


def _reason(dataset: OldDataset, by_guid: set[str], by_dataset: set[str]) -> str | None:
    """Why a dataset cannot be moved, if so."""
    if dataset.package_id is None or dataset.name is None:
        return "it was purged here; the next run brings it anew"
    if dataset.type not in _TYPES:
        return f"it is a {dataset.type}, not a dataset"
    if dataset.package_id in by_dataset:
        return "a source of this extension brings it already"
    if dataset.guid in by_guid:
        return f"a second dataset for “{dataset.guid}”: the one that was harvested last is moved, this one stays"
    return None


def _record(source: Source, dataset: OldDataset) -> Record:
    """A record that holds the dataset as it is; without a hash, so that the next run writes into it."""
    when = dataset.when.replace(tzinfo=datetime.UTC) if dataset.when else now()
    site = source.site or site_of(source.url)
    return Record(
        source_id=source.id,
        remote_id=dataset.guid,
        site=site,
        origin_id=dataset.guid,
        origin_url=source.url,
        path=[site],
        name=dataset.name,
        dataset_id=dataset.package_id,
        state="current",
        outcome="unchanged",
        reason="it was moved from ckanext-harvest",
        first_seen=when,
        last_seen=when,
        harvested_at=when,
    )
