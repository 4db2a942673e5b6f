"""``IRegional``: what another extension may add. Every method is optional and does nothing by default."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import click
from ckan import model
from ckan.plugins.interfaces import Interface
from ckan.types import Context

from ckanext.regional.retention import Expiry
from ckanext.regional.types import Admission, Duty, Finding, GuardResult, Trust, Waiting

Guard = Callable[[dict[str, Any], Context], Iterable[GuardResult]]
Check = Callable[[], Iterable[Finding]]


class IRegional(Interface):
    """Extend governance metadata, review and exchange.

    Implement with ``inherit=True`` and override what you need.
    """

    def get_sectors(self) -> list[dict[str, Any]]:
        """Add sectors, or rename or hide some of ours. The list is asked for once, when the site starts.

        :returns: entries such as ``{"code": "breton", "fr": "Langue bretonne", "en": "Breton", "themes": ["EDUC"]}``;
            ``themes`` are the EU themes that the sector pre-fills, ``{"code": "maritime", "hidden": True}`` hides one.
            What the file of ``ckanext.regional.sectors`` says comes after it and wins.
        """
        return []

    def get_guards(self) -> dict[str, Guard]:
        """Name further guards of the review.

        :returns: guard by name; a guard takes the dataset dict and a context and yields
            :class:`~ckanext.regional.types.GuardResult`. One that raises or takes too long counts as blocking. See
            docs/guards.md.
        """
        return {}

    def admit(self, context: Context, dataset: dict[str, Any], trust: Trust) -> Admission | None:
        """Decide about a dataset that a harvester hands over, before it is written.

        :param dataset: the dataset dict that would be written; ``id`` is the local id, which may not exist yet
        :param trust: what the administrator granted to its source
        :returns: a verdict, or None for no opinion. The strictest verdict of all plugins holds.
        """
        return None

    def get_copies(self, dataset_id: str) -> Iterable[str]:
        """Name further datasets that hold the content of this one, such as its working copy.

        :returns: their ids; they are erased before it
        """
        return []

    def forget(self, dataset_id: str, actor: model.User, reason: str) -> None:
        """Remove what you keep of a dataset that is being erased, in the running transaction; do not commit.

        :param actor: who erases it
        :param reason: what they say about it, the one thing that may be kept
        """

    def may_review(self, user: str, dataset: dict[str, Any]) -> bool:
        """Whether ``user`` (a name) may review ``dataset`` and so see who answers for it."""
        return False

    def reviewed(self, dataset_ids: Sequence[str]) -> Collection[str]:
        """Of some datasets, those that a person has approved. The governance score asks for it, many at a time."""
        return ()

    def answering_needs(self, dataset_ids: Sequence[str]) -> Collection[str]:
        """Of some datasets, those that answer a need of inhabitants. The governance score asks for many at a time."""
        return ()

    def take_back(self, dataset_id: str, dataset: dict[str, Any]) -> bool:
        """Take out of a dataset dict that is about to be written what you add to it when it is shown.

        A client sends back what it read: what was added there must not become content.

        :returns: whether you add anything to this dataset
        """
        return False

    def get_duties(self) -> Collection[Duty] | None:
        """Say who answers for which part of the catalogue, as of now.

        :returns: None where this plugin appoints nobody at all; an empty list where it could and has not
        """
        return None

    def get_waiting(self) -> Iterable[Waiting]:
        """Say what waits for the people of :meth:`get_duties`, one entry for each piece of work."""
        return ()

    def get_commands(self) -> list[click.Command]:
        """Add commands to ``ckan regional``."""
        return []

    def get_expiries(self) -> Iterable[Expiry]:
        """Name what of yours may be thrown away after a time, for ``ckan regional retention``.

        :returns: see :class:`~ckanext.regional.retention.Expiry`
        """
        return ()

    def get_queues(self) -> Collection[str]:
        """Name the queues that your background jobs go to, so that the doctor sees whether a worker takes them.

        :returns: names as in ``tk.enqueue_job``; ``default`` need not be named
        """
        return ()

    def get_checks(self) -> dict[str, Check]:
        """Name further checks of ``ckan regional doctor``.

        :returns: check by name; a check takes nothing and yields :class:`~ckanext.regional.types.Finding`. It runs in
            the command line, without a user, and changes nothing. What it raises becomes a finding.
        """
        return {}

    def get_leaving(self) -> dict[str, Check]:
        """Say what becomes of your data when this plugin is taken out: ``ckan regional doctor --leaving``.

        :returns: as :meth:`get_checks`
        """
        return {}
