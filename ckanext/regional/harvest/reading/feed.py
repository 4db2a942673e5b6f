"""Reads the feed of a neighbour that runs this extension."""

from __future__ import annotations

from typing import Any

from ckanext.regional.harvest import config
from ckanext.regional.harvest.clients.errors import Resync
from ckanext.regional.harvest.clients.regional import RegionalClient
from ckanext.regional.harvest.reading import storing
from ckanext.regional.harvest.work import Work


def begin(full: bool, cursor: int | None, known_epoch: str | None, epoch: str) -> dict[str, Any]:
    """Where a reading begins: after the last one, or with everything."""
    since = cursor if not full and known_epoch == epoch else None
    return {"epoch": epoch, "since": since, "withdrawn": [], "whole": since is None}


def read(work: Work, client: RegionalClient, state: dict[str, Any]) -> None:
    """Read to the end of the feed."""
    withdrawn = dict.fromkeys(state["withdrawn"])
    more = True
    while more:
        try:
            changes = client.changes(state["since"], config.fetch_rows(), state["epoch"])
        except Resync:
            if state["whole"]:
                raise
            epoch = client.federation().epoch
            state |= {"since": None, "whole": True, "epoch": epoch}
            withdrawn = {}
            continue
        kept = storing.wanted(work, changes.datasets)
        wanted = {dataset.get("id") for dataset in kept}
        gone = [dataset.get("id") for dataset in changes.datasets if dataset.get("id") not in wanted]
        for remote_id in wanted:
            withdrawn.pop(remote_id, None)
        withdrawn |= dict.fromkeys([*changes.withdrawn, *gone])
        state |= {"since": changes.next, "withdrawn": list(withdrawn)}
        more = changes.more
        state = storing.store(work, kept, state, changes.erased)
    found = {"complete": state["whole"], "cursor": state["since"], "epoch": state["epoch"]}
    storing.end(work, found, state["withdrawn"])
