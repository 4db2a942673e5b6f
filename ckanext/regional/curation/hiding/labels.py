"""Who may read an unapproved dataset: its organisation, as CKAN has it, and the stewards in whose scope it is."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from ckan import model
from ckan import plugins as p
from ckan.lib.plugins import DefaultPermissionLabels

from ckanext.regional.curation import cases, remembered
from ckanext.regional.curation.applying.content import scope_of
from ckanext.regional.curation.model import Case
from ckanext.regional.curation.people import stewards
from ckanext.regional.curation.scope import dataset_labels, user_labels
from ckanext.regional.curation.status import is_exempt, seen_status, status_of

_CLOSED = "regional-closed"
_EDITOR = "regional-editor:"

#: The dataset whose decision is being applied. CKAN writes Solr before the database commits: meanwhile the document
#: is for nobody, so that a commit that fails shows nothing.
_closing: ContextVar[str | None] = ContextVar("regional_closing", default=None)


@contextmanager
def closed(dataset_id: str) -> Iterator[None]:
    """Index ``dataset_id`` for nobody while the block runs."""
    token = _closing.set(dataset_id)
    try:
        yield
    finally:
        _closing.reset(token)


class ReviewLabels:
    """The labels of the review around those of the next plugin that has some, else CKAN's.

    CKAN asks only the first plugin that implements ``IPermissionLabels``: list ``regional_curation`` before others.
    """

    def get_dataset_labels(self, dataset_obj: model.Package) -> list[str]:
        if dataset_obj.id == _closing.get():
            return [_CLOSED]
        if dataset_obj.private and (case := cases.of_copy(dataset_obj.id)) is not None:
            return self._of_copy(dataset_obj, case)
        labels = self._next().get_dataset_labels(dataset_obj)
        if is_exempt(dataset_obj.type) or seen_status(dataset_obj) == "published":
            return labels
        hidden = [label for label in labels if label != "public"]
        if len(hidden) != len(labels):
            # Somebody made it public by a way of their own; the review has not let it out.
            hidden.append(f"member-{dataset_obj.owner_org}")
        return hidden + dataset_labels(scope_of(dataset_obj))

    def get_user_dataset_labels(self, user_obj: model.User | None) -> list[str]:
        if not user_obj or user_obj.is_anonymous:
            return self._next().get_user_dataset_labels(user_obj)
        # A page asks for them with every resource, view and button that it shows.
        return list(remembered.once(("labels", user_obj.id), lambda: self._of_user(user_obj)))

    def _of_user(self, user_obj: model.User) -> list[str]:
        labels = self._next().get_user_dataset_labels(user_obj)
        today = datetime.date.today()
        editing = [f"{_EDITOR}{organisation}" for organisation in stewards.edits_in(user_obj.id)]
        return labels + editing + user_labels(stewards.of_user(user_obj.id), today)

    def _of_copy(self, copy: model.Package, case: Case) -> list[str]:
        """A proposal is for those who edit the dataset and for the stewards of what is published or proposed."""
        if status_of(copy) == cases.SPENT:
            return [_CLOSED]
        live = model.Session.get(model.Package, case.dataset_id)
        scopes = [scope_of(package) for package in (live, copy) if package is not None]
        owners = {package.owner_org for package in (live, copy) if package is not None and package.owner_org}
        reviewing = {label for scope in scopes for label in dataset_labels(scope)}
        return [*(f"{_EDITOR}{owner}" for owner in sorted(owners)), f"collaborator-{copy.id}", *sorted(reviewing)]

    def _next(self) -> Any:
        for plugin in p.PluginImplementations(p.IPermissionLabels):
            if plugin is not self:
                return plugin
        return DefaultPermissionLabels()
