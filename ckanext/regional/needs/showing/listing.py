"""Lists of needs with their facets, and those like a text that is being typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.regional.needs.asking import moderation
from ckanext.regional.needs.model import Answer, Need
from ckanext.regional.needs.showing.similarity import folded, nearest
from ckanext.regional.needs.states import OPEN
from ckanext.regional.types import Duty

SORTS = ("new", "supports", "changed", "old")
#: Below this, two titles are another matter; ``pg_trgm`` itself takes 0.3 for its operator.
LEAST_ALIKE = 0.3
MOST_ALIKE = 5
#: Without ``pg_trgm`` the latest so many needs are compared here.
_COMPARED = 5000


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is asked for; everything that is empty does not narrow it."""

    q: str = ""
    states: Sequence[str] = ()
    kind: str = ""
    territory: str = ""
    sector: str = ""
    dataset: str = ""
    visibilities: Sequence[str] = ("public",)
    #: Only those of this user, whatever became of them.
    author: str = ""
    #: Only those that somebody moderates; None for all.
    scope: moderation.Scope | None = None
    sort: str = "new"
    start: int = 0
    rows: int = 20


@dataclass(frozen=True, slots=True)
class Found:
    """Needs of one page; facets count all, each without its own filter."""

    count: int
    needs: Sequence[Need]
    facets: dict[str, dict[str, int]] = field(default_factory=dict)


def find(asked: Asked) -> Found:
    """List needs."""
    conditions = _conditions(asked)
    everything = [one for found in conditions.values() for one in found]
    count = model.Session.scalar(sa.select(sa.func.count()).select_from(Need).where(*everything)) or 0
    order = {
        "new": (Need.published.desc().nulls_first(), Need.created.desc()),
        "old": (Need.created,),
        "changed": (Need.changed.desc(),),
        "supports": (Need.supports.desc(), Need.created.desc()),
    }[asked.sort]
    query = sa.select(Need).where(*everything).order_by(*order, Need.number.desc())
    needs = model.Session.scalars(query.offset(asked.start).limit(asked.rows)).all()
    return Found(count, needs, _facets(conditions))


def similar(text: str, most: int = MOST_ALIKE, but: str | None = None) -> list[Need]:
    """Public needs whose titles are like a text, the likest first.

    :param but: id of a need that is left out
    """
    wanted = folded(text)
    if len(wanted) < 3:
        return []
    if has_trigrams():
        alike = sa.func.greatest(
            sa.func.similarity(Need.title_words, wanted), sa.func.strict_word_similarity(wanted, Need.title_words) * 0.9
        )
        query = sa.select(Need).where(Need.visibility == "public", alike >= LEAST_ALIKE)
        # The index answers the operators; the numbers above sort what it finds.
        query = query.where(sa.or_(Need.title_words.op("%")(wanted), Need.title_words.op("%>")(wanted))).order_by(
            alike.desc(), Need.supports.desc(), Need.number
        )
        found = model.Session.scalars(query.limit(most + 1)).all()
    else:
        candidates = model.Session.execute(
            sa.select(Need.id, Need.title_words)
            .where(Need.visibility == "public")
            .order_by(Need.created.desc())
            .limit(_COMPARED)
        ).tuples()
        keys = nearest(wanted, candidates.all(), LEAST_ALIKE, most + 1)
        known = {need.id: need for need in model.Session.scalars(sa.select(Need).where(Need.id.in_(keys)))}
        found = [known[key] for key in keys]
    return [need for need in found if need.id != but][:most]


def has_trigrams() -> bool:
    """Whether the database compares texts itself."""
    query = sa.text("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')")
    return bool(model.Session.scalar(query))


def counts_for(territory: str = "", sector: str = "") -> tuple[int, int]:
    """How many public needs there are for a territory or sector, and how many of them are open."""
    conditions = _conditions(Asked(territory=territory, sector=sector))
    everything = [one for found in conditions.values() for one in found]
    is_open = sa.func.count().filter(Need.state.in_(OPEN))
    row = model.Session.execute(sa.select(sa.func.count(), is_open).select_from(Need).where(*everything)).one()
    return row[0], row[1]


def _conditions(asked: Asked) -> dict[str, list[Any]]:
    """What narrows a list, by the facet that it belongs to."""
    others: list[Any] = []
    if asked.author:
        others.append(Need.author_id == asked.author)
    else:
        others.append(Need.visibility.in_(list(asked.visibilities)))
    for word in folded(asked.q).split():
        others.append(Need.words.contains(word, autoescape=True))
    if asked.dataset:
        others.append(Need.id.in_(sa.select(Answer.need_id).where(Answer.dataset_id == asked.dataset)))
    if asked.scope is not None:
        others.append(_in_scope(asked.scope))
    return {
        "": others,
        "state": [Need.state.in_(list(asked.states))] if asked.states else [],
        "kind": [Need.kind == asked.kind] if asked.kind else [],
        "territory": [Need.around.contains([asked.territory])] if asked.territory else [],
        "sector": [Need.sectors.contains([asked.sector])] if asked.sector else [],
    }


def _in_scope(scope: moderation.Scope) -> Any:
    left = sa.and_(_covered(scope.standing_in), sa.not_(_covered(scope.others)))
    return sa.or_(_covered(scope.own), left)


def _covered(duties: Sequence[Duty]) -> Any:
    """Whether any of some charges is over a need."""
    found = []
    for place, sector in {(one.territory, one.sector) for one in duties}:
        inside = Need.around.contains([place]) if place else sa.true()
        about = Need.sectors.contains([sector]) if sector else sa.true()
        found.append(sa.and_(inside, about))
    return sa.or_(sa.false(), *found)


def _facets(conditions: dict[str, list[Any]]) -> dict[str, dict[str, int]]:
    columns = {
        "state": Need.state,
        "kind": Need.kind,
        "territory": sa.func.unnest(Need.around),
        "sector": sa.func.unnest(Need.sectors),
    }
    found: dict[str, dict[str, int]] = {}
    for name, column in columns.items():
        others = [one for facet, narrowing in conditions.items() if facet != name for one in narrowing]
        value = column.label("value")
        values = sa.select(value).where(*others).subquery()
        counted = sa.select(values.c.value, sa.func.count()).group_by(values.c.value).order_by(sa.func.count().desc())
        found[name] = dict(model.Session.execute(counted).tuples().all())
    return found


def waiting_for(user: model.User) -> int:
    """How many needs wait for somebody's look."""
    found = _conditions(Asked(visibilities=("waiting",), scope=moderation.scope_of(user)))
    everything = [one for conditions in found.values() for one in conditions]
    return model.Session.scalar(sa.select(sa.func.count()).select_from(Need).where(*everything)) or 0
