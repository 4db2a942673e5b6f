"""Nobody whom it does not concern learns of an unapproved dataset, whichever reader of CKAN they ask."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib import search
from ckan.logic import _actions as known_actions
from ckan.tests.helpers import CKANTestApp
from sqlalchemy.exc import SQLAlchemyError

from tests.conftest import People, act, complete
from tests.curation.conftest import publish, upload

#: In every word that a hidden dataset has; the public one has the other.
HIDDEN, PUBLIC = "zyxw", "qwop"

#: The last also edits the datasets of another organisation.
READERS = ("", "outsider", "steward_elsewhere")


@dataclass(frozen=True)
class Site:
    """Datasets in every state before approval, one that was approved after its words were changed, a public one."""

    people: People
    organization: str
    group: str
    #: Hidden datasets by what hides them, as their editor reads them.
    hidden: dict[str, dict[str, Any]]
    public: dict[str, Any]
    #: Approved now; its first activities hold the words that were taken out of it before.
    cleaned: str
    view: str

    @property
    def secrets(self) -> set[str]:
        """What must be in no answer."""
        resources = [resource["id"] for dataset in self.hidden.values() for resource in dataset["resources"]]
        return {HIDDEN, self.view, *resources, *(dataset["id"] for dataset in self.hidden.values())}

    def told(self, answer: Any, asked: Any = None) -> set[str]:
        """The secrets in an answer that were not in the question."""
        text, question = json.dumps(answer, default=str).lower(), json.dumps(asked, default=str).lower()
        return {secret for secret in self.secrets if secret in text and secret not in question}


@pytest.fixture(scope="module")
def _kept() -> dict[str, Site | None]:
    return {}


@pytest.fixture
def site(_kept: dict[str, Site | None], our_plugins: None, request: pytest.FixtureRequest) -> Iterator[Site]:
    if not _kept:
        _kept["it"] = None
        _kept["it"] = _build(request.getfixturevalue("people"))
    made = _kept["it"]
    assert made is not None, "the site could not be made: see the first error of this module"
    yield made
    model.Session.rollback()
    model.Session.remove()


def _build(people: People) -> Site:
    members = [{"name": people.editor, "capacity": "admin"}]
    group = act("group_create", people.sysadmin, name="cantines", title="Cantines", users=members)["id"]
    hiding = act("group_create", people.sysadmin, name="ecoles", title="Écoles", users=members)["id"]
    # What one may elsewhere gives no right here.
    elsewhere = [{"name": people.steward_elsewhere, "capacity": "editor"}]
    act("organization_create", people.sysadmin, name="region-voisine", users=elsewhere)
    hidden = {
        state: _with_data(people, f"{HIDDEN}-{state}", HIDDEN, group, hiding)
        for state in ("new", "submitted", "draft", "gone")
    }
    act("regional_curation_submit", people.editor, id=hidden["submitted"]["id"])
    act("package_patch", people.sysadmin, id=hidden["draft"]["id"], state="draft")
    act("package_delete", people.editor, id=hidden["gone"]["id"])
    view = act(
        "resource_view_create", people.editor, resource_id=hidden["new"]["resources"][0]["id"], title=HIDDEN,
        view_type="text_view",
    )  # fmt: skip
    act("resource_view_update", people.editor, **view | {"description": f"{HIDDEN} again"})
    public = _with_data(people, f"{PUBLIC}-public", PUBLIC, group)
    publish(people, public["id"])
    relation = {"subject_package_id": public["id"], "object_package_id": hidden["new"]["id"], "type": "depends_on"}
    model.Session.execute(sa.insert(model.PackageRelationship).values(id="relation", state="active", **relation))
    model.Session.commit()
    cleaned = act(
        "package_create", people.editor, **complete(people, name="cleaned", notes=HIDDEN, tags=[{"name": HIDDEN}])
    )
    act("package_patch", people.editor, id=cleaned["id"], notes="Rien à voir.", tags=[])
    publish(people, cleaned["id"])
    return Site(
        people=people,
        organization=cleaned["owner_org"],
        group=group,
        hidden={state: act("package_show", people.sysadmin, id=one["id"]) for state, one in hidden.items()},
        public=act("package_show", people.sysadmin, id=public["id"]),
        cleaned=cleaned["id"],
        view=view["id"],
    )


def _with_data(people: People, name: str, word: str, *groups: str) -> dict[str, Any]:
    dataset = act(
        "package_create",
        people.editor,
        **complete(
            people, name=name, title=f"{word} title", notes=f"{word} notes", tags=[{"name": f"{word}-tag"}],
            groups=[{"id": group} for group in groups], extras=[{"key": f"{word} key", "value": f"{word} value"}],
            resources=[],
        ),
    )  # fmt: skip
    resource = act(
        "resource_create", people.editor, package_id=dataset["id"], name=f"{word} resource", format=f"{word}-format",
        upload=upload(f"{word} bytes".encode(), f"{word}.csv"),
    )  # fmt: skip
    act(
        "datastore_create", people.editor, resource_id=resource["id"], force=True, aliases=[f"{word}_{name[-3:]}"],
        fields=[{"id": "plat", "type": "text"}], records=[{"plat": f"{word} cell"}],
    )  # fmt: skip
    return act("package_show", people.editor, id=dataset["id"])


def _questions(site: Site) -> list[dict[str, Any]]:
    """Data that some action or other makes something of."""
    dataset = site.hidden["new"]
    resource = dataset["resources"][0]["id"]
    activities = list(model.Session.scalars(sa.text("SELECT id FROM activity WHERE object_id = :id"),
                                            {"id": site.cleaned}))  # fmt: skip
    ids = [
        dataset["id"], site.hidden["draft"]["id"], dataset["name"], resource, site.view, site.organization, site.group,
        site.public["id"], site.cleaned, site.people.editor, f"{HIDDEN}-tag", *activities,
    ]  # fmt: skip
    search_all = {"include_private": True, "include_drafts": True, "include_deleted": True, "rows": 100}
    return [
        {},
        {"all_fields": True, "include_extras": True, "include_dataset_count": True, "limit": 100},
        *({"id": one, "include_datasets": True, "include_data": True} for one in ids),
        *({"id": one, "object_type": "package", "diff_type": "unified"} for one in activities),
        {"id": site.group, "object_type": "package"},
        {"id": site.organization, "object_type": "package"},
        {"resource_id": resource},
        {"resource_id": f"{HIDDEN}_new"},
        {"resource_id": "_table_metadata"},
        {"sql": f'SELECT * FROM "{resource}"'},
        {"package_id": dataset["id"], "dataset_id": dataset["id"]},
        {"owner_type": "package", "owner_id": dataset["id"]},
        {"owner_type": "resource", "owner_id": resource},
        {"q": "zyx"},
        {"query": "zyx"},
        *({"query": f"{field}:zyx"} for field in ("name", "format", "url", "description")),
        {"user_id": site.people.editor, "object_id": dataset["id"], "type": "dataset"},
        {"state": "submitted", "rows": 100, "start": 0},
        {"since": 0, "limit": 100},
        *({"q": q, **search_all} for q in ("zyx*", "*:*", HIDDEN, "name:zyx*", "id:*")),
        *({"fq": fq, **search_all} for fq in _filters()),
        {"q": "*:*", "rows": 0, "facet.limit": -1, "facet.field": _FACETS, "include_private": True},
        {"q": "*:*", "sort": "name asc", "fl": "id,name,title,tags,text", **search_all},
    ]  # fmt: skip


_FACETS = ["tags", "res_name", "res_format", "name", "title_string", "vocab_regional_territory", "extras_plat", "id"]


def _filters() -> tuple[str, ...]:
    return (
        "tags:zyx*", "res_name:*", "name:zyx*", "state:draft", "state:deleted", "capacity:private",
        "+state:(active OR draft OR deleted)", "permission_labels:*", "vocab_regional_territory:*",
        'vocab_regional_sector:"school"', "private:true", "{!lucene}*:*",
    )  # fmt: skip


#: Questions with these are for the search alone.
_FOR_SEARCH = {"include_private", "facet.field"}

#: What CKAN ends in when an action is given what it does not take.
_NO_ANSWER = (
    tk.ValidationError, tk.NotAuthorized, tk.ObjectNotFound, TypeError, KeyError, ValueError, AttributeError,
    AssertionError, SQLAlchemyError, search.SearchError,
)  # fmt: skip


def _leaks(site: Site, role: str, names: set[str] | None = None) -> dict[str, set[str]]:
    """Which side-effect-free actions (those of ``names``, else all) tell ``role`` a secret, and which."""
    tk.get_action("package_show")
    told: dict[str, set[str]] = {}
    questions = _questions(site)
    for name in sorted(names or known_actions):
        if not getattr(tk.get_action(name), "side_effect_free", False) or name in ("get_site_user",):
            continue
        for question in questions:
            if name != "package_search" and _FOR_SEARCH.intersection(question):
                continue
            try:
                answer = act(name, getattr(site.people, role) if role else None, **question)
            except _NO_ANSWER:
                model.Session.rollback()
                continue
            if secrets := site.told(answer, question):
                told.setdefault(name, set()).update(secrets)
    return told


@pytest.mark.parametrize("role", ["", "steward_elsewhere"])
def test_no_action_tells_of_what_is_hidden(site: Site, role: str) -> None:
    assert _leaks(site, role) == {}


def test_the_questions_would_find_it(site: Site) -> None:
    needed = {
        "package_show", "package_search", "package_autocomplete", "resource_show", "resource_view_list",
        "resource_view_show", "organization_show", "user_show",
        "datastore_search", "datastore_info", "package_activity_list", "organization_activity_list",
        "user_activity_list", "recently_changed_packages_activity_list", "regional_curation_show",
        "regional_curation_queue", "member_list",
    }  # fmt: skip
    assert set(_leaks(site, "editor", needed)) == needed


#: Readers that CKAN itself asks about public datasets only: that the questions reach them is seen by these words.
@pytest.mark.parametrize(
    ("action", "question"),
    [
        ("package_list", {}),
        ("current_package_list_with_resources", {"limit": 10}),
        ("package_search", {"q": "qwop"}),
        ("package_search", {"fq": "tags:qwop-tag"}),
        ("package_search", {"fq": "res_name:qwop*"}),
        ("package_autocomplete", {"q": "qwop"}),
        ("resource_search", {"query": "name:qwop"}),
        ("tag_list", {}),
        ("tag_list", {"all_fields": True}),
        ("tag_search", {"query": "qwop"}),
        ("tag_autocomplete", {"query": "qwop"}),
        ("tag_show", {"id": "qwop-tag", "include_datasets": True}),
        ("format_autocomplete", {"q": "qwop"}),
        ("group_show", {"id": "cantines", "include_datasets": True}),
        ("group_package_show", {"id": "cantines"}),
        ("organization_show", {"id": "region-bretagne", "include_datasets": True}),
        ("user_show", {"id": "editor", "include_datasets": True}),
        ("datastore_search", {"resource_id": "qwop_lic"}),
        ("recently_changed_packages_activity_list", {}),
        ("organization_activity_list", {"id": "region-bretagne"}),
        ("package_activity_list", {"id": "qwop-public"}),
    ],
    ids=str,
)
def test_what_is_approved_is_found(site: Site, action: str, question: dict[str, Any]) -> None:
    assert PUBLIC in json.dumps(act(action, None, **question), default=str)


@pytest.mark.parametrize("key", ["limit", "offset"])
@pytest.mark.parametrize("action", ["tag_search", "tag_autocomplete"])
def test_a_number_that_is_none_is_refused(site: Site, action: str, key: str) -> None:
    with pytest.raises(tk.ValidationError) as refused:
        act(action, None, query="q", **{key: "many"})
    assert list(refused.value.error_dict) == [key]


PAGES = (
    "/", "/dataset/", "/dataset/?q=zyx*", "/dataset/?tags=qwop-tag", "/organization/region-bretagne",
    "/group/cantines", "/user/editor", "/feeds/dataset.atom", "/feeds/custom.atom?q=*:*", "/feeds/tag/qwop-tag.atom",
    "/feeds/organization/region-bretagne.atom", "/feeds/group/cantines.atom", "/organization/activity/region-bretagne",
    "/user/activity/editor", "/dataset/activity/qwop-public", "/dataset/qwop-public", "/api/3/action/package_list",
)  # fmt: skip


def _guarded(site: Site) -> list[str]:
    """Addresses that name what is hidden."""
    new = site.hidden["new"]
    resource = new["resources"][0]["id"]
    activities = model.Session.scalars(sa.text("SELECT id FROM activity WHERE object_id = :id"), {"id": site.cleaned})
    return [
        *(f"/dataset/{one['id']}" for one in site.hidden.values()), f"/dataset/{new['name']}",
        f"/dataset/{new['name']}.json", f"/dataset/{new['name']}.ttl",
        f"/dataset/resources/{new['id']}", f"/dataset/groups/{new['id']}", f"/dataset/activity/{new['id']}",
        f"/dataset/followers/{new['id']}", f"/dataset/{new['id']}/resource/{resource}",
        f"/dataset/{new['id']}/resource/{resource}/download", f"/dataset/{new['id']}/resource/{resource}/download/x",
        f"/dataset/{new['id']}/resource/{resource}/download/zyxw.csv",
        f"/dataset/{new['id']}/resource/{resource}/view/{site.view}",
        f"/dataset/{new['id']}/dictionary/{resource}",
        f"/datastore/dump/{resource}", f"/datastore/dump/{resource}?format=json",
        "/feeds/tag/zyxw-tag.atom", "/dataset/?tags=zyxw-tag", "/dataset/activity/cleaned",
        *(f"/dataset/changes/{one}" for one in activities), *(f"/dataset/cleaned/history/{one}" for one in activities),
        f"/uploads/resources/{resource}", f"/file/public-download/resources/{resource}",
    ]  # fmt: skip


@pytest.fixture
def featured(site: Site, ckan_config: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ckan_config, "ckan.featured_groups", ["cantines"])
    monkeypatch.setitem(ckan_config, "ckan.featured_orgs", ["region-bretagne"])


def _get(app: CKANTestApp, site: Site, role: str, pages: list[str]) -> dict[str, str]:
    headers = {}
    if role:
        name = getattr(site.people, role)
        token = tk.get_action("api_token_create")({"ignore_auth": True}, {"user": name, "name": "test"})
        headers = {"Authorization": token["token"]}
    found = {}
    for page in pages:
        try:
            answer = app.get(page, headers=headers, status=None, follow_redirects=False)
        except (tk.ObjectNotFound, tk.NotAuthorized) as error:
            # Some of CKAN's pages let these through.
            found[page] = f"404 {error}"
            continue
        found[page] = f"{answer.status_code} {answer.get_data(as_text=True)}"
    return found


def _walked(app: CKANTestApp, site: Site) -> list[str]:
    """Every address that answers a GET, with what is hidden wherever it takes something."""
    new = site.hidden["new"]
    activity = model.Session.scalar(sa.text("SELECT id FROM activity WHERE object_id = :id LIMIT 1"), {"id": new["id"]})
    values = {
        "resource_id": new["resources"][0]["id"], "view_id": site.view, "activity_id": activity, "ver": 3,
        "logic_function": "package_show", "filename": "zyxw.csv", "storage_name": "resources", "lang": "fr",
        "location": new["resources"][0]["id"], "token": "t", "path": "", "code": "fr:region:53", "name": "sector",
        "kind": "json", "what": "abort", "package_type": "dataset", "number": "1",
    }  # fmt: skip
    found = []
    rules = [rule for rule in app.flask_app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    for rule in rules:
        if rule.endpoint in _NOT_WALKED:
            continue
        ids = (new["id"], new["name"], site.group, "region-bretagne", "zyxw-tag") if "id" in rule.arguments else ("",)
        for one in ids:
            given = {"id": one, **values}
            query = f"?id={one or new['id']}&q=zyxw&incomplete=zyxw&query=zyxw&new_id={activity}&old_id={activity}"
            parts = rule.build({key: given[key] for key in rule.arguments - set(rule.defaults or {})})
            if parts is not None:
                found.append(parts[1].partition("?")[0] + query)
    return sorted(set(found))


#: They log out, or serve files of the program.
_NOT_WALKED = ("user.logout", "user.logged_out_page", "static", "webassets.index", "home.redirect_locale")


@pytest.mark.parametrize("role", ["", "outsider"])
def test_no_address_tells_of_what_is_hidden(app: CKANTestApp, site: Site, role: str) -> None:
    pages = _get(app, site, role, _walked(app, site))
    assert {page: told for page, text in pages.items() if (told := site.told(text, page))} == {}
    assert [page for page, text in pages.items() if text.startswith("5")] == []


def test_what_became_hidden_leaves_the_lists_of_activities(site: Site) -> None:
    lists = {
        "organization_activity_list": {"id": "region-bretagne"},
        "group_activity_list": {"id": "cantines"},
        "user_activity_list": {"id": site.people.editor},
        "recently_changed_packages_activity_list": {},
    }
    asked = {name: data for name, data in lists.items() if site.public["id"] in _objects(name, site, data)}
    assert "organization_activity_list" in asked
    model.Session.execute(sa.update(model.Package).where(model.Package.id == site.public["id"]).values(private=True))
    model.Session.flush()
    try:
        told = {name for name, data in asked.items() if site.public["id"] in _objects(name, site, data, None)}
    finally:
        model.Session.rollback()
    assert told == set()


def _objects(action: str, site: Site, data: dict[str, Any], user: str | None = None) -> set[str]:
    return {activity["object_id"] for activity in act(action, user, limit=100, **data)}


def test_nothing_is_learned_by_following(site: Site) -> None:
    model.Session.rollback()
    for action in ("follow_dataset", "dataset_follower_count", "am_following_dataset"):
        with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
            act(action, site.people.outsider, id=f"{HIDDEN}-new")
        act(action, site.people.outsider, id=site.public["id"])
    model.Session.rollback()


def test_a_jobs_messages_are_for_those_who_read_the_resource(site: Site) -> None:
    resource = site.hidden["new"]["resources"][0]["id"]
    status = {
        "entity_id": resource, "entity_type": "resource", "task_type": "push", "key": "push", "value": HIDDEN,
        "state": "error", "error": HIDDEN,
    }  # fmt: skip
    made = act("task_status_update", site.people.sysadmin, **status)
    with pytest.raises(tk.ObjectNotFound):
        act("task_status_show", site.people.outsider, id=made["id"])
    assert act("task_status_show", site.people.editor, id=made["id"])["value"] == HIDDEN


@pytest.mark.usefixtures("featured")
@pytest.mark.parametrize("role", READERS)
def test_no_page_tells_of_what_is_hidden(app: CKANTestApp, site: Site, role: str) -> None:
    pages = _get(app, site, role, [*PAGES, *_guarded(site)])
    assert {page: told for page, text in pages.items() if (told := site.told(text, page))} == {}


@pytest.mark.parametrize("role", READERS)
def test_the_home_page_features_nothing_hidden(
    app: CKANTestApp, site: Site, role: str, ckan_config: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ckan_config, "ckan.featured_groups", ["ecoles"])
    assert site.told(_get(app, site, role, ["/"])["/"]) == set()


@pytest.mark.usefixtures("featured")
def test_no_page_fails(app: CKANTestApp, site: Site) -> None:
    pages = _get(app, site, "", [*PAGES, *_guarded(site)])
    assert [page for page, text in pages.items() if text.startswith("5")] == []


@pytest.mark.usefixtures("featured")
def test_the_pages_show_what_is_approved(app: CKANTestApp, site: Site) -> None:
    pages = _get(app, site, "", [page for page in PAGES if "zyx" not in page and page != "/user/activity/editor"])
    assert [page for page, text in pages.items() if PUBLIC not in text] == []
