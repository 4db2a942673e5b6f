"""The pages of the review, as people with their roles meet them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import unquote

import ckan.plugins.toolkit as tk
from ckan import model
from werkzeug.datastructures import FileStorage

from tests.conftest import BRETAGNE, People, act, appoint, complete, fingerprint

PAGES = ("/regional/queue", "/regional/mine", "/regional/stewards")
SCRIPT = "<script>alert(1)</script>"


class Browser:
    """CKAN's test client as one person; forms are sent with what the page had hidden in them."""

    def __init__(self, app: Any, user: str | None) -> None:
        self.app = app
        app.client = app.test_client()
        if user:
            # CKAN's ``set_session_user`` sets a cookie for localhost, which its client does not send to the site.
            with app.client.session_transaction(base_url=tk.config["ckan.site_url"]) as session:
                session["_user_id"], session["_fresh"] = _id_of(user), True

    def get(self, path: str, **options: Any) -> Any:
        return self.app.get(path, **options)

    def send(self, page: str, action: str | None = None, **fields: str) -> Any:
        """Fill in the form of ``page`` whose address is ``action`` and send it; nothing is followed."""
        body = self.get(page).body
        return self.app.post(action or page, data={**hidden(body), **fields}, follow_redirects=False)


def _id_of(name: str) -> str:
    user = model.User.get(name)
    assert user is not None
    return user.get_id()


def as_role(app: Any, people: People, role: str | None) -> Browser:
    return Browser(app, getattr(people, role) if role else None)


def hidden(body: str) -> dict[str, str]:
    """The hidden inputs of a page, the last of each name."""
    inputs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', body)
    return {name: unescape(value) for name, value in inputs}


def case_url(dataset: dict[str, Any]) -> str:
    return f"/regional/case/{dataset['name']}"


def appointments_of(people: People, user: str) -> list[dict[str, Any]]:
    return [one for one in act("regional_steward_list", people.sysadmin) if one["user"] == user]


def test_visitors_are_sent_to_the_login_form(app: Any, people: People) -> None:
    answers = [app.get(page, follow_redirects=False) for page in PAGES]
    assert [answer.status_code == 302 and "/user/login" in answer.location for answer in answers] == [True] * 3


def test_the_login_form_leads_back(app: Any, people: People) -> None:
    answer = app.get("/regional/queue?show=all", follow_redirects=False)
    assert unquote(answer.location).endswith("?next=/regional/queue?show=all")


def test_who_is_logged_in_has_the_pages(app: Any, people: People) -> None:
    roles = ("outsider", "editor", "steward", "sysadmin")
    found = {(role, page): as_role(app, people, role).get(page).status_code for role in roles for page in PAGES}
    assert set(found.values()) == {200}, found


def test_the_queue_holds_what_concerns_the_reader(app: Any, people: People, submitted: dict[str, Any]) -> None:
    expected = {"steward": True, "editor": True, "sysadmin": True, "steward_elsewhere": False, "outsider": False}
    bodies = {role: as_role(app, people, role).get("/regional/queue?show=all").body for role in expected}
    assert {role: submitted["title"] in body for role, body in bodies.items()} == expected


def test_a_steward_finds_their_own_queue_first(app: Any, people: People, submitted: dict[str, Any]) -> None:
    # The steward may read this one as a member of the organisation, and must not approve it.
    mine = act("package_create", people.steward, **complete(people, name="mine", title="Made by the steward"))
    act("regional_curation_submit", people.steward, id=mine["id"])
    assert "Made by the steward" not in Browser(app, people.steward).get("/regional/queue").body


def test_filters_keep_what_matches_and_leave_out_the_rest(app: Any, people: People, submitted: dict[str, Any]) -> None:
    expected = {
        "q=menus": True, "sector=school": True, f"territory={BRETAGNE}": True, "kind=publication": True,
        "q=zzz": False, "sector=tourist": False, "territory=fr:region:52": False, "kind=revision": False,
        "overdue=1": False,
    }  # fmt: skip
    browser = as_role(app, people, "steward")
    bodies = {query: browser.get(f"/regional/queue?{query}").body for query in expected}
    assert {query: case_url(submitted) in body for query, body in bodies.items()} == expected


