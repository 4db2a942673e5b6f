"""Reads the feed of a neighbour that runs this extension."""

from __future__ import annotations

from typing import Any

from ckanext.regional.harvest import config
from ckanext.regional.harvest.clients.errors import AskedTooMuch, Resync
from ckanext.regional.harvest.clients.regional import RegionalClient
from ckanext.regional.harvest.reading import storing
from ckanext.regional.harvest.running.work import Work

#: By how much a question is made smaller over which a feed breaks down.
_SHRINK = 8


def begin(full: bool, cursor: int | None, known_epoch: str | None, epoch: str) -> dict[str, Any]:
    """Where a reading begins: after the last one, or with everything."""
    since = cursor if not full and known_epoch == epoch else None
    return {"epoch": epoch, "since": since, "withdrawn": [], "whole": since is None}


def read(work: Work, client: RegionalClient, state: dict[str, Any]) -> None:
    """Read to the end of the feed."""
    withdrawn = dict.fromkeys(state["withdrawn"])
    limit, more = config.fetch_rows(), True
    while more:
        try:
            changes = client.changes(state["since"], limit, state["epoch"])
        except AskedTooMuch:
            if limit == 1:
                raise
            limit = max(1, limit // _SHRINK)
            continue
        except Resync:
            if state["whole"]:
                raise
            epoch = client.federation().epoch
            state |= {"since": None, "whole": True, "epoch": epoch}
            withdrawn = {}
            continue
        kept = storing.wanted(work, changes.datasets)
        came, wanted = storing.ids(changes.datasets), storing.ids(kept)
        gone = set(came) - set(wanted)
        for remote_id in wanted:
            withdrawn.pop(remote_id, None)
        withdrawn |= dict.fromkeys([*changes.withdrawn, *gone])
        # A dataset that came without its id is here under one that was not seen.
        state["unreadable"] = state.get("unreadable", False) or len(came) < len(changes.datasets)
        number = state.get("came", 0) + len(changes.datasets) + len(changes.withdrawn) + len(changes.erased)
        state |= {"since": changes.next, "withdrawn": list(withdrawn), "came": storing.counted(work.url, number)}
        limit, more = min(config.fetch_rows(), limit * _SHRINK), changes.more
        state = storing.store(work, kept, state, changes.erased)
    found = {
        "complete": state["whole"] and not state.get("unreadable"),
        "cursor": state["since"],
        "epoch": state["epoch"],
    }
    storing.end(work, found, state["withdrawn"])
