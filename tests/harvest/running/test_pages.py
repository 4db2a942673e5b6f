"""The pages of sources: who is shown what, what was typed stays, and a token is told to nobody."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from ckan import model
from ckan.logic import _actions  # pyright: ignore[reportPrivateUsage]
from ckan.tests import factories
from ckan.tests.helpers import CKANTestApp

from ckanext.regional.harvest import removal
from ckanext.regional.harvest.model import Source
from ckanext.regional.harvest.writing import withdrawal
from tests.conftest import People, act
from tests.faults.hostile import HostileServer
from tests.harvest.neighbour import add_source, harvest, remote
from tests.harvest.test_actions import source


@pytest.fixture
def as_user(people: People) -> Any:
    """Headers of a request by somebody."""
    return lambda name: {"Authorization": factories.APIToken(user=name)["token"]}


def typed(people: People, **changes: Any) -> dict[str, Any]:
    """What a person types into the form."""
    return {
        "url": "https://data.example.org",
        "name": "neighbour",
        "title": "Voisine",
        "kind": "auto",
        "territory": "fr:region:52",
        "owner_org": people.organization,
        "organizations_mode": "one",
        "trust": "review",
        "default_steward": people.editor,
        "default_sector": ["school", "tourist"],
        "frequency": "0 3 * * *",
        "cron": "",
        "enabled": "1",
        "do": "save",
        **changes,
    }


def post(app: CKANTestApp, address: str, data: dict[str, Any], headers: dict[str, str]) -> BeautifulSoup:
    return BeautifulSoup(app.post(address, data=data, headers=headers).text, "html.parser")


def shown(page: BeautifulSoup) -> dict[str, Any]:
    """What a browser would send of the form as it came."""
    form = next(one for one in page.select("form") if one.select_one("#field-url"))
    sent: dict[str, Any] = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        chosen = [option.get("value", option.text) for option in field.select("option[selected]")]
        if field.name == "select":
            sent[str(field["name"])] = chosen if field.has_attr("multiple") else "".join(map(str, chosen[:1]))
        elif field.get("type") not in ("checkbox", "radio", "submit") or field.has_attr("checked"):
            sent[str(field["name"])] = field.text if field.name == "textarea" else field.get("value", "")
    return sent


def stored() -> Source | None:
    model.Session.rollback()
    return model.Session.query(Source).first()


def test_a_source_is_made_and_changed_by_the_form(people: People, app: CKANTestApp, as_user: Any) -> None:
    headers = as_user(people.sysadmin)
    assert "There is no source yet" in app.get("/regional/sources", headers=headers).text
    form = BeautifulSoup(app.get("/regional/sources/new", headers=headers).text, "html.parser")
    offered = [option["value"] for option in form.select("#regional-people option")]
    assert people.editor in offered
    assert people.org_admin in offered
    page = post(app, "/regional/sources/new", typed(people, token="hush", filter_organization="ville"), headers)
    assert page.h1 is not None
    assert "Voisine" in page.h1.text
    assert "Each night at three" in page.text
    made = stored()
    assert made is not None
    assert (made.token, made.filters) == ("hush", {"organization": "ville"})
    assert set(made.defaults["sector"]) == {"school", "tourist"}
    # A token that is not typed stays; a default that the form does not ask for, too.
    act("regional_source_patch", people.sysadmin, id=made.id, defaults={**made.defaults, "notes": "Sans description"})
    changes = typed(people, title="Autre", frequency="other", cron="30 5 * * 1-5", filter_organization="")
    page = post(app, "/regional/sources/neighbour/edit", changes, headers)
    changed = stored()
    assert changed is not None
    assert (changed.title, changed.token, changed.filters) == ("Autre", "hush", {})
    assert (changed.frequency, changed.defaults["notes"]) == ("30 5 * * 1-5", "Sans description")
    edit = app.get("/regional/sources/neighbour/edit", headers=headers).text
    assert "hush" not in edit + page.text
    assert "Stored; leave empty to keep it" in edit
    assert BeautifulSoup(edit, "html.parser").select_one("#field-cron")["value"] == "30 5 * * 1-5"  # pyright: ignore
    post(app, "/regional/sources/neighbour/edit", {**changes, "forget_token": "1"}, headers)
    forgotten = stored()
    assert forgotten is not None
    assert forgotten.token is None


def test_saving_the_form_says_that_it_ended_a_run(
    people: People, app: CKANTestApp, as_user: Any, hostile: HostileServer
) -> None:
    headers = as_user(people.sysadmin)
    add_source(people, hostile, kind="auto")
    run = act("regional_harvest_run", people.sysadmin, source="neighbour")
    edit = BeautifulSoup(app.get("/regional/sources/neighbour/edit", headers=headers).text, "html.parser")
    unchanged = {**shown(edit), "title": "Autre titre", "do": "save"}
    page = post(app, "/regional/sources/neighbour/edit", unchanged, headers)
    assert act("regional_run_show", people.sysadmin, id=run["id"])["state"] == "queued"
    assert "a new run reads" not in page.text
    page = post(app, "/regional/sources/neighbour/edit", {**unchanged, "filter_organization": "ville"}, headers)
    assert act("regional_run_show", people.sysadmin, id=run["id"])["state"] == "aborted"
    assert "The source was changed, so this run stopped: what came so far is in" in page.text


def test_what_is_wrong_is_at_its_field_and_nothing_is_lost(people: People, app: CKANTestApp, as_user: Any) -> None:
    wrong = typed(
        people, url="nonsense", name="Not A Name", default_steward="nobody", frequency="other", cron="often",
        organizations_mode="table", organizations_table="ville = nantes\nwithout a sign", filter_group="écoles",
        token="hush",
    )  # fmt: skip
    page = post(app, "/regional/sources/new", wrong, as_user(people.sysadmin))
    assert stored() is None
    # What cannot even be read is told first; it is typed again by nobody.
    assert "Line 2" in page.select_one("#field-organizations").text  # pyright: ignore[reportOptionalMemberAccess]
    wrong |= {"organizations_mode": "one"}
    page = post(app, "/regional/sources/new", wrong, as_user(people.sysadmin))
    for field in ("url", "name", "default_steward", "cron"):
        box = page.select_one(f"#field-{field}")
        assert box is not None
        assert box["value"] == wrong[{"default_steward": "default_steward"}.get(field, field)]
        group = box.find_parent(class_="form-group")
        assert group is not None
        assert group.select_one(".error-block") is not None, field
        assert page.select_one(f'.regional-problems a[href="#field-{field}"]') is not None, field
    assert page.select_one("#field-filter_group")["value"] == "écoles"  # pyright: ignore[reportOptionalSubscript]
    assert "without a sign" in page.select_one("#field-organizations_table").text  # pyright: ignore
    assert [box["value"] for box in page.select('[name="default_sector"][checked]')] == ["tourist", "school"]
    assert "hush" not in page.decode()
    assert "Type the token again" in page.text
    assert stored() is None


def test_the_next_time_of_a_schedule_is_told(people: People, app: CKANTestApp, as_user: Any) -> None:
    headers = as_user(people.org_admin)
    told = app.get("/regional/sources/next-time?frequency=other&cron=0+3+*+*+*", headers=headers).text
    assert "Next time:" in told
    told = app.get("/regional/sources/next-time?frequency=other&cron=0+0+31+2+*", headers=headers).text
    assert "These words name no time" in told
    assert app.get("/regional/sources/next-time?frequency=manual", headers=headers).text.strip() == ""


def test_pages_are_for_admins_and_the_steward(people: People, app: CKANTestApp, as_user: Any) -> None:
    act("regional_source_create", people.sysadmin, **source(people))
    for address in ("/regional/sources", "/regional/sources/neighbour", "/regional/sources/neighbour/records.csv"):
        for name in (people.org_admin, people.editor):
            app.get(address, headers=as_user(name), status=200)
        app.get(address, headers=as_user(people.member), status=403)
    # The steward reads, and is not shown what is not theirs.
    page = app.get("/regional/sources/neighbour", headers=as_user(people.editor)).text
    assert "Run now" not in page
    assert "Run now" in app.get("/regional/sources/neighbour", headers=as_user(people.org_admin)).text
    for address in ("/regional/sources/new", "/regional/sources/neighbour/edit", "/regional/sources/neighbour/delete"):
        app.get(address, headers=as_user(people.editor), status=403)
    app.post("/regional/sources/neighbour/run", headers=as_user(people.editor), status=403)
    assert act("regional_source_list", people.editor)[0]["name"] == "neighbour"


def test_an_admin_keeps_the_trust_that_a_sysadmin_gave(people: People, app: CKANTestApp, as_user: Any) -> None:
    act("regional_source_create", people.sysadmin, **source(people, trust="publish"))
    headers = as_user(people.org_admin)
    form = BeautifulSoup(app.get("/regional/sources/neighbour/edit", headers=headers).text, "html.parser")
    chosen = form.select_one("#field-trust option[selected]")
    assert chosen is not None
    assert chosen["value"] == "publish"
    post(app, "/regional/sources/neighbour/edit", typed(people, trust="publish", title="Autre"), headers)
    changed = stored()
    assert changed is not None
    assert (changed.title, changed.trust) == ("Autre", "publish")


def test_a_source_goes_only_when_somebody_is_sure(
    people: People, app: CKANTestApp, as_user: Any, hostile: HostileServer
) -> None:
    hostile.be_a_ckan([remote(1), remote(2)])
    add_source(people, hostile)
    harvest(people)
    headers = as_user(people.org_admin)
    address = "/regional/sources/neighbour/delete"
    assert "2 datasets from it are here." in app.get(address, headers=headers).text
    for data in ({}, {"datasets": "withdraw"}, {"sure": "1"}):
        assert "Nothing was removed" in app.post(address, data=data, headers=headers).text
    assert stored() is not None
    page = app.post(address, data={"datasets": "withdraw", "sure": "1"}, headers=headers).text
    assert "has been removed" in page
    assert stored() is None
    assert act("package_search", None)["count"] == 0


def test_much_is_hidden_in_the_background(
    people: People, app: CKANTestApp, as_user: Any, hostile: HostileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removal, "_AT_ONCE", 2)
    hostile.be_a_ckan([remote(number) for number in range(3)])
    add_source(people, hostile, frequency="0 3 * * *")
    harvest(people)
    headers = as_user(people.org_admin)
    data = {"datasets": "withdraw", "sure": "1"}
    assert "in the background" in app.post("/regional/sources/neighbour/delete", data=data, headers=headers).text
    assert "Being removed" in app.get("/regional/sources/neighbour", headers=headers).text
    kept = stored()
    assert kept is not None
    assert (kept.enabled, kept.next_run) == (False, None)
    source_id = kept.id
    with pytest.raises(tk.ValidationError):
        act("regional_source_patch", people.org_admin, id="neighbour", enabled=True)
    # One that cannot be hidden holds up the others no longer than the source.
    hide = withdrawal.hide
    seen: list[str] = []

    def hide_all_but_the_first(record_id: str, reason: str) -> None:
        seen.append(record_id)
        if record_id == seen[0]:
            raise ValueError("a bad one")
        hide(record_id, reason)

    monkeypatch.setattr(withdrawal, "hide", hide_all_but_the_first)
    removal.work(source_id)
    assert act("package_search", None)["count"] == 1
    assert stored() is not None
    assert removal.unfinished() == [source_id]
    monkeypatch.setattr(withdrawal, "hide", hide)
    removal.work(source_id)
    assert act("package_search", None)["count"] == 0
    assert stored() is None


def test_sources_that_need_somebody_come_first_and_are_counted(people: People, app: CKANTestApp, as_user: Any) -> None:
    for number in range(12):
        act("regional_source_create", people.sysadmin, **source(people, name=f"s{number}", title=f"Voisine {number}"))
    model.Session.query(Source).filter(Source.name == "s7").update({"trouble": "failed"})
    model.Session.commit()
    page = BeautifulSoup(app.get("/regional/sources", headers=as_user(people.org_admin)).text, "html.parser")
    assert [row.a.text for row in page.select("tbody th")][:2] == ["Voisine 7", "Voisine 0"]  # pyright: ignore
    link = page.select_one('.account a[href="/regional/sources"]')
    assert link is not None
    assert link["aria-label"] == "Sources (1 source needs you)"
    found = app.get("/regional/sources?q=voisine+11", headers=as_user(people.org_admin)).text
    assert "1 source." in found
    assert "Nothing matches." in app.get("/regional/sources?q=nowhere", headers=as_user(people.org_admin)).text


# The action is made with the kinds of sources; this test runs from the moment that it is there.
def test_the_first_datasets_are_shown_and_nothing_is_saved(
    people: People, app: CKANTestApp, as_user: Any, hostile: HostileServer
) -> None:
    act("regional_source_list", people.sysadmin)
    if "regional_source_preview" not in _actions:
        pytest.skip("regional_source_preview is not there yet")
    hostile.be_a_ckan([remote(number) for number in range(25)])
    data = typed(people, url=hostile.url, kind="ckan", do="preview", default_license_id="lov2")
    page = post(app, "/regional/sources/new", data, as_user(people.sysadmin))
    shown = page.select_one("#regional-preview")
    assert shown is not None
    assert "25 datasets in all." in shown.text
    assert "These are the first 20; nothing has been written." in shown.text
    assert len(shown.select("li.list-group-item")) == 20
    assert "Menus 0" in shown.text
    assert page.select_one("#field-url")["value"] == hostile.url  # pyright: ignore[reportOptionalSubscript]
    assert stored() is None
    hostile.actions.clear()
    page = post(app, "/regional/sources/new", data, as_user(people.sysadmin))
    assert page.select_one("#regional-preview .regional-problems") is not None
