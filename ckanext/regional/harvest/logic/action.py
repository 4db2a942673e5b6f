"""Actions of the plugin ``regional_harvest``."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import Context

from ckanext.regional import config as regional_config
from ckanext.regional import limiting
from ckanext.regional.exceptions import InvalidInput
from ckanext.regional.harvest import config, dictize, preview, removal, sources
from ckanext.regional.harvest.feed import feed
from ckanext.regional.harvest.logic import auth, schema
from ckanext.regional.harvest.logic.conflict_action import (
    regional_record_resolve,
    regional_record_resolve_many,
    regional_record_show,
)
from ckanext.regional.harvest.model import Run, Source
from ckanext.regional.harvest.running import jobs, runs, servers
from ckanext.regional.harvest.scheduling import scheduler
from ckanext.regional.harvest.writing import records
from ckanext.regional.logic.errors import with_toolkit_errors
from ckanext.regional.site import epoch, site_id

__all__ = [
    "regional_changes",
    "regional_federation",
    "regional_harvest_run",
    "regional_record_list",
    "regional_record_resolve",
    "regional_record_resolve_many",
    "regional_record_show",
    "regional_run_abort",
    "regional_run_confirm",
    "regional_run_list",
    "regional_run_resume",
    "regional_run_show",
    "regional_source_create",
    "regional_source_delete",
    "regional_source_list",
    "regional_source_patch",
    "regional_source_preview",
    "regional_source_show",
]

_MOST_ROWS = 1000


@tk.validate_action_data(schema.source_create)
@with_toolkit_errors
def regional_source_create(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Make a source; no request is sent.

    :param name: in its address: small letters, digits, ``-`` and ``_``
    :param url: of the neighbour's site
    :param kind: ``auto`` (asks the site at each run), ``regional``, ``ckan``, ``dcat``
    :param owner_org: the organisation that owns what comes
    :param trust: ``review`` (each dataset waits for a steward) or ``publish`` (sysadmins only)
    :param defaults: ``{steward, territory, license_id, …}``: what fills gaps; ``steward`` is needed
    :param filters: ``{fq?, organization?, group?, territory?, sector?}``
    :param organizations: who owns what comes: ``{"mode": "one"}`` (``owner_org``), ``{"mode": "mirror"}`` (copies of
        the neighbour's; sysadmins only) or ``{"mode": "table", "table": {theirs: ours}}`` (the rest: ``owner_org``)
    :param title, territory, frequency, enabled, token: see the documentation
    :returns: the source, without its token
    """
    tk.check_access("regional_source_create", context, data_dict)
    made = dictize.source(sources.create(data_dict))
    scheduler.arm()
    return made


@tk.side_effect_free
@tk.validate_action_data(schema.reference)
@with_toolkit_errors
def regional_source_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show a source.

    :param id: its name or id
    :returns: the source, without its token
    """
    tk.check_access("regional_source_show", context, data_dict)
    return dictize.source(sources.get(data_dict["id"]))


@tk.side_effect_free
@tk.validate_action_data(schema.nothing)
@with_toolkit_errors
def regional_source_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """List the sources that the user administers, each with its latest run.

    :returns: ``[{…source, "last_run": run | None, "datasets": how many of it are here}]`` by name
    """
    tk.check_access("regional_source_list", context, data_dict)
    found = _visible(context)
    ids = [source.id for source in found]
    latest, here = runs.latest(ids), records.numbers_present(ids)
    return [
        dictize.source(source)
        | {
            "last_run": dictize.run(latest[source.id], source.name) if source.id in latest else None,
            "datasets": here.get(source.id, 0),
        }
        for source in found
    ]


@tk.validate_action_data(schema.source_patch)
@with_toolkit_errors
def regional_source_patch(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Change some fields of a source; ``token`` empty removes the token.

    A run that is under way, or waits for a decision, ends where the change touches what it would have brought.

    :param id: its name or id
    :returns: the source, without its token
    """
    tk.check_access("regional_source_patch", context, data_dict)
    changes = {key: value for key, value in data_dict.items() if key != "id"}
    changed = dictize.source(sources.patch(sources.get(data_dict["id"]), changes))
    scheduler.arm()
    return changed


