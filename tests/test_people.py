"""A steward's name is public by their own decision alone."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import CKANTestApp

from ckanext.regional import people as service
from tests.conftest import People, act


def decide(who: str, agreed: Any, by: str | None = None) -> None:
    act("user_patch", by or who, id=who, regional_public_name=agreed)


def names(published: dict[str, Any], reader: str | None) -> tuple[Any, Any]:
    """What the two ways of reading say of a steward's name."""
    shown = act("package_show", reader, id=published["id"])
    (found,) = act("package_search", reader, fq=f"id:{published['id']}")["results"]
    return shown.get("steward_name"), found.get("steward_name")


def test_by_default_nobody_knows(people: People, published: dict[str, Any]) -> None:
    assert names(published, None) == (None, None)


def test_everybody_knows_who_agreed_until_it_is_taken_back(people: People, published: dict[str, Any]) -> None:
    act("user_patch", people.editor, id=people.editor, fullname="Anne Le Goff")
    decide(people.editor, "true")
    for reader in (None, people.outsider, people.sysadmin):
        assert names(published, reader) == ("Anne Le Goff", "Anne Le Goff")
    assert "steward" not in act("package_show", None, id=published["id"])

    decide(people.editor, False)
    assert names(published, None) == (None, None)


def test_it_is_kept_nowhere_else(people: People, published: dict[str, Any]) -> None:
    decide(people.editor, True)
    stored = tk.get_action("package_show")({"ignore_auth": True}, {"id": published["id"]})
    assert "steward_name" not in stored
    changes = act("regional_changes", None)["changes"]
    assert changes
    assert all("steward_name" not in change.get("dataset", {}) for change in changes)
    # A client may send back what it read.
    draft = {"name": "bare", "title": "Nu", "owner_org": people.organization, "steward": people.editor}
    made = act("package_create", people.editor, **draft)
    read = act("package_show", people.editor2, id=made["id"])
    assert read["steward_name"]
    assert act("package_update", people.editor2, **read)["steward"] == people.editor


def test_a_deleted_account_is_not_named(people: People, published: dict[str, Any]) -> None:
    decide(people.editor, True)
    act("user_delete", people.sysadmin, id=people.editor)
    assert names(published, None) == (None, None)


def test_nobody_decides_for_somebody_else(people: People) -> None:
    with pytest.raises(tk.ValidationError) as refused:
        decide(people.editor, True, by=people.sysadmin)
    assert "regional_public_name" in refused.value.error_dict
    with pytest.raises(tk.NotAuthorized):
        decide(people.editor, True, by=people.outsider)
    decide(people.editor, True)
    decide(people.editor, False, by=people.sysadmin)
    assert not service.has_public_name(user(people.editor))


def test_what_is_no_answer_is_refused(people: People) -> None:
    with pytest.raises(tk.ValidationError) as refused:
        decide(people.editor, "maybe")
    assert "regional_public_name" in refused.value.error_dict


def test_other_changes_leave_it_alone(people: People) -> None:
    decide(people.editor, True)
    act("user_patch", people.editor, id=people.editor, fullname="Anne")
    assert service.has_public_name(user(people.editor))


def test_the_form(people: People, published: dict[str, Any], app: CKANTestApp) -> None:
    def headers(who: str) -> dict[str, str]:
        return {"Authorization": factories.APIToken(user=who)["token"]}

    def box(who: str, of: str) -> Any:
        page = app.get(f"/user/edit/{of}", headers=headers(who))
        return BeautifulSoup(page.text, "html.parser").find("input", id="field-regional-public-name")

    assert box(people.sysadmin, people.editor) is None
    assert "checked" not in box(people.editor, people.editor).attrs
    mail = user(people.editor).email
    sent = {"save": "", "name": people.editor, "fullname": "Anne Le Goff", "email": mail}
    ticked = {**sent, "regional_public_name": ["false", "true"]}
    app.post(f"/user/edit/{people.editor}", data=ticked, headers=headers(people.editor))
    assert "checked" in box(people.editor, people.editor).attrs
    assert "Anne Le Goff" in app.get(f"/dataset/{published['name']}").text

    unticked = {**sent, "regional_public_name": "false"}
    app.post(f"/user/edit/{people.editor}", data=unticked, headers=headers(people.editor))
    assert "checked" not in box(people.editor, people.editor).attrs
    assert "Anne Le Goff" not in app.get(f"/dataset/{published['name']}").text


def user(name: str) -> model.User:
    found = model.User.get(name)
    assert found is not None
    model.Session.refresh(found)
    return found
