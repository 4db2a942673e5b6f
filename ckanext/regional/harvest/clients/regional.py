"""A neighbour that runs this extension: who it is, and what has changed there."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, Literal, TypeGuard

from ckanext.regional.harvest.clients.ckan import CkanClient
from ckanext.regional.harvest.clients.errors import NeighbourError, Resync, UnknownAction

PROTOCOL = 1


@dataclass(frozen=True, slots=True)
class Federation:
    """How a neighbour introduces itself."""

    site: str
    epoch: str
    title: str
    #: How many datasets are public there, where it tells.
    datasets: int | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """A part of a neighbour's feed: datasets that are public, ids of those that no longer are and of those of which
    nothing may be kept, where to go on.
    """

    datasets: list[Any]
    withdrawn: list[str]
    erased: list[str]
    next: int
    more: bool


class RegionalClient:
    """Reads the feed through a :class:`CkanClient`."""

    def __init__(self, ckan: CkanClient) -> None:
        self._ckan = ckan

    def federation(self) -> Federation:
        """Ask who the neighbour is.

        :raises UnknownAction: when it does not run this extension.
        :raises NeighbourError: when it speaks another protocol or gives no usable identity.
        """
        answer = self._ckan.call("regional_federation")
        asked = f"GET {self._ckan.url}/api/action/regional_federation"
        if not isinstance(answer, dict) or "protocol" not in answer:
            raise UnknownAction(asked, "it does not introduce itself")
        if answer["protocol"] != PROTOCOL:
            raise NeighbourError(asked, f"it speaks protocol {answer['protocol']!r}, this site speaks {PROTOCOL}")
        try:
            site = str(uuid.UUID(str(answer.get("site"))))
        except ValueError:
            raise NeighbourError(asked, f"its identity {answer.get('site')!r} is no UUID") from None
        counts = answer.get("counts")
        datasets = counts.get("datasets") if isinstance(counts, dict) else None
        return Federation(
            site,
            str(answer.get("epoch") or ""),
            str(answer.get("title") or ""),
            datasets if isinstance(datasets, int) else None,
        )

    def changes(self, since: int | None, limit: int, epoch: str | None) -> Changes:
        """Ask what has changed after ``since``.

        :param since: the cursor, or None for everything
        :param epoch: the numbering that the cursor belongs to
        :raises Resync: when the neighbour numbers anew.
        """
        parameters: dict[str, Any] = {"limit": limit}
        if since is not None:
            parameters |= {"since": since, "epoch": epoch or ""}
        try:
            answer = self._ckan.call("regional_changes", **parameters)
        except NeighbourError as error:
            last = self._ckan.session.last
            if last is not None and last.status_code == 409 and "resync" in last.text:
                raise Resync(error.asked, "it numbers its changes anew") from error
            raise
        return self._read(answer, since or 0)

    def _read(self, answer: Any, since: int) -> Changes:
        asked = f"GET {self._ckan.url}/api/action/regional_changes"
        if not isinstance(answer, dict) or not isinstance(answer.get("changes"), list):
            raise NeighbourError(asked, "no feed came")
        after, more = answer.get("next"), bool(answer.get("more"))
        if not _is_cursor(after) or after < since or (more and (after == since or not answer["changes"])):
            raise NeighbourError(asked, f"its cursor does not advance: {since} led to {after!r}")
        datasets: list[Any] = []
        withdrawn: list[str] = []
        erased: list[str] = []
        for change in _latest(answer["changes"]):
            kind: Literal["upsert", "withdrawn"] | Any = change.get("kind") if isinstance(change, dict) else None
            if kind == "upsert":
                # One that is none becomes a record that failed; it holds nothing else up.
                datasets.append(change.get("dataset"))
            elif kind == "withdrawn" and isinstance(change.get("id"), str):
                (erased if change.get("erase") is True else withdrawn).append(change["id"])
            else:
                datasets.append(f"a change that is none: {str(change)[:120]}")
        return Changes(datasets, withdrawn, erased, after, more)


def _latest(changes: list[Any]) -> list[Any]:
    """The last change of each dataset, should a neighbour tell more than one; an erasure stands whatever follows."""
    told: dict[Any, Any] = {}
    for number, change in enumerate(changes):
        dataset_id = change.get("id") if isinstance(change, dict) else None
        replaces = isinstance(dataset_id, str) and change.get("erase") is not True
        told[dataset_id if replaces else number] = change
    return list(told.values())


def _is_cursor(value: Any) -> TypeGuard[int]:
    """Whether a number of the feed is one that a site can keep, in 63 bits."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
