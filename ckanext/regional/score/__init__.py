"""How good a dataset's metadata are: three scores that are never mixed into one.

================ ===== ============================================================================================
``mqa``          405   that of data.europa.eu (:mod:`~ckanext.regional.score.mqa`)
``datagouv``     9     that of data.gouv.fr (:mod:`~ckanext.regional.score.datagouv`)
``governance``   100   ours: does somebody answer for the data (:mod:`~ckanext.regional.score.governance`)
================ ===== ============================================================================================

Pure functions over a dataset dict as ``package_show`` gives it, what the last check said of its links, and the two
facts that the dict does not hold. ``docs/scores.md`` says how each point is earned.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ckanext.regional.score import datagouv, governance, mqa
from ckanext.regional.score.criterion import Criterion, Links, Score, Situation
from ckanext.regional.score.reading import addresses

__all__ = [
    "INDEX_FIELDS",
    "MOST",
    "NAMES",
    "RATINGS",
    "RATING_FIELD",
    "Criterion",
    "Links",
    "Score",
    "Scores",
    "Situation",
    "addresses",
    "indexed",
    "rating",
    "scores",
]

NAMES = ("mqa", "datagouv", "governance")
#: The most points by score.
MOST = {"mqa": mqa.MAX, "datagouv": datagouv.MAX, "governance": governance.MAX}
#: Ratings of the MQA, the best first.
RATINGS = tuple(name for name, _least in mqa.RATINGS)
#: Index field by score: digits of one width, so that they sort and range as text. CKAN's Solr schema takes the names as
#: they are, and its search for words does not look into them.
INDEX_FIELDS = {name: f"regional_score_{name}" for name in NAMES}
RATING_FIELD = "regional_rating"
_WIDTH = 3

rating = mqa.rating


@dataclass(frozen=True, slots=True)
class Scores:
    """The three scores of one dataset."""

    mqa: Score
    datagouv: Score
    governance: Score

    def by_name(self) -> dict[str, Score]:
        """The scores in the order of a page."""
        return {"mqa": self.mqa, "datagouv": self.datagouv, "governance": self.governance}


def scores(dataset: Mapping[str, Any], links: Links, situation: Situation, now: datetime.datetime) -> Scores:
    """Score a dataset.

    :param dataset: with its steward, whoever is to see the result
    :param links: what the last check said of the addresses of :func:`addresses`; unknown ones may be left out
    :param now: a time with its zone; one criterion is about being late
    """
    return Scores(mqa.score(dataset, links), datagouv.score(dataset, links, now), governance.score(dataset, situation))


def indexed(found: Scores) -> dict[str, str]:
    """Write scores as Solr keeps them."""
    totals = {INDEX_FIELDS[name]: f"{one.points:0{_WIDTH}}" for name, one in found.by_name().items()}
    return {**totals, RATING_FIELD: rating(found.mqa.points)}
