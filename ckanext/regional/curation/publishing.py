"""Applying a decision to the dataset: one ``package_update`` whose commit carries case, event and content together."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import search
from ckan.types import Context

from ckanext.regional import signals
from ckanext.regional.curation import content
from ckanext.regional.curation.model import Contributor, DatasetStatus
from ckanext.regional.curation.status import set_status
from ckanext.regional.database import now
from ckanext.regional.exceptions import InvalidInput

log = logging.getLogger(__name__)

#: How CKAN says that Solr does not answer; the second is no kind of the first.
SOLR_ERRORS = (search.SearchError, search.SearchIndexError)

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
    set_status(
        package.id, "published", index_behind=True, fingerprint=fingerprint, decided_by=actor.id, decided_at=now()
    )
    model.Session.execute(sa.delete(Contributor).where(Contributor.dataset_id == package.id))
    package_id = package.id
    _write_public(package_id, actor)
    # This one is marked as behind, so it is told with those that earlier decisions could not tell.
    sweep()
    signals.published.send(package_id, case_id=None)


def refresh_index(package_id: str) -> None:
    """Tell Solr what was committed; if that fails, the marker stays and :func:`sweep` does it later."""
    try:
        search.rebuild(package_id)
    except SOLR_ERRORS:
        model.Session.rollback()
        log.warning("Solr did not take dataset %s after its publication; it will be told again", package_id)
        return
    model.Session.execute(
        sa.update(DatasetStatus).where(DatasetStatus.dataset_id == package_id).values(index_behind=False)
    )
    model.Session.commit()


def sweep() -> int:
    """Tell Solr of every publication that it missed.

    :returns: how many there were
    """
    behind = model.Session.scalars(
        sa.select(DatasetStatus.dataset_id).where(DatasetStatus.index_behind, DatasetStatus.status == "published")
    ).all()
    for package_id in behind:
        refresh_index(package_id)
    return len(behind)


def _write_public(package_id: str, actor: model.User) -> None:
    dataset = content.current(package_id)
    context: Context = {"user": actor.name, "auth_user_obj": actor, "ignore_auth": True}  # pyright: ignore
    try:
        with our_own_write():
            tk.get_action("package_update")(context, dataset | {"private": False, "state": "active"})
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
