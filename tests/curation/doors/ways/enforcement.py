"""By the actions of the dataset itself."""

from __future__ import annotations

from typing import Any

from tests.curation.conftest import Catalogue, upload
from tests.curation.doors.ways import Way


def changed(it: Catalogue, **changes: Any) -> dict[str, Any]:
    return it.published | changes


def stolen(it: Catalogue, **changes: Any) -> dict[str, Any]:
    return it.hidden | {"resources": [it.published["resources"][0] | changes]}


WAYS: dict[str, tuple[str, Way]] = {
    "update": ("package_update", lambda it: changed(it, title="X")),
    "update by name": ("package_update", lambda it: changed(it, id="menus", title="X")),
    "update by the key name alone": ("package_update", lambda it: {"name": "menus", "title": "X"}),
    "update with nothing changed": ("package_update", lambda it: dict(it.published)),
    "update with upload": (
        "package_update",
        lambda it: changed(it, resources=[it.published["resources"][0] | {"upload": upload(b"other")}]),
    ),
    "update without resources": ("package_update", lambda it: changed(it, resources=[])),
    "update's groups": ("package_update", lambda it: changed(it, groups=[{"id": it.other_group}])),
    "patch": ("package_patch", lambda it: {"id": it.id, "title": "X"}),
    "patch private": ("package_patch", lambda it: {"id": it.id, "private": True}),
    "patch state deleted": ("package_patch", lambda it: {"id": it.id, "state": "deleted"}),
    "patch state draft": ("package_patch", lambda it: {"id": it.id, "state": "draft"}),
    "patch owner": ("package_patch", lambda it: {"id": it.id, "owner_org": it.other_organization}),
    "patch no owner": ("package_patch", lambda it: {"id": it.id, "owner_org": ""}),
    "patch name": ("package_patch", lambda it: {"id": it.id, "name": "autre"}),
    "patch tags": ("package_patch", lambda it: {"id": it.id, "tags": [{"name": "autre"}]}),
    "patch groups": ("package_patch", lambda it: {"id": it.id, "groups": []}),
    "patch type": ("package_patch", lambda it: {"id": it.id, "type": "showcase"}),
    "revise update": ("package_revise", lambda it: {"match": {"id": it.id}, "update": {"title": "X"}}),
    "revise filter": ("package_revise", lambda it: {"match": {"id": it.id}, "filter": ["-tags"]}),
    "revise filter and include": (
        "package_revise",
        lambda it: {"match": {"id": it.id}, "filter": "+title,+owner_org,+name,+id,-*", "include": ["*"]},
    ),
    "revise flat": ("package_revise", lambda it: {"match__id": it.id, "update__resources__0__name": "X"}),
    "revise extend": (
        "package_revise",
        lambda it: {"match__id": it.id, "update__resources__extend": [{"url": "https://example.org/b"}]},
    ),
    "revise upload": (
        "package_revise",
        lambda it: {"match__id": it.id, f"update__resources__{it.uploaded[:6]}__upload": upload(b"other")},
    ),
    "resource taken over by another dataset": ("package_update", lambda it: stolen(it, name="X")),
    "resource taken over with an upload": ("package_update", lambda it: stolen(it, upload=upload(b"other"))),
    "owner": ("package_owner_org_update", lambda it: {"id": it.id, "organization_id": it.other_organization}),
    "no owner": ("package_owner_org_update", lambda it: {"id": it.id, "organization_id": None}),
    "bulk private": (
        "bulk_update_private", lambda it: {"datasets": [it.id], "org_id": it.published["owner_org"]}
    ),
    "bulk delete": ("bulk_update_delete", lambda it: {"datasets": [it.id], "org_id": it.published["owner_org"]}),
}  # fmt: skip

#: What sysadmins may do and nobody else.
FOR_SYSADMINS: dict[str, tuple[str, Way]] = {
    "delete": ("package_delete", lambda it: {"id": it.id}),
    "purge": ("dataset_purge", lambda it: {"id": it.id}),
}