def test_nonsense_in_the_address_is_no_error(app: Any, people: People) -> None:
    browser = as_role(app, people, "steward")
    queries = ("sort=nonsense", "show=nonsense", "kind=nonsense", "territory=nonsense", "state=nonsense")
    assert [browser.get(f"/regional/queue?{query}").status_code for query in queries] == [200] * 5


def test_a_page_beyond_the_end_leads_to_the_first(app: Any, people: People, submitted: dict[str, Any]) -> None:
    answer = Browser(app, people.steward).get("/regional/queue?page=7", follow_redirects=False)
    assert answer.status_code == 302


def test_an_empty_queue_says_what_comes(app: Any, people: People) -> None:
    assert "Nothing waits for you." in Browser(app, people.steward).get("/regional/queue").body


def test_a_case_is_for_those_whom_it_concerns(app: Any, people: People, submitted: dict[str, Any]) -> None:
    expected = {
        "steward": 200, "editor": 200, "member": 200, "sysadmin": 200, "steward_elsewhere": 404, "outsider": 404,
    }  # fmt: skip
    found = {role: as_role(app, people, role).get(case_url(submitted)).status_code for role in expected}
    assert found == expected


def test_a_case_that_is_hidden_answers_as_one_that_does_not_exist(
    app: Any, people: People, submitted: dict[str, Any]
) -> None:
    browser = Browser(app, people.outsider)
    known, unknown = (browser.get(f"/regional/case/{name}").body for name in (submitted["name"], "no-such-thing"))
    token = re.compile(r'(?:value|content)="[\w.-]{60,}"')
    assert token.sub("", known).replace(submitted["name"], "no-such-thing") == token.sub("", unknown)


def test_only_who_decides_has_the_buttons(app: Any, people: People, submitted: dict[str, Any]) -> None:
    button = re.compile(r'name="decision" value="(?:approve|request_changes|reject)"')
    expected = {"steward": 3, "editor": 0, "member": 0, "sysadmin": 0}
    bodies = {role: as_role(app, people, role).get(case_url(submitted)).body for role in expected}
    assert {role: len(button.findall(body)) for role, body in bodies.items()} == expected


def test_a_title_is_text(app: Any, people: People) -> None:
    made = act("package_create", people.editor, **complete(people, title=SCRIPT))
    act("regional_curation_submit", people.editor, id=made["id"])
    browser = Browser(app, people.steward)
    assert SCRIPT not in browser.get(case_url(made)).body + browser.get("/regional/queue").body


def test_a_title_is_text_in_what_is_said_after_a_decision(app: Any, people: People) -> None:
    made = act("package_create", people.editor, **complete(people, title=SCRIPT))
    act("regional_curation_submit", people.editor, id=made["id"])
    browser = Browser(app, people.steward)
    browser.send(case_url(made), decision="approve")
    assert SCRIPT not in browser.get("/regional/queue").body


def test_an_approval_publishes_and_leads_to_the_queue(app: Any, people: People, submitted: dict[str, Any]) -> None:
    answer = Browser(app, people.steward).send(case_url(submitted), decision="approve")
    shown = act("package_show", None, id=submitted["id"])
    assert (answer.status_code, answer.location.endswith("/regional/queue"), shown["private"]) == (302, True, False)


def test_a_decision_leads_to_the_next_case(app: Any, people: People, submitted: dict[str, Any]) -> None:
    other = act("package_create", people.editor, **complete(people, name="other"))
    act("regional_curation_submit", people.editor, id=other["id"])
    answer = Browser(app, people.steward).send(case_url(submitted), decision="approve")
    assert answer.location.endswith(case_url(other))


