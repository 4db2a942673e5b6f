"""What a page of datasets asks of the database once, and what it must ask each time."""

from __future__ import annotations

import pytest
from ckan import model

from ckanext.regional.harvest.writing import lookups
from tests.conftest import People, act, complete
from tests.statements import asked

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_regional")


def test_a_user_and_an_organisation_are_asked_for_once(people: People) -> None:
    with lookups.asked_once():
        first = model.User.get(people.editor), model.Group.get(people.organization)
        with asked() as statements:
            assert (model.User.get(people.editor), model.Group.get(people.organization)) == first
    assert statements == []
    assert None not in first


def test_each_has_an_answer_of_its_own(people: People) -> None:
    with lookups.asked_once():
        names = [model.User.get(name).name for name in (people.editor, people.member)]  # pyright: ignore
        assert model.User.get("nobody-of-that-name") is None
    assert names == [people.editor, people.member]


def test_outside_the_block_the_database_is_asked(people: People) -> None:
    with lookups.asked_once():
        model.User.get(people.editor)
    with asked() as statements:
        model.User.get(people.editor)
    assert len(statements) == 1


def test_a_change_that_this_session_makes_is_seen(people: People) -> None:
    user = model.User.get(people.member)
    assert user is not None
    members = model.Session.query(model.Member.capacity).filter(
        model.Member.table_name == "user",
        model.Member.table_id == user.id,
        model.Member.state == "active",
    )
    with lookups.asked_once():
        before = members.all()
        act("organization_member_delete", people.sysadmin, id=people.organization, username=people.member)
        assert members.all() != before
        assert members.all() == []


def test_a_row_to_be_locked_is_asked_for_each_time(people: People) -> None:
    with lookups.asked_once():
        model.User.get(people.editor)
        with asked() as statements:
            model.Session.query(model.User).filter_by(name=people.editor).with_for_update().one()
    assert len(statements) == 1


def test_datasets_are_asked_for_each_time(people: People) -> None:
    dataset = act("package_create", people.editor, **complete(people))
    with lookups.asked_once():
        for _time in range(2):
            with asked() as statements:
                rows = model.Session.query(model.Member).filter_by(table_name="package", table_id=dataset["id"]).all()
            assert (len(rows), len(statements)) == (1, 1)


def test_what_is_not_here_is_not_asked_for_until_it_is_written(people: People) -> None:
    given = {"id": "0b0c7b5c-0d0f-4d62-9d4e-5a2f5d9a5a5e", **complete(people)}
    with lookups.asked_once(), lookups.not_here([given["id"], given["name"]]):
        with asked() as statements:
            assert model.Session.get(model.Package, given["id"]) is None
            assert model.Session.query(model.Resource).filter_by(package_id=given["id"]).all() == []
            assert model.Package.get(given["name"]) is None
        assert statements == []
        act("package_create", people.sysadmin, **given)
        model.Session.expunge_all()
        assert model.Session.get(model.Package, given["id"]) is not None
        assert model.Session.query(model.Member).filter_by(table_id=given["id"]).count() == 1


def test_what_others_have_is_found_all_the_same(people: People) -> None:
    dataset = act("package_create", people.editor, **complete(people))
    with lookups.asked_once(), lookups.not_here(["0b0c7b5c-0d0f-4d62-9d4e-5a2f5d9a5a5e"]):
        assert model.Package.get(dataset["name"]) is not None
        either = model.Package.id.in_([dataset["id"], "0b0c7b5c-0d0f-4d62-9d4e-5a2f5d9a5a5e"])
        assert model.Session.query(model.Package).filter(either).count() == 1


def test_a_tag_is_asked_for_until_it_is_there() -> None:
    tags = model.Session.query(model.Tag).filter_by(name="cantine", vocabulary_id=None)
    with lookups.asked_once():
        assert tags.first() is None
        model.Session.add(model.Tag(name="cantine"))
        model.Session.flush()
        assert tags.first() is not None
        with asked() as statements:
            assert tags.first() is not None
    assert statements == []
    model.Session.rollback()


def test_after_a_rollback_everything_is_asked_again(people: People) -> None:
    with lookups.asked_once():
        model.User.get(people.editor)
        model.Session.rollback()
        with asked() as statements:
            user = model.User.get(people.editor)
    assert user is not None
    assert user.name == people.editor
    assert statements


def test_whether_an_absent_name_is_taken_is_known(people: People) -> None:
    """As CKAN asks before and after it writes a dataset; the answer for another name comes from the database."""

    def taken(name: str) -> bool:
        rows = model.Session.query(model.Package.id).filter(
            model.Package.name == name, model.Package.state != "deleted"
        )
        return model.Session.query(rows.filter(model.Package.id != given["id"]).exists()).scalar()

    given = {"id": "0b0c7b5c-0d0f-4d62-9d4e-5a2f5d9a5a5e", **complete(people)}
    other = act("package_create", people.editor, **{**complete(people), "name": "another-name"})
    with lookups.asked_once(), lookups.not_here([given["id"], given["name"]]):
        with asked() as statements:
            assert taken(given["name"]) is False
        assert statements == []
        act("package_create", people.sysadmin, **given)
        with asked() as statements:
            assert taken(given["name"]) is False
        assert statements == []
        assert taken(other["name"]) is True
