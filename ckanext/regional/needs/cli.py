"""``ckan regional needs``."""

from __future__ import annotations

import click

from ckanext.regional.needs.notices import outbox, reminding
from ckanext.regional.needs.observatory import refreshing

__all__ = ["needs"]


@click.group()
def needs() -> None:
    """Needs of inhabitants, demand and the observatory."""


@needs.command("refresh")
def refresh() -> None:
    """Write what was counted, forget what is over, and make the observatory's figures anew.

    A background job does the same; let cron run this where no worker runs.
    """
    done = refreshing.work()
    click.echo(
        f"Counted: {done['counted']}; words of rare searches dropped: {done['dropped']}; addresses forgotten: "
        f"{done['forgotten']}; figures: {done['cells']}"
    )


@needs.command("notify")
def notify() -> None:
    """Send the e-mails that wait, as the background job does; tell those who look at needs that some wait."""
    reminding.work()
    following = outbox.work()
    click.echo(f"Some wait until {following:%Y-%m-%d %H:%M %Z}." if following else "Nothing waits.")