def test_a_request_for_changes_reaches_the_author(app: Any, people: People, submitted: dict[str, Any]) -> None:
    Browser(app, people.steward).send(
        case_url(submitted), decision="request_changes", comment="Say who counts.", field="notes"
    )
    body = Browser(app, people.editor).get(f"/dataset/{submitted['name']}").body
    assert "Say who counts." in body
    assert f"/dataset/edit/{submitted['name']}#field-notes" in body


def test_without_a_comment_nothing_is_sent_back(app: Any, people: People, submitted: dict[str, Any]) -> None:
    answer = Browser(app, people.steward).send(case_url(submitted), decision="request_changes", comment="  ")
    state = act("regional_curation_show", people.steward, id=submitted["id"])["case"]["state"]
    assert (answer.status_code, 'id="error-comment"' in answer.body, state) == (400, True, "submitted")


def test_a_stale_page_decides_nothing_and_shows_the_new_content(
    app: Any, people: People, submitted: dict[str, Any]
) -> None:
    browser = Browser(app, people.steward)
    seen = hidden(browser.get(case_url(submitted)).body)
    act("package_patch", people.editor, id=submitted["id"], notes="Changed meanwhile.")
    answer = browser.app.post(
        case_url(submitted), data={**seen, "decision": "approve", "comment": "Well done"}, follow_redirects=False
    )
    assert answer.status_code == 409
    assert "Changed meanwhile." in answer.body
    assert "Well done</textarea>" in answer.body
    assert hidden(answer.body)["fingerprint"] == fingerprint(people, submitted) != seen["fingerprint"]


def test_a_decision_that_is_not_theirs_is_refused(app: Any, people: People, submitted: dict[str, Any]) -> None:
    data = {"decision": "approve", "fingerprint": fingerprint(people, submitted)}
    found = {
        role: as_role(app, people, role).send(case_url(submitted), **data).status_code
        for role in ("editor", "member", "sysadmin")
    }
    assert set(found.values()) == {403}, found


def test_a_decision_without_the_forms_token_is_refused(app: Any, people: People, submitted: dict[str, Any]) -> None:
    # CKAN stops looking at the forms of a view once somebody without a session has come to it.
    token = act("api_token_create", people.steward, user=people.steward, name="script")["token"]
    app.get(case_url(submitted), headers={"Authorization": token})
    browser = Browser(app, people.steward)
    data = hidden(browser.get(case_url(submitted)).body) | {"decision": "approve"}
    del data["_csrf_token"]
    answer = browser.app.post(case_url(submitted), data=data)
    state = act("regional_curation_show", people.steward, id=submitted["id"])["case"]["state"]
    assert (answer.status_code, state) == (400, "submitted")


def test_an_unknown_decision_is_refused(app: Any, people: People, submitted: dict[str, Any]) -> None:
    assert Browser(app, people.steward).send(case_url(submitted), decision="promote").status_code == 400


def test_four_eyes_close_the_button_and_say_why(app: Any, people: People) -> None:
    made = act("package_create", people.steward, **complete(people))
    act("regional_curation_submit", people.steward, id=made["id"])
    body = Browser(app, people.steward).get(case_url(made)).body
    assert re.search(r'value="approve"[^>]*\sdisabled', body)
    assert "somebody else must approve it" in body


def test_a_case_can_be_taken_on(app: Any, people: People, submitted: dict[str, Any]) -> None:
    answer = Browser(app, people.steward).send(case_url(submitted), decision="claim")
    case = act("regional_curation_show", people.steward, id=submitted["id"])["case"]
    assert (answer.location.endswith(case_url(submitted)), case["claimed_by"]) == (True, people.steward)


def test_the_author_submits_from_the_datasets_page(app: Any, people: People, dataset: dict[str, Any]) -> None:
    answer = Browser(app, people.editor).send(
        f"/dataset/{dataset['name']}", f"/regional/dataset/{dataset['name']}/submit", comment="For the mayor"
    )
    history = act("regional_curation_history", people.editor, id=dataset["id"])["results"]
    assert (answer.status_code, history[-1]["action"], history[-1]["comment"]) == (302, "submit", "For the mayor")


