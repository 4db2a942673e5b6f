"""What somebody edited here stays: it is merged with what changed there, and where both changed, a person decides."""

from __future__ import annotations

import uuid
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.regional.harvest.model import HandedOver
from tests.conftest import People, act
from tests.curation.test_races import one_after_the_other
from tests.harvest.pretending import Pretended, Story, harvest


def _tags(dataset: dict[str, Any]) -> list[str]:
    return sorted(tag["name"] for tag in dataset["tags"])


def test_what_only_one_side_changed_is_no_conflict(story: Story) -> None:
    story.here(title="Titre d'ici", tags=[{"name": "canteen"}, {"name": "ici"}])
    resources = [{**story.theirs["resources"][0], "name": "Menus là-bas"}, story.theirs["resources"][1]]
    counts = story.there(notes="Notes de là-bas.", tags=[{"name": "là-bas"}], resources=resources)
    assert (counts["updated"], counts["conflict"]) == (1, 0), story.record.reason
    dataset = story.dataset
    assert (dataset["title"], dataset["notes"]) == ("Titre d'ici", "Notes de là-bas.")
    assert (_tags(dataset), dataset["resources"][0]["name"]) == (["ici", "là-bas"], "Menus là-bas")
    reason = story.record.reason or ""
    assert "edited here and kept: title, tags/ici" in reason
    assert "taken from its origin: notes" in reason
    # What was kept is still known for an edit of this site.
    assert story.there(notes="Encore.")["updated"] == 1
    assert story.dataset["title"] == "Titre d'ici"
    assert story.there(title="Titre de là-bas")["conflict"] == 1
    assert story.dataset["title"] == "Titre d'ici"


def test_a_preview_tells_what_a_run_would_make_of_it(story: Story) -> None:
    def previewed() -> tuple[str, str]:
        (record,) = act("regional_source_preview", story.people.sysadmin, id="voisin")["records"]
        return record["outcome"], record["reason"] or ""

    story.here(title="Titre d'ici")
    assert previewed()[0] == "unchanged"
    story.tell(notes="Notes de là-bas.")
    outcome, reason = previewed()
    assert outcome == "update"
    assert "edited here and kept: title" in reason
    story.tell(title="Titre de là-bas")
    assert previewed() == ("conflict", "edited here and changed at its origin: title")


def test_what_both_changed_alike_is_no_conflict(story: Story) -> None:
    story.here(title="Le même")
    assert story.there(title="Le même", notes="Notes.")["updated"] == 1
    assert (story.dataset["title"], story.dataset["notes"]) == ("Le même", "Notes.")
    assert story.there(title="Un autre")["updated"] == 1


def test_a_conflict_overwrites_nothing_and_is_told(story: Story) -> None:
    story.here(title="Titre d'ici")
    counts = story.there(title="Titre de là-bas", notes="Notes de là-bas.")
    assert (counts["updated"], counts["conflict"]) == (0, 1)
    assert (story.dataset["title"], story.dataset["notes"]) == ("Titre d'ici", "What the children eat.")
    conflict = story.conflict
    (field,) = conflict["fields"]
    assert (field["field"], field["base"], field["local"], field["remote"]) == (
        "title", "Voisin Ports", "Titre d'ici", "Titre de là-bas",
    )  # fmt: skip
    assert (conflict["whole"], len(conflict["taken"])) == (None, 1)
    assert [one["kind"] for one in field["theirs"][0]["segments"]] == ["removed", "added"]
    # A run that brings nothing new leaves it as it is.
    assert story.run()["conflict"] == 1


@pytest.mark.parametrize(("decision", "title"), [("keep_local", "Titre d'ici"), ("take_remote", "Titre de là-bas")])
def test_a_decision_ends_it_and_is_not_asked_for_again(story: Story, decision: str, title: str) -> None:
    story.here(title="Titre d'ici")
    story.there(title="Titre de là-bas", notes="Notes de là-bas.")
    answer = story.resolve(decision, fingerprint=story.conflict["fingerprint"])
    assert (answer["state"], story.dataset["title"], story.dataset["notes"]) == ("current", title, "Notes de là-bas.")
    assert f"decided by {story.people.org_admin}" in answer["reason"]
    assert story.run()["conflict"] == 0
    assert story.there(notes="Encore.")["updated"] == 1
    assert story.dataset["title"] == title
    kept = decision == "keep_local"
    assert story.there(title="Encore un titre")["conflict"] == (1 if kept else 0)


def test_each_field_may_be_decided_by_itself(story: Story) -> None:
    story.here(title="Titre d'ici", notes="Notes d'ici.")
    story.there(title="Titre de là-bas", notes="Notes de là-bas.")
    story.resolve("keep_local", fields={"notes": "remote"})
    assert (story.dataset["title"], story.dataset["notes"]) == ("Titre d'ici", "Notes de là-bas.")


