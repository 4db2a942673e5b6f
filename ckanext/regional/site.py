"""Who this site is among its neighbours: facts made once and kept in the database, so that a clone keeps them too."""

from __future__ import annotations

import datetime

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.regional.database import Base, new_id, now


class SiteFact(Base):
    """One fact about this site, such as its identity in the federation."""

    __tablename__ = "regional_site"

    key: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    value: Mapped[str] = mapped_column(sa.Text, nullable=False)
    created: Mapped[datetime.datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False, default=now)


def site_id() -> str:
    """The UUID of this site in the federation, the one that ``origin.site`` carries."""
    return _made_once("id")


def epoch() -> str:
    """The UUID of the numbering of this site's feed; another one tells neighbours to read it from the start."""
    return _made_once("epoch")


def renew_epoch() -> str:
    """Number this site's feed anew, so that neighbours read it from the start; commits."""
    value = new_id()
    values = {"value": value, "created": now()}
    model.Session.execute(
        insert(SiteFact).values(key="epoch", **values).on_conflict_do_update(index_elements=["key"], set_=values)
    )
    model.Session.commit()
    return value


def _made_once(key: str) -> str:
    value = model.Session.scalar(sa.select(SiteFact.value).where(SiteFact.key == key))
    if value is not None:
        return value
    # A connection of its own: two first readers agree on one value, whatever their transactions do later.
    with model.meta.engine.begin() as connection:  # pyright: ignore[reportOptionalMemberAccess]
        connection.execute(insert(SiteFact).values(key=key, value=new_id(), created=now()).on_conflict_do_nothing())
        found = connection.scalar(sa.select(SiteFact.value).where(SiteFact.key == key))
    assert found is not None
    return found
