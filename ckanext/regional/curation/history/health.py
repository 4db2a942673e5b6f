"""What ``ckan regional doctor`` says of the history."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from ckan import model

from ckanext.regional.curation.history import audit
from ckanext.regional.types import Finding

#: A history of years has millions of events: the doctor walks the end of it, the command all of it.
_LATEST = 20_000
#: What makes the tables append-only, by table.
_TRIGGERS = {
    "regional_event_append_only": "regional_event",
    "regional_event_seal_append_only": "regional_event_seal",
    "regional_event_text_append_only": "regional_event_text",
    "regional_event_text_only_removed": "regional_event_text",
    "regional_event_waits": "regional_event",
}


def chain() -> Iterator[Finding]:
    """Say whether the history is what was sealed, and whether PostgreSQL keeps it so."""
    off = sorted(_TRIGGERS.keys() - _switched_on())
    if off:
        yield Finding(
            "error",
            "review.audit.triggers",
            f"The history can be changed unseen: triggers are missing or switched off ({', '.join(off)}).",
            "As the owner of the tables: "
            + " ".join(f"ALTER TABLE {_TRIGGERS[name]} ENABLE TRIGGER {name};" for name in off)
            + " Where one is missing, restore the schema from a backup.",
        )
    try:
        verified = audit.verify(latest=_LATEST)
    except audit.ChainBroken as broken:
        yield Finding(
            "error",
            "review.audit",
            f"The history is not what was sealed, first at event {broken.seq}: {broken.what}.",
            "Keep the database as it is, compare with a backup or an export (docs/audit.md), and find out who had"
            " access; then run: ckan regional audit verify",
        )
        return
    if not off:
        few = verified.seq <= _LATEST
        walked = f"All {verified.seq}" if few else f"The last {_LATEST} of {verified.seq}"
        yield Finding(
            "ok",
            "review.audit",
            f"{walked} events of the history are what was sealed.",
            "" if few else "For all of them, run: ckan regional audit verify",
        )


def _switched_on() -> set[str]:
    """The triggers that fire for everybody; those of a replica only do not."""
    found = sa.text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')")
    return set(model.Session.scalars(found))
