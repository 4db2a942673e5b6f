"""Applying a decision to the dataset: one ``package_update`` whose commit carries case, event and content together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan import plugins as p
from ckan.lib import search
from ckan.types import Context
from sqlalchemy.dialects.postgresql import insert

from ckanext.regional import logs, signals
from ckanext.regional.curation.applying import content
from ckanext.regional.curation.model import Contributor, DatasetStatus
from ckanext.regional.curation.status import set_status
from ckanext.regional.database import now
from ckanext.regional.exceptions import InvalidInput

log = logs.get_logger(__name__)

#: How CKAN says that Solr does not answer; the second is no kind of the first.
SOLR_ERRORS = (search.SearchError, search.SearchIndexError)

#: Context key: this update changes only what machines keep up, so it is nobody's edit.
BOOKKEEPING = "regional_bookkeeping"

#: Label of activities that were public until their dataset went offline; nobody has it.
_WAS_PUBLIC = "regional-was-public"

#: Whether our own code is writing a dataset now, whatever contexts CKAN makes on the way down.
_writing: ContextVar[bool] = ContextVar("regional_writing", default=False)


@contextmanager
def our_own_write() -> Iterator[None]:
    """Let the writes of the block pass the review's refusals."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


def is_our_own_write() -> bool:
    """Whether the running write was begun by the review itself."""
    return _writing.get()


def publish(package: model.Package, actor: model.User, fingerprint: str) -> None:
    """Make an approved dataset public and commit everything that the session holds.

    :raises InvalidInput: CKAN's own validators refuse the dataset, or Solr does not answer; nothing was changed then
    """
    let_out(package.id, actor, fingerprint)
    package_id = package.id
    write_public(package_id, actor, content.current(package_id))
    _relabel_activities(package_id, _WAS_PUBLIC, "public")
    # This one is marked as behind, so it is told with those that earlier decisions could not tell.
    sweep()
    signals.published.send(package_id, case_id=None, contributors=None)


def let_out(package_id: str, actor: model.User, fingerprint: str) -> None:
    """Note in the running transaction that a dataset is public with this content, and why."""
    set_status(
        package_id, "published", index_behind=True, fingerprint=fingerprint, decided_by=actor.id, decided_at=now()
    )
    model.Session.execute(sa.delete(Contributor).where(Contributor.dataset_id == package_id))


def hide(package: model.Package, actor: model.User, status: str) -> None:
    """Take a public dataset offline and commit everything that the session holds.

    Neither Solr nor a validator can stand in the way: CKAN asks the database who may read a dataset, and Solr hears of
    it as soon as it answers.

    :param status: ``unpublished`` while the removal is undecided, then ``retired``
    """
    package_id = package.id
    package.private = True
    package.metadata_modified = now().replace(tzinfo=None)
    set_status(package_id, status, index_behind=True, fingerprint=None, decided_by=actor.id, decided_at=now())
    model.Session.commit()
    _relabel_activities(package_id, "public", _WAS_PUBLIC)
    sweep()
    signals.hidden.send(package_id)


def refresh_index(package_id: str) -> None:
    """Tell Solr what was committed; if that fails, the marker stays and :func:`sweep` does it later."""
    try:
        search.rebuild(package_id)
    except SOLR_ERRORS:
        model.Session.rollback()
        log.warning("Solr did not take the dataset after the decision; it is told again", ids={"dataset": package_id})
        return
    model.Session.execute(
        sa.update(DatasetStatus).where(DatasetStatus.dataset_id == package_id).values(index_behind=False)
    )
    model.Session.commit()


def sweep() -> int:
    """Tell Solr of every decision that it missed.

    :returns: how many there were
    """
    behind = model.Session.scalars(sa.select(DatasetStatus.dataset_id).where(DatasetStatus.index_behind)).all()
    for package_id in behind:
        refresh_index(package_id)
    return len(behind)


def mark_behind(package_id: str) -> None:
    """Note, in a transaction of its own, that Solr may soon know more of a dataset than is committed.

    CKAN writes Solr before it commits. Whoever is killed in between leaves the mark, and the dataset is told again.
    """
    assert model.meta.engine is not None
    with model.meta.engine.begin() as connection:
        statement = insert(DatasetStatus).values(dataset_id=package_id, status="published", index_behind=True)
        connection.execute(statement.on_conflict_do_update(index_elements=["dataset_id"], set_={"index_behind": True}))


def write_public(package_id: str, actor: model.User, dataset: dict[str, Any]) -> None:
    """Write a dataset's content as public, in the name of who decided, and commit.

    :raises InvalidInput: CKAN's own validators refuse it, or Solr does not answer; nothing was changed then
    """
    context: Context = {"user": actor.name, "auth_user_obj": actor, "ignore_auth": True}  # pyright: ignore
    write(lambda: tk.get_action("package_update")(context, dataset | {"private": False, "state": "active"}))


def write(call: Callable[[], Any]) -> Any:
    """Let CKAN write what the review has decided, and commit.

    :raises InvalidInput: CKAN's own validators refuse it, or Solr does not answer; nothing was changed then
    """
    try:
        with our_own_write():
            result = call()
    except tk.ValidationError as error:
        raise InvalidInput(error.error_dict) from error
    except SOLR_ERRORS as error:
        # CKAN leaves what it flushed in the session; the next commit would carry it.
        model.Session.rollback()
        text = tk._("The search server (Solr) does not answer, so nothing was changed. Try again later.")
        raise InvalidInput({"solr": [text]}) from error
    except Exception:
        model.Session.rollback()
        raise
    model.Session.commit()
    return result


def _relabel_activities(package_id: str, before: str, after: str) -> None:
    """Show or hide the activities of a dataset with it: CKAN froze who may read them; commits.

    Those of the time before its publication stay what they are.
    """
    if not p.plugin_loaded("activity"):
        return
    # The mapped class calls the array a text.
    statement = sa.text(
        "UPDATE activity SET permission_labels = array_replace(permission_labels, :before, :after)"
        " WHERE object_id = :id AND :before = ANY(permission_labels)"
    )
    model.Session.execute(statement, {"id": package_id, "before": before, "after": after})
    model.Session.commit()
