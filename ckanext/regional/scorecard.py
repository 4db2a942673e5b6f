"""The scores of a dataset as a reader is told them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckan import model

from ckanext.regional import score, score_wording, scoring
from ckanext.regional.score import Criterion, Score


def of_dataset(dataset: Mapping[str, Any], *, in_full: bool) -> dict[str, Any]:
    """Score a dataset as it is now, in the shape of the action ``regional_score_show``.

    :param dataset: with its steward, see :func:`with_steward`
    :param in_full: every criterion, with what is to be done; else totals, and the short list of data.gouv.fr
    """
    found = scoring.of_dataset(dataset)
    told = {name: _dictized(name, one, in_full) for name, one in found.by_name().items()}
    told["mqa"]["rating"] = score.rating(found.mqa.points)
    return told


def with_steward(dataset: Mapping[str, Any], package: model.Package) -> Mapping[str, Any]:
    """A dataset with the steward, whom the reader may not be told but whose being there counts."""
    return dataset if dataset.get("steward") else {**dataset, "steward": package.extras.get("steward")}


def _dictized(name: str, found: Score, in_full: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {"points": found.points, "max": found.max}
    if in_full or name == "datagouv":
        titles, remedies = score_wording.criterion_labels(name), score_wording.remedies() if in_full else {}
        shown["criteria"] = [
            _in_short(titles, criterion) | (_the_rest(remedies, criterion) if in_full else {})
            for criterion in found.criteria
        ]
    return shown


def _in_short(titles: Mapping[str, str], criterion: Criterion) -> dict[str, Any]:
    return {
        "code": criterion.code,
        "title": titles.get(criterion.code, criterion.code),
        "points": criterion.points,
        "max": criterion.max,
        "ok": criterion.ok,
    }


def _the_rest(remedies: Mapping[str, str], criterion: Criterion) -> dict[str, Any]:
    return {
        "field": criterion.field,
        "resource": criterion.resource,
        "dimension": criterion.dimension or None,
        "remedy": remedies.get(criterion.remedy, criterion.remedy) if criterion.remedy else None,
    }
