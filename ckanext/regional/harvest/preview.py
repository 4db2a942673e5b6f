"""What a source would bring, before it is saved: its first records as an import would take them; nothing is written."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Iterator
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import plugins as lib_plugins

from ckanext.regional import admission
from ckanext.regional.exceptions import InvalidInput
from ckanext.regional.harvest import config, filters, organizations, wording
from ckanext.regional.harvest.clients.ckan import CkanClient
from ckanext.regional.harvest.clients.dcat import DcatClient
from ckanext.regional.harvest.clients.errors import UNREADABLE, NeighbourError
from ckanext.regional.harvest.clients.regional import RegionalClient
from ckanext.regional.harvest.conflicts import handover
from ckanext.regional.harvest.model import Record, Source
from ckanext.regional.harvest.reading import ckan as catalogue
from ckanext.regional.harvest.reading import introduction
from ckanext.regional.harvest.running import planner
from ckanext.regional.harvest.running.pages import Claim
from ckanext.regional.harvest.running.plan import Sweep
from ckanext.regional.harvest.running.work import Work
from ckanext.regional.harvest.writing import acting, arrival, mapping, records, weighing
from ckanext.regional.harvest.writing.mapping import Incoming, Mapped
from ckanext.regional.harvest.writing.reconcile import Known, decide, route
from ckanext.regional.site import site_id

#: Records that are shown.
SHOWN = 20
#: A person waits for the answer, and a web process with them: seconds, bytes, and pages where a filter drops most.
_SECONDS = {"connect": 5.0, "read": 15.0, "total": 20.0, "max_wait": 0.0}
_BYTES = 8 << 20
_MOST_PAGES = 5
_ROWS = 100


def preview(source: Source, user: str) -> dict[str, Any]:
    """Ask the neighbour, and try what comes.

    :param source: as it would be saved
    :param user: who asks
    :returns: ``{"kind", "count": int | None, "records": [{"remote_id", "name", "title", "outcome", "reason",
        "dataset"}], "notes": [str]}``; ``count`` is what the source would bring in all, where the neighbour tells it;
        ``outcome`` is one of ``create``, ``update``, ``unchanged``, ``skip``, ``conflict`` and ``fail``
    :raises InvalidInput: with the neighbour's fault under ``url``, or what it cannot do under ``filters``
    """
    notes: list[str] = []
    try:
        found, remotes, count = _read(source, notes)
    except NeighbourError as error:
        raise InvalidInput({"url": [str(error)]}) from error
    work = _work(source, found)
    _note_organisations(work, remotes, notes)
    try:
        tried = [_tried(work, remote, user) for remote in remotes]
    finally:
        model.Session.rollback()
    return {"kind": found.kind, "count": count, "records": tried, "notes": notes}


# Reading ------------------------------------------------------------------------------------------------------------


def _read(source: Source, notes: list[str]) -> tuple[introduction.Found, list[Any], int | None]:
    """The neighbour's first records that the source wants, and how many there are."""
    limits = dataclasses.replace(config.limits(), retries=0, **_SECONDS)
    client = CkanClient(source.url, limits, source.token)
    rdf = DcatClient(source.url, dataclasses.replace(limits, max_bytes=min(_BYTES, limits.max_bytes)), source.token)
    try:
        found = introduction.find_out(introduction.Asked(source.url, source.kind, client, rdf))
        if obstacle := filters.obstacle(found.kind, source.filters):
            raise InvalidInput({"filters": [wording.said(f"{obstacle[:1].upper()}{obstacle[1:]}.")]})
        if found.kind == "dcat":
            page = rdf.read(found.address)
            everything, count = page.items(), page.total if page.next else len(page.identities)
        else:
            resolved = catalogue.resolve(client, source.filters)
            if found.kind == "regional":
                everything, count = _feed(client), found.federation.datasets if found.federation else None
            else:
                fq = filters.question(resolved)
                catalogue.refuse_deaf(client, fq)
                everything, count = _catalogue(client, fq), catalogue.newest(client, fq)[1]
        seen, remotes = _first(everything, source.filters)
    finally:
        client.close()
        rdf.close()
    dropped = filters.are_looked_at(source.filters) or (found.kind != "ckan" and bool(source.filters))
    if seen and not remotes:
        notes.append(f"None of the first {seen} datasets passes the filters.")
    if not seen:
        notes.append("The neighbour has no dataset" + (" that passes the filters." if source.filters else "."))
    return found, remotes, None if dropped else count


