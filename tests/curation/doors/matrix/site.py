"""The site of the matrix: everybody who can ask, and a dataset in each state with everything that can hang on one."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Any

from ckan import model

from tests.conftest import BRETAGNE, People, act, appoint, complete, fingerprint
from tests.curation.conftest import CSV, upload

#: Everybody who can ask, from nobody to everybody's administrator; ``editor`` made and submitted what is asked about.
ROLES = (
    "anonymous", "outsider", "foreign", "elsewhere", "member", "editor", "editor2", "org_admin", "steward", "author",
    "dpo", "coordinator", "sysadmin",
)  # fmt: skip

#: What a dataset can be to the review: a candidate, the working copy of a published one, public, hidden again until
#: somebody has decided, or removed.
STATES = ("hidden", "copy", "published", "suspended", "retired")


@dataclass(frozen=True)
class Subject:
    """A dataset in one state, and what else the ways need to name."""

    #: Its id or its name: what it is asked about by.
    ref: str
    id: str
    name: str
    organization: str
    uploaded: str
    link: str
    view: str
    file: str
    fingerprint: str
    #: A dataset of the same organisation that is hidden, too.
    peer: str
    group: str
    other_group: str
    other_organization: str
    outsider: str
    steward: str

    def by_name(self) -> Subject:
        return replace(self, ref=self.name)

    def nowhere(self, *, with_peer: bool) -> Subject:
        """Where all that is its own is named as nothing is, and its peer, too, for whom that is hidden."""
        keys = ("id", "name", "uploaded", "link", "view", "file", *(["peer"] if with_peer else []))
        own = {key: str(uuid.uuid4()) for key in keys}
        return replace(self, ref=own["name"] if self.ref == self.name else own["id"], **own)

    def plain(self, text: str) -> str:
        """An answer in which what is its own has no name, so that two can be compared."""
        for key in ("id", "name", "uploaded", "link", "view", "file", "peer"):
            text = text.replace(getattr(self, key), f"<{key}>")
        return text


@dataclass(frozen=True)
class Site:
    """User names by role, and the subject by state."""

    people: dict[str, str | None]
    subjects: dict[str, Subject]


def build(people: People) -> Site:
    """Make it. ``people.steward`` is also an editor of the organisation: the steward of the matrix is in none."""
    admins = [
        {"name": name, "capacity": "admin"}
        for name in (people.org_admin, people.editor, people.editor2, people.steward)
    ]
    act("user_create", people.sysadmin, name="reviewer", email="reviewer@example.org", password="long enough 1")
    act("user_create", people.sysadmin, name="foreign", email="foreign@example.org", password="long enough 1")
    appoint("reviewer", territory=BRETAGNE)
    for role in ("dpo", "coordinator"):
        act("user_create", people.sysadmin, name=f"the-{role}", email=f"{role}@example.org", password="long enough 1")
        appoint(f"the-{role}", territory=BRETAGNE, role=role)
    own = {
        "group": act("group_create", people.sysadmin, name="cantines", users=admins)["id"],
        "other_group": act("group_create", people.sysadmin, name="ecoles", users=admins)["id"],
        "other_organization": act(
            "organization_create", people.sysadmin, name="ville-de-brest",
            users=[*admins, {"name": "foreign", "capacity": "admin"}],
        )["id"],
    }  # fmt: skip
    peer = act("package_create", people.editor, **complete(people, name="voisin", title="Voisin"))
    shared = {**own, "peer": peer["id"], "outsider": people.outsider, "steward": "reviewer"}
    names: dict[str, str | None] = {
        "anonymous": None, "outsider": people.outsider, "foreign": "foreign", "elsewhere": people.steward_elsewhere,
        "member": people.member, "editor": people.editor, "editor2": people.editor2, "org_admin": people.org_admin,
        "steward": "reviewer", "author": people.steward, "dpo": "the-dpo", "coordinator": "the-coordinator",
        "sysadmin": people.sysadmin,
    }  # fmt: skip
    makers = {"hidden": _hidden, "copy": _copy, "published": _published, "suspended": _suspended, "retired": _retired}
    return Site(names, {state: _subject(people, maker(people, state, own), shared) for state, maker in makers.items()})


def _hidden(people: People, name: str, own: dict[str, str]) -> dict[str, Any]:
    made = _candidate(people, name, own)
    act("regional_curation_submit", people.editor, id=made["id"])
    return made


def _copy(people: People, name: str, own: dict[str, str]) -> dict[str, Any]:
    made = _published(people, f"{name}-live", own)
    copy = act("regional_revision_create", people.editor, id=made["id"])
    act("package_patch", people.steward, id=copy["id"], notes="Autrement.")
    _owned_file(copy["id"])
    act("regional_curation_submit", people.editor, id=copy["id"])
    return copy


def _published(people: People, name: str, own: dict[str, str]) -> dict[str, Any]:
    made = _candidate(people, name, own)
    _publish(people, made["id"])
    return made


def _suspended(people: People, name: str, own: dict[str, str]) -> dict[str, Any]:
    made = _published(people, name, own)
    act("regional_curation_suspend", people.steward, id=made["id"], comment="Des noms y sont restés.")
    return made


def _retired(people: People, name: str, own: dict[str, str]) -> dict[str, Any]:
    made = _published(people, name, own)
    act("regional_curation_retire", people.org_admin, id=made["id"], comment="Périmé.")
    act("regional_curation_approve", "reviewer", id=made["id"], fingerprint=fingerprint(people, made))
    return made


def _publish(people: People, dataset_id: str) -> None:
    shown = act("regional_curation_submit", people.editor, id=dataset_id)
    act("regional_curation_approve", "reviewer", id=dataset_id, fingerprint=shown["fingerprint"])


def _candidate(people: People, name: str, own: dict[str, str]) -> dict[str, Any]:
    """What the editor made and a steward who is an editor, too, has changed."""
    groups = [{"id": own["group"]}]
    made = act("package_create", people.editor, **complete(people, name=name, resources=[], groups=groups))
    resource = act("resource_create", people.editor, package_id=made["id"], name="Menus", upload=upload(CSV))
    act("resource_create", people.editor, package_id=made["id"], name="Lien", url="https://example.org/a.csv")
    act(
        "datastore_create", people.editor, resource_id=resource["id"], force=True, primary_key=["plat"],
        fields=[{"id": "plat", "type": "text"}], records=[{"plat": "soupe"}],
    )  # fmt: skip
    act("resource_view_create", people.editor, resource_id=resource["id"], title="Vue", view_type="text_view")
    act("package_patch", people.steward, id=made["id"], notes="Ce que mangent les enfants.")
    _owned_file(made["id"])
    return made


def _owned_file(dataset_id: str) -> None:
    file = model.File(name=f"{dataset_id}.txt", storage="default", location=f"{dataset_id}.txt")
    model.Session.add_all([file, model.FileOwner(file_id=file.id, owner_type="package", owner_id=dataset_id)])
    model.Session.commit()


def _subject(people: People, made: dict[str, Any], shared: dict[str, str]) -> Subject:
    shown = act("package_show", people.sysadmin, id=made["id"], use_cache=False)
    uploaded, link = (one["id"] for one in shown["resources"])
    (view, *_more) = act("resource_view_list", people.sysadmin, id=uploaded)
    owner = model.Session.query(model.FileOwner).filter_by(owner_id=made["id"]).one()
    return Subject(
        ref=shown["id"], id=shown["id"], name=shown["name"], organization=shown["owner_org"], uploaded=uploaded,
        link=link, view=view["id"], file=owner.file_id,
        fingerprint=act("regional_curation_show", people.sysadmin, id=made["id"])["fingerprint"], **shared,
    )  # fmt: skip
