"""The score of data.gouv.fr: nine criteria, one point each.

The rules are those of udata just after 17.6.0 (``core/dataset/models.py``, ``compute_quality``), the code's names too.
As there, a link that was never checked is taken to work.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator

from ckanext.regional import periods, vocabulary
from ckanext.regional.completeness import is_filled
from ckanext.regional.score.criterion import Criterion, Links, Score, all_or_nothing
from ckanext.regional.score.reading import Record, has_period, has_place, resources, text

MAX = 9
#: A description is one from this many characters on (udata: ``QUALITY_DESCRIPTION_LENGTH``).
LONG_ENOUGH = 100
#: Formats that do not count as open (udata: ``CLOSED_FORMATS``).
CLOSED = frozenset({"pdf", "doc", "docx", "word", "xls", "excel", "xlsx"})
#: How late an update may be.
GRACE = datetime.timedelta(days=1)
#: Frequencies that promise no date.
_WITHOUT_DATE = frozenset({"UPDATE_CONT", "CONT"})
_UNKNOWN = frozenset({"UNKNOWN", "OP_DATPRO"})
_UPDATES = ("modified", "last_modified", "created")


def score(dataset: Record, links: Links, now: datetime.datetime) -> Score:
    """Score a dataset as data.gouv.fr would.

    :param now: with its zone
    """
    files = resources(dataset)
    frequency = _frequency(dataset)
    no_file = None if files else "no_file"
    in_time = frequency is not None and not is_late(dataset, now)
    open_formats = [text(one, "format").lower().lstrip(".") for one in files]
    return Score(
        (
            all_or_nothing("dataset_description_quality", len(text(dataset, "notes")) > LONG_ENOUGH, 1, "notes"),
            _of_files(
                "resources_documentation",
                any(text(one, "resource_type") == "documentation" or text(one, "description") for one in files),
                "description",
                files,
            ),
            all_or_nothing("license", is_filled(dataset, "license_id"), 1, "license_id"),
            all_or_nothing("update_frequency", frequency is not None, 1, "frequency"),
            all_or_nothing(
                "update_fulfilled_in_time", in_time, 1, "modified" if frequency else "frequency",
                remedy=None if frequency else "update_frequency",
            ),
            _of_files("has_open_format", any(one and one not in CLOSED for one in open_formats), "format", files),
            all_or_nothing("temporal_coverage", has_period(dataset), 1, "temporal_coverage"),
            all_or_nothing("spatial", has_place(dataset), 1, "territory"),
            Criterion("all_resources_available", 0, 1, "resources", no_file)
            if no_file
            else _available(files, links),
        )
    )  # fmt: skip


def is_late(dataset: Record, now: datetime.datetime) -> bool:
    """Say whether a dataset's data are more than a day later than its frequency promises.

    Where nobody has said when the data changed, the metadata's own date stands for it.
    """
    frequency = _frequency(dataset)
    days = frequency.extra.get("max_days") if frequency else None
    if frequency is None or days is None or frequency.code in _WITHOUT_DATE:
        return False
    updates = list(_updates([dataset, *resources(dataset)]))
    if not updates:
        updates = list(_moments([dataset.get("metadata_modified")]))
    if not updates:
        return True
    return now - max(updates) > datetime.timedelta(days=days) + GRACE


def _frequency(dataset: Record) -> vocabulary.Term | None:
    found = vocabulary.get("frequency", dataset.get("frequency"))
    return None if found is None or found.code in _UNKNOWN else found


def _updates(records: Iterable[Record]) -> Iterator[datetime.datetime]:
    for record in records:
        yield from _moments(record.get(key) for key in _UPDATES)


def _moments(values: Iterable[object]) -> Iterator[datetime.datetime]:
    """Read dates as the latest moment that they may mean."""
    for value in values:
        day = periods.last_day(value) if isinstance(value, str) else None
        if day is not None:
            yield datetime.datetime.combine(day, datetime.time.max, datetime.UTC)


def _of_files(code: str, earned: bool, field: str, files: list[Record]) -> Criterion:
    if not files:
        return Criterion(code, 0, 1, "resources", "no_file")
    if earned:
        return Criterion(code, 1, 1, field)
    return Criterion(code, 0, 1, field, code, resource=text(files[0], "id") or None)


def _available(files: list[Record], links: Links) -> Criterion:
    code = "all_resources_available"
    broken = next((one for one in files if links.get(text(one, "url")) is False), None)
    if broken is None:
        return Criterion(code, 1, 1, "url")
    return Criterion(code, 0, 1, "url", code, resource=text(broken, "id") or None)
