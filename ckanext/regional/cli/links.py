"""``ckan regional links``: look at the addresses of resources now, and say what is known of them."""

from __future__ import annotations

import click
from ckan import model

from ckanext.regional.links import config, entries, jobs, results, statistics
from ckanext.regional.links.verdict import Verdict
from ckanext.regional.links.wording import sentence

__all__ = ["links"]

#: Somebody waits at the keyboard: so many seconds for a host at most.
_PATIENCE = 30


@click.group()
def links() -> None:
    """Whether the addresses of resources lead anywhere."""


@links.command()
@click.option("--due", is_flag=True, help="Only what is due, as the background job does; for cron.")
@click.option("--dataset", metavar="ID", help="Only the addresses of this dataset (id or name).")
def check(due: bool, dataset: str | None) -> None:
    """Look at the links of all public datasets, one request at a time per host.

    It needs no worker, and shares the work with those that run. Interrupted, it goes on where it was.
    """
    if not config.enabled():
        raise click.ClickException("ckanext.regional.links.enabled is off.")
    if dataset:
        urls = _urls_of(dataset)
        _look(urls)
        for url, result in results(urls).items():
            said = "ok" if result.ok else "broken" if result.ok is False else "unknown"
            click.echo(f"{said}\t{result.status or ''}\t{url}\t{result.reason}")
        return
    entries.enter(entries.public_urls())
    model.Session.commit()
    if not due:
        entries.make_due()
    _look(None, told=True)
    gone = entries.prune()
    left = statistics.count().due
    click.echo(f"{gone} forgotten, {left} wait for their sites" if gone or left else "All looked at")


@links.command()
def status() -> None:
    """Count what is known, and what waits."""
    counted = statistics.count()
    for outcome, number in counted.by_outcome.items():
        click.echo(f"{outcome}\t{number}")
    click.echo(f"due\t{counted.due}")
    click.echo(f"never looked at\t{counted.never}")
    if counted.oldest_due:
        click.echo(f"due since\t{counted.oldest_due.isoformat(timespec='seconds')}")


def _urls_of(dataset: str) -> list[str]:
    package = model.Package.get(dataset)
    if package is None or package.state == "deleted":
        raise click.ClickException(f"There is no dataset “{dataset}”.")
    urls = entries.urls_of(package)
    entries.enter(urls)
    entries.make_due(urls)
    return urls


def _look(urls: list[str] | None, *, told: bool = False) -> None:
    only = None if urls is None else {url.strip() for url in urls}
    jobs.run(patience=_PATIENCE, only=only, report=_tell if told else None)


def _tell(url: str, verdict: Verdict) -> None:
    said = sentence(verdict.reason, verdict.status) if verdict.reason else ""
    click.echo(f"{verdict.outcome}\t{verdict.status or ''}\t{url}\t{said}")
