"""By groups."""

from __future__ import annotations

from tests.curation.doors.ways import Way

#: What sysadmins may do and nobody else.
FOR_SYSADMINS: dict[str, tuple[str, Way]] = {
    "member create": (
        "member_create",
        lambda it: {"id": it.other_group, "object": it.id, "object_type": "package", "capacity": "public"},
    ),
    "member delete": ("member_delete", lambda it: {"id": it.group, "object": "menus", "object_type": "package"}),
    "group update adds": (
        "group_update", lambda it: {"id": it.other_group, "name": "ecoles", "packages": [{"id": "menus"}]}
    ),
    "group update removes": ("group_update", lambda it: {"id": it.group, "name": "cantines", "packages": []}),
    "group patch removes": ("group_patch", lambda it: {"id": "cantines", "packages": []}),
    "group create": ("group_create", lambda it: {"name": "neuf", "packages": [{"id": it.id}]}),
}  # fmt: skip
