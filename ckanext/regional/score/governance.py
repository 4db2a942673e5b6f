"""Our score: does somebody answer for the data, on what basis, has anybody looked at it. Ten criteria of ten points.

Each is a question that a person can answer with yes; they weigh the same because none replaces another. Only the last
has a middle: the share of the fields that a review needs (:mod:`ckanext.regional.completeness`).
"""

from __future__ import annotations

from ckanext.regional import completeness, siret, vocabulary
from ckanext.regional.score.criterion import Criterion, Score, Situation, all_or_nothing
from ckanext.regional.score.reading import Record, records, text, texts

WEIGHT = 10
MAX = 100


def score(dataset: Record, situation: Situation) -> Score:
    """Score the governance of a dataset."""
    steward = text(dataset, "steward")
    people = vocabulary.get("personal_data_class", dataset.get("personal_data_class"))
    needs_basis = completeness.is_needed(dataset, "legal_basis")
    has_basis = people is not None and (not needs_basis or bool(texts(dataset, "legal_basis")))
    needs = [need for need in records(dataset, "citizen_needs") if any(need.get(key) for key in _OF_NEED)]
    return Score(
        (
            _yes("steward", bool(steward), "steward"),
            _yes("steward_active", bool(steward) and situation.steward_active, "steward", "" if steward else "steward"),
            _yes("territory", bool(texts(dataset, "territory")), "territory"),
            _yes("sector", bool(texts(dataset, "sector")), "sector"),
            _yes("publisher_identified", _is_identified(dataset), "publisher"),
            _yes("personal_data", people is not None, "personal_data_class"),
            _yes(
                "legal_basis", has_basis, "legal_basis" if needs_basis else "personal_data_class",
                "" if needs_basis else "personal_data",
            ),
            _yes("reviewed", situation.reviewed, None),
            _yes("need_answered", bool(needs) or situation.answers_need, "citizen_needs"),
            _complete(dataset),
        )
    )  # fmt: skip


_OF_NEED = ("label", "need_id", "url")


def _yes(code: str, earned: bool, field: str | None, remedy: str = "") -> Criterion:
    return all_or_nothing(code, earned, WEIGHT, field, remedy=remedy or None)


def _is_identified(dataset: Record) -> bool:
    """Whether the publisher has a name and a number that leads to exactly one body."""
    return any(
        text(agent, "name") and (siret.is_valid(text(agent, "identifier")) or text(agent, "uri"))
        for agent in records(dataset, "publisher")
    )


def _complete(dataset: Record) -> Criterion:
    needed, missing = completeness.needed_fields(dataset), completeness.missing_fields(dataset)
    points = WEIGHT * (len(needed) - len(missing)) // len(needed)
    field = missing[0] if missing else "title"
    return Criterion("complete", points, WEIGHT, field, "complete" if missing else None)
