"""Working a run in this process, with a bar on a terminal that shows how far it is."""

from __future__ import annotations

import sys
from typing import Any

import click
from ckan import model

from ckanext.regional.exceptions import NotHere
from ckanext.regional.harvest import dictize
from ckanext.regional.harvest.running import jobs, runs

#: How a run ended, for scripts. Click itself uses 1 for what is refused and 2 for wrong use.
EXIT_CODES = {"finished": 0, "failed": 1, "held": 3, "aborted": 4}


def work(run_id: str) -> dict[str, Any]:
    """Work a run to its end.

    :returns: the run as ``regional_run_show`` gives it
    """
    with click.progressbar(length=1, label="Reading the neighbour", file=sys.stderr, show_pos=True) as bar:

        def watch() -> None:
            try:
                run = runs.get(run_id)
            except NotHere:
                return
            how_far = runs.progress(run, runs.counts(run))
            model.Session.rollback()
            rate = f", {how_far['rate']}/s" if how_far["rate"] else ""
            if how_far["total"] is None:
                bar.label = f"Reading the neighbour, {how_far['done']} done{rate}"
            else:
                bar.label = f"Records{rate}"
                bar.length = max(how_far["total"], 1)
                bar.pos = min(how_far["done"], bar.length)
            bar.render_progress()

        jobs.work_here(run_id, lambda sentence: click.echo(f"\n{sentence}", err=True), watch)
    return dictize.run(runs.get(run_id))