def test_what_changed_since_one_looked_is_not_decided(story: Story) -> None:
    story.here(title="Titre d'ici")
    story.there(title="Titre de là-bas")
    seen = story.conflict["fingerprint"]
    story.here(title="Un autre titre d'ici")
    with pytest.raises(tk.ValidationError) as refused:
        story.resolve("take_remote", fingerprint=seen)
    assert "fingerprint" in refused.value.error_dict
    assert story.dataset["title"] == "Un autre titre d'ici"


def test_of_two_at_once_the_second_finds_it_decided(app: Any, story: Story) -> None:
    story.here(title="Titre d'ici")
    story.there(title="Titre de là-bas")
    who, record, seen = story.people.org_admin, story.record.id, story.conflict["fingerprint"]

    def decide(decision: str) -> Any:
        return lambda: act("regional_record_resolve", who, id=record, decision=decision, fingerprint=seen)

    dataset_id = story.record.dataset_id
    assert dataset_id is not None
    outcomes = one_after_the_other(app, dataset_id, decide("take_remote"), decide("keep_local"))
    assert outcomes == ["", "ValidationError"]
    assert (story.dataset["title"], story.record.state) == ("Titre de là-bas", "current")


BAD = {
    "decision": ({"decision": "overwrite"}, "decision"),
    "field": ({"fields": {"notes": "remote"}}, "fields"),
    "side": ({"fields": {"title": "both"}}, "fields"),
    "shape": ({"fields": ["title"]}, "fields"),
    "fingerprint": ({"fingerprint": "0" * 64}, "fingerprint"),
    "detach": ({"decision": "detach", "fields": {"title": "local"}}, "fields"),
}


def test_what_cannot_be_decided_is_said(story: Story) -> None:
    with pytest.raises(tk.ValidationError) as refused:
        story.resolve("keep_local")
    assert "state" in refused.value.error_dict
    story.here(title="Titre d'ici")
    story.there(title="Titre de là-bas")
    for changes, field in BAD.values():
        with pytest.raises(tk.ValidationError) as refused:
            story.resolve(**{"decision": "keep_local", **changes})
        assert list(refused.value.error_dict) == [field]
    for role in ("editor", "member", "steward", "outsider"):
        with pytest.raises(tk.NotAuthorized):
            story.resolve("keep_local", getattr(story.people, role))
    with pytest.raises(tk.ObjectNotFound):
        act("regional_record_resolve", story.people.sysadmin, id=str(uuid.uuid4()), decision="detach")
    assert (story.record.state, story.dataset["title"]) == ("conflict", "Titre d'ici")


def test_a_detached_dataset_is_ours(story: Story) -> None:
    story.here(title="Titre d'ici")
    story.there(title="Titre de là-bas")
    origin = story.dataset["origin"]
    assert story.resolve("detach")["state"] == "skipped"
    assert story.dataset["origin"] == origin | {"detached": True}
    found = act("package_search", None, fq="vocab_regional_origin:local")
    assert [one["id"] for one in found["results"]] == [story.record.dataset_id]
    assert model.Session.scalar(sa.select(sa.func.count()).select_from(HandedOver)) == 0
    # Neither a change, nor a withdrawal, nor an erasure there reaches it, in any kind of run.
    assert story.there(title="Encore")["skipped"] == 1
    assert harvest(story.people, "voisin", full=True)["counts"]["skipped"] == 1
    story.neighbour.tells(story.theirs["id"], "withdrawn")
    assert story.run()["withdrawn"] == 0
    story.neighbour.tells(story.theirs["id"], "withdrawn", erase=True)
    story.run()
    assert "decide about it here" in (story.record.reason or "")
    assert (story.dataset["title"], story.dataset["private"]) == ("Titre d'ici", False)
    with pytest.raises(tk.ValidationError):
        story.resolve("detach")


def test_what_was_deleted_here_may_stay_so_or_come_back(story: Story) -> None:
    act("package_delete", story.people.sysadmin, id=story.record.dataset_id)
    assert story.there(title="Titre de là-bas")["conflict"] == 1
    assert story.conflict["whole"] == "it was deleted here"
    assert story.resolve("keep_local")["state"] == "current"
    assert story.dataset["state"] == "deleted"
    assert story.run()["conflict"] == 0
    assert story.there(title="Encore")["conflict"] == 1
    story.resolve("take_remote")
    assert (story.dataset["state"], story.dataset["title"]) == ("active", "Encore")
    act("dataset_purge", story.people.sysadmin, id=story.record.dataset_id)
    assert story.there(title="Purgé")["conflict"] == 1
    story.resolve("take_remote")
    assert (story.dataset["title"], story.record.state) == ("Purgé", "current")


def test_an_edit_outlives_a_withdrawal(story: Story) -> None:
    story.here(title="Titre d'ici")
    story.neighbour.tells(story.theirs["id"], "withdrawn")
    assert story.run()["withdrawn"] == 1
    assert story.there(notes="Notes.")["updated"] == 1
    assert (story.dataset["title"], story.dataset["private"]) == ("Titre d'ici", False)


