"""``ckan regional erase``."""

from __future__ import annotations

import click
from ckan import model
from ckan.lib import search

from ckanext.regional import erasure
from ckanext.regional.cli.person import acting
from ckanext.regional.exceptions import RegionalError

__all__ = ["erase"]


@click.command()
@click.argument("dataset")
@click.option("--reason", required=True, help="Why; the history keeps it, so name nobody.")
@click.option("--by", metavar="USER", help="Who does it; none: the site itself.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(dataset: str, reason: str, by: str | None, yes: bool) -> None:
    """Erase DATASET (name or id) for good: page, files, tables, working copies, history, comments, what was harvested.

    Neighbours that harvest from here are told to erase theirs. It cannot be undone; backups are yours to see to.
    """
    try:
        package = erasure.find(dataset)
        actor = acting(by)
        if not yes:
            files = len(package.resources_all)
            question = f"Erase “{package.title or package.name}” ({package.id}) with its {files} resources for good?"
            click.confirm(question, abort=True)
        erased = erasure.erase(package, actor, reason)
    except RegionalError as error:
        model.Session.rollback()
        raise click.ClickException(str(error)) from error
    except (search.SearchError, search.SearchIndexError) as error:
        model.Session.rollback()
        text = "Solr does not answer. Files and tables are gone, the dataset is not: run this again when it is back."
        raise click.ClickException(text) from error
    click.echo(
        f"{erased.name} ({erased.dataset_id}) is erased: {erased.files} files, {erased.tables} tables,"
        f" {erased.copies} working copies."
    )
    for sentence in erased.left:
        click.secho(sentence, fg="yellow", err=True)
