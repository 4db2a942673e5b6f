"""A false alarm is let pass: by whom, for which version, and never for another."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest

from tests.conftest import BRETAGNE, PAYS_DE_LA_LOIRE, People, act, appoint, complete
from tests.curation.conftest import outcome
from tests.curation.views.test_views import Browser

CODE, FIELD = "personal_data.iban.text", "notes"
NOTES = "Code produit FR76 3000 6000 0112 3456 7890 189."


@pytest.fixture
def alarmed(people: People) -> dict[str, Any]:
    """A dataset whose product number looks like a bank account; the outsider protects data here."""
    appoint(people.outsider, territory=BRETAGNE, role="dpo")
    return act("package_create", people.editor, **complete(people, notes=NOTES))


def shown(user: str, dataset: dict[str, Any]) -> dict[str, Any]:
    return act("regional_curation_show", user, id=dataset["id"])


def check_of(user: str, dataset: dict[str, Any], code: str = CODE) -> dict[str, Any]:
    return next(one for one in shown(user, dataset)["checks"] if one["code"] == code)


def waive(user: str, dataset: dict[str, Any], **changes: Any) -> Any:
    data = {
        "id": dataset["id"],
        "code": CODE,
        "field": FIELD,
        "fingerprint": shown(user, dataset)["fingerprint"],
        "comment": "A product number.",
    }
    return act("regional_curation_waive", user, **{**data, **changes})


def test_a_false_alarm_is_no_dead_end(people: People, alarmed: dict[str, Any]) -> None:
    assert outcome(lambda: act("regional_curation_submit", people.editor, id=alarmed["id"])) == "ValidationError"
    assert check_of(people.outsider, alarmed)["waivable"]
    after = waive(people.outsider, alarmed)
    passed = next(one for one in after["checks"] if one["code"] == CODE)
    assert passed["level"] == "warn"
    assert (passed["waived"]["by"], passed["waived"]["comment"]) == (people.outsider, "A product number.")
    submitted = act("regional_curation_submit", people.editor, id=alarmed["id"])
    told = act("regional_curation_history", people.editor, id=alarmed["id"])["results"]
    event = next(one for one in told if one["action"] == "waive")
    assert (event["actor"], event["comment"]) == (people.outsider, "A product number.")
    act("regional_curation_approve", people.steward, id=alarmed["id"], fingerprint=submitted["fingerprint"])
    assert act("package_show", None, id=alarmed["id"])["regional_status"] == "published"


def test_it_holds_for_one_version(people: People, alarmed: dict[str, Any]) -> None:
    waive(people.outsider, alarmed)
    act("package_patch", people.editor, id=alarmed["id"], notes=NOTES + " Autre texte.")
    assert check_of(people.outsider, alarmed)["level"] == "block"
    act("package_patch", people.editor, id=alarmed["id"], notes=NOTES)
    assert check_of(people.outsider, alarmed)["level"] == "warn"


def test_who_may(people: People, alarmed: dict[str, Any]) -> None:
    """Personal data: the officer of this territory who had no hand in it, and nobody else."""
    appoint(people.steward_elsewhere, territory=PAYS_DE_LA_LOIRE, role="dpo")
    appoint(people.editor, territory=BRETAGNE, role="dpo")
    fingerprint = shown(people.outsider, alarmed)["fingerprint"]
    refused = {}
    for role in ("sysadmin", "org_admin", "editor", "editor2", "member", "steward", "steward_elsewhere"):
        user = getattr(people, role)
        refused[role] = outcome(lambda user=user: waive(user, alarmed, fingerprint=fingerprint))
    assert refused == dict.fromkeys(refused, "NotAuthorized")
    assert outcome(lambda: act("regional_curation_waive", None, id=alarmed["id"], code=CODE)) == "NotAuthorized"
    assert check_of(people.outsider, alarmed)["level"] == "block"
    assert not check_of(people.steward, alarmed)["waivable"]
    assert "waive" not in shown(people.editor, alarmed)["allowed_actions"]


def test_a_steward_lets_other_checks_pass(people: People, ckan_config: dict[str, Any]) -> None:
    ckan_config["ckanext.regional.curation.guards.levels"] = ["completeness.no_resources=block"]
    appoint(people.outsider, territory=BRETAGNE, role="dpo")
    made = act("package_create", people.editor, **complete(people, resources=[]))
    other = {"code": "completeness.no_resources", "field": None}
    for user in (people.outsider, people.editor, people.org_admin):
        assert outcome(lambda user=user: waive(user, made, **other)) == "NotAuthorized"
    waive(people.steward, made, **other)
    assert check_of(people.editor, made, "completeness.no_resources")["level"] == "warn"
    act("regional_curation_submit", people.editor, id=made["id"])


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"comment": "  "}, "comment"),
        ({"comment": "a" * 10_001}, "comment"),
        ({"comment": None}, "comment"),
        ({"fingerprint": "0" * 64}, "fingerprint"),
        ({"fingerprint": None}, "fingerprint"),
        ({"code": "personal_data.nir.text"}, "code"),
        ({"code": ""}, "code"),
        ({"code": ["x"]}, "code"),
        ({"field": "title"}, "code"),
    ],
)
def test_bad_input(people: People, alarmed: dict[str, Any], changes: dict[str, Any], key: str) -> None:
    with pytest.raises(tk.ValidationError) as refused:
        waive(people.outsider, alarmed, **changes)
    assert list(refused.value.error_dict) == [key]
    assert check_of(people.outsider, alarmed)["level"] == "block"


def test_there_must_be_something_under_review(people: People, published: dict[str, Any]) -> None:
    appoint(people.outsider, territory=BRETAGNE, role="dpo")
    with pytest.raises(tk.ValidationError) as refused:
        waive(people.outsider, published)
    assert list(refused.value.error_dict) == ["state"]


def test_in_a_working_copy(people: People, published: dict[str, Any]) -> None:
    """The waiver is that of the dataset, whoever names which; the copy's content is what it is for."""
    appoint(people.outsider, territory=BRETAGNE, role="dpo")
    copy = act("regional_revision_create", people.editor, id=published["id"])
    act("package_patch", people.editor, id=copy["id"], notes=NOTES)
    waive(people.outsider, copy)
    assert check_of(people.editor, published)["level"] == "warn"
    submitted = act("regional_curation_submit", people.editor, id=copy["id"])
    act("regional_curation_approve", people.steward, id=published["id"], fingerprint=submitted["fingerprint"])
    assert act("package_show", None, id=published["id"])["notes"] == NOTES


