"""Actions about the reader's own notices."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import Context

from ckanext.regional import actor, preferences
from ckanext.regional.curation.logic import schema
from ckanext.regional.curation.model import Notice
from ckanext.regional.curation.notices import recipients, text
from ckanext.regional.database import now
from ckanext.regional.exceptions import InvalidInput
from ckanext.regional.logic.errors import with_toolkit_errors

__all__ = [
    "regional_notice_list",
    "regional_notice_read",
    "regional_notice_settings_show",
    "regional_notice_settings_update",
]


@tk.side_effect_free
@tk.validate_action_data(schema.notice_list)
@with_toolkit_errors
def regional_notice_list(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """List what you were told about the review, the latest first.

    :param start: how many to leave out
    :param rows: how many to return (20; 100 at most)
    :returns: ``{"count", "unread", "results": [{"id", "kind", "at", "text", "url", "new"}]}``; what no longer concerns
        you is left out of the results
    """
    tk.check_access("regional_notice_list", context, data_dict)
    user = _user(context)
    own = sa.and_(Notice.user_id == user.id, Notice.state != "new")
    query = sa.select(Notice).where(own).order_by(Notice.created.desc(), Notice.id)
    page = model.Session.scalars(query.offset(data_dict["start"]).limit(min(data_dict["rows"], 100)))
    concerned = [notice for notice in page if recipients.is_known_to(notice, user)]
    count, unread = model.Session.execute(
        sa.select(sa.func.count(), sa.func.count().filter(Notice.seen.is_(None))).where(own)
    ).one()
    return {"count": count, "unread": unread, "results": text.headlines(concerned, user)}


@tk.validate_action_data(schema.notice_read)
@with_toolkit_errors
def regional_notice_read(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Say that you have read your notices.

    :param ids: only these, as a list or text with commas (optional)
    :returns: ``{"read": how many}``
    """
    tk.check_access("regional_notice_read", context, data_dict)
    query = sa.update(Notice).where(Notice.user_id == _user(context).id, Notice.seen.is_(None))
    if data_dict.get("ids"):
        query = query.where(Notice.id.in_(data_dict["ids"]))
    found = model.Session.execute(query.values(seen=now()).execution_options(synchronize_session=False))
    model.Session.commit()
    return {"read": found.rowcount}  # pyright: ignore[reportAttributeAccessIssue]


@tk.side_effect_free
@with_toolkit_errors
def regional_notice_settings_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show whether you are told by e-mail, and in which language.

    :returns: ``{"mail", "language"}``; the language is empty where it is the site's
    """
    tk.check_access("regional_notice_settings_show", context, data_dict)
    chosen = preferences.of(_user(context))
    return {"mail": chosen.mail, "language": chosen.language}


@tk.validate_action_data(schema.notice_settings)
@with_toolkit_errors
def regional_notice_settings_update(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Choose whether you are told by e-mail, and in which language.

    :param mail: whether notices come by e-mail too; in CKAN they are shown anyway
    :param language: a code that the site offers, such as ``fr``; empty: the site's
    :returns: as ``regional_notice_settings_show``
    """
    tk.check_access("regional_notice_settings_update", context, data_dict)
    user = _user(context)
    before = preferences.of(user)
    language = data_dict["language"] or None if "language" in data_dict else before.language
    if language and language not in preferences.offered():
        known = ", ".join(sorted(preferences.offered()))
        raise InvalidInput({"language": [tk._("“{value}” is not offered here; there are {known}.").format(
            value=language, known=known)]})  # fmt: skip
    preferences.save(user, preferences.Preferences(data_dict.get("mail", before.mail), language))
    return regional_notice_settings_show(tk.fresh_context(context), {})


def _user(context: Context) -> model.User:
    user = actor.of(context)
    assert user is not None  # the auth functions want a user
    return user
