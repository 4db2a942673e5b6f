"""What a score is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: Whether an address answered when it was last checked; None, or no entry, where it never was.
Links = Mapping[str, bool | None]


@dataclass(frozen=True, slots=True)
class Situation:
    """What a score needs to know of a dataset beside its fields.

    :param steward_active: the steward is an active member of the owning organisation.
    :param reviewed: a steward has approved the dataset.
    :param answers_need: inhabitants asked for it on this site.
    """

    steward_active: bool = False
    reviewed: bool = False
    answers_need: bool = False


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that earns points.

    :param points: earned, of ``max``.
    :param field: the form field where it is mended, of the file ``resource`` where that is given; ``resources`` where
        there is no file at all, None for what is not mended in a form.
    :param remedy: what to do, by name (``score_wording`` has the sentences); None where nothing is lost.
    :param dimension: its part of the score, for scores that have parts.
    :param resource: id of the file where it is mended.
    """

    code: str
    points: int
    max: int
    field: str | None
    remedy: str | None = None
    dimension: str = ""
    resource: str | None = None

    @property
    def ok(self) -> bool:
        """Nothing is lost."""
        return self.points == self.max


@dataclass(frozen=True, slots=True)
class Score:
    """The criteria of one score, in the order of a page."""

    criteria: tuple[Criterion, ...]

    @property
    def points(self) -> int:
        """What the dataset has earned."""
        return sum(criterion.points for criterion in self.criteria)

    @property
    def max(self) -> int:
        """What there is to earn."""
        return sum(criterion.max for criterion in self.criteria)


def all_or_nothing(
    code: str, earned: bool, points: int, field: str | None, *, remedy: str | None = None, dimension: str = ""
) -> Criterion:
    """A criterion that has no middle.

    :param remedy: by name; the code's own where none is given.
    """
    if earned:
        return Criterion(code, points, points, field, dimension=dimension)
    return Criterion(code, 0, points, field, remedy or code, dimension)