def test_an_incomplete_dataset_names_what_is_missing(app: Any, people: People) -> None:
    draft = act("package_create", people.editor, name="draft", title="Draft", owner_org=people.organization)
    body = Browser(app, people.editor).get(f"/dataset/{draft['name']}").body
    assert "/dataset/edit/draft#field-territory" in body


def test_a_submission_that_is_refused_keeps_the_words(app: Any, people: People) -> None:
    act("package_create", people.editor, name="draft", title="Draft", owner_org=people.organization)
    answer = Browser(app, people.editor).send("/regional/dataset/draft/submit", comment="Please hurry")
    assert (answer.status_code, "Please hurry</textarea>" in answer.body) == (400, True)


def test_the_author_takes_it_back(app: Any, people: People, submitted: dict[str, Any]) -> None:
    Browser(app, people.editor).send(f"/dataset/{submitted['name']}", case_url(submitted), decision="withdraw")
    assert act("regional_curation_show", people.editor, id=submitted["id"])["case"]["state"] == "withdrawn"


def test_only_editors_are_told_why_a_published_dataset_has_no_edit_button(
    app: Any, people: People, published: dict[str, Any]
) -> None:
    expected = {"editor": True, "outsider": False, None: False}
    bodies = {role: as_role(app, people, role).get(f"/dataset/{published['name']}").body for role in expected}
    assert {role: "cannot be edited directly" in body for role, body in bodies.items()} == expected


def test_the_public_sees_no_trace_of_the_review(app: Any, people: People, published: dict[str, Any]) -> None:
    assert "regional-banner" not in Browser(app, None).get(f"/dataset/{published['name']}").body


def test_stewards_see_in_the_toolbar_how_many_wait(app: Any, people: People, submitted: dict[str, Any]) -> None:
    expected = {"steward": True, "editor": False, "outsider": False}
    bodies = {role: as_role(app, people, role).get("/dataset/").body for role in expected}
    assert {role: "regional-waiting" in body for role, body in bodies.items()} == expected


def test_the_authors_list_says_whose_turn_it_is(app: Any, people: People, submitted: dict[str, Any]) -> None:
    act("package_create", people.editor, **complete(people, name="second", title="A draft of mine"))
    body = Browser(app, people.editor).get("/regional/mine").body
    yours, waiting = body.split('id="regional-yours"')[1].split('id="regional-waiting"')
    assert ("A draft of mine" in yours, submitted["title"] in waiting) == (True, True)


def test_a_sysadmin_appoints_and_removes(app: Any, people: People) -> None:
    browser = Browser(app, people.sysadmin)
    browser.send("/regional/stewards", user=people.outsider, territory=BRETAGNE, sector="school", role="deputy")
    [made] = appointments_of(people, people.outsider)
    assert (made["territory"], made["sector"], made["role"]) == (BRETAGNE, "school", "deputy")
    browser.send("/regional/stewards", f"/regional/stewards/{made['id']}/remove")
    assert appointments_of(people, people.outsider) == []


def test_a_wrong_appointment_is_shown_again_with_its_errors(app: Any, people: People) -> None:
    answer = Browser(app, people.sysadmin).send(
        "/regional/stewards", user="nobody-here", territory="fr:region:99", sector="", role="steward", until="soon"
    )
    assert answer.status_code == 400
    assert len(re.findall(r'class="error-block"', answer.body)) == 3
    assert 'value="nobody-here"' in answer.body


def test_others_appoint_nobody(app: Any, people: People) -> None:
    found = {}
    for role in ("editor", "steward", "org_admin"):
        browser = as_role(app, people, role)
        token = hidden(browser.get("/user/edit").body)["_csrf_token"]
        data = {"user": people.outsider, "role": "steward", "_csrf_token": token}
        found[role] = browser.app.post("/regional/stewards", data=data).status_code
    assert set(found.values()) == {403}, found


