"""The datasets that are there already: what they lack, and whether Solr knows them."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from ckan import model
from ckan.model.package import package_table

from ckanext.regional import completeness, indexing, solr, territory, vocabulary
from ckanext.regional.diagnosis.drift import find as find_drift
from ckanext.regional.diagnosis.drift import mend as mend_drift
from ckanext.regional.diagnosis.fields import dataset_types
from ckanext.regional.exceptions import RegionalError
from ckanext.regional.types import Finding

#: Datasets that are looked at; a share of more than these says the same.
_MOST = 100_000
#: Values of one field that are looked at, the most frequent first, and those of them that are shown.
_MOST_VALUES, _SHOWN = 5_000, 10
#: Columns of CKAN's table; everything else is among the extras.
_COLUMNS = ("title", "notes", "owner_org", "license_id")
_NO_LICENCE = "notspecified"


class NotRepaired(RegionalError):
    """A repair has done what it could, and something is left."""


def incomplete() -> Iterator[Finding]:
    """Count what datasets lack of what a review needs, in one query over the newest ones."""
    counted = _count_missing(dataset_types())
    total = counted.pop("total")
    lacking = {field: count for field, count in sorted(counted.items(), key=lambda item: -item[1]) if count}
    if not lacking:
        yield Finding("ok", "datasets", f"None of {total} datasets lacks a field that a review needs.")
        return
    shown = ", ".join(f"{field} ({count})" for field, count in lacking.items())
    yield Finding(
        "warning",
        "datasets",
        f"Of {total} datasets some lack a field that a review needs: {shown}.",
        "They stay as they are and can be found; whoever edits one next is told what it lacks. Organisations that say"
        " their defaults spare new datasets the same.",
    )


def _count_missing(types: list[str]) -> dict[str, int]:
    newest = (
        sa.select(*(package_table.c[name] for name in (*_COLUMNS, "extras")))
        .where(package_table.c.state == "active", package_table.c.type.in_(types))
        .order_by(package_table.c.metadata_created.desc())
        .limit(_MOST)
        .subquery()
    )
    columns = [sa.func.count().label("total")]
    for field in completeness.MANDATORY:
        value = newest.c[field] if field in _COLUMNS else newest.c.extras[field].astext
        is_empty = sa.func.coalesce(value, "").in_(["", _NO_LICENCE] if field == "license_id" else [""])
        columns.append(sa.func.count().filter(is_empty).label(field))
    return dict(model.Session.execute(sa.select(*columns).select_from(newest)).mappings().one())


def index() -> Iterator[Finding]:
    """Say whether Solr knows every dataset as it is, and as this version of ours describes it."""
    drift = find_drift()
    if drift.differing:
        parts = {"missing": drift.missing, "older": drift.older, "gone from the database": drift.orphans}
        said = ", ".join(f"{len(ids)} {what}" for what, ids in parts.items() if ids)
        yield Finding(
            "warning",
            "index",
            f"Of {drift.total} datasets Solr shows some otherwise than the database has them: {said}.",
            "Run: ckan search-index rebuild",
            repair=lambda: _index_anew(drift.differing),
        )
    if drift.unmarked:
        yield Finding(
            "warning",
            "index.before",
            f"Solr knows {len(drift.unmarked)} of {drift.total} datasets as they were before this version of ours:"
            " facets lack them, and some cannot be edited.",
            "Run: ckan search-index rebuild",
            repair=lambda: _index_anew(drift.unmarked),
        )
    if not drift.differing and not drift.unmarked:
        yield Finding("ok", "index", f"Solr knows all {drift.total} datasets.")


def _index_anew(dataset_ids: list[str]) -> str:
    done, failed = mend_drift(dataset_ids)
    if failed:
        some = "; ".join(f"{dataset_id}: {why}" for dataset_id, why in list(failed.items())[:_SHOWN])
        raise NotRepaired(f"{done} datasets were indexed anew, {len(failed)} could not be: {some}")
    return f"{done} datasets were indexed anew."


def unknown_values() -> Iterator[Finding]:
    """Name values that no list has: from before, from another extension, or of a sector that the site took out."""
    fields = {indexed: name for name, indexed in indexing.INDEX_FIELDS.items()}
    facets = {"facet": "true", "facet.field": list(fields), "facet.mincount": 1, "facet.limit": _MOST_VALUES}
    counted = solr.ask("+state:active", rows=0, **facets).facets["facet_fields"]
    unknown = {
        fields[indexed]: [
            f"{value} ({count})"
            for value, count in zip(values[::2], values[1::2], strict=True)
            if not _is_known(fields[indexed], value)
        ]
        for indexed, values in counted.items()
    }
    for field, values in unknown.items():
        if values:
            shown = ", ".join(values[:_SHOWN]) + (", …" if len(values) > _SHOWN else "")
            yield Finding(
                "warning",
                "values",
                f"Datasets have values of {field} that its list lacks: {shown}.",
                "They are found under these words and refused at the next edit; correct them by form or API.",
            )
    if not any(unknown.values()):
        yield Finding("ok", "values", "Every sector, theme and territory of a dataset is known.")


def _is_known(field: str, value: str) -> bool:
    return territory.exists(value) if field == "territory" else vocabulary.get(field, value) is not None
