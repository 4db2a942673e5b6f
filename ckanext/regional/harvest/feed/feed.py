"""The feed that neighbours pull: one row per dataset that was ever public here, its latest change.

A write leaves an unnumbered row in its own transaction. A reader first numbers the rows that are committed, under a
lock, so that a number, once seen, has no smaller one coming after it; then it reads. Whatever the hooks could not see
(a purge, a dataset from before this plugin, a change while it was off) is found by comparing rows with datasets before
a reader is told that there is nothing more.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import search
from ckan.lib.plugins import get_permission_labels
from ckan.types import Context
from sqlalchemy.dialects.postgresql import insert

from ckanext.regional.database import now, table_of
from ckanext.regional.exceptions import InvalidInput
from ckanext.regional.harvest import config, dictize
from ckanext.regional.harvest.model import Change, Record, change_sequence
from ckanext.regional.harvest.provenance import origins
from ckanext.regional.harvest.writing import mapping
from ckanext.regional.site import epoch

PROTOCOL = 1
DEFAULT_LIMIT = 100
MOST = 500
#: Any number that nobody else uses for an advisory lock.
_LOCK = 0x7265_6769_6F6E
#: The kind of a row whose dataset was erased; readers get it as withdrawn, with a flag.
ERASED = "erased"
#: Told to nobody outside: who answers for the data here, and what this site's review makes of them.
_PRIVATE_KEYS = ("steward", "steward_name", "regional_status")

_INSERT = insert(table_of(Change)).values(seq=None, hash=None, modified=None)
#: A row without a number, over the one that the dataset may have.
_NOTE = _INSERT.on_conflict_do_update(
    index_elements=["dataset_id"],
    set_={"seq": None, "hash": None, "modified": None, "kind": _INSERT.excluded.kind, "at": _INSERT.excluded.at},
)


def note(dataset_id: str, *, deleted: bool = False) -> None:
    """Write down, in the caller's transaction, that a dataset has changed, if neighbours have to know.

    :param deleted: it is about to be deleted; CKAN tells before it does
    """
    package = model.Package.get(dataset_id)
    if package is None or package.type not in config.feed_types():
        return
    public = _is_public(package) and not deleted
    known = sa.select(sa.exists().where(Change.dataset_id == package.id))
    if not public and not model.Session.scalar(known):
        return
    kind = "upsert" if public else "withdrawn"
    model.Session.execute(_NOTE, {"dataset_id": package.id, "kind": kind, "at": now()})


def note_erased(dataset_id: str) -> None:
    """Write down, in the caller's transaction, that a dataset is being erased: neighbours have to follow at once."""
    brought = sa.select(sa.exists().where(Record.dataset_id == dataset_id))
    known = sa.select(sa.exists().where(Change.dataset_id == dataset_id))
    if not (model.Session.scalar(known) or model.Session.scalar(brought)):
        return
    model.Session.execute(_NOTE, {"dataset_id": dataset_id, "kind": ERASED, "at": now()})


def erased(dataset_ids: Iterable[str]) -> set[str]:
    """Which of these datasets were erased here, so that nothing brings them back."""
    query = sa.select(Change.dataset_id).where(Change.dataset_id.in_(list(dataset_ids)), Change.kind == ERASED)
    return set(model.Session.scalars(query))


def read(since: int | None, limit: int, epoch_of_cursor: str | None) -> dict[str, Any]:
    """Answer what has changed, as anonymous whoever asks; commits.

    :param since: number of the last change that the reader has
    :param epoch_of_cursor: the numbering that this number belongs to
    :raises InvalidInput: with key ``resync`` when that is another numbering than today's, or the number is none of it
    :returns: ``{changes: [{seq, id, kind, hash, modified, dataset?, erase?}], next, more, epoch}``; a change with
        ``erase: true`` is a withdrawal of which nothing may be kept
    """
    current = epoch()
    if epoch_of_cursor and epoch_of_cursor != current:
        raise InvalidInput({"resync": [f"This feed is numbered anew, as {current}; read it from the start."]})
    if since and since > _last_number():
        # Its numbering went back, as that of a restored backup does: what came meanwhile would be missed.
        raise InvalidInput({"resync": [f"This feed has not come to {since} yet; read it from the start."]})
    limit = max(1, min(limit, MOST))
    rows = _after(since, limit)
    if len(rows) <= limit and _heal():
        rows = _after(since, limit)
    more, rows = len(rows) > limit, rows[:limit]
    changes = _dictized(rows)
    return {
        "changes": changes,
        "next": rows[-1].seq if rows else (since or 0),
        "more": more,
        "epoch": current,
    }


def cursor() -> int:
    """The number of the latest change."""
    _seal()
    return model.Session.scalar(sa.select(sa.func.max(Change.seq))) or 0


def count_public() -> int:
    """How many datasets neighbours can get."""
    return model.Session.scalar(sa.select(sa.func.count()).where(Change.kind == "upsert")) or 0


def _last_number() -> int:
    """The last number given, also where its row has a later one by now."""
    drawn = sa.text("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM regional_change_seq")
    return model.Session.scalar(drawn) or 0


def _after(since: int | None, limit: int) -> list[Change]:
    """Number what is committed, then read one row more than asked; whoever has nothing needs no withdrawals."""
    _seal()
    query = sa.select(Change).where(Change.seq > (since or 0)).order_by(Change.seq).limit(limit + 1)
    if not since:
        query = query.where(Change.kind == "upsert")
    return list(model.Session.scalars(query))


