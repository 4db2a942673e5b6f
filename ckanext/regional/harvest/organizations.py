"""Which organisation of this site owns what a source brings: always one, one by one by a table, or copies of theirs.

A copied organisation keeps its id here whatever it is called, so it is made once; its name carries the source's, so
that two regions' equal names do not collide. The harvest user makes it, and the source's steward becomes an editor.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import authz, model

from ckanext.regional import logs
from ckanext.regional.harvest import config
from ckanext.regional.harvest.writing import mapping

log = logs.get_logger(__name__)

MODES = ("one", "mirror", "table")
_LONGEST_NAME = 100
_LONGEST_TITLE = 200
_LONGEST_TEXT = 2_000
_MOST_IN_TABLE = 1_000


@dataclass(frozen=True, slots=True)
class Theirs:
    """A neighbour's organisation."""

    id: str
    name: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Owners:
    """Answers who owns a dataset that came."""

    default: str
    by_theirs: Mapping[str, str] = field(default_factory=dict)

    def of(self, remote: Mapping[str, Any]) -> str:
        """The id of the organisation here."""
        theirs = read(remote)
        if theirs is None:
            return self.default
        keys = (theirs.id, theirs.name, theirs.title)
        return next((self.by_theirs[key] for key in keys if key in self.by_theirs), self.default)


def read(remote: Mapping[str, Any]) -> Theirs | None:
    """The organisation that a neighbour's dataset says it belongs to."""
    given = remote.get("organization") if isinstance(remote, Mapping) else None
    if not isinstance(given, Mapping):
        return None
    texts = {key: given[key].strip() if isinstance(given.get(key), str) else "" for key in ("id", "name", "title")}
    identifier = texts["id"] or texts["name"] or texts["title"]
    if not identifier:
        return None
    about = given.get("description")
    return Theirs(
        id=identifier,
        name=texts["name"] or texts["title"] or identifier,
        title=texts["title"] or texts["name"] or identifier,
        description=about.strip()[:_LONGEST_TEXT] if isinstance(about, str) else "",
    )


def checked(given: Any, steward: str | None, problems: list[str]) -> dict[str, Any]:
    """Read the field of a source.

    :param steward: who answers here for what comes: must be a member wherever it may go
    :param problems: is told each thing that is wrong, as a sentence
    """
    value = given or {"mode": "one"}
    if not isinstance(value, dict) or set(value) - {"mode", "table"}:
        problems.append('Give an object such as {"mode": "table", "table": {"their-name": "our-name"}}.')
        return {"mode": "one"}
    mode, table = value.get("mode") or "one", value.get("table") or {}
    if mode not in MODES:
        problems.append(f"mode: “{mode}” is none of {', '.join(MODES)}.")
    elif mode != "table":
        if table:
            problems.append(f"table: it is read with mode “table” only, and this is “{mode}”.")
        return {"mode": mode}
    elif not isinstance(table, dict) or not table or len(table) > _MOST_IN_TABLE:
        problems.append(f"table: name at least one of their organisations and ours for it, at most {_MOST_IN_TABLE}.")
    else:
        return {"mode": mode, "table": {there: _ours(there, here, steward, problems) for there, here in table.items()}}
    return {"mode": "one"}


def targets(given: Any) -> list[str]:
    """The organisations here that a table names, as it names them."""
    table = given.get("table") if isinstance(given, dict) and given.get("mode") == "table" else None
    return [here for here in table.values() if isinstance(here, str)] if isinstance(table, dict) else []


def owners(organizations: Mapping[str, Any], default: str, site: str, remotes: Iterable[Any]) -> Owners:
    """Find out, in one query, who owns each of some datasets.

    :param default: id of the source's own organisation
    :param site: of the neighbour
    """
    mode = organizations.get("mode", "one")
    if mode == "one":
        return Owners(default)
    if mode == "table":
        wanted = dict(organizations.get("table") or {})
        present = _active(wanted.values())
        return Owners(default, {there: present[here] for there, here in wanted.items() if here in present})
    ids = {theirs.id: mirrored_id(site, theirs) for remote in remotes if (theirs := read(remote))}
    present = _active(ids.values())
    return Owners(default, {theirs: here for theirs, here in ids.items() if here in present})


