"""Actions of the plugin ``regional_needs``."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import authz, model
from ckan.model.package import package_table
from ckan.types import Context

from ckanext.regional import actor, mailing
from ckanext.regional.exceptions import InvalidInput, NotHere
from ckanext.regional.language import current
from ckanext.regional.logic.errors import with_toolkit_errors
from ckanext.regional.needs import service, waking
from ckanext.regional.needs.asking import links, moderation, people
from ckanext.regional.needs.logic import auth, schema
from ckanext.regional.needs.model import Need
from ckanext.regional.needs.observatory import reading
from ckanext.regional.needs.showing import dictize, listing
from ckanext.regional.needs.showing.listing import Asked

__all__ = [
    "regional_need_confirm",
    "regional_need_create",
    "regional_need_list",
    "regional_need_merge",
    "regional_need_reject",
    "regional_need_show",
    "regional_need_similar",
    "regional_need_stop",
    "regional_need_support",
    "regional_need_update",
    "regional_observatory_show",
]


@tk.validate_action_data(schema.need_create)
@with_toolkit_errors
def regional_need_create(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Say what one needs. It is public when a steward has looked at it.

    :param title: in a few words
    :param text: what for, and what it should be like
    :param kind: ``data`` (the default), ``correction`` or ``use``
    :param territory: list of codes of territories, such as ``fr:commune:22278``
    :param sector: list of codes of sectors
    :param email: of somebody without an account, who confirms it by a link; never shown
    :param notify: whether to be told what becomes of it; an address is kept for nothing else
    :returns: the need; to who has no account ``{"pending": true, "visibility": "unconfirmed"}``
    """
    tk.check_access("regional_need_create", context, data_dict)
    user = actor.of(context)
    if user is None:
        _refuse_without_address(data_dict)
    wanted = {"kind": "data", "territory": [], "sector": []} | data_dict
    address = None if user is not None else data_dict["email"]
    need = service.create(wanted, user, address=address, notify=bool(data_dict.get("notify", user is not None)))
    # A link goes out, or those who look at needs are told.
    waking.mail()
    if user is None:
        return {"pending": True, "visibility": need.visibility}
    return dictize.need(need, user, moderates=True)


@tk.side_effect_free
@tk.validate_action_data(schema.reference)
@with_toolkit_errors
def regional_need_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show a need. One that was merged answers with the one that it leads to.

    :param id: its id or number
    :returns: ``{id, number, url, title, text, kind, territory, sector, state, reason, visibility, supports, datasets:
        [id], created, published, changed, history: [{at, action, state, reason}]}``; to who moderates it also
        ``personal_data`` (kinds found in its words), and its words unmasked
    """
    try:
        tk.check_access("regional_need_show", context, data_dict)
    except tk.NotAuthorized:
        raise NotHere(tk._("There is no such need.")) from None
    need = service.followed(service.get(data_dict["id"]))
    if not context.get("ignore_auth") and not auth.reads(context, need):
        raise NotHere(tk._("There is no such need."))
    return _shown(context, need)


@tk.side_effect_free
@tk.validate_action_data(schema.need_list)
@with_toolkit_errors
def regional_need_list(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """List public needs; for who moderates, also what waits for them.

    :param q: words that it has
    :param state: one or several states
    :param kind, territory, sector: as of :func:`regional_need_create`, one each; a territory stands for all in it
    :param dataset: id or name of a dataset that answers them
    :param visibility: ``public``, or for moderators ``waiting``, ``rejected``, ``merged``, ``unconfirmed``
    :param mine: only those of the user, whatever became of them
    :param sort: ``new``, ``old``, ``supports`` or ``changed``
    :param start, rows: which of them, 100 at most
    :returns: ``{count, results: [need], facets: {state|kind|territory|sector: {value: count}}}``
    """
    tk.check_access("regional_need_list", context, data_dict)
    user = actor.of(context)
    if data_dict.get("mine") and user is None:
        return {"count": 0, "results": [], "facets": {}}
    visibility = data_dict.get("visibility", "public")
    found = listing.find(
        Asked(
            q=data_dict.get("q", ""),
            states=data_dict.get("state", ()),
            kind=data_dict.get("kind", ""),
            territory=data_dict.get("territory", ""),
            sector=data_dict.get("sector", ""),
            dataset=_dataset_id(data_dict.get("dataset")),
            visibilities=(visibility,),
            author=user.id if data_dict.get("mine") and user is not None else "",
            scope=None if visibility == "public" or data_dict.get("mine") else moderation.scope_of(user),
            sort=data_dict["sort"],
            start=data_dict["start"],
            rows=data_dict["rows"],
        )
    )
    unmasked = {need.id for need in found.needs if _sees_all(context, need)}
    rows = dictize.rows(found.needs, user, moderates=unmasked)
    return {"count": found.count, "results": rows, "facets": found.facets}


@tk.side_effect_free
@tk.validate_action_data(schema.need_similar)
@with_toolkit_errors
def regional_need_similar(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """List public needs like one that somebody is about to write, the likest first.

    :param title: what was typed so far
    :returns: needs as in a list, five at most
    """
    tk.check_access("regional_need_similar", context, data_dict)
    return dictize.rows(listing.similar(data_dict["title"]), actor.of(context), moderates=set())


@tk.validate_action_data(schema.need_support)
@with_toolkit_errors
def regional_need_support(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Need the same. A person counts once, however often they say it; who wrote it counts as its author.

    :param id: id or number of the need
    :param email: of somebody without an account, who confirms it by a link; never shown
    :param notify: whether to be told what becomes of it
    :param withdraw: take one's support back (accounts only; others use the link in an e-mail)
    :returns: ``{id, supports, already, pending}``; ``pending`` says that an e-mail was sent
    """
    tk.check_access("regional_need_support", context, data_dict)
    user = actor.of(context)
    need = _readable(context, data_dict["id"])
    if data_dict.get("withdraw"):
        if user is None:
            raise InvalidInput({"withdraw": [tk._("Log in, or use the link in the e-mail that you got.")]})
        need = service.withdraw_support(need, user)
        return {"id": need.id, "supports": need.supports, "already": False, "pending": False}
    if user is None:
        _refuse_without_address(data_dict)
    address = None if user is not None else data_dict["email"]
    done = service.support(need, user, address=address, notify=bool(data_dict.get("notify")))
    if done.pending:
        waking.mail()
    elif not done.already:
        waking.refresh()
    return {"id": need.id, "supports": done.need.supports, "already": done.already, "pending": done.pending}


