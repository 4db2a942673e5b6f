"""The matrix: who may do what to a dataset in which state, and every way of CKAN and of ours to do it.

``MAY`` is the table: for each kind of way, by the state of the dataset, the roles that may; everybody else is refused.
``WAYS`` are the ways of each kind: the action, and the data that it is given.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from tests.curation.doors.matrix.site import ROLES, STATES, Subject

Data = Callable[[Subject], dict[str, Any]]

ALL = " ".join(ROLES)
LOGGED_IN = ALL.removeprefix("anonymous ")
EDITORS = "editor editor2 org_admin author sysadmin"
STEWARDS = "steward author"
#: Who reads and follows what is theirs to review or to look after, and edits none of it.
APPOINTED = "steward dpo coordinator"
#: Whom a hidden dataset concerns: its organisation, as CKAN has it, and who is appointed for it.
CONCERNED = f"member {EDITORS} {APPOINTED}"
EVER = [*STATES]
#: Suspended, it is a candidate again for all but the review.
AS_HIDDEN = ["hidden", "suspended"]

#: ``kind: {state: roles}``; a state that is left out is nobody's.
MAY: dict[str, dict[str, str]] = {
    # What is hidden is read by whom it concerns; a proposal not by plain members; what is removed is hidden again.
    "read": dict.fromkeys(EVER, CONCERNED) | {"copy": f"{EDITORS} {APPOINTED}", "published": ALL},
    "follow": dict.fromkeys(EVER, CONCERNED) | {"copy": f"{EDITORS} {APPOINTED}", "published": LOGGED_IN},
    # Who follows or collaborates is told to sysadmins and to who administers.
    "followers": dict.fromkeys(EVER, "sysadmin"),
    "collaborators": dict.fromkeys((*AS_HIDDEN, "copy"), "org_admin sysadmin"),
    "see collaborators": dict.fromkeys(EVER, "org_admin sysadmin"),
    # What is published or removed is nobody's to edit.
    "edit": dict.fromkeys((*AS_HIDDEN, "copy"), EDITORS),
    # A file that belongs to a proposal would be lost with it.
    "file": dict.fromkeys(AS_HIDDEN, EDITORS),
    # With a hidden one: the steward who edits that, too, and made neither.
    "relate": dict.fromkeys(AS_HIDDEN, EDITORS) | {"published": "author sysadmin"},
    # A proposal waits for a steward: who submitted it, or an administrator, may discard it.
    "delete": dict.fromkeys(EVER, "sysadmin")
    | dict.fromkeys(AS_HIDDEN, EDITORS)
    | {"copy": "editor org_admin sysadmin"},
    "purge": dict.fromkeys(EVER, "sysadmin"),
    "group": dict.fromkeys(EVER, "sysadmin") | dict.fromkeys((*AS_HIDDEN, "copy"), EDITORS),
    # Who edits it and may create datasets where it goes; by CKAN's own action sysadmins only.
    "move": dict.fromkeys((*AS_HIDDEN, "copy"), EDITORS),
    "move by the owner": dict.fromkeys((*AS_HIDDEN, "copy"), "sysadmin"),
    "triggers": dict.fromkeys((*AS_HIDDEN, "copy"), "sysadmin"),
    # The review.
    "review": dict.fromkeys(EVER, CONCERNED) | {"copy": f"{EDITORS} {APPOINTED}"},
    "see the proposal": {"copy": f"{EDITORS} {APPOINTED}"},
    "propose": {"published": EDITORS, "copy": EDITORS},
    "discard": {"copy": "editor org_admin sysadmin"},
    "withdraw": dict.fromkeys(("hidden", "copy"), "editor org_admin sysadmin"),
    "handle": dict.fromkeys((*AS_HIDDEN, "copy"), STEWARDS),
    # A removal is not sent back.
    "send back": dict.fromkeys(("hidden", "copy"), STEWARDS),
    # Four eyes: not the steward who is an author, nor the one who suspended it.
    "reject": dict.fromkeys(("hidden", "copy"), STEWARDS) | {"suspended": "steward"},
    "approve": dict.fromkeys((*AS_HIDDEN, "copy"), "steward"),
    "retire": {"published": f"org_admin sysadmin {STEWARDS}"},
    # Who looks after personal data hides a leak at once, and does not ask for more.
    "suspend": dict.fromkeys(("published", "copy"), f"org_admin sysadmin dpo {STEWARDS}"),
    "feed": {"published": STEWARDS},
    # It waits already, nobody has claimed it, the site allows no override, no check blocks it.
    "out of order": {},
}


def _form(it: Subject, **more: Any) -> dict[str, Any]:
    """A multipart form with a file, as CKAN's own pages and clients send one."""
    return {"upload": (io.BytesIO(b"other"), "other.csv"), **more}


