"""The appointments, and who may decide about a dataset by them."""

from __future__ import annotations

import dataclasses
import datetime

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import authz, model
from ckan.logic.auth.update import package_update as may_update
from ckan.model.group import group_table, member_table
from ckan.types import Context

from ckanext.regional.curation import remembered
from ckanext.regional.curation.cases import scope_of
from ckanext.regional.curation.model import Contributor, Steward
from ckanext.regional.curation.scope import REVIEWING, Reviewers, Stewardship, covers, in_force, reviewers
from ckanext.regional.types import Duty

#: Statements on columns, made once: who reads a dataset is asked for them. The columns are those of a stewardship.
_APPOINTMENTS = sa.select(*(getattr(Steward.__table__.c, field.name) for field in dataclasses.fields(Stewardship)))
_OF_USER = _APPOINTMENTS.where(Steward.user_id == sa.bindparam("id"))
_APPOINTED = _APPOINTMENTS.join(model.User, model.User.id == Steward.user_id).where(model.User.state == "active")
_EDITS_IN = (
    sa.select(member_table.c.group_id)
    .join(group_table, group_table.c.id == member_table.c.group_id)
    .where(
        member_table.c.table_name == "user",
        member_table.c.table_id == sa.bindparam("id"),
        member_table.c.state == "active",
        member_table.c.capacity.in_(sa.bindparam("roles", expanding=True)),
        group_table.c.is_organization.is_(True),
        group_table.c.state == "active",
    )
)


def of_user(user_id: str) -> list[Stewardship]:
    """The appointments of one user."""
    return [Stewardship(*row) for row in model.Session.execute(_OF_USER, {"id": user_id})]


def appointed() -> list[Stewardship]:
    """Every appointment of an active user."""
    return [Stewardship(*row) for row in model.Session.execute(_APPOINTED)]


def duties() -> list[Duty]:
    """Who reviews what as of now, and who stands in where nobody is left."""
    return [
        Duty(one.user_id, one.territory, one.sector, stands_in=one.role == "coordinator")
        for one in in_force(appointed(), datetime.date.today())
        if one.role in (*REVIEWING, "coordinator")
    ]


def excluded_by_four_eyes(package: model.Package, submitted_by: str | None) -> set[str]:
    """Ids of those who made, edited or submitted the content."""
    contributors = model.Session.scalars(sa.select(Contributor.user_id).where(Contributor.dataset_id == package.id))
    return {*contributors, package.creator_user_id or "", submitted_by or ""} - {""}


def reviewers_of(package: model.Package, submitted_by: str | None) -> Reviewers:
    """Who may review, approve or stand in, as of now."""
    return reviewers(
        appointed(), scope_of(package), excluded_by_four_eyes(package, submitted_by), datetime.date.today()
    )


def may_decide(user: model.User, package: model.Package, submitted_by: str | None, *, four_eyes: bool) -> bool:
    """Whether ``user`` may decide about the dataset now; ``four_eyes`` asks for somebody who did not make it."""
    who = reviewers_of(package, submitted_by)
    if user.id in (who.approvers if four_eyes else who.stewards):
        return True
    if not who.unassigned or user.id in excluded_by_four_eyes(package, submitted_by):
        return False
    return user.id in who.coordinators or (who.sysadmins_decide and authz.is_sysadmin(user.name))


def stands_in(user: model.User, package: model.Package, submitted_by: str | None) -> bool:
    """Whether ``user`` decides only because neither a steward nor a coordinator is left."""
    who = reviewers_of(package, submitted_by)
    return who.sysadmins_decide and user.id not in who.stewards and authz.is_sysadmin(user.name)


def plain(row: Steward) -> Stewardship:
    """An appointment as the pure rules take it."""
    return Stewardship(row.user_id, row.territory, row.sector, row.role, row.until)


def edits(user: model.User, package: model.Package) -> bool:
    """Whether ``user`` may edit the dataset by CKAN's own rule, leaving out that the review refuses published ones."""
    context: Context = {"user": user.name, "auth_user_obj": user, "package": package}
    return bool(may_update(context, {"id": package.id}).get("success")) or authz.is_sysadmin(user.name)


def administers(user: model.User, package: model.Package) -> bool:
    """Whether ``user`` is an administrator of the dataset's organisation, or a sysadmin."""
    if authz.is_sysadmin(user.name):
        return True
    return bool(package.owner_org) and authz.has_user_permission_for_group_or_org(package.owner_org, user.name, "admin")


def organisations_of(user: model.User) -> set[str]:
    """Ids of the organisations whose unpublished datasets ``user`` may read."""
    found = tk.get_action("organization_list_for_user")({"user": user.name}, {"permission": "read"})
    return {organisation["id"] for organisation in found}


def edits_in(user_id: str) -> list[str]:
    """Ids of the organisations whose datasets a user edits by their role there."""
    roles = authz.get_roles_with_permission("update_dataset")
    return sorted(group for group in model.Session.scalars(_EDITS_IN, {"id": user_id, "roles": roles}) if group)


def reviews(user: model.User, package: model.Package) -> bool:
    """Whether an appointment of ``user`` covers the dataset, whatever its role."""
    scope, today = scope_of(package), datetime.date.today()
    return any(covers(one, scope, today) for one in of_user(user.id))


def name_reviews(name: str, dataset_id: str) -> bool:
    """As :func:`reviews`, by user name and dataset; who has no appointment costs nothing for each further dataset."""
    mine = remembered.once(("appointments", name), lambda: _of_name(name))
    package = model.Session.get(model.Package, dataset_id) if mine else None
    if package is None:
        return False
    scope, today = scope_of(package), datetime.date.today()
    return any(covers(one, scope, today) for one in mine)


def _of_name(name: str) -> list[Stewardship]:
    user = model.User.get(name)
    return of_user(user.id) if user is not None else []


def concerns(user: model.User, package: model.Package) -> bool:
    """Whether the review of a dataset is any of this user's business: they may read it hidden, or review it."""
    if authz.is_sysadmin(user.name) or reviews(user, package):
        return True
    return package.owner_org in organisations_of(user)


def works_on(user: model.User, package: model.Package) -> bool:
    """Whether proposals to change a dataset are any of this user's business: they edit it, or review it."""
    return edits(user, package) or reviews(user, package)


def may_ask_for_removal(user: model.User, package: model.Package, *, dpo: bool) -> bool:
    """Whether ``user`` may ask that a published dataset is taken offline.

    :param dpo: data protection officers in scope may, too
    """
    if administers(user, package) or may_decide(user, package, None, four_eyes=False):
        return True
    return dpo and protects(user, package)


def protects(user: model.User, package: model.Package) -> bool:
    """Whether ``user`` is a data protection officer in whose scope the dataset is."""
    scope, today = scope_of(package), datetime.date.today()
    return any(one.role == "dpo" and covers(one, scope, today) for one in of_user(user.id))


def is_coordinator(user: model.User) -> bool:
    """Whether ``user`` coordinates anything now."""
    return any(one.role == "coordinator" for one in in_force(of_user(user.id), datetime.date.today()))
