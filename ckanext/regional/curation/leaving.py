"""What ``ckan regional doctor --leaving`` says of the review: what becomes of its work when the plugin goes."""

from __future__ import annotations

from collections.abc import Iterator

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import search

from ckanext.regional.curation import cases
from ckanext.regional.curation.applying import files, journal
from ckanext.regional.curation.model import OPEN_STATES, Case, DatasetStatus, Event, FileKey
from ckanext.regional.curation.revisions import copies
from ckanext.regional.diagnosis.leaving import named
from ckanext.regional.interfaces import Check
from ckanext.regional.types import Finding


def checks() -> dict[str, Check]:
    """The checks by name."""
    return {
        "leaving.visible": visible,
        "leaving.proposals": proposals,
        "leaving.cases": waiting,
        "leaving.journal": left_to_do,
        "leaving.files": elsewhere,
        "leaving.history": history,
    }


def visible() -> Iterator[Finding]:
    """Look for datasets that only the review hides: CKAN alone would show them."""
    names = {package.name for package in _only_hidden_by_us()}
    if not names:
        yield Finding("ok", "leaving.visible", "What is hidden stays hidden: CKAN says so, too.")
        return
    yield Finding(
        "error",
        "leaving.visible",
        f"{len(names)} datasets that nobody has approved are not private for CKAN, and become public: "
        f"{named(sorted(names))}.",
        "Decide about them, or make them private.",
        repair=_make_private,
    )


def proposals() -> Iterator[Finding]:
    """Name the working copies that would become datasets among others."""
    found = _copies()
    if not found:
        yield Finding("ok", "leaving.proposals", "No proposal to change a published dataset is under way.")
        return
    yield Finding(
        "warning",
        "leaving.proposals",
        f"{len(found)} proposals to change published datasets are under way ({named(sorted(found.values()))}). Without "
        "the review each is a private dataset of its organisation, without the files that it has in common with "
        "the published one.",
        "Decide about them; the repair discards them.",
        repair=_discard,
    )


def waiting() -> Iterator[Finding]:
    """Name what waits for a decision."""
    query = (
        sa.select(model.Package.name)
        .join(Case, Case.dataset_id == model.Package.id)
        .where(Case.state.in_(OPEN_STATES))
        .order_by(model.Package.name)
    )
    names = model.Session.scalars(query).all()
    if not names:
        yield Finding("ok", "leaving.cases", "No dataset waits for a decision.")
        return
    yield Finding(
        "warning",
        "leaving.cases",
        f"{len(names)} datasets wait for a decision: {named(names)}. They stay what they are, private or public; "
        "that somebody asked for more is forgotten.",
        "Decide about them, or tell their authors. The queue: ckan regional curation queue",
    )


def left_to_do() -> Iterator[Finding]:
    """Count what decisions have left to do, which nobody does later."""
    steps = journal.waiting()
    if not steps:
        yield Finding("ok", "leaving.journal", "Nothing is left to do after any decision.")
        return
    yield Finding(
        "error",
        "leaving.journal",
        f"Decisions have left {steps} steps to do (tables, files, spent proposals).",
        "Run: ckan regional curation sweep",
        repair=lambda: f"What {journal.sweep() or 0} datasets waited for was done; {journal.waiting()} steps are left.",
    )


def elsewhere() -> Iterator[Finding]:
    """Look for files that only our uploader finds."""
    rows = _keys()
    if not rows:
        yield Finding("ok", "leaving.files", "Every file lies where CKAN looks for it.")
        return
    yield Finding(
        "error",
        "leaving.files",
        f"{len(rows)} files lie under the id of another resource, where CKAN alone does not find them.",
        "The repair brings each to its own place.",
        repair=_bring_home,
    )


def history() -> Iterator[Finding]:
    """Say how much history goes with the tables."""
    events = model.Session.scalar(sa.select(sa.func.count()).select_from(Event)) or 0
    yield Finding(
        "ok",
        "leaving.history",
        f"The history of the review ({events} events), its stewards and notices go with the tables.",
        "To keep it: ckan regional audit export > history.jsonl",
    )


def _only_hidden_by_us() -> list[model.Package]:
    exempt = tk.config["ckanext.regional.curation.exempt_types"]
    query = (
        sa.select(model.Package)
        .join(DatasetStatus, DatasetStatus.dataset_id == model.Package.id)
        .where(
            model.Package.state == "active",
            model.Package.private.is_(False),
            model.Package.type.not_in(exempt),
            DatasetStatus.status != "published",
        )
    )
    return list(model.Session.scalars(query))


def _make_private() -> str:
    found = [package.id for package in _only_hidden_by_us()]
    for package_id in found:
        # Not through the review's doors, which are about what people do; it is hidden already, and stays so.
        model.Session.execute(sa.update(model.Package).where(model.Package.id == package_id).values(private=True))
        model.Session.commit()
        search.rebuild(package_id)
    return f"{len(found)} datasets are private for CKAN, too."


def _copies() -> dict[str, str]:
    """The names of working copies by the id of the published dataset."""
    query = sa.select(Case.dataset_id, model.Package.name).join(model.Package, model.Package.id == Case.copy_id)
    return dict(model.Session.execute(query).tuples().all())


def _discard() -> str:
    found = _copies()
    for dataset_id in found:
        if cases.locate(dataset_id).copy is None:
            # Decided or discarded before, and not yet put away.
            journal.run(dataset_id)
        else:
            copies.discard(dataset_id, _site_user())
    left = len(_copies())
    return f"{len(found) - left} proposals were discarded; {left} are left."


def _keys() -> list[tuple[str, str]]:
    """Resources with a file of another id; what is shared with a working copy goes with that."""
    of_copies = sa.select(model.Resource.id).where(model.Resource.package_id.in_(cases.copy_ids()))
    rows = sa.select(FileKey.resource_id, FileKey.key).where(FileKey.resource_id.not_in(of_copies))
    return list(model.Session.execute(rows).tuples())


def _bring_home() -> str:
    rows = _keys()
    for resource_id, key in rows:
        files.bring_home(resource_id, key)
    return f"{len(rows) - len(_keys())} files were brought to their own place; {len(_keys())} are left."


def _site_user() -> model.User:
    name = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    user = model.User.get(name)
    assert user is not None
    return user