def owner(organizations: Mapping[str, Any], default: str, site: str, remote: Mapping[str, Any]) -> str:
    """As :func:`owners`, for one dataset."""
    return owners(organizations, default, site, [remote]).of(remote)


def mirrored_id(site: str, theirs: Theirs) -> str:
    """The id here of a copied organisation: always the same for the same one there."""
    return mapping.local_id(site, f"organization\n{theirs.id}")


def mirror(site: str, source: tuple[str, str], steward: str | None, remotes: Iterable[Any]) -> None:
    """Make copies of the neighbour's organisations that are not here yet; commits.

    One that was deleted here stays deleted: what belongs to it goes to the source's own.

    :param source: its name and title
    """
    wanted = {mirrored_id(site, theirs): theirs for remote in remotes if (theirs := read(remote))}
    here = set(model.Session.scalars(sa.select(model.Group.id).where(model.Group.id.in_(wanted))))
    for organisation_id, theirs in wanted.items():
        if organisation_id not in here:
            _make(organisation_id, theirs, source, steward)


def mirrored_name(theirs: Theirs, source_name: str) -> str:
    """The name here of a copied organisation: theirs, behind the source's."""
    plain = unicodedata.normalize("NFKD", theirs.name).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"-{2,}", "-", re.sub(r"[^a-z0-9_-]+", "-", plain)).strip("-") or "organisation"
    return f"{source_name[: _LONGEST_NAME // 2]}-{name}"[:_LONGEST_NAME].rstrip("-")


def _make(organisation_id: str, theirs: Theirs, source: tuple[str, str], steward: str | None) -> None:
    source_name, source_title = source
    name = mirrored_name(theirs, source_name)
    if model.Group.get(name) is not None:
        name = f"{name[: _LONGEST_NAME - 9].rstrip('-')}-{organisation_id[:8]}"
    data: dict[str, Any] = {
        "id": organisation_id,
        "name": name,
        "title": f"{theirs.title[:_LONGEST_TITLE]} ({source_title})",
        "description": theirs.description,
        "users": [{"name": steward, "capacity": "editor"}] if steward else [],
    }
    try:
        tk.get_action("organization_create")({"user": config.user(), "ignore_auth": True}, data)
    except tk.ValidationError as error:
        # Another worker was faster, or this site's rules for organisations refuse it; then it has the source's own.
        model.Session.rollback()
        log.warning("Organisation %s could not be made: %s", theirs.name, error.error_dict, ids={"source": source_name})


def _active(references: Iterable[str]) -> dict[str, str]:
    """Ids of the active organisations among these, by name and by id."""
    wanted = list(references)
    query = sa.select(model.Group.id, model.Group.name).where(
        model.Group.is_organization,
        model.Group.state == "active",
        sa.or_(model.Group.id.in_(wanted), model.Group.name.in_(wanted)),
    )
    return {key: row.id for row in model.Session.execute(query) for key in (row.id, row.name)}


def _ours(there: Any, here: Any, steward: str | None, problems: list[str]) -> str:
    """The id of one of our organisations: a name may change."""
    group = model.Group.get(here) if isinstance(here, str) and here else None
    if not there or group is None or not group.is_organization or group.state != "active":
        problems.append(f"table.{there}: there is no active organisation “{here}” here.")
        return str(here)
    user = model.User.get(steward) if steward else None
    if user is not None and not user.sysadmin and not authz.users_role_for_group_or_org(group.id, user.name):
        problems.append(f"table.{there}: the steward “{user.name}” is not a member of “{group.name}”.")
    return group.id