def _first(everything: Iterator[Any], wanted: dict[str, Any]) -> tuple[int, list[Any]]:
    """Those that pass the filters, and how many were looked at for them."""
    seen = 0
    kept: list[Any] = []
    for remote in everything:
        seen += 1
        if not isinstance(remote, dict) or filters.wants(wanted, remote):
            kept.append(remote)
        if len(kept) == SHOWN:
            break
    return seen, kept


def _feed(client: CkanClient) -> Iterator[Any]:
    feed = RegionalClient(client)
    since, epoch = None, feed.federation().epoch
    for _ in range(_MOST_PAGES):
        changes = feed.changes(since, _ROWS, epoch)
        yield from changes.datasets
        if not changes.more:
            return
        since = changes.next


def _catalogue(client: CkanClient, fq: str) -> Iterator[Any]:
    read = catalogue.pages(client, Sweep.begin(SHOWN), fq, client.url)
    for datasets, _sweep in itertools.islice(read, _MOST_PAGES):
        yield from datasets


# Trying -------------------------------------------------------------------------------------------------------------


def _work(source: Source, found: introduction.Found) -> Work:
    """What an import would know, but for the page that it works on."""
    return Work(
        claim=Claim("", "", "plan", 0, 0, None),
        run_id="",
        kind=found.kind,
        full=False,
        source_id=source.id or "",
        url=source.url,
        asked_kind=source.kind,
        site=source.site or planner.site_for(source.id or "", source.url, source.trust, found),
        trust=source.trust,
        owner_org=source.owner_org,
        territory=source.territory,
        token=source.token,
        defaults=dict(source.defaults),
        filters=dict(source.filters),
        organizations=dict(source.organizations),
        source=(source.name, source.title),
        reading=None,
    )


def _note_organisations(work: Work, remotes: Iterable[Any], notes: list[str]) -> None:
    if work.organizations.get("mode") != "mirror":
        return
    theirs = {one.id: one for remote in remotes if (one := organizations.read(remote))}
    if theirs:
        titles = ", ".join(f"“{one.title[:80]}”" for one in itertools.islice(theirs.values(), 10))
        notes.append(f"Organisations that are made here where they are not yet: {titles}.")


def _tried(work: Work, remote: Any, user: str) -> dict[str, Any]:
    remote_id = remote.get("id") if isinstance(remote, dict) else None
    given = remote if isinstance(remote, dict) else {}
    shown: dict[str, Any] = {
        "remote_id": remote_id if isinstance(remote_id, str) else None,
        "name": given.get("name"),
        "title": given.get("title"),
        "outcome": "fail",
        "reason": given.get(UNREADABLE) or "it has no id",
        "dataset": None,
    }
    if not isinstance(remote_id, str) or not remote_id or UNREADABLE in given:
        return shown
    origin, direct = arrival.origin_of(work, given)
    try:
        mapped = arrival.map_remote(work, given, origin)
    except Exception as error:  # noqa: BLE001  what is wrong with one record is its own problem
        return shown | {"reason": f"{type(error).__name__}: {error}"[:500]}
    incoming = Incoming(remote_id, given, origin, mapped, direct)
    arrival.keep_ids(work, [incoming])
    outcome, reason = _outcome(work, incoming)
    here = model.Session.get(model.Package, mapped.dataset["id"])
    mapped.dataset["name"] = here.name if here else mapping.name_for(given, mapped.dataset["id"], _is_taken)
    if outcome in ("create", "update"):
        outcome, more = _as_written(work, mapped, user, outcome)
        reason = "; ".join(text for text in (reason, more) if text)
    notes = "; ".join(mapped.notes)
    return shown | {
        "name": mapped.dataset["name"],
        "title": mapped.dataset["title"],
        "outcome": outcome,
        "reason": "; ".join(text for text in (reason, notes) if text)[:2000] or None,
        "dataset": mapped.dataset,
    }


