"""What no approval carries over is refused where it would be lost; views are not all cleared behind the review."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan import model

from ckanext.regional.exceptions import RegionalRefused
from tests.conftest import People, act, complete


@pytest.fixture
def copy(people: People, published: dict[str, Any]) -> dict[str, Any]:
    return act("regional_revision_create", people.editor, id=published["id"])


def test_a_proposal_takes_neither_relationships_nor_files(people: People, copy: dict[str, Any]) -> None:
    peer = act("package_create", people.editor, **complete(people, name="voisin"))
    file = model.File(name="annexe.txt", storage="default", location="annexe.txt")
    user = model.User.get(people.editor)
    assert user is not None
    model.Session.add_all([file, model.FileOwner(file_id=file.id, owner_type="user", owner_id=user.id)])
    model.Session.commit()
    file_id = file.id
    ways = {
        "a steward or a sysadmin sets them on the published dataset itself": [
            ("package_relationship_create", {"subject": copy["id"], "object": peer["id"], "type": "links_to"}),
            ("package_relationship_create", {"subject": peer["id"], "object": copy["name"], "type": "child_of"}),
        ],
        "add the file as a resource": [
            ("file_ownership_transfer", {"id": file_id, "owner_type": "package", "owner_id": copy["id"]}),
            (
                "file_ownership_transfer",
                {"id": file_id, "owner_type": "resource", "owner_id": copy["resources"][0]["id"]},
            ),
        ],
    }
    for sentence, calls in ways.items():
        for action, data in calls:
            for role in (people.editor, people.sysadmin):
                with pytest.raises(RegionalRefused, match=sentence):
                    act(action, role, **data)
                model.Session.rollback()
    assert act("package_relationships_list", people.sysadmin, id=copy["id"]) == []
    # A candidate takes both: they are there when it is approved.
    other = act("package_create", people.editor, **complete(people, name="autre"))
    act("package_relationship_create", people.editor, subject=peer["id"], object=other["id"], type="links_to")
    assert len(act("package_relationships_list", people.editor, id=peer["id"])) == 1


def test_not_all_views_of_what_is_published_at_once(people: People, published: dict[str, Any]) -> None:
    hidden = act("package_create", people.editor, **complete(people, name="hidden"))
    view = {"title": "Vue", "view_type": "text_view"}
    act("resource_view_create", people.editor, resource_id=hidden["resources"][0]["id"], **view)
    # Nothing that is published has one yet.
    act("resource_view_clear", people.sysadmin, view_types=["text_view"])
    assert act("resource_view_list", people.editor, id=hidden["resources"][0]["id"]) == []
    live = published["resources"][0]["id"]
    model.Session.add(model.ResourceView(resource_id=live, order=0, **view))
    model.Session.commit()
    with pytest.raises(tk.NotAuthorized):
        act("resource_view_clear", people.editor)
    for data in ({}, {"view_types": ["text_view"]}, {"view_types": "text_view"}):
        with pytest.raises(RegionalRefused, match="views of 1 published datasets.*regional_revision_create"):
            act("resource_view_clear", people.sysadmin, **data)
    act("resource_view_clear", people.sysadmin, view_types=["image_view"])
    assert [one["title"] for one in act("resource_view_list", None, id=live)] == ["Vue"]
    # The command line asks as CKAN itself.
    tk.get_action("resource_view_clear")({"ignore_auth": True}, {})
    assert act("resource_view_list", None, id=live) == []