@tk.validate_action_data(schema.source_preview)
@with_toolkit_errors
def regional_source_preview(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Look at the first records of a source as they would be imported; nothing is written.

    The neighbour is asked, so this is limited to some times a minute for each user.

    :param url: of the neighbour; the other fields as of ``regional_source_create``. Without ``owner_org`` this site's
        own checks are left out.
    :param id: of a source that exists, whose fields count where none is given
    :returns: ``{"kind", "count": int | None, "records": [{"remote_id", "name", "title", "outcome": "create" |
        "update" | "unchanged" | "skip" | "conflict" | "fail", "reason", "dataset"}], "notes": [str]}``, 20 records at
        most; ``count`` is what it would bring in all, where the neighbour tells that
    :raises ValidationError: with the neighbour's fault under ``url``, or what it cannot do under ``filters``
    """
    tk.check_access("regional_source_preview", context, data_dict)
    user = context.get("user", "")
    source = sources.get(data_dict["id"]) if data_dict.get("id") else None
    draft = sources.draft({key: value for key, value in data_dict.items() if key != "id"}, source)
    limiting.count("preview", user, config.previews_per_minute(), "url")
    return preview.preview(draft, user)


@tk.validate_action_data(schema.source_delete)
@with_toolkit_errors
def regional_source_delete(context: Context, data_dict: dict[str, Any]) -> None:
    """Remove a source; where many datasets are to be hidden, a worker does that first.

    :param id: its name or id
    :param datasets: ``keep`` what it brought, or ``withdraw`` (hide) it
    """
    tk.check_access("regional_source_delete", context, data_dict)
    removal.remove(sources.get(data_dict["id"]), withdraw=data_dict["datasets"] == "withdraw")
    scheduler.arm()


@tk.validate_action_data(schema.harvest_run)
@with_toolkit_errors
def regional_harvest_run(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Begin a run, or answer the one that is running and wake workers for it again.

    :param source: its name or id
    :param full: read everything, not only what changed since the last run, and look for what is gone
    :returns: the run
    :raises ValidationError: with key ``redis`` when no worker can be woken; then no run was made.
    """
    tk.check_access("regional_harvest_run", context, data_dict)
    source = sources.get(data_dict["source"])
    if not source.enabled:
        raise InvalidInput({"source": [f"The source “{source.name}” is switched off."]})
    servers.require_redis()
    run, new = runs.begin(source, context.get("user") or None, full=data_dict["full"])
    run_id = run.id
    try:
        jobs.wake(run_id)
    except servers.ServerDown:
        if new:
            runs.forget(run_id)
        raise
    return dictize.run(runs.get(run_id))


@tk.side_effect_free
@tk.validate_action_data(schema.reference)
@with_toolkit_errors
def regional_run_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show a run with its counts as they stand now.

    :param id: the run's id
    :returns: ``{id, source, kind, state, started, finished, counts, error, …}`` and ``reasons`` (``[{outcome, reason,
        count}]``: of records that were not taken, by kind), ``progress`` (``{done, total, rate}``), ``resumable``,
        ``held`` (``{gone, of}`` or None)
    """
    tk.check_access("regional_run_show", context, data_dict)
    run = runs.get(data_dict["id"])
    return dictize.run(run) | {"reasons": runs.why(run), "resumable": runs.is_resumable(run)}


@tk.side_effect_free
@tk.validate_action_data(schema.run_list)
@with_toolkit_errors
def regional_run_list(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """List runs, the newest first.

    :param source: only of this source
    :returns: ``{count, results: [run]}``
    """
    tk.check_access("regional_run_list", context, data_dict)
    wanted = [sources.get(data_dict["source"])] if data_dict.get("source") else _visible(context)
    names = {source.id: source.name for source in wanted}
    query = sa.select(Run).where(Run.source_id.in_(names)).order_by(Run.created.desc())
    return _page(query, data_dict, lambda run: dictize.run(run, names[run.source_id]))


@tk.validate_action_data(schema.reference)
@with_toolkit_errors
def regional_run_abort(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """End a run at once; what it brought stays.

    :param id: the run's id
    :returns: the run
    """
    tk.check_access("regional_run_abort", context, data_dict)
    run = runs.get(data_dict["id"])
    runs.abort(run)
    return dictize.run(run)


@tk.validate_action_data(schema.reference)
@with_toolkit_errors
def regional_run_resume(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Let a failed or aborted run go on where it stopped, or wake workers again for one that is under way.

    :param id: the run's id; it is the last one of its source
    :returns: the run
    """
    tk.check_access("regional_run_resume", context, data_dict)
    servers.require_redis()
    run = runs.get(data_dict["id"])
    if run.state not in runs.RUNNING:
        runs.resume(run)
    jobs.wake(data_dict["id"])
    return dictize.run(runs.get(data_dict["id"]))


@tk.validate_action_data(schema.reference)
@with_toolkit_errors
def regional_run_confirm(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Let the withdrawals of a held run go on.

    :param id: the run's id
    :returns: the run
    """
    tk.check_access("regional_run_confirm", context, data_dict)
    servers.require_redis()
    run = runs.get(data_dict["id"])
    runs.confirm(run)
    jobs.wake(data_dict["id"])
    return dictize.run(runs.get(data_dict["id"]))


@tk.side_effect_free
@tk.validate_action_data(schema.record_list)
@with_toolkit_errors
def regional_record_list(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """List what is known of each dataset of a source, by the id that the neighbour uses.

    :param source: its name or id
    :param run: only what this run saw last
    :param state: only these, a list or text with commas: ``current``, ``skipped``, ``conflict``, ``failed``,
        ``withdrawn``
    :param outcome: only those of which their last run made this: ``created``, ``updated``, ``unchanged``, …; likewise
    :param reason: only those with a reason of this kind, as ``regional_run_show`` gives them
    :param q: only those with this in name, id or reason
    :param vanishing: only those that ``run``, which is held, would hide
    :param after: a ``remote_id``: go on after it, instead of by ``start``; quick however far one is
    :param count: whether to count them all; whoever asks for one page after the other counts once
    :returns: ``{count, results: [{id, remote_id, name, dataset_id, state, reason, origin, last_seen, …}], next}``;
        ``count`` is None where it was not asked for, ``next`` is the ``after`` of what follows, or None
    """
    tk.check_access("regional_record_list", context, data_dict)
    wanted = records.Wanted(
        source_id=sources.get(data_dict["source"]).id,
        run_id=data_dict.get("run"),
        states=_texts(data_dict.get("state")),
        outcomes=_texts(data_dict.get("outcome")),
        reason=data_dict.get("reason"),
        text=data_dict.get("q"),
        vanishing=runs.vanishing(data_dict["run"]) if data_dict.get("vanishing") and data_dict.get("run") else None,
    )
    rows = min(data_dict["rows"], _MOST_ROWS)
    found = records.page(wanted, after=data_dict.get("after"), start=data_dict["start"], rows=rows + 1)
    results = [dictize.record(record) for record in found[:rows]]
    following = results[-1]["remote_id"] if results and len(found) > rows else None
    number = records.count(wanted) if data_dict["count"] else None
    return {"count": number, "results": results, "next": following}


@tk.side_effect_free
@tk.validate_action_data(schema.changes)
@with_toolkit_errors
def regional_changes(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Tell a neighbour what has changed here, as anonymous whoever asks.

    :param since: number of the last change that the neighbour has; without it, everything that is public
    :param limit: changes in one answer (100, at most 500)
    :param epoch: the numbering that ``since`` belongs to
    :returns: ``{changes: [{seq, id, kind: upsert|withdrawn, hash, modified, dataset?, erase?}], next, more, epoch}``;
        ``erase: true`` asks to keep nothing of what was withdrawn
    :raises ValidationError: with key ``resync`` (HTTP 409) when the numbering is another one by now
    """
    tk.check_access("regional_changes", context, data_dict)
    return feed.read(data_dict.get("since"), data_dict.get("limit") or feed.DEFAULT_LIMIT, data_dict.get("epoch"))


@tk.side_effect_free
@tk.validate_action_data(schema.nothing)
@with_toolkit_errors
def regional_federation(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Introduce this site to its neighbours.

    :returns: ``{protocol, site, url, title, territory, epoch, counts, cursor, deletion}``
    """
    tk.check_access("regional_federation", context, data_dict)
    cursor = feed.cursor()
    return {
        "protocol": feed.PROTOCOL,
        "site": site_id(),
        "url": tk.config["ckan.site_url"],
        "title": tk.config["ckan.site_title"],
        "territory": regional_config.territory(),
        "epoch": epoch(),
        "counts": {"datasets": feed.count_public()},
        "cursor": cursor,
        "deletion": "persistent",
    }


def _visible(context: Context) -> list[Source]:
    if context.get("ignore_auth"):
        return sources.listed()
    user = context.get("user", "")
    own = set(auth.organisations_of(user))
    return [one for one in sources.listed() if one.owner_org in own or (user and one.defaults.get("steward") == user)]


def _page(query: sa.Select[Any], data_dict: dict[str, Any], show: Any) -> dict[str, Any]:
    count = model.Session.scalar(sa.select(sa.func.count()).select_from(query.order_by(None).subquery())) or 0
    rows = model.Session.scalars(query.offset(data_dict["start"]).limit(min(data_dict["rows"], _MOST_ROWS)))
    return {"count": count, "results": [show(row) for row in rows]}


def _texts(value: Any) -> list[str]:
    """A list as JSON gives it, or as a GET parameter does."""
    if not value:
        return []
    items = value.split(",") if isinstance(value, str) else value
    return [item.strip() for item in items if isinstance(item, str) and item.strip()]