def _outcome(work: Work, incoming: Incoming) -> tuple[str, str]:
    """What an import would do, as far as it follows from what is known of the origin and from what is here."""
    origin, mapped = incoming.origin, incoming.mapped
    if reason := route(origin.site, origin.path, site_id()):
        return "skip", reason
    dataset_id = mapped.dataset["id"]
    holder = records.holders([dataset_id]).get(dataset_id)
    decision = decide(_known(holder), mapped.hash, work.source_id, direct=incoming.direct)
    if decision.action in ("skip", "unchanged"):
        return decision.action, decision.reason
    package = model.Session.get(model.Package, dataset_id)
    written = holder is not None and holder.harvested_at is not None
    if package is None:
        return ("conflict", weighing.PURGED) if written else ("create", "")
    if not written or holder is None:
        return "fail", "a dataset with this id is here that no harvest brought"
    current = acting.show(dataset_id)
    if reason := weighing.taken_away(holder, current):
        return "conflict", reason
    coming = weighing.weigh(incoming, holder, current)
    if coming.merge.clashes:
        return "conflict", handover.sentence(coming.merge)
    return "update", "; ".join(coming.notes)


def _known(holder: Record | None) -> Known | None:
    if holder is None:
        return None
    return Known(
        hash=holder.hash,
        state=holder.state,  # pyright: ignore[reportArgumentType]
        source_id=holder.source_id,
        direct=len(holder.path) <= 1,
        written=holder.harvested_at is not None,
    )


def _as_written(work: Work, mapped: Mapped, user: str, outcome: str) -> tuple[str, str]:
    """Ask this site's rules and its schema, as a write would."""
    if not work.owner_org:
        return outcome, ""
    context: dict[str, Any] = {"user": user, "ignore_auth": True}
    admitted = admission.admit(context, dict(mapped.dataset), work.trust)  # pyright: ignore[reportArgumentType]
    if admitted.verdict in ("refuse", "withdraw"):
        return "skip", admitted.reason or "this site's rules refuse it"
    if problems := _problems(mapped.dataset, outcome, context):
        return "fail", problems
    reasons = [f"it waits for a review: {admitted.reason}".rstrip(": ")] if admitted.verdict == "review" else []
    if outcome == "create" and (twin := _twin(mapped.dataset)):
        reasons.append(f"a dataset with this title is here already: {twin}")
    return outcome, "; ".join(reasons)


def _problems(dataset: dict[str, Any], outcome: str, context: dict[str, Any]) -> str:
    """What this site's schema would refuse."""
    plugin = lib_plugins.lookup_package_plugin("dataset")
    action = f"package_{outcome}"
    schema = plugin.create_package_schema() if outcome == "create" else plugin.update_package_schema()
    context = {**context, "model": model, "session": model.Session}
    data = {**dataset, "resources": [dict(resource) for resource in dataset["resources"]]}
    if outcome == "update":
        context = {**context, "package": model.Session.get(model.Package, dataset["id"])}
    _valid, errors = lib_plugins.plugin_validate(plugin, context, data, schema, action)  # pyright: ignore
    return arrival.sentence(tk.ValidationError(errors)) if errors else ""


def _twin(dataset: dict[str, Any]) -> str | None:
    """A public dataset of the same title."""
    return model.Session.scalar(
        sa.select(model.Package.name)
        .where(
            model.Package.title == dataset["title"],
            model.Package.state == "active",
            sa.not_(model.Package.private),
            model.Package.id != dataset["id"],
        )
        .order_by(model.Package.name)
        .limit(1)
    )


def _is_taken(name: str) -> bool:
    return model.Package.by_name(name) is not None
