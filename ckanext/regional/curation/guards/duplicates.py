"""No other dataset has the same title or the same file."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import authz, model
from ckan.model.package import package_table
from ckan.model.resource import resource_table
from ckan.types import Context

from ckanext.regional.curation.applying import content
from ckanext.regional.curation.guards.personal.texts import RESOURCE
from ckanext.regional.curation.guards.saying import Details, said
from ckanext.regional.curation.model import Case
from ckanext.regional.curation.status import is_exempt
from ckanext.regional.types import GuardResult

#: What PostgreSQL makes of a title: small letters without accents, signs as one blank.
_ACCENTED, _PLAIN = "àâäáãåçéèêëíìîïñóòôöõúùûüýÿ", "aaaaaaceeeeiiiinooooouuuuyy"
#: A database in the locale C makes no small letters of these.
_CAPITALS = _ACCENTED.replace("ÿ", "").upper() + "Ÿ"
_MOST = 5
#: Files of the same length that are read to compare them.
_MOST_FILES = 10


def duplicates(dataset: dict[str, Any], context: Context) -> Iterator[GuardResult]:
    """Warn of another dataset with the same title, and of another one with the same file."""
    itself = _itself(dataset.get("id"))
    if others := _of_the_same_title(dataset.get("title") or "", itself):
        yield said(sentence, "warn", "duplicates.title", "title", others=_readable(others, context))
    for resource in dataset.get("resources") or []:
        if others := _with_the_same_file(resource, itself):
            field = f"{RESOURCE}{resource['id']}"
            yield said(sentence, "warn", "duplicates.file", field, others=_readable(others, context))


def sentence(code: str, field: str | None, details: Details) -> str | None:
    """The sentence for a finding of this guard; ``others`` are the titles of those that this reader may see."""
    shown = ", ".join(tk._("“{title}”").format(title=title) for title in details.get("others") or [])
    if code == "duplicates.title":
        text = tk._(
            "Another dataset has the same title: {others}. If they are the same, keep one; else name them apart."
        )
        hidden = tk._("Another dataset has the same title. If they are the same, keep one; else name them apart.")
    elif code == "duplicates.file":
        text = tk._("The same file is in another dataset: {others}. Is it needed twice?")
        hidden = tk._("The same file is in another dataset. Is it needed twice?")
    else:
        return None
    return text.format(others=shown) if shown else hidden


def for_everybody(details: Details) -> Details:
    """Details that may be stored: who reads them later may not see the others."""
    return {key: value for key, value in details.items() if key != "others"}


def plain(title: str) -> str:
    """A title without what makes no difference."""
    letters = unicodedata.normalize("NFKD", title.lower().replace("œ", "oe").replace("æ", "ae"))
    without = "".join(one for one in letters if not unicodedata.combining(one))
    return " ".join("".join(one if one.isalnum() else " " for one in without).split())


def _itself(dataset_id: str | None) -> set[str]:
    """A dataset and its working copy, or the other way round, are one."""
    if not dataset_id:
        return set()
    query = sa.select(Case.dataset_id, Case.copy_id).where(
        sa.or_(Case.dataset_id == dataset_id, Case.copy_id == dataset_id)
    )
    return {dataset_id, *(one for row in model.Session.execute(query) for one in row if one)}


def _of_the_same_title(title: str, itself: set[str]) -> list[str]:
    wanted = plain(title)
    if not wanted:
        return []
    column = sa.func.lower(sa.func.translate(package_table.c.title, _ACCENTED + _CAPITALS, _PLAIN * 2))
    for joined, apart in (("œ", "oe"), ("Œ", "oe"), ("æ", "ae"), ("Æ", "ae")):
        column = sa.func.replace(column, joined, apart)
    same = sa.func.btrim(sa.func.regexp_replace(column, "[^[:alnum:]]+", " ", "g")) == wanted
    rows = model.Session.execute(
        sa.select(package_table.c.id, package_table.c.type)
        .where(package_table.c.state == "active", package_table.c.id.notin_(itself), same)
        .order_by(package_table.c.metadata_created)
        .limit(_MOST)
    )
    return [package_id for package_id, kind in rows if not is_exempt(kind)]


def _with_the_same_file(resource: dict[str, Any], itself: set[str]) -> list[str]:
    if resource.get("url_type") != "upload" or not resource.get("size"):
        return []
    own = content.file_hash(resource)
    if own in (None, content.UNREADABLE):
        return []
    rows = model.Session.execute(
        sa.select(resource_table.c.id, resource_table.c.package_id)
        .join(package_table, package_table.c.id == resource_table.c.package_id)
        .where(
            resource_table.c.size == resource["size"],
            resource_table.c.url_type == "upload",
            resource_table.c.state == "active",
            resource_table.c.package_id.notin_(itself),
            package_table.c.state == "active",
        )
        .limit(_MOST_FILES)
    ).all()
    same = [row.package_id for row in rows if content.file_hash({"id": row.id, "url_type": "upload"}) == own]
    return list(dict.fromkeys(same))


def _readable(dataset_ids: list[str], context: Context) -> list[str]:
    """Titles of those that the reader may see; the others are not betrayed."""
    titles: list[str] = []
    for dataset_id in dataset_ids:
        package = model.Package.get(dataset_id)
        reader: Context = {"user": context.get("user") or "", "auth_user_obj": context.get("auth_user_obj")}
        if package is not None and authz.is_authorized_boolean("package_show", reader, {"id": dataset_id}):
            titles.append(package.title or package.name)
    return titles