def test_a_coordinator_appoints(app: Any, people: People) -> None:
    appoint(people.outsider, role="coordinator")
    Browser(app, people.outsider).send("/regional/stewards", user=people.member, territory="", sector="", role="dpo")
    assert [one["role"] for one in appointments_of(people, people.member)] == ["dpo"]


def test_a_refused_write_says_why(app: Any, people: People, published: dict[str, Any]) -> None:
    group = act("group_create", people.sysadmin, name="schools", users=[{"name": people.editor, "capacity": "admin"}])
    answer = Browser(app, people.editor).send(f"/dataset/groups/{published['name']}", group_added=group["id"])
    assert (answer.status_code, "is published" in answer.body) == (403, True)


def test_the_form_leaves_publishing_to_the_review(app: Any, people: People, dataset: dict[str, Any]) -> None:
    body = Browser(app, people.editor).get(f"/dataset/edit/{dataset['name']}").body
    assert "go-metadata-unpublish" not in body
    assert 'name="private"' not in body


def test_the_sector_has_the_id_that_messages_lead_to(app: Any, people: People, dataset: dict[str, Any]) -> None:
    assert 'id="field-sector"' in Browser(app, people.editor).get(f"/dataset/edit/{dataset['name']}").body


def test_a_preview_shows_the_first_rows(app: Any, people: People, tmp_path: Any) -> None:
    made = act("package_create", people.editor, **complete(people, resources=[]))
    file = tmp_path / "menus.csv"
    file.write_bytes("plat;prix\ncrêpe;3\n".encode("cp1252"))
    with file.open("rb") as stream:
        upload = FileStorage(stream, filename="menus.csv")
        act("resource_create", people.editor, package_id=made["id"], name="Menus", format="CSV", upload=upload, url="x")
    act("regional_curation_submit", people.editor, id=made["id"])
    assert "<td>crêpe</td><td>3</td>" in Browser(app, people.steward).get(case_url(made)).body


def test_ids_and_names_both_work(app: Any, people: People, submitted: dict[str, Any]) -> None:
    assert Browser(app, people.steward).get(f"/regional/case/{submitted['id']}").status_code == 200


def test_every_page_speaks_french_addresses(app: Any, people: People, submitted: dict[str, Any]) -> None:
    with app.flask_app.test_request_context("/fr/"):
        assert tk.h.url_for("regional_curation.queue").endswith("/regional/queue")
    assert Browser(app, people.steward).get(f"/fr{case_url(submitted)}").status_code == 200


def test_every_form_of_a_published_dataset_names_the_way_to_go(
    app: Any, people: People, published: dict[str, Any]
) -> None:
    resource = published["resources"][0]["id"]
    pages = [
        f"/dataset/edit/{published['name']}", f"/dataset/resources/{published['id']}",
        f"/dataset/{published['name']}/resource/new", f"/dataset/{published['name']}/resource/{resource}/edit",
        f"/dataset/{published['name']}/resource/{resource}/views",
        f"/dataset/{published['name']}/resource/{resource}/new_view",
    ]  # fmt: skip
    browser = Browser(app, people.editor)
    answers = {page: browser.get(page, status=403).body for page in pages}
    assert [page for page, body in answers.items() if "/propose" not in body] == []
    member = Browser(app, people.member)
    assert "/propose" not in member.get(pages[0], status=403).body


