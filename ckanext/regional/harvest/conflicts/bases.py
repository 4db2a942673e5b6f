"""What was last handed over of each dataset, kept small: canonical JSON, compressed, one row a dataset."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.regional.database import table_of
from ckanext.regional.harvest.conflicts.merge import Base, Flat
from ckanext.regional.harvest.model import HandedOver

#: Beyond this, a smaller text takes longer than it is worth.
_LEVEL = 6


@dataclass(frozen=True, slots=True)
class Proposed:
    """What waits in a proposal: as it was handed over, as it came, and where this site has its own word."""

    written: Flat
    remote: Flat
    behind: Flat


@dataclass(frozen=True, slots=True)
class Stored:
    """What is kept of a dataset; ``base`` is empty before the first hand-over has come to an end."""

    base: Base | None
    proposed: Proposed | None = None


_INSERT = insert(table_of(HandedOver))
_SAVE = _INSERT.on_conflict_do_update(index_elements=["dataset_id"], set_={"content": _INSERT.excluded.content})


def load(dataset_id: str) -> Stored:
    """What is kept of a dataset, if anything."""
    content = model.Session.scalar(sa.select(HandedOver.content).where(HandedOver.dataset_id == dataset_id))
    if content is None:
        return Stored(None)
    found: dict[str, Any] = json.loads(zlib.decompress(content))
    base, proposed = found.get("base"), found.get("proposed")
    return Stored(Base(**base) if base else None, Proposed(**proposed) if proposed else None)


def save(dataset_id: str, stored: Stored) -> None:
    """Keep it, in the caller's transaction."""
    found = {
        "base": asdict(stored.base) if stored.base else None,
        "proposed": asdict(stored.proposed) if stored.proposed else None,
    }
    text = json.dumps({key: value for key, value in found.items() if value}, sort_keys=True, separators=(",", ":"))
    content = zlib.compress(text.encode(), _LEVEL)
    model.Session.execute(_SAVE, {"dataset_id": dataset_id, "content": content})


def drop(dataset_ids: Iterable[str]) -> None:
    """Keep nothing of these datasets, in the caller's transaction."""
    model.Session.execute(
        sa.delete(HandedOver)
        .where(HandedOver.dataset_id.in_(list(dataset_ids)))
        .execution_options(synchronize_session=False)
    )
