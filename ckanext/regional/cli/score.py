"""``ckan regional score``: the scores of all datasets, one a line."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import click
from ckan import model

from ckanext.regional import catalogue, scoring
from ckanext.regional import score as scores
from ckanext.regional import territory as places
from ckanext.regional.indexing import with_ancestors
from ckanext.regional.score import reading

__all__ = ["score"]

_COLUMNS = ("name", "organization", "mqa", "rating", "datagouv", "governance")
_LINE = "{:<50}  {:<30}  {:>9}  {:<10}  {:>8}  {:>10}"


@click.command()
@click.option("--org", "organisation", metavar="NAME", help="Only datasets of this organisation.")
@click.option("--territory", metavar="CODE", help="Only datasets of this territory and what it contains.")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV on standard output; the totals go to standard error.")
@click.option("--refresh", is_flag=True, help="Bring the search up to date where it has other scores.")
def score(organisation: str | None, territory: str | None, as_csv: bool, refresh: bool) -> None:
    """Score all datasets: data.europa.eu's 405 points, data.gouv.fr's nine, governance.

    Hidden datasets are among them. Links are as the last check found them; nothing is asked of the network.
    """
    owner = _organisation_id(organisation) if organisation else None
    if territory and not places.exists(territory):
        raise click.ClickException(f"There is no territory “{territory}”. Find one: ckan regional territory search")
    totals: Counter[str] = Counter()
    writer = csv.writer(sys.stdout, lineterminator="\n") if as_csv else None
    if writer:
        writer.writerow(_COLUMNS)
    else:
        click.echo(_LINE.format(*_COLUMNS).rstrip())
    refreshed = 0
    for rows in _scored(owner, territory):
        for dataset, found in rows:
            row = _row(dataset, found)
            if writer:
                writer.writerow(row)
            else:
                click.echo(_LINE.format(*(str(value)[:50] for value in row)).rstrip())
            totals.update(_counted(found))
        if refresh:
            refreshed += scoring.refresh({dataset["id"]: found for dataset, found in rows})
    for line in _summary(totals):
        click.echo(line, err=as_csv)
    if refresh:
        click.echo(f"Search brought up to date: {refreshed}", err=as_csv)


def _scored(owner: str | None, territory: str | None) -> Iterator[list[tuple[dict[str, Any], scores.Scores]]]:
    for batch in catalogue.datasets(owner):
        kept = [one for one in batch if not territory or territory in with_ancestors(reading.texts(one, "territory"))]
        yield list(zip(kept, scoring.of_many(kept), strict=True))


def _organisation_id(name: str) -> str:
    found = model.Group.get(name)
    if found is None or not found.is_organization:
        raise click.ClickException(f"There is no organisation “{name}”.")
    return found.id


def _row(dataset: dict[str, Any], found: scores.Scores) -> list[str | int]:
    owner = (dataset.get("organization") or {}).get("name") or ""
    rating = scores.rating(found.mqa.points)
    return [
        dataset["name"], owner, found.mqa.points, rating, found.datagouv.points, found.governance.points,
    ]  # fmt: skip


def _counted(found: scores.Scores) -> dict[str, int]:
    points = {name: one.points for name, one in found.by_name().items()}
    return {"count": 1, f"rating {scores.rating(found.mqa.points)}": 1, **points}


def _summary(totals: Counter[str]) -> Iterator[str]:
    count = totals["count"]
    yield f"{count} datasets"
    if count:
        means = (f"{name} {totals[name] / count:.1f} of {scores.MOST[name]}" for name in scores.NAMES)
        yield f"Means: {', '.join(means)}"
        yield "Ratings: " + ", ".join(f"{rating} {totals[f'rating {rating}']}" for rating in scores.RATINGS)
