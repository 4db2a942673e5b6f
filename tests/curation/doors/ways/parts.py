"""By what belongs to the dataset."""

from __future__ import annotations

from tests.curation.conftest import upload
from tests.curation.doors.ways import Way
from tests.curation.doors.ways.enforcement import changed

WAYS: dict[str, tuple[str, Way]] = {
    "resource create": ("resource_create", lambda it: {"package_id": it.id, "url": "https://example.org/b"}),
    "resource create upload": ("resource_create", lambda it: {"package_id": it.id, "upload": upload(b"other")}),
    "resource update": ("resource_update", lambda it: it.published["resources"][1] | {"name": "X"}),
    "resource update upload": (
        "resource_update", lambda it: it.published["resources"][0] | {"upload": upload(b"other")}
    ),
    "resource update the link by an upload": (
        "resource_update", lambda it: it.published["resources"][1] | {"upload": upload(b"other"), "url_type": "upload"}
    ),
    "resource clear upload": (
        "resource_update", lambda it: it.published["resources"][0] | {"clear_upload": "true", "url": "https://x.org"}
    ),
    "resource patch": ("resource_patch", lambda it: {"id": it.link, "name": "X"}),
    "resource patch upload": ("resource_patch", lambda it: {"id": it.uploaded, "upload": upload(b"other")}),
    "resource delete": ("resource_delete", lambda it: {"id": it.uploaded}),
    "resource reorder": ("package_resource_reorder", lambda it: {"id": it.id, "order": [it.link, it.uploaded]}),
    "resource created again elsewhere": (
        "resource_create", lambda it: {"package_id": it.hidden["id"], "id": it.uploaded, "upload": upload(b"other")}
    ),
    "view create": (
        "resource_view_create", lambda it: {"resource_id": it.uploaded, "title": "X", "view_type": "text_view"}
    ),
    "view update": (
        "resource_view_update",
        lambda it: {"id": it.view, "resource_id": it.uploaded, "title": "X", "view_type": "text_view"},
    ),
    "view moved here": (
        "resource_view_update",
        lambda it: {"id": it.hidden_view, "resource_id": it.uploaded, "title": "X", "view_type": "text_view"},
    ),
    "view delete": ("resource_view_delete", lambda it: {"id": it.view}),
    "view reorder": ("resource_view_reorder", lambda it: {"id": it.uploaded, "order": [it.view]}),
    "default views": (
        "resource_create_default_resource_views",
        lambda it: {"resource": it.published["resources"][1] | {"format": "txt"}, "create_datastore_views": True},
    ),
    "default views of all": (
        "package_create_default_resource_views",
        lambda it: {"package": changed(it, resources=[it.published["resources"][1] | {"format": "txt"}])},
    ),
    "collaborator create": (
        "package_collaborator_create", lambda it: {"id": it.id, "user_id": it.people.outsider, "capacity": "editor"}
    ),
    "collaborator delete": (
        "package_collaborator_delete", lambda it: {"id": "menus", "user_id": it.people.member}
    ),
    "datastore create": (
        "datastore_create",
        lambda it: {"resource_id": it.uploaded, "force": True, "fields": [{"id": "prix", "type": "text"}]},
    ),
    "datastore create a resource": (
        "datastore_create",
        lambda it: {"resource": {"package_id": it.id}, "fields": [{"id": "prix", "type": "text"}]},
    ),
    "datastore create a resource by name": (
        "datastore_create",
        lambda it: {"resource": {"package_id": "menus"}, "fields": [{"id": "prix", "type": "text"}]},
    ),
    "datastore upsert": (
        "datastore_upsert", lambda it: {"resource_id": it.uploaded, "force": True, "records": [{"plat": "riz"}]}
    ),
    "datastore delete": ("datastore_delete", lambda it: {"resource_id": it.uploaded, "force": True}),
    "datastore delete by id": ("datastore_delete", lambda it: {"id": it.uploaded, "force": True}),
    "datastore delete some": (
        "datastore_delete", lambda it: {"resource_id": it.uploaded, "force": True, "filters": {"plat": "soupe"}}
    ),
    "datastore records delete": (
        "datastore_records_delete", lambda it: {"resource_id": it.uploaded, "force": True, "filters": {}}
    ),
    "file rename": ("file_rename", lambda it: {"id": it.file, "name": "autre.txt"}),
    "file delete": ("file_delete", lambda it: {"id": it.file}),
    "file given away": (
        "file_ownership_transfer",
        lambda it: {"id": it.file, "owner_type": "package", "owner_id": it.hidden["id"], "force": True},
    ),
    "triggers": ("datastore_run_triggers", lambda it: {"resource_id": it.uploaded}),
    "file unpin": ("file_unpin", lambda it: {"id": it.file}),
    "file pin": ("file_pin", lambda it: {"id": it.file}),
}  # fmt: skip
