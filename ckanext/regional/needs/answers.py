"""Which datasets answer which needs.

The link is kept here, and not in the dataset: an answer is no change of what was reviewed, harvested or proposed.
Whoever reads a dataset gets it as ``citizen_needs``, beside what its editors wrote there, and so does RDF.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import search
from ckan.logic import NotFound
from sqlalchemy.dialects.postgresql import insert

from ckanext.regional import logs
from ckanext.regional.database import now
from ckanext.regional.needs.model import Answer, Need
from ckanext.regional.needs.showing.masking import masked

log = logs.get_logger(__name__)

FIELD = "citizen_needs"


def of_need(need_id: str) -> list[str]:
    """Ids of the datasets that answer a need, sorted."""
    return sorted(model.Session.scalars(sa.select(Answer.dataset_id).where(Answer.need_id == need_id)))


def replace(need_id: str, dataset_ids: Collection[str]) -> None:
    """Name the datasets that answer a need, in the running transaction."""
    gone = sa.delete(Answer).where(Answer.need_id == need_id, Answer.dataset_id.notin_(list(dataset_ids)))
    model.Session.execute(gone.execution_options(synchronize_session=False))
    _add(need_id, dataset_ids)


def move(need_id: str, into: str) -> None:
    """Let what answers one need answer another one, in the running transaction."""
    _add(into, of_need(need_id))
    replace(need_id, [])


def forget(dataset_id: str) -> None:
    """Take a dataset that is being erased out of every answer, in the running transaction."""
    model.Session.execute(sa.delete(Answer).where(Answer.dataset_id == dataset_id))


def answering(dataset_ids: Sequence[str]) -> set[str]:
    """Of some datasets, those that answer a public need."""
    query = sa.select(Answer.dataset_id).join(Need, Need.id == Answer.need_id)
    query = query.where(Answer.dataset_id.in_(list(dataset_ids)), Need.visibility == "public")
    return set(model.Session.scalars(query))


def needs_of(dataset_ids: Iterable[str]) -> dict[str, list[dict[str, str]]]:
    """The public needs that some datasets answer, as ``citizen_needs`` has them, by dataset; one query."""
    ids = list(dataset_ids)
    if not ids:
        return {}
    rows = model.Session.execute(
        sa.select(Answer.dataset_id, Need.number, Need.title)
        .join(Need, Need.id == Answer.need_id)
        .where(Answer.dataset_id.in_(ids), Need.visibility == "public")
        .order_by(Need.number)
    )
    found: dict[str, list[dict[str, str]]] = {}
    for dataset_id, number, title in rows:
        entry = {"need_id": str(number), "label": masked(title), "url": page(number)}
        found.setdefault(dataset_id, []).append(entry)
    return found


def page(number: int) -> str:
    """The address of a need's page, the same in every language: it names the need in RDF."""
    root = (tk.config["ckan.root_path"] or "").replace("/{{LANG}}", "").rstrip("/")
    return f"{tk.config['ckan.site_url'].rstrip('/')}{root}/besoin/{number}"


def show(datasets: Iterable[dict[str, Any]]) -> None:
    """Add to dataset dicts the needs that they answer."""
    # A search may have been asked for a few fields alone.
    whole = [one for one in datasets if isinstance(one, dict) and one.get("id") and "resources" in one]
    by_id = {dataset["id"]: dataset for dataset in whole}
    for dataset_id, needs in needs_of(by_id).items():
        kept = by_id[dataset_id].get(FIELD)
        written = [one for one in kept if isinstance(one, dict)] if isinstance(kept, list) else []
        known = {one.get("url") for one in written}
        by_id[dataset_id][FIELD] = [*written, *(one for one in needs if one["url"] not in known)]


def take_back(dataset_id: str, dataset: dict[str, Any]) -> bool:
    """Take out of a dataset dict that is about to be written what :func:`show` has added to it.

    :returns: whether it adds anything to this dataset
    """
    added = {one["url"] for one in needs_of([dataset_id]).get(dataset_id, ())}
    given = dataset.get(FIELD)
    if added and isinstance(given, list):
        left = [one for one in given if not (isinstance(one, dict) and one.get("url") in added)]
        if left:
            dataset[FIELD] = left
        elif len(left) < len(given):
            dataset.pop(FIELD)
    return bool(added)


def refresh_index(dataset_ids: Collection[str]) -> None:
    """Tell Solr that datasets answer other needs than before: their governance score counts it."""
    for dataset_id in dataset_ids:
        try:
            search.rebuild(dataset_id)
        except (search.SearchError, search.SearchIndexError, NotFound):
            model.Session.rollback()
            log.warning(
                "Solr did not hear that a dataset answers a need; its score is old there", ids={"dataset": dataset_id}
            )


def _add(need_id: str, dataset_ids: Iterable[str]) -> None:
    rows = [{"need_id": need_id, "dataset_id": one, "at": now()} for one in dataset_ids]
    if rows:
        model.Session.execute(insert(Answer).values(rows).on_conflict_do_nothing())
