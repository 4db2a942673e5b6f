"""Keeps a page while its worker waits for a neighbour or reads a big document, longer than a lease.

A worker that is stopped (SIGSTOP, a suspended machine) stops this too, so that its page goes to another one.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from ckan import model
from sqlalchemy.exc import SQLAlchemyError

from ckanext.regional import logs
from ckanext.regional.harvest import config
from ckanext.regional.harvest.running import pages
from ckanext.regional.harvest.running.pages import Claim

log = logs.get_logger(__name__)


@contextmanager
def kept(claim: Claim) -> Iterator[None]:
    """Lengthen the lease of a page again and again until the block ends."""
    ended = threading.Event()
    beat = threading.Thread(target=_beat, args=(claim, ended), name=f"lease {claim.page_id}", daemon=True)
    beat.start()
    try:
        yield
    finally:
        ended.set()
        beat.join()


def _beat(claim: Claim, ended: threading.Event) -> None:
    while not ended.wait(max(1, config.lease_seconds() / 3)):
        try:
            # On a connection of its own: the session belongs to the thread that reads.
            with model.meta.engine.begin() as connection:  # pyright: ignore[reportOptionalMemberAccess]
                # The reader itself may hold the row just now, and then lengthens the lease by that.
                connection.execute(sa.text("SET LOCAL lock_timeout = '1s'"))
                connection.execute(pages.lengthen(claim))
        except SQLAlchemyError as error:
            log.info("The lease was not lengthened: %s", error, ids={"run": claim.run_id, "page": claim.page_id})
