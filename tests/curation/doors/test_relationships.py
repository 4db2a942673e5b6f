"""Relationships of what is published are set by who answers for it, and its history tells of that."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.lib.search import rebuild

from ckanext.regional.exceptions import RegionalRefused
from tests.conftest import People, act, complete
from tests.curation.conftest import publish


@pytest.fixture
def other(people: People) -> dict[str, Any]:
    """A second published dataset, which the steward did not make either."""
    made = act("package_create", people.editor, **complete(people, name="ecoles", title="Écoles"))
    publish(people, made["id"])
    return made


def _history(people: People, dataset: dict[str, Any]) -> list[tuple[Any, ...]]:
    """What the history of a dataset tells of its relationships, the earliest first."""
    found = act("regional_curation_history", people.sysadmin, id=dataset["id"])["results"]
    told = [
        (one["action"], one["actor"], one["subject"], one["reason"], one["comment"])
        for one in sorted(found, key=lambda one: one["seq"])
        if one["action"] in ("related", "unrelated")
    ]
    model.Session.rollback()
    return told


def test_who_answers_for_both_sets_them(people: People, published: dict[str, Any], other: dict[str, Any]) -> None:
    relation = {"subject": "menus", "object": other["id"], "type": "derives_from"}
    for action in ("create", "update", "delete"):
        for role in ("outsider", "editor", "org_admin", "steward_elsewhere"):
            with pytest.raises(RegionalRefused, match="ask a steward for its territory and sector"):
                act(f"package_relationship_{action}", getattr(people, role), **relation)
            model.Session.rollback()
    act("package_relationship_create", people.steward, **relation, comment="Par école.\u202e")
    act("package_relationship_update", people.sysadmin, **relation, comment="Par école et par jour.")
    (shown,) = act("package_relationships_list", None, id="ecoles")
    assert (shown["object"], shown["type"], shown["comment"]) == ("menus", "has_derivation", "Par école et par jour.")
    act("package_relationship_delete", people.steward, **relation)
    assert act("package_relationships_list", None, id="ecoles") == []
    for one, its_other in ((published, other), (other, published)):
        assert _history(people, one) == [
            ("related", people.steward, its_other["id"], "derives_from", "Par école."),
            ("related", people.sysadmin, its_other["id"], "derives_from", "Par école et par jour."),
            ("unrelated", people.steward, its_other["id"], "derives_from", None),
        ]


def test_no_write_of_a_dataset_touches_them(people: People, published: dict[str, Any], other: dict[str, Any]) -> None:
    act("package_relationship_create", people.steward, subject="menus", object="ecoles", type="links_to")
    kept = act("package_relationships_list", None, id="menus")
    stored = model.Session.query(model.PackageRelationship).one()
    taken = [{"id": stored.id, "type": "child_of", "comment": "À moi."}]
    hidden = act("package_create", people.editor, **complete(people, name="autres"), relationships_as_subject=taken)
    act("package_patch", people.editor, id=hidden["id"], title="Autres", relationships_as_subject=taken)
    copy = act("regional_revision_create", people.editor, id="menus")
    act("package_patch", people.editor, id=copy["id"], notes="Autrement.")
    publish(people, copy["id"])
    assert act("package_show", None, id="menus")["notes"] == "Autrement."
    assert act("package_relationships_list", None, id="menus") == kept
    assert act("package_relationships_list", people.editor, id="autres") == []


def test_what_is_refused_leaves_no_trace(people: People, published: dict[str, Any], other: dict[str, Any]) -> None:
    relation = {"subject": "menus", "object": "ecoles", "type": "links_to"}
    for wrong in ({"type": "nonsense"}, {"object": "nothing"}, {"comment": "a\x00b"}, {"comment": ["a"]}):
        with pytest.raises((tk.ValidationError, tk.ObjectNotFound)):
            act("package_relationship_create", people.steward, **relation | wrong)
    with pytest.raises(tk.ObjectNotFound):
        act("package_relationship_delete", people.steward, **relation)
    # Who made it asks somebody else.
    hidden = act("package_create", people.editor, **complete(people, name="cachees", title="Cachées"))
    mine = act("package_create", people.steward, **complete(people, name="miennes", title="Miennes"))
    act("regional_curation_submit", people.steward, id=mine["id"])
    act("regional_steward_create", people.sysadmin, user=people.org_admin)
    seen = act("regional_curation_show", people.org_admin, id=mine["id"])["fingerprint"]
    act("regional_curation_approve", people.org_admin, id=mine["id"], fingerprint=seen)
    for one, whom in (("miennes", people.steward), ("menus", people.editor)):
        with pytest.raises(RegionalRefused):
            act("package_relationship_create", whom, subject=one, object=hidden["id"], type="links_to")
        model.Session.rollback()
    assert [_history(people, one) for one in (published, other, mine)] == [[], [], []]


def test_both_ends_are_asked_about(people: People) -> None:
    """CKAN asks about the first one twice."""
    own = act("package_create", people.editor, **complete(people, name="miennes"))
    act("organization_create", people.sysadmin, name="ailleurs")
    theirs = act("package_create", people.sysadmin, **complete(people, name="leurs", owner_org="ailleurs", steward=""))
    for ends in ((own, theirs), (theirs, own)):
        with pytest.raises(tk.NotAuthorized):
            act(
                "package_relationship_create",
                people.editor,
                subject=ends[0]["id"],
                object=ends[1]["id"],
                type="child_of",
            )
        model.Session.rollback()


def test_nobody_is_told_of_what_is_hidden_at_the_other_end(people: People, published: dict[str, Any]) -> None:
    hidden = act("package_create", people.editor, **complete(people, name="cachees", title="Cachées"))
    act("package_relationship_create", people.sysadmin, subject="menus", object="cachees", type="links_to", comment="X")
    # By CKAN alone, neither could be saved again, and both would list each other for everybody.
    act("package_patch", people.editor, id="cachees", title="Plus cachées")
    publish(people, hidden["id"])
    act("regional_curation_suspend", people.org_admin, id=hidden["id"], comment="Des noms y sont.")
    rebuild(published["id"])
    for who in (None, people.outsider, people.editor, people.sysadmin):
        (found,) = act("package_search", who, fq="name:menus")["results"]
        for shown in (
            found,
            act("package_show", who, id="menus"),
            act("package_show", who, id="menus", use_cache=False),
        ):
            assert (shown["relationships_as_subject"], shown["relationships_as_object"]) == ([], [])
        listed = act("package_relationships_list", who, id="menus")
        assert [one["object"] for one in listed] == (["cachees"] if who in (people.editor, people.sysadmin) else [])
    assert act("package_search", None, fq="links_to:cachees")["count"] == 0