class TestPage:
    def test_by_form(self, app: Any, people: People, alarmed: dict[str, Any]) -> None:
        page = f"/regional/case/{alarmed['name']}"
        browser = Browser(app, people.outsider)
        empty = browser.send(page, f"{page}/waive", comment=" ")
        assert empty.status_code == 400
        assert "regional-waive-1-error" in empty.body
        done = browser.send(page, f"{page}/waive", comment="A <b>product</b> number.")
        assert done.status_code == 302
        body = browser.get(page).body
        assert "<q>A &lt;b&gt;product&lt;/b&gt; number.</q>" in body
        assert "regional-waive" not in body

    def test_who_may_not_has_no_form(self, app: Any, people: People, alarmed: dict[str, Any]) -> None:
        page = f"/regional/case/{alarmed['name']}"
        assert "regional-waive" not in Browser(app, people.steward).get(page).body
        given = {
            "code": CODE,
            "field": FIELD,
            "comment": "x",
            "fingerprint": shown(people.steward, alarmed)["fingerprint"],
        }
        assert Browser(app, people.steward).send(page, f"{page}/waive", **given).status_code == 403
        assert (
            Browser(app, people.steward_elsewhere).send("/regional/queue", f"{page}/waive", **given).status_code == 404
        )

    def test_only_by_post_with_a_token(self, app: Any, people: People, alarmed: dict[str, Any]) -> None:
        page = f"/regional/case/{alarmed['name']}/waive"
        browser = Browser(app, people.outsider)
        assert browser.get(page).status_code in (404, 405)
        assert app.post(page, data={"code": CODE, "field": FIELD, "comment": "x"}).status_code == 400
        assert check_of(people.outsider, alarmed)["level"] == "block"
