"""What every door asks: which dataset is meant, whether it is out, who writes; and the sentence of a refusal."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import authz, model
from ckan.types import Context

from ckanext.regional.curation import cases
from ckanext.regional.curation.status import is_exempt, seen_status, status_of
from ckanext.regional.exceptions import RegionalRefused


def refusal(package: model.Package) -> str:
    """Why a write on a published dataset is refused, and the way to go."""
    title = package.title or package.name
    # A working copy is never public, not even when it is spent.
    if package.private and cases.of_copy(package.id) is not None:
        return tk._(
            "This proposal for “{title}” was decided or discarded: make a new one (regional_revision_create)."
        ).format(title=title)
    if seen_status(package) == "retired":
        return tk._(
            "“{title}” was removed and cannot be changed (regional_revision_create is for published ones)."
        ).format(title=title)
    return tk._(
        "“{title}” is published, so it cannot be changed directly: press “Propose a change” on its page or call "
        "regional_revision_create, edit the copy that it makes, and submit that."
    ).format(title=title)


def refused(package: model.Package) -> RegionalRefused:
    return RegionalRefused(refusal(package), dataset=package.name, kind=package.type)


def refuse_if_out(package: model.Package) -> None:
    """Refuse a change of what is published, or is being published now."""
    wait_for_decision(package)
    if is_out(package):
        raise refused(package)


def wait_for_decision(package: model.Package) -> None:
    """Let a decision that is under way end, and let none begin before this transaction does."""
    model.Session.execute(sa.select(model.Package.id).where(model.Package.id == package.id).with_for_update())


def is_out(package: model.Package) -> bool:
    """Whether the review answers for the dataset and has let it out."""
    return not is_exempt(package.type) and status_of(package) != "unpublished"


def package_of(name_or_id: Any) -> model.Package | None:
    return model.Package.get(name_or_id) if isinstance(name_or_id, str) else None


def package_of_resource(resource_id: Any) -> model.Package | None:
    resource = model.Resource.get(resource_id) if isinstance(resource_id, str) else None
    return package_of(resource.package_id) if resource is not None else None


def is_sysadmin(context: Context) -> bool:
    return bool(context.get("ignore_auth")) or authz.is_sysadmin(context.get("user"))


def is_machine(context: Context) -> bool:
    """Whether a job or the datastore is writing, not a person."""
    return bool(context.get("ignore_auth")) or context.get("user") == tk.config["ckan.site_id"]
