"""How the scores of many datasets are spread: counted by Solr, so that ten thousand cost what one does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import babel.numbers
import flask_babel

from ckanext.regional import facets, score, score_wording


@dataclass(frozen=True, slots=True)
class Share:
    """The datasets of one rating.

    :param percent: of all, rounded, as it is written in the reader's language; what is there is never 0.
    """

    rating: str
    label: str
    count: int
    percent: str


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of one score."""

    name: str
    label: str
    points: int
    max: int


@dataclass(frozen=True, slots=True)
class Quality:
    """Ratings and means of some datasets.

    :param count: how many have a score.
    """

    count: int
    shares: tuple[Share, ...]
    means: tuple[Mean, ...]


def of_facets(search_facets: Mapping[str, Any]) -> Quality | None:
    """Read the spread from the facets of the totals (:data:`ckanext.regional.facets.TOTALS`).

    :param search_facets: as ``package_search`` gives them, every value
    :returns: None where no dataset has a score
    """
    totals = {name: _totals(search_facets, field) for name, field in facets.TOTALS.items()}
    count = sum(totals["mqa"].values())
    if not count:
        return None
    ratings = dict.fromkeys(score.RATINGS, 0)
    for points, datasets in totals["mqa"].items():
        ratings[score.rating(points)] += datasets
    shares = tuple(
        Share(rating, score_wording.rating_label(rating), datasets, _percent(datasets, count))
        for rating, datasets in ratings.items()
    )
    means = tuple(
        Mean(name, score_wording.score_label(name), round(_mean(totals[name])), score.MOST[name])
        for name in score.NAMES
        if totals[name]
    )
    return Quality(count, shares, means)


def _totals(search_facets: Mapping[str, Any], field: str) -> dict[int, int]:
    """Datasets by points."""
    items = (search_facets.get(field) or {}).get("items", ())
    return {int(item["name"]): item["count"] for item in items if str(item["name"]).isdecimal()}


def _mean(datasets: Mapping[int, int]) -> float:
    return sum(points * count for points, count in datasets.items()) / sum(datasets.values())


def _percent(part: int, whole: int) -> str:
    share = max(0.01, round(part / whole, 2)) if part else 0
    return babel.numbers.format_percent(share, locale=flask_babel.get_locale() or "en")
