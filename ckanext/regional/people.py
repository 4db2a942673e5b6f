"""Who may be named as the one who answers for an organisation's data, and whose name everybody may know."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from ckan import authz, model
from ckan.model.user import user_table
from ckan.plugins import toolkit as tk
from sqlalchemy.dialects.postgresql import JSONB

from ckanext.regional.data.names import fold, words

#: Where a user's ``plugin_extras`` keep what is ours.
_OURS = "regional"
_PUBLIC_NAME = "public_name"
#: Made once, on columns: every show of a dataset asks it.
_NAMED = sa.select(user_table.c.name, user_table.c.fullname).where(
    user_table.c.name.in_(sa.bindparam("names", expanding=True)),
    user_table.c.state == "active",
    user_table.c.plugin_extras[(_OURS, _PUBLIC_NAME)] == sa.literal(True, JSONB),
)


def to_choose(asker: str, organisation: str | None = None) -> list[tuple[str, str]]:
    """List active members, by name.

    :param asker: user name of who fills in the form; an administrator of the site may answer for data, too.
    :param organisation: name or id; without one, the members of all organisations where ``asker`` may create datasets.
    :returns: user name and display name.
    """
    if organisation and (known := model.Group.get(organisation)):
        ids = [known.id]
    else:
        offered = tk.get_action("organization_list_for_user")({"user": asker}, {"permission": "create_dataset"})
        ids = [one["id"] for one in offered]
    members = (
        model.Session.query(model.User)
        .join(model.Member, model.Member.table_id == model.User.id)
        .filter(
            model.Member.table_name == "user",
            model.Member.group_id.in_(ids),
            model.Member.state == "active",
            model.User.state == "active",
        )
        .distinct()
    )
    people = {user.name: user.display_name for user in members}
    if authz.is_sysadmin(asker) and (user := model.User.get(asker)):
        people.setdefault(user.name, user.display_name)
    return sorted(people.items(), key=lambda item: fold(item[1]))


def search(asker: str, organisation: str | None, typed: str, most: int) -> list[tuple[str, str]]:
    """Of :func:`to_choose` those in whose name or user name every word typed begins a word; accents do not count."""
    wanted = words(typed)
    found: list[tuple[str, str]] = []
    for name, shown in to_choose(asker, organisation):
        known = [*words(shown), *words(name)]
        if all(any(word.startswith(begun) for word in known) for begun in wanted):
            found.append((name, shown))
    return found[:most]


def may_ask(asker: str, organisation: str | None, dataset: str | None = None) -> bool:
    """Say whether a user may learn the names of an organisation's members: who creates datasets there, or edits this
    one of its datasets. Without an organisation, whoever creates datasets anywhere.

    :param dataset: name or id.
    """
    if organisation is None:
        return authz.has_user_permission_for_some_org(asker, "create_dataset")
    known = model.Group.get(organisation)
    if known is None or not known.is_organization:
        return False
    if authz.has_user_permission_for_group_or_org(known.id, asker, "create_dataset"):
        return True
    package = model.Package.get(dataset) if dataset else None
    return (
        package is not None
        and package.owner_org == known.id
        and authz.is_authorized_boolean("package_update", {"user": asker}, {"id": package.id})
    )


# Public names -------------------------------------------------------------------------------------------------------


def public_names(users: Iterable[str]) -> dict[str, str]:
    """Of some users the names that everybody may know, in one query.

    :param users: user names
    :returns: display names by user name; who did not agree, or has no account any more, is absent
    """
    wanted = set(users)
    if not wanted:
        return {}
    known = model.Session.execute(_NAMED, {"names": list(wanted)}).tuples()
    # As CKAN makes a display name.
    return {name: full if full and full.strip() else name for name, full in known}


def has_public_name(user: model.User) -> bool:
    """Say whether a user agreed to be named to everybody as the one who answers for data."""
    ours = (user.plugin_extras or {}).get(_OURS)
    return isinstance(ours, dict) and ours.get(_PUBLIC_NAME) is True


def set_public_name(user: model.User, agreed: bool) -> None:
    """Keep what a user decided; taken back, it holds for the next reader."""
    extras = dict(user.plugin_extras or {})
    ours = extras.get(_OURS)
    extras[_OURS] = {**(ours if isinstance(ours, dict) else {}), _PUBLIC_NAME: agreed}
    user.plugin_extras = extras
    model.repo.commit()
