"""What the actions answer. No address is told by anything here, and personal data only to who moderates."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.regional.needs import answers
from ckanext.regional.needs.model import Answer, Need, Person, Step
from ckanext.regional.needs.showing import masking


def need(row: Need, user: model.User | None, *, moderates: bool) -> dict[str, Any]:
    """A need with its history.

    :param user: who reads it
    :param moderates: whether they see its words unmasked
    :returns: the keys of :func:`rows` and ``history`` ``[{at, action, state, reason}]``
    """
    (shown,) = rows([row], user, moderates={row.id} if moderates else set())
    steps = model.Session.scalars(sa.select(Step).where(Step.need_id == row.id).order_by(Step.at, Step.id))
    shown["history"] = [
        {"at": time(step.at), "action": step.action, "state": step.state, "reason": step.reason}
        for step in steps
        if step.action != "edited" or moderates
    ]
    return shown


def rows(needs: Sequence[Need], user: model.User | None, *, moderates: set[str]) -> list[dict[str, Any]]:
    """Needs for a list, by three queries however many they are.

    :param moderates: ids of those whose words the reader sees unmasked
    """
    ids = [one.id for one in needs]
    datasets: dict[str, list[str]] = {}
    found = sa.select(Answer.need_id, Answer.dataset_id).where(Answer.need_id.in_(ids)).order_by(Answer.at)
    for need_id, dataset_id in model.Session.execute(found):
        datasets.setdefault(need_id, []).append(dataset_id)
    mine: dict[str, Person] = {}
    if user is not None:
        own = sa.select(Person).where(Person.need_id.in_(ids), Person.user_id == user.id)
        mine = {person.need_id: person for person in model.Session.scalars(own)}
    return [_row(one, datasets.get(one.id, []), mine.get(one.id), moderates=one.id in moderates) for one in needs]


def _row(one: Need, datasets: list[str], mine: Person | None, *, moderates: bool) -> dict[str, Any]:
    private = masking.kinds(one.title, one.text)
    shown: dict[str, Any] = {
        "id": one.id,
        "number": one.number,
        "url": answers.page(one.number),
        "title": one.title if moderates else masking.masked(one.title),
        "text": one.text if moderates else masking.masked(one.text),
        "kind": one.kind,
        "territory": list(one.territories),
        "sector": list(one.sectors),
        "state": one.state,
        "reason": one.reason,
        "visibility": one.visibility,
        "supports": one.supports,
        "datasets": datasets,
        "created": time(one.created),
        "published": time(one.published),
        "changed": time(one.changed),
        "merged_into": one.merged_into,
    }
    if mine is not None:
        shown |= {"mine": mine.role == "author", "supported": mine.role == "supporter", "notify": mine.notify}
    if moderates:
        shown["personal_data"] = private
    return shown


def time(value: datetime.datetime | None) -> str | None:
    """ISO 8601 in UTC."""
    return value.astimezone(datetime.UTC).isoformat() if value else None