def _seal() -> None:
    """Number the committed rows that have no number yet, in a short transaction; readers wait for each other."""
    model.Session.commit()
    if model.Session.scalar(sa.select(sa.exists().where(Change.seq.is_(None)))):
        model.Session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        unsealed = (
            sa.select(Change.dataset_id)
            .where(Change.seq.is_(None))
            .order_by(Change.at)
            .with_for_update(skip_locked=True)
            .cte("unsealed")
        )
        model.Session.execute(
            sa.update(Change)
            .where(Change.dataset_id == unsealed.c.dataset_id)
            .values(seq=change_sequence.next_value())
            .execution_options(synchronize_session=False)
        )
    model.Session.commit()


def _heal() -> bool:
    """Compare the rows with the datasets and mark what differs as changed; commits.

    :returns: whether anything differed
    """
    package: Any = model.package_table
    public = sa.and_(
        package.c.state == "active",
        package.c.private.is_(False),
        package.c.type.in_(config.feed_types()),
    )
    new = sa.select(package.c.id, sa.literal("upsert"), sa.func.now()).where(
        public, sa.not_(sa.exists().where(Change.dataset_id == package.c.id))
    )
    added = model.Session.execute(
        insert(Change).from_select(["dataset_id", "kind", "at"], new).on_conflict_do_nothing()
    ).rowcount  # pyright: ignore[reportAttributeAccessIssue]
    gone = model.Session.execute(
        sa.update(Change)
        .where(
            Change.kind == "upsert",
            sa.not_(sa.exists().where(package.c.id == Change.dataset_id, public)),
        )
        .values(kind="withdrawn", seq=None, hash=None, at=sa.func.now())
        .execution_options(synchronize_session=False)
    ).rowcount  # pyright: ignore[reportAttributeAccessIssue]
    modified = sa.func.timezone("UTC", package.c.metadata_modified)
    moved = model.Session.execute(
        sa.update(Change)
        .where(
            package.c.id == Change.dataset_id,
            public,
            Change.seq.is_not(None),
            sa.or_(Change.kind == "withdrawn", Change.modified != modified),
        )
        .values(kind="upsert", seq=None, hash=None, modified=None, at=sa.func.now())
        .execution_options(synchronize_session=False)
    ).rowcount  # pyright: ignore[reportAttributeAccessIssue]
    model.Session.commit()
    return bool(added or gone or moved)


def _dictized(rows: list[Change]) -> list[dict[str, Any]]:
    """Add the datasets; what an anonymous reader may not see is told as withdrawn, whatever its row says."""
    packages = _packages(row.dataset_id for row in rows if row.kind == "upsert")
    datasets = _as_anonymous(packages)
    answers: list[dict[str, Any]] = []
    for row in rows:
        answer: dict[str, Any] = {"seq": row.seq, "id": row.dataset_id, "kind": "withdrawn", "hash": None}
        if package := packages.get(row.dataset_id):
            # What the comparison of _heal goes by, also for a dataset that an anonymous reader may not see.
            row.modified = package.metadata_modified.replace(tzinfo=datetime.UTC)
        if dataset := datasets.get(row.dataset_id):
            row.hash = row.hash or mapping.local_hash(dataset)
            answer |= {"kind": "upsert", "hash": row.hash, "dataset": dataset}
        answer["modified"] = dictize.time(row.modified or row.at)
        if row.kind == ERASED and answer["kind"] == "withdrawn":
            answer["erase"] = True
        answers.append(answer)
    model.Session.commit()
    return answers


def _packages(dataset_ids: Iterable[str]) -> dict[str, Any]:
    query = model.Session.query(model.Package).filter(model.Package.id.in_(list(dataset_ids)))
    return {package.id: package for package in query}


def _as_anonymous(packages: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Datasets as ``package_show`` gives them to a reader who has not logged in.

    The index has them all in one answer; one that is older there than in the database is read from the database. Who
    may see what is asked of the database, since the index can run ahead of it.
    """
    anonymous = set(get_permission_labels().get_user_dataset_labels(None))  # pyright: ignore[reportArgumentType]
    readable = {
        package.id: package.metadata_modified.isoformat()
        for package in packages.values()
        if _is_public(package) and anonymous & set(get_permission_labels().get_dataset_labels(package))
    }
    found = {
        dataset["id"]: dataset
        for dataset in _search(list(readable))
        if dataset["metadata_modified"] == readable[dataset["id"]]
    }
    for dataset_id in readable.keys() - found.keys():
        found[dataset_id] = _show(dataset_id)
    by_site = origins.of(found)
    for dataset_id, dataset in found.items():
        for key in _PRIVATE_KEYS:
            dataset.pop(key, None)
        if dataset_id in by_site:
            dataset["origin"] = by_site[dataset_id]
    return found


def _search(dataset_ids: list[str]) -> list[dict[str, Any]]:
    if not dataset_ids:
        return []
    question = {"fq": f"id:({' OR '.join(dataset_ids)})", "rows": len(dataset_ids), "facet": False}
    try:
        results = tk.get_action("package_search")(_anonymous(), question)["results"]
    except (search.SearchError, search.SearchQueryError):
        return []
    return [dataset for dataset in results if dataset["id"] in set(dataset_ids)]


def _show(dataset_id: str) -> dict[str, Any]:
    context = {**_anonymous(), "use_cache": False}
    return tk.get_action("package_show")(context, {"id": dataset_id})  # pyright: ignore[reportArgumentType]


def _anonymous() -> Context:
    return {"user": "", "auth_user_obj": None, "ignore_auth": False}  # pyright: ignore[reportReturnType]


def _is_public(package: Any) -> bool:
    return package.state == "active" and not package.private