def _relation(subject: str, object: str) -> dict[str, Any]:
    return {"subject": subject, "object": object, "type": "links_to"}


_VIEW = {"title": "X", "view_type": "text_view"}
_FIELDS = {"force": True, "fields": [{"id": "prix", "type": "text"}]}

#: ``kind: {way: (action, data)}``; a way whose name ends in ``…`` only names what hangs on the dataset.
WAYS: dict[str, dict[str, tuple[str, Data]]] = {
    "read": {
        "show": ("package_show", lambda it: {"id": it.ref}),
        "activities": ("package_activity_list", lambda it: {"id": it.ref}),
        "followers counted": ("dataset_follower_count", lambda it: {"id": it.ref}),
        "relationships": ("package_relationships_list", lambda it: {"id": it.ref}),
        "resource…": ("resource_show", lambda it: {"id": it.uploaded}),
        "link…": ("resource_show", lambda it: {"id": it.link}),
        "views…": ("resource_view_list", lambda it: {"id": it.uploaded}),
        "view…": ("resource_view_show", lambda it: {"id": it.view}),
        "rows…": ("datastore_search", lambda it: {"resource_id": it.uploaded}),
        "rows by the old key…": ("datastore_search", lambda it: {"id": it.uploaded}),
        "table…": ("datastore_info", lambda it: {"id": it.uploaded}),
        "file…": ("file_show", lambda it: {"id": it.file}),
        "score": ("regional_score_show", lambda it: {"id": it.ref}),
    },
    "follow": {
        "follow": ("follow_dataset", lambda it: {"id": it.ref}),
        "am following": ("am_following_dataset", lambda it: {"id": it.ref}),
    },
    "followers": {"followers": ("dataset_follower_list", lambda it: {"id": it.ref})},
    "see collaborators": {"collaborators": ("package_collaborator_list", lambda it: {"id": it.ref})},
    "collaborators": {
        "collaborator": (
            "package_collaborator_create", lambda it: {"id": it.ref, "user_id": it.outsider, "capacity": "editor"}
        ),
    },
    "edit": {
        "patch": ("package_patch", lambda it: {"id": it.ref, "title": "X"}),
        "patch tags": ("package_patch", lambda it: {"id": it.ref, "tags": [{"name": "autre"}]}),
        "patch name": ("package_patch", lambda it: {"id": it.ref, "name": "autre"}),
        "patch private": ("package_patch", lambda it: {"id": it.ref, "private": False, "title": "X"}),
        "patch state": ("package_patch", lambda it: {"id": it.ref, "state": "draft"}),
        "update": (
            "package_update",
            lambda it: {"id": it.ref, "name": it.name, "title": "X", "owner_org": it.organization, "resources": []},
        ),
        "revise": ("package_revise", lambda it: {"match": {"id": it.id}, "update": {"title": "X"}}),
        "revise by name": ("package_revise", lambda it: {"match": {"name": it.name}, "update": {"title": "X"}}),
        "revise flat": ("package_revise", lambda it: {"match__id": it.id, "update__resources__0__name": "X"}),
        "revise upload": (
            "package_revise", lambda it: {"match__id": it.id, "update__resources__1__upload": _form(it)["upload"]}
        ),
        "revise filter": ("package_revise", lambda it: {"match": {"id": it.id}, "filter": ["-tags"]}),
        "add a resource": ("resource_create", lambda it: {"package_id": it.ref, "url": "https://example.org/b"}),
        "add a file": ("resource_create", lambda it: _form(it, package_id=it.ref)),
        "reorder": ("package_resource_reorder", lambda it: {"id": it.ref, "order": [it.link, it.uploaded]}),
        "resource…": ("resource_update", lambda it: {"id": it.link, "url": "https://example.org/c", "name": "X"}),
        "resource patched…": ("resource_patch", lambda it: {"id": it.link, "name": "X"}),
        "resource's file…": ("resource_patch", lambda it: _form(it, id=it.link)),
        "resource removed…": ("resource_delete", lambda it: {"id": it.link}),
        "view made…": ("resource_view_create", lambda it: {"resource_id": it.uploaded, **_VIEW}),
        "view changed…": ("resource_view_update", lambda it: {"id": it.view, "resource_id": it.uploaded, **_VIEW}),
        "view removed…": ("resource_view_delete", lambda it: {"id": it.view}),
        "views ordered…": ("resource_view_reorder", lambda it: {"id": it.uploaded, "order": [it.view]}),
        "table made…": ("datastore_create", lambda it: {"resource_id": it.uploaded, **_FIELDS}),
        "table of a new resource": ("datastore_create", lambda it: {"resource": {"package_id": it.ref}, **_FIELDS}),
        "rows put…": (
            "datastore_upsert", lambda it: {"resource_id": it.uploaded, "force": True, "records": [{"plat": "riz"}]}
        ),
        "rows removed…": (
            "datastore_records_delete", lambda it: {"resource_id": it.uploaded, "force": True, "filters": {}}
        ),
        "table dropped…": ("datastore_delete", lambda it: {"resource_id": it.uploaded, "force": True}),
    },
    "triggers": {"triggers…": ("datastore_run_triggers", lambda it: {"resource_id": it.uploaded})},
    "relate": {
        "relate": ("package_relationship_create", lambda it: _relation(it.ref, it.peer)),
        "related": ("package_relationship_create", lambda it: _relation(it.peer, it.ref)),
    },
    "file": {
        "file renamed…": ("file_rename", lambda it: {"id": it.file, "name": "autre.txt"}),
        "file pinned…": ("file_pin", lambda it: {"id": it.file}),
        "file given away…": (
            "file_ownership_transfer", lambda it: {"id": it.file, "owner_type": "package", "owner_id": it.peer}
        ),
    },
    "delete": {"delete": ("package_delete", lambda it: {"id": it.ref})},
    "purge": {"purge": ("dataset_purge", lambda it: {"id": it.ref})},
    "group": {
        "grouped": (
            "member_create",
            lambda it: {"id": it.other_group, "object": it.ref, "object_type": "package", "capacity": "public"},
        ),
        "ungrouped": ("member_delete", lambda it: {"id": it.group, "object": it.ref, "object_type": "package"}),
    },
    "move by the owner": {
        "moved": (
            "package_owner_org_update", lambda it: {"id": it.ref, "organization_id": it.other_organization}
        ),
    },
    "move": {
        "patch owner": ("package_patch", lambda it: {"id": it.ref, "owner_org": it.other_organization}),
    },
    "review": {
        "its review": ("regional_curation_show", lambda it: {"id": it.ref}),
        "its checks": ("regional_curation_check", lambda it: {"id": it.ref}),
        "its history": ("regional_curation_history", lambda it: {"id": it.ref}),
        "who feeds it": ("regional_resource_feed_list", lambda it: {"id": it.ref}),
    },
    "see the proposal": {"proposal": ("regional_revision_show", lambda it: {"id": it.ref})},
    "propose": {"propose": ("regional_revision_create", lambda it: {"id": it.ref})},
    "discard": {"discard": ("regional_revision_discard", lambda it: {"id": it.ref})},
    "withdraw": {"withdraw": ("regional_curation_withdraw", lambda it: {"id": it.ref})},
    "handle": {
        "claim": ("regional_curation_claim", lambda it: {"id": it.ref}),
        "assign": ("regional_curation_assign", lambda it: {"id": it.ref, "user": it.steward}),
    },
    "send back": {"send back": ("regional_curation_request_changes", lambda it: _decision(it))},
    "reject": {"reject": ("regional_curation_reject", lambda it: _decision(it))},
    "approve": {"approve": ("regional_curation_approve", lambda it: _decision(it))},
    "retire": {"retire": ("regional_curation_retire", lambda it: {"id": it.ref, "comment": "Périmé."})},
    "suspend": {"suspend": ("regional_curation_suspend", lambda it: {"id": it.ref, "comment": "Fuite."})},
    "feed": {
        "feed…": ("regional_resource_feed_allow", lambda it: {"resource_id": it.uploaded, "user": it.outsider}),
    },
    "out of order": {
        "submit again": ("regional_curation_submit", lambda it: {"id": it.ref}),
        "release": ("regional_curation_release", lambda it: {"id": it.ref}),
        "override": ("regional_curation_override", lambda it: _decision(it)),
        "waive": ("regional_curation_waive", lambda it: _decision(it) | {"code": "personal.nir"}),
    },
}  # fmt: skip


#: What CKAN asks of these it asks of others too, by the same ways: of the long kinds, a few stand for the rest.
_SHORT = {"dpo", "coordinator", "suspended"}
_LONG = ("read", "edit")
_FEW = 3


def asked(kind: str, state: str, role: str) -> list[str]:
    """The ways of a kind by which somebody is to ask about a dataset in a state."""
    ways = list(WAYS[kind])
    return ways[:_FEW] if kind in _LONG and _SHORT & {state, role} else ways


def _decision(it: Subject) -> dict[str, Any]:
    return {"id": it.ref, "fingerprint": it.fingerprint, "comment": "Lu."}
