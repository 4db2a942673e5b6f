"""Datasets from before the review name no territory: their first change says who decides about it."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib import search

from ckanext.regional.curation.model import Case
from ckanext.regional.curation.notices import recipients
from ckanext.regional.curation.people import stewards
from ckanext.regional.curation.queue import case_scope
from tests.conftest import People, act, complete, fingerprint


@pytest.fixture
def old(people: People) -> dict[str, Any]:
    """Public, and without anything that a review asks for."""
    made = act("package_create", people.editor, name="vieux", title="Vieux jeu", owner_org=people.organization)
    for table, column in (("regional_case", "dataset_id"), ("regional_dataset", "dataset_id")):
        model.Session.execute(sa.text(f"DELETE FROM {table} WHERE {column} = :id"), {"id": made["id"]})
    model.Session.execute(sa.text("UPDATE package SET private = false WHERE id = :id"), {"id": made["id"]})
    model.Session.commit()
    search.rebuild(made["id"])
    return made


def test_the_steward_of_what_is_proposed_decides(people: People, old: dict[str, Any]) -> None:
    copy = act("regional_revision_create", people.editor, id=old["id"])
    placed = complete(people, name=copy["name"], title="Jeu daté")
    act("package_patch", people.editor, id=copy["id"], **placed)
    act("regional_curation_submit", people.editor, id=copy["id"])

    found = {who: act("regional_curation_queue", who)["count"] for who in (people.steward, people.steward_elsewhere)}
    assert found == {people.steward: 1, people.steward_elsewhere: 0}
    assert act("regional_curation_queue", people.sysadmin, unassigned=True)["count"] == 0
    case = model.Session.scalars(sa.select(Case).where(Case.dataset_id == old["id"])).one()
    live = model.Package.get(old["id"])
    assert live is not None
    steward = model.User.get(people.steward)
    assert steward is not None
    assert recipients.deciders_of([(case, live)]) == {case.id: {steward.id}}
    assert case_scope.differing() == set()
    with pytest.raises(tk.NotAuthorized):
        act("regional_curation_show", people.steward_elsewhere, id=old["id"])

    seen = fingerprint(people, copy)
    act("regional_curation_approve", people.steward, id=copy["id"], fingerprint=seen)
    assert act("package_show", None, id="vieux")["title"] == "Jeu daté"
    assert case_scope.differing() == set()


def test_a_proposal_that_is_discarded_says_nothing_any_more(people: People, old: dict[str, Any]) -> None:
    copy = act("regional_revision_create", people.editor, id=old["id"])
    act("package_patch", people.editor, id=copy["id"], **complete(people, name=copy["name"]))
    act("regional_revision_discard", people.editor, id=copy["id"])
    assert case_scope.differing() == set()
    steward, live = model.User.get(people.steward), model.Package.get(old["id"])
    assert steward is not None
    assert live is not None
    assert not stewards.reviews(steward, live)
