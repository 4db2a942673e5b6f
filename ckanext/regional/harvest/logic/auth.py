"""Who may call the actions of the plugin ``regional_harvest``.

Sources, runs and records: sysadmins (whom CKAN lets pass before it asks here) and admins of the source's organisation.
A source's steward, who is told when a run fails, reads them.
What a sysadmin alone may do (trust ``publish``, tokens) is asked of the data in ``_may_grant``. The feed is public.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import authz, model
from ckan.types import AuthResult, Context

from ckanext.regional.exceptions import NotHere
from ckanext.regional.harvest import organizations, sources
from ckanext.regional.harvest.model import Record, Source
from ckanext.regional.harvest.running import runs

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


def regional_source_create(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Admins of the organisation that will own what comes; without one, whoever is an admin anywhere."""
    reference = data_dict.get("owner_org")
    group = model.Group.get(reference) if reference else None
    if group is None:
        return _answer(bool(organisations_of(context.get("user", ""))))
    if not _is_admin(context.get("user", ""), group.id) or not _may_fill(context, data_dict):
        return _answer(False)
    return _may_grant(data_dict)


def regional_source_patch(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Admins of the organisation, and of the one that it is moved to."""
    own = _of_source(context, data_dict.get("id"))
    if not own.get("success"):
        return own
    reference = data_dict.get("owner_org")
    group = model.Group.get(reference) if reference else None
    if group is not None and not _is_admin(context.get("user", ""), group.id):
        return _answer(False)
    if not _may_fill(context, data_dict):
        return _answer(False)
    source = sources.get(data_dict["id"])
    if source.token is not None and data_dict.get("url", source.url) != source.url and "token" not in data_dict:
        return {"success": False, "msg": tk._("The source has a token: only a sysadmin may point it elsewhere.")}
    if source.trust == "publish" and data_dict.get("url", source.url) != source.url:
        return {"success": False, "msg": tk._("The source is trusted: only a sysadmin may point it elsewhere.")}
    return _may_grant(data_dict, source)


def regional_source_preview(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may save the source so."""
    if data_dict.get("id"):
        return regional_source_patch(context, data_dict)
    return regional_source_create(context, data_dict)


def regional_source_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _read_source(context, data_dict.get("id"))


def regional_source_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Admins of any organisation and stewards of sources; each sees theirs."""
    user = context.get("user", "")
    return _answer(bool(organisations_of(user) or is_steward(user)))


def regional_source_delete(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _of_source(context, data_dict.get("id"))


def regional_harvest_run(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _of_source(context, data_dict.get("source"))


def regional_record_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _read_source(context, data_dict.get("source"))


def regional_record_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _of_record(context, data_dict.get("id"))


def regional_record_resolve(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _of_record(context, data_dict.get("id"))


def regional_record_resolve_many(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Admins of any organisation; each record is asked for by itself."""
    return _answer(bool(organisations_of(context.get("user", ""))))


def regional_run_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    if data_dict.get("source"):
        return _read_source(context, data_dict["source"])
    return regional_source_list(context, data_dict)


def regional_run_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _of_run(context, data_dict.get("id"), _reads)


def regional_run_abort(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _of_run(context, data_dict.get("id"))


def regional_run_confirm(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _of_run(context, data_dict.get("id"))


def regional_run_resume(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return _of_run(context, data_dict.get("id"))


@tk.auth_allow_anonymous_access
def regional_changes(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody: it tells what is public."""
    return _answer(True)


@tk.auth_allow_anonymous_access
def regional_federation(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody: it says who this site is."""
    return _answer(True)


def organisations_of(user: str) -> list[str]:
    """Ids of the organisations whose sources ``user`` administers; all of them for a sysadmin."""
    if not user:
        return []
    if authz.is_sysadmin(user):
        query = sa.select(model.Group.id).where(model.Group.is_organization)
        return [found for found in model.Session.scalars(query) if found]
    account = model.User.get(user)
    if account is None:
        return []
    query = sa.select(model.Member.group_id).where(
        model.Member.table_name == "user",
        model.Member.table_id == account.id,
        model.Member.capacity == "admin",
        model.Member.state == "active",
    )
    return [found for found in model.Session.scalars(query) if found]


def is_steward(user: str) -> bool:
    """Whether ``user`` answers for what comes from some source."""
    mine = Source.defaults["steward"].astext == user
    return bool(user) and bool(model.Session.scalar(sa.select(sa.exists().where(mine))))


def _of_source(context: Context, reference: str | None) -> AuthResult:
    return _for_source(context, reference, _administers)


def _read_source(context: Context, reference: str | None) -> AuthResult:
    return _for_source(context, reference, _reads)


def _for_source(context: Context, reference: str | None, may: Callable[[str, Source], bool]) -> AuthResult:
    try:
        source = sources.get(reference or "")
    except NotHere:
        # Whether it exists is told to admins only.
        return _answer(bool(organisations_of(context.get("user", ""))))
    return _answer(may(context.get("user", ""), source))


def _administers(user: str, source: Source) -> bool:
    return _is_admin(user, source.owner_org)


def _reads(user: str, source: Source) -> bool:
    return _administers(user, source) or bool(user and source.defaults.get("steward") == user)


def _of_run(context: Context, run_id: str | None, may: Callable[[str, Source], bool] = _administers) -> AuthResult:
    try:
        run = runs.get(run_id or "")
    except NotHere:
        return _answer(bool(organisations_of(context.get("user", ""))))
    source = model.Session.get(Source, run.source_id)
    return _answer(source is not None and may(context.get("user", ""), source))


def _of_record(context: Context, record_id: str | None) -> AuthResult:
    record = model.Session.get(Record, record_id) if record_id else None
    source = model.Session.get(Source, record.source_id) if record is not None and record.source_id else None
    if source is None:
        return _answer(bool(organisations_of(context.get("user", ""))))
    return _answer(_is_admin(context.get("user", ""), source.owner_org))


def _is_admin(user: str, organisation_id: str) -> bool:
    return organisation_id in organisations_of(user)


def _may_fill(context: Context, data_dict: dict[str, Any]) -> bool:
    """Whether the user is an admin of every organisation into which the source may bring something by its table."""
    own = set(organisations_of(context.get("user", "")))
    groups = [model.Group.get(here) for here in organizations.targets(data_dict.get("organizations"))]
    return all(group is None or group.id in own for group in groups)


def _may_grant(data_dict: dict[str, Any], source: Source | None = None) -> AuthResult:
    """Trust ``publish`` and tokens are a sysadmin's to give, and sysadmins do not come by here."""
    before = source.trust if source is not None else None
    if data_dict.get("trust", before) == "publish" and before != "publish":
        return {"success": False, "msg": tk._("Only a sysadmin may trust a source to publish.")}
    given = data_dict.get("organizations")
    mode = given.get("mode") if isinstance(given, dict) else None
    if mode == "mirror" and (source is None or source.organizations.get("mode") != "mirror"):
        return {"success": False, "msg": tk._("Only a sysadmin may let a source make organisations.")}
    if data_dict.get("token"):
        return {"success": False, "msg": tk._("Only a sysadmin may give a source a token.")}
    return _answer(True)


def _answer(allowed: bool) -> AuthResult:
    if allowed:
        return {"success": True}
    return {"success": False, "msg": tk._("Sources are for sysadmins and admins of the organisation that owns them.")}