def test_a_change_is_proposed_and_approved_on_the_pages(app: Any, people: People, published: dict[str, Any]) -> None:
    editor, page = Browser(app, people.editor), f"/dataset/{published['name']}"
    assert "A change is being prepared" not in editor.get(page).body
    assert editor.app.get(f"/regional/dataset/{published['name']}/propose", status=404)
    made = editor.send(page, f"/regional/dataset/{published['name']}/propose")
    copy = act("regional_revision_show", people.editor, id=published["id"])["working_copy"]
    assert unquote(made.headers["Location"]).endswith(f"/dataset/edit/{copy['name']}")
    form = editor.get(f"/dataset/edit/{copy['name']}").body
    assert "proposed change" in form
    assert "Open the proposed change" in editor.get(page).body
    assert "A change is being prepared" in editor.get(page).body
    act("package_patch", people.editor, id=copy["id"], notes="Corrected.")
    own = editor.get("/regional/mine").body
    assert f"/dataset/{copy['name']}" in own
    sent = editor.send(f"/dataset/{copy['name']}", f"/regional/dataset/{copy['name']}/submit")
    assert sent.status_code == 302
    steward = Browser(app, people.steward)
    case = steward.get(case_url(published)).body
    assert "Corrected." in case
    assert "Approve the change and publish it" in case
    steward.send(case_url(published), decision="approve")
    assert "The change of" in steward.get("/regional/queue").body
    assert "Corrected." in Browser(app, None).get(page).body


def test_a_proposal_is_discarded_on_its_page(app: Any, people: People, published: dict[str, Any]) -> None:
    copy = act("regional_revision_create", people.editor, id=published["id"])
    editor = Browser(app, people.editor)
    gone = editor.send(f"/dataset/{copy['name']}", f"/regional/dataset/{copy['name']}/discard")
    assert unquote(gone.headers["Location"]).endswith(f"/dataset/{published['name']}")
    assert model.Package.get(copy["id"]) is None


def test_a_removal_is_asked_for_and_decided_on_the_pages(app: Any, people: People, published: dict[str, Any]) -> None:
    admin, page = Browser(app, people.org_admin), f"/dataset/{published['name']}"
    remove = f"/regional/dataset/{published['name']}/remove"
    assert f"{remove}?how=suspend" in admin.get(page).body
    assert admin.send(f"{remove}?how=retire", remove, how="retire", comment=" ").status_code == 400
    assert admin.send(f"{remove}?how=retire", remove, how="retire", comment="Out of date.").status_code == 302
    assert "removal has been asked for" in admin.get(page).body
    assert admin.send(f"{remove}?how=suspend", remove, how="suspend", comment="Names in it.").status_code == 302
    Browser(app, None).get(page, status=404)
    assert "Hidden at once" in Browser(app, people.org_admin).get(page).body
    steward = Browser(app, people.steward)
    case = steward.get(case_url(published)).body
    assert "Make it public again" in case
    assert "Approve the removal" in case
    steward.send(case_url(published), decision="reject", comment="A false alarm.")
    assert Browser(app, None).get(page).status_code == 200
    editor = Browser(app, people.editor)
    assert f"{remove}?how=" not in editor.get(page).body
    assert editor.get(f"{remove}?how=retire", status=403)
    assert editor.get(f"{remove}?how=other", status=400)


def test_a_case_is_given_to_another_steward_on_its_page(app: Any, people: People, submitted: dict[str, Any]) -> None:
    appoint(people.outsider, territory=BRETAGNE)
    browser = Browser(app, people.steward)
    browser.send(case_url(submitted), decision="assign", user=people.outsider)
    assert act("regional_curation_show", people.steward, id=submitted["id"])["case"]["claimed_by"] == people.outsider
    assert "Given to a steward" in browser.get(case_url(submitted)).body


def test_the_own_list_says_why_it_came_back_and_where_to_mend_it(
    app: Any, people: People, submitted: dict[str, Any]
) -> None:
    resource = f"resources/{submitted['resources'][0]['id']}"
    act(
        "regional_curation_request_changes", people.steward, id=submitted["id"],
        fingerprint=fingerprint(people, submitted), comment="Il manque le mois de mars.",
        fields={"notes": "Trop court.", resource: "Il manque mars."},
    )  # fmt: skip
    body = Browser(app, people.editor).get("/regional/mine").body
    assert "Il manque le mois de mars." in body
    assert f'href="/dataset/edit/{submitted["name"]}#field-notes"' in body
    assert f"/resource/{submitted['resources'][0]['id']}/edit" in body