@tk.validate_action_data(schema.token)
@with_toolkit_errors
def regional_need_confirm(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Confirm a need or a support by the link of an e-mail; it does so once.

    :param token: what the link carries
    :returns: ``{id, number, title, role, visibility, supports}``
    :raises ValidationError: with key ``token``; it was used, is too old, or never was
    """
    tk.check_access("regional_need_confirm", context, data_dict)
    try:
        need, person = service.confirm(data_dict["token"])
    except (links.LinkUnknown, links.LinkUsed, links.LinkExpired) as error:
        raise InvalidInput({"token": [_why(error)]}) from error
    waking.refresh()
    shown = dictize.rows([need], None, moderates=set())[0]
    waking.mail()
    return {key: shown[key] for key in ("id", "number", "title", "visibility", "supports")} | {"role": person.role}


@tk.validate_action_data(schema.token)
@with_toolkit_errors
def regional_need_stop(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Hear nothing more of a need; the address that was left for it is deleted. The support stays.

    :param token: what the link at the end of an e-mail carries
    :returns: ``{id, number}`` of the need
    """
    tk.check_access("regional_need_stop", context, data_dict)
    person = people.by_stop_token(data_dict["token"])
    if person is None:
        raise NotHere(tk._("There is nothing left to stop: your address is no longer known here."))
    need = service.get(person.need_id)
    service.stop(person)
    return {"id": need.id, "number": need.number}


@tk.validate_action_data(schema.need_update)
@with_toolkit_errors
def regional_need_update(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Look at a need and answer it. A need that waits becomes public with its first state.

    :param id: its id or number
    :param state: ``new``, ``studied``, ``planned``, ``answered`` or ``declined``
    :param reason: what everybody reads; needed for ``answered`` and ``declined``
    :param datasets: names or ids of the datasets that answer it; needed for ``answered``
    :param title, text, kind, territory, sector: corrections, such as personal data taken out
    :returns: the need
    """
    tk.check_access("regional_need_update", context, data_dict)
    changes = {key: value for key, value in data_dict.items() if key in _CHANGES}
    if "datasets" in changes:
        changes["datasets"] = _dataset_ids(context, changes["datasets"])
    need = service.update(service.get(data_dict["id"]), changes, _actor(context))
    waking.mail()
    waking.refresh()
    return _shown(context, need)


@tk.validate_action_data(schema.need_reject)
@with_toolkit_errors
def regional_need_reject(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Keep a need from the public; its author is told why.

    :param id: its id or number
    :param reason: for its author
    :returns: the need
    """
    tk.check_access("regional_need_reject", context, data_dict)
    need = service.reject(service.get(data_dict["id"]), data_dict["reason"], _actor(context))
    waking.mail()
    waking.refresh()
    return _shown(context, need)


@tk.validate_action_data(schema.need_merge)
@with_toolkit_errors
def regional_need_merge(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Let a need be one with another one that asks for the same: supporters and answers go there, and its address.

    :param id: id or number of the need that goes
    :param into: id or number of the public one that stays
    :param reason: what its supporters are told
    :returns: the need that stays
    """
    tk.check_access("regional_need_merge", context, data_dict)
    try:
        into = service.followed(_readable(context, data_dict["into"]))
    except NotHere:
        raise InvalidInput({"into": [tk._("There is no such need.")]}) from None
    merged = service.merge(service.get(data_dict["id"]), into, data_dict.get("reason"), _actor(context))
    waking.mail()
    waking.refresh()
    return _shown(context, merged)


@tk.side_effect_free
@tk.validate_action_data(schema.observatory_show)
@with_toolkit_errors
def regional_observatory_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Supply and demand of a territory and its parts, by sector, as of the last refresh.

    :param territory: its code; the site's own if none is given
    :param sector: code of one sector; all of them if none is given
    :returns: ``{territory, sector, refreshed, totals, by_territory, by_sector, cells, months, terms}``. Figures:
        ``datasets, late, mqa, governance`` (means, null without datasets)``, needs, open, supports, searches, empty``
        (searches that found nothing)``, views, downloads`` (the last 365 days)``, stewards, cases`` (reviews that wait;
        null for those whose work it is not). ``months`` are the last thirteen; ``terms`` are what many searched for.
    """
    tk.check_access("regional_observatory_show", context, data_dict)
    code = data_dict.get("territory") or reading.default_territory()
    internal = bool(context.get("ignore_auth")) or _works_here(context)
    if reading.refreshed() is None:
        waking.refresh()
    return reading.show(code, data_dict.get("sector", ""), current(), internal=internal)


_CHANGES = ("state", "reason", "datasets", "title", "text", "kind", "territory", "sector")


def _refuse_without_address(data_dict: dict[str, Any]) -> None:
    if not mailing.has_server():
        raise InvalidInput({"email": [tk._("This site cannot send e-mails yet: log in to take part.")]})
    if not data_dict.get("email"):
        raise InvalidInput({"email": [tk._("Give an e-mail address, so that you can confirm that it was you.")]})


def _works_here(context: Context) -> bool:
    """Whether the reader edits or reviews anything, and so is told of the stewards' work."""
    user = actor.of(context)
    return user is not None and (
        authz.has_user_permission_for_some_org(user.name, "update_dataset") or moderation.moderates_any(user)
    )


def _readable(context: Context, reference: str) -> Need:
    need = service.get(reference)
    if not context.get("ignore_auth") and not auth.reads(context, need):
        raise NotHere(tk._("There is no such need."))
    return need


def _shown(context: Context, need: Need) -> dict[str, Any]:
    return dictize.need(need, actor.of(context), moderates=_sees_all(context, need))


def _sees_all(context: Context, need: Need) -> bool:
    """Whether the reader sees the words as they were written: who wrote them, and who moderates them."""
    user = actor.of(context)
    if user is None:
        return bool(context.get("ignore_auth"))
    return need.author_id == user.id or moderation.moderates(user, need)


def _actor(context: Context) -> model.User:
    user = actor.of(context)
    if user is None:
        raise InvalidInput({"user": [tk._("Say in whose name this is done.")]})
    return user


def _dataset_id(reference: str | None) -> str:
    if not reference:
        return ""
    package = model.Package.get(reference)
    return package.id if package is not None else reference


def _dataset_ids(context: Context, references: list[str]) -> list[str]:
    """The ids of public datasets.

    :raises InvalidInput: one is not there, or not public: an answer that nobody can read is none
    """
    found: list[str] = []
    for one in references:
        package = package_table.c
        query = sa.select(package.id).where(
            sa.or_(package.id == one, package.name == one), package.state == "active", package.private.is_(False)
        )
        dataset_id = model.Session.scalar(query)
        if dataset_id is None:
            raise InvalidInput({"datasets": [tk._("There is no public dataset “{name}”.").format(name=one)]})
        found.append(dataset_id)
    return sorted(set(found))


def _why(error: links.LinkUnknown | links.LinkUsed | links.LinkExpired) -> str:
    if isinstance(error, links.LinkUsed):
        return tk._("This link has been used already: what it was for is confirmed.")
    if isinstance(error, links.LinkExpired):
        return tk._("This link is too old. Let us send you another one; nothing of what you wrote is lost.")
    return tk._("We do not know this link. Copy it whole from the e-mail, or write again.")
