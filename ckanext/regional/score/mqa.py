"""The score of data.europa.eu: the Metadata Quality Assessment (MQA), five dimensions, 405 points.

Weights and indicators are those of the methodology page of data.europa.eu, of which two independent copies agree
(YourOpenDAta/yoda-validator, ``mqaMetrics.py``; mjanez/ckan-mqa, ``README.md``). What is computed on distributions
counts in two ways there, and so here:

- interoperability: "According to the assumption ‘identical content with several distributions’, only the distribution
  with the highest number of points is used to calculate the points" (the methodology): the best file counts alone;
- everything else: the share of the files that pass, times the weight, rounded down, so that the whole weight says that
  every file passes. Dates are asked of the dataset and of every file.

One thing is read more kindly than there: a dataset that has no period by its nature, and says so, loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from ckanext.regional import vocabulary
from ckanext.regional.completeness import is_filled
from ckanext.regional.score import formats
from ckanext.regional.score.compliance import violations
from ckanext.regional.score.criterion import Criterion, Links, Score, all_or_nothing
from ckanext.regional.score.reading import (
    Record,
    access_address,
    download_address,
    has_period,
    has_place,
    is_uploaded,
    licences,
    resources,
    text,
    texts,
)

Rating = Literal["excellent", "good", "sufficient", "bad"]

MAX = 405
#: The fewest points of each rating, the best first.
RATINGS: tuple[tuple[Rating, int], ...] = (("excellent", 351), ("good", 221), ("sufficient", 121), ("bad", 0))
DIMENSIONS = ("findability", "accessibility", "interoperability", "reusability", "contextuality")

#: What to do where a dataset has no file at all, and where a link was never checked.
NO_FILE = "no_file"
UNCHECKED = "unchecked"
_FILES = "resources"


def rating(points: int) -> Rating:
    """Name the rating of some points."""
    return next(name for name, least in RATINGS if points >= least)


def score(dataset: Record, links: Links) -> Score:
    """Score a dataset as data.europa.eu would.

    :param links: what the last check said of its addresses; one that was never checked earns nothing yet
    """
    return Score(
        (
            *_findability(dataset),
            *_accessibility(dataset, links),
            *_interoperability(dataset),
            *_reusability(dataset),
            *_contextuality(dataset),
        )
    )


def _findability(dataset: Record) -> list[Criterion]:
    tags = bool(dataset.get("tags") or text(dataset, "tag_string"))
    return [
        all_or_nothing("keyword", tags, 30, "tag_string", dimension="findability"),
        all_or_nothing("theme", bool(texts(dataset, "theme")), 30, "theme", dimension="findability"),
        all_or_nothing("spatial", has_place(dataset), 20, "territory", dimension="findability"),
        all_or_nothing("temporal", has_period(dataset), 20, "temporal_coverage", dimension="findability"),
    ]


def _accessibility(dataset: Record, links: Links) -> list[Criterion]:
    files = resources(dataset)

    def answers(address: Callable[[Record], str]) -> Callable[[Record], bool]:
        return lambda one: bool(address(one)) and _answered(one, address(one), links) is True

    def awaited(address: Callable[[Record], str]) -> bool:
        """Whether only links that were never checked are lacking."""
        known = [_answered(one, address(one), links) for one in files if address(one)]
        return len(known) == len(files) and None in known and False not in known

    access, download = UNCHECKED if awaited(access_address) else "", UNCHECKED if awaited(download_address) else ""
    no_download = all(not download_address(one) for one in files)
    return [
        _share("access_url_ok", 50, "url", files, answers(access_address), "accessibility", access),
        _share("download_url", 20, "download_url", files, lambda one: bool(download_address(one)), "accessibility"),
        _share(
            "download_url_ok", 30, "download_url", files, answers(download_address), "accessibility",
            "download_url" if no_download else download,
        ),
    ]  # fmt: skip


def _answered(resource: Record, address: str, links: Links) -> bool | None:
    known = links.get(address)
    if known is None and is_uploaded(resource) and address == text(resource, "url"):
        # It lies here: it answers as long as the site does, and no check has said otherwise.
        return True
    return known


#: The indicators of one file's format: code, points, field.
_OF_FORMAT = (
    ("format", 20, "format"),
    ("media_type", 10, "mimetype"),
    ("format_vocabulary", 10, "format"),
    ("non_proprietary", 20, "format"),
    ("machine_readable", 20, "format"),
)


def _interoperability(dataset: Record) -> list[Criterion]:
    files = resources(dataset)
    rows = [(one, _of_format(one)) for one in files]
    found: list[Criterion] = []
    if not rows:
        found = [Criterion(code, 0, most, _FILES, NO_FILE, "interoperability") for code, most, _field in _OF_FORMAT]
    else:
        best, passed = max(rows, key=lambda row: sum(most for code, most, _f in _OF_FORMAT if row[1][code]))
        for code, most, field in _OF_FORMAT:
            lost = not passed[code]
            found.append(
                Criterion(
                    code, 0 if lost else most, most, field, code if lost else None, "interoperability", _id(best, lost)
                )
            )
    wrong = violations(dataset)
    first = wrong[0] if wrong else None
    return [
        *found,
        Criterion(
            "dcat_ap", 0 if first else 30, 30, first.field if first else "title", first.code if first else None,
            "interoperability", first.resource if first else None,
        ),
    ]  # fmt: skip


def _of_format(resource: Record) -> dict[str, bool]:
    written, media = text(resource, "format"), text(resource, "mimetype")
    known = formats.file_type(written) if written else None
    # What is given has to be of its list; a format alone, or a media type alone, can be.
    of_lists = (known is not None or not written) and (not media or formats.is_media_type(media))
    return {
        "format": bool(written),
        "media_type": bool(media),
        "format_vocabulary": bool(written or media) and of_lists,
        "non_proprietary": known is not None and known.non_proprietary,
        "machine_readable": known is not None and known.machine_readable,
    }


def _reusability(dataset: Record) -> list[Criterion]:
    access = text(dataset, "access_rights")
    licensed = {id(resource): (name, address) for resource, name, address in licences(dataset)}
    files = resources(dataset)

    def has_licence(one: Record) -> bool:
        return any(licensed[id(one)])

    def has_known_licence(one: Record) -> bool:
        return formats.is_known_licence(*licensed[id(one)])

    # A file's own licence is mended in the file, all others in the dataset.
    odd = next((one for one in files if not has_known_licence(one)), None)
    of_file = odd is not None and bool(text(odd, "license"))
    return [
        _share("licence", 20, "license_id", files, has_licence, "reusability", of_file=False),
        _share(
            "licence_vocabulary", 10, "license" if of_file else "license_id", files, has_known_licence, "reusability",
            "" if of_file or is_filled(dataset, "license_id") else "licence", of_file=of_file,
        ),
        all_or_nothing("access_rights", bool(access), 10, "access_rights", dimension="reusability"),
        all_or_nothing(
            "access_rights_vocabulary", vocabulary.get("access_rights", access) is not None, 5, "access_rights",
            remedy=None if access else "access_rights", dimension="reusability",
        ),
        all_or_nothing("contact", is_filled(dataset, "contact"), 20, "contact", dimension="reusability"),
        all_or_nothing("publisher", is_filled(dataset, "publisher"), 10, "publisher", dimension="reusability"),
    ]  # fmt: skip


def _contextuality(dataset: Record) -> list[Criterion]:
    files = resources(dataset)
    return [
        _share("rights", 5, "rights", files, lambda one: bool(text(one, "rights")), "contextuality"),
        _share("byte_size", 5, "size", files, lambda one: one.get("size") not in (None, ""), "contextuality"),
        _dates("issued", dataset, files, ("issued", "metadata_created"), ("issued", "created")),
        _dates("modified", dataset, files, ("modified", "metadata_modified"), _MODIFIED_OF_FILES),
    ]


#: What stands in for a file's own date in the RDF.
_MODIFIED_OF_FILES = ("modified", "last_modified", "metadata_modified", "created")


def _dates(
    code: str, dataset: Record, files: Sequence[Record], of_dataset: tuple[str, ...], of_files: tuple[str, ...]
) -> Criterion:
    """Share of dataset and files that have a date, by hand or CKAN's own, which is what the RDF then says."""
    passing = [any(dataset.get(key) for key in of_dataset)]
    passing += [any(one.get(key) for key in of_files) for one in files]
    points = 5 * sum(passing) // len(passing)
    where = next((one for one, good in zip(files, passing[1:], strict=True) if not good), None)
    resource = _id(where, lost=True) if where is not None and passing[0] else None
    return Criterion(code, points, 5, code, None if points == 5 else code, "contextuality", resource)


def _share(
    code: str,
    points: int,
    field: str,
    files: Sequence[Record],
    passes: Callable[[Record], bool],
    dimension: str,
    remedy: str = "",
    *,
    of_file: bool = True,
) -> Criterion:
    """Points by the share of the files that pass; mended in the first that does not.

    :param remedy: by name, where it is not the code's own.
    :param of_file: the field is one of the file, not of the dataset.
    """
    if not files:
        return Criterion(code, 0, points, _FILES, NO_FILE, dimension)
    failing = [one for one in files if not passes(one)]
    if not failing:
        return Criterion(code, points, points, field, dimension=dimension)
    earned = points * (len(files) - len(failing)) // len(files)
    if remedy == UNCHECKED:
        # Nothing in the form would mend it.
        return Criterion(code, earned, points, None, remedy, dimension)
    where = _id(failing[0], lost=True) if of_file else None
    return Criterion(code, earned, points, field, remedy or code, dimension, where)


def _id(resource: Record | None, lost: bool) -> str | None:
    return (text(resource, "id") or None) if resource is not None and lost else None


__all__ = ["DIMENSIONS", "MAX", "RATINGS", "Rating", "rating", "score"]