def test_erasure_is_obeyed_whatever_stands_open(people: People, neighbour: Pretended, source: str) -> None:
    edited, open_, purged = (Story(people, neighbour, f"voisin-{name}") for name in ("edite", "ouvert", "purge"))
    edited.here(title="Titre d'ici")
    open_.here(title="Titre d'ici")
    open_.there(title="Titre de là-bas")
    act("dataset_purge", people.sysadmin, id=purged.record.dataset_id)
    purged.there(title="Titre de là-bas")
    before = act("regional_federation", None)["cursor"]
    assert [one.record.state for one in (edited, open_, purged)] == ["current", "conflict", "conflict"]
    for one in (edited, open_, purged):
        neighbour.tells(one.theirs["id"], "withdrawn", erase=True)
    edited.run()
    for one in (edited, open_, purged):
        record = one.record
        assert (record.parked, record.hash, record.name, record.state) == (None, None, None, "withdrawn")
        assert model.Package.get(record.dataset_id) is None
    assert model.Session.scalar(sa.select(sa.func.count()).select_from(HandedOver)) == 0
    erased = act("regional_changes", None, since=before)["changes"]
    assert {one["id"] for one in erased if one.get("erase")} == {
        one.record.dataset_id for one in (edited, open_, purged)
    }


def test_what_is_merged_for_a_review_is_proposed(people: People, neighbour: Pretended, source: str) -> None:
    act("regional_source_patch", people.sysadmin, id="voisin", trust="review")
    story = Story(people, neighbour)
    # The steward of the source is also the one who looks after it here: another one approves.
    story.approve()
    story.here(title="Titre d'ici")
    counts = story.there(notes="Notes de là-bas.")
    assert (counts["updated"], counts["pending"]) == (1, 1)
    assert story.dataset["notes"] == "What the children eat."
    changes = act("regional_curation_show", people.steward, id=story.dataset["id"])["changes"]
    assert [change["field"] for change in changes] == ["notes"]
    story.approve()
    assert (story.dataset["title"], story.dataset["notes"]) == ("Titre d'ici", "Notes de là-bas.")
    # The approval of the harvester's proposal is no local edit; the title still is one.
    assert story.there(notes="Encore.")["conflict"] == 0
    story.approve()
    assert story.there(title="Titre de là-bas")["conflict"] == 1
    # A decision goes the same way: what is taken is proposed.
    story.resolve("take_remote")
    assert (story.dataset["title"], story.record.pending) == ("Titre d'ici", True)
    story.approve()
    assert story.dataset["title"] == "Titre de là-bas"
    assert story.there(title="Encore un titre")["conflict"] == 0


def test_what_people_add_to_a_proposal_is_an_edit(people: People, neighbour: Pretended, source: str) -> None:
    act("regional_source_patch", people.sysadmin, id="voisin", trust="review")
    story = Story(people, neighbour)
    story.approve()
    story.there(title="Titre de là-bas", notes="Notes de là-bas.")
    copy = act("regional_revision_show", people.editor, id=story.dataset["id"])["working_copy"]
    act("package_patch", people.editor, id=copy["id"], notes="Notes corrigées ici.")
    story.approve()
    assert (story.dataset["title"], story.dataset["notes"]) == ("Titre de là-bas", "Notes corrigées ici.")
    assert story.there(title="Encore un titre")["conflict"] == 0
    story.approve()
    assert story.there(notes="Encore d'autres notes.")["conflict"] == 1


def test_many_are_decided_one_by_one(people: People, neighbour: Pretended, source: str) -> None:
    stories = [Story(people, neighbour, f"voisin-{number}") for number in range(3)]
    for story in stories[:2]:
        story.here(title="Titre d'ici")
        story.there(title="Titre de là-bas")
    ids = [story.record.id for story in stories]
    stale = {"id": ids[1], "fingerprint": "0" * 64}
    wanted = [{"id": ids[0], "fingerprint": stories[0].conflict["fingerprint"]}, stale, {"id": ids[2]}, {"id": "none"}]
    results = act("regional_record_resolve_many", people.org_admin, decision="take_remote", records=wanted)
    assert [(one["done"], sorted(one["errors"])) for one in results] == [
        (True, []), (False, ["fingerprint"]), (False, ["state"]), (False, ["id"]),
    ]  # fmt: skip
    assert [story.dataset["title"] for story in stories[:2]] == ["Titre de là-bas", "Titre d'ici"]
    for bad in ([], ["x"], [{"id": 3}], [{"id": "x"}] * 101):
        with pytest.raises(tk.ValidationError):
            act("regional_record_resolve_many", people.org_admin, decision="detach", records=bad)
    with pytest.raises(tk.NotAuthorized):
        act("regional_record_resolve_many", people.editor, decision="detach", records=wanted)
