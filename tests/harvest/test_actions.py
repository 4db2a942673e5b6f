"""The actions' refusals: who may, and what is wrong with what they gave."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.regional.harvest.logic import action, auth
from ckanext.regional.harvest.model import Source
from tests.conftest import People, act


def source(people: People, **changes: Any) -> dict[str, Any]:
    return {
        "name": "neighbour",
        "url": "https://data.example.org",
        "owner_org": people.organization,
        "defaults": {"steward": people.editor},
        **changes,
    }


@pytest.fixture
def made(people: People) -> dict[str, Any]:
    """A source of the organisation's admin, reviewed."""
    return act("regional_source_create", people.org_admin, **source(people))


def test_every_action_has_its_auth_function() -> None:
    assert set(action.__all__) == set(auth.__all__)


BAD = {
    "name": ({"name": "Not A Name"}, "name", "Not A Name"),
    "url": ({"url": "nonsense"}, "url", "nonsense"),
    "file": ({"url": "file:///etc/passwd"}, "url", "file:///etc/passwd"),
    "password in the url": ({"url": "https://a:b@example.org"}, "url", "field token"),
    "kind": ({"kind": "ftp"}, "kind", "ftp"),
    "a question in the url": ({"url": "https://a.example?x=1", "kind": "ckan"}, "url", "what follows ?"),
    "this site's catalogue": ({"url": "http://test.ckan.net/catalog.ttl", "kind": "dcat"}, "url", "is this site"),
    "fq of a feed": ({"kind": "regional", "filters": {"fq": "a:b"}}, "filters", "cannot be filtered by fq"),
    "group of a catalogue": ({"kind": "dcat", "filters": {"group": "g"}}, "filters", "no groups"),
    "place to filter by": ({"filters": {"territory": ["fr:region:99"]}}, "filters", "fr:region:99"),
    "sector to filter by": ({"filters": {"sector": "magic"}}, "filters", "magic"),
    "quotes in a filter": ({"filters": {"organization": 'a" OR "b'}}, "filters", "quotes"),
    "mode": ({"organizations": {"mode": "all"}}, "organizations", "all"),
    "table without mode": ({"organizations": {"table": {"a": "b"}}}, "organizations", "mode “table” only"),
    "table to nowhere": ({"organizations": {"mode": "table", "table": {"a": "nobody"}}}, "organizations", "nobody"),
    "organisations as a list": ({"organizations": ["a"]}, "organizations", "object"),
    "trust": ({"trust": "blind"}, "trust", "blind"),
    "territory": ({"territory": "fr:region:99"}, "territory", "fr:region:99"),
    "organisation": ({"owner_org": "nobody"}, "owner_org", "nobody"),
    "no steward": ({"defaults": {}}, "defaults", "defaults.steward"),
    "steward": ({"defaults": {"steward": "nobody"}}, "defaults", "nobody"),
    "steward elsewhere": ({"defaults": {"steward": "outsider"}}, "defaults", "outsider"),
    "default": ({"defaults": {"steward": "editor", "colour": "red"}}, "defaults", "colour"),
    "sector": ({"defaults": {"steward": "editor", "sector": ["magic"]}}, "defaults", "magic"),
    "frequency": ({"frequency": "often"}, "frequency", "often"),
    "filter": ({"filters": {"colour": "red"}}, "filters", "colour"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_names_field_and_value(case: str, people: People) -> None:
    changes, field, value = BAD[case]
    with pytest.raises(tk.ValidationError) as refused:
        act("regional_source_create", people.sysadmin, **source(people, **changes))
    assert value in str(refused.value.error_dict[field])
    assert model.Session.scalar(sa.select(sa.func.count()).select_from(Source)) == 0


def test_a_token_is_never_told(people: People) -> None:
    answer = act("regional_source_create", people.sysadmin, **source(people, token="hush"))
    shown = act("regional_source_show", people.sysadmin, id="neighbour")
    listed = act("regional_source_list", people.sysadmin)
    assert "hush" not in str([answer, shown, listed])
    assert shown["has_token"]


@pytest.mark.parametrize("changes", [{"trust": "publish"}, {"token": "hush"}])
def test_trust_and_tokens_are_for_sysadmins(people: People, changes: dict[str, str]) -> None:
    with pytest.raises(tk.NotAuthorized):
        act("regional_source_create", people.org_admin, **source(people, **changes))


def test_trust_cannot_be_patched_in(people: People, made: dict[str, Any]) -> None:
    with pytest.raises(tk.NotAuthorized):
        act("regional_source_patch", people.org_admin, id=made["id"], trust="publish")


def test_a_trusted_source_cannot_be_pointed_elsewhere(people: People) -> None:
    act("regional_source_create", people.sysadmin, **source(people, trust="publish"))
    with pytest.raises(tk.NotAuthorized):
        act("regional_source_patch", people.org_admin, id="neighbour", url="https://evil.example.org")


def test_a_patch_keeps_the_rest(people: People, made: dict[str, Any]) -> None:
    changed = act("regional_source_patch", people.org_admin, id=made["id"], title="Another")
    assert changed | {"title": made["title"], "modified": made["modified"]} == made


@pytest.mark.parametrize("role", ["editor2", "member", "steward", "outsider", None])
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("regional_source_create", {"name": "other"}),
        ("regional_source_show", {"id": "neighbour"}),
        ("regional_source_list", {}),
        ("regional_source_patch", {"id": "neighbour", "title": "x"}),
        ("regional_source_delete", {"id": "neighbour"}),
        ("regional_source_preview", {"id": "neighbour"}),
        ("regional_source_preview", {"url": "https://data.example.org", "owner_org": "region-bretagne"}),
        ("regional_harvest_run", {"source": "neighbour"}),
        ("regional_run_list", {"source": "neighbour"}),
        ("regional_run_show", {"id": "any"}),
        ("regional_run_abort", {"id": "any"}),
        ("regional_run_confirm", {"id": "any"}),
        ("regional_run_resume", {"id": "any"}),
        ("regional_record_list", {"source": "neighbour"}),
        ("regional_record_show", {"id": "any"}),
        ("regional_record_resolve", {"id": "any", "decision": "detach"}),
        ("regional_record_resolve_many", {"decision": "detach", "records": [{"id": "any"}]}),
    ],
)
def test_sources_are_for_admins(
    people: People, made: dict[str, Any], role: str | None, name: str, data: dict[str, Any]
) -> None:
    user = getattr(people, role) if role else None
    with pytest.raises(tk.NotAuthorized):
        act(name, user, **(source(people, **data) if name == "regional_source_create" else data))


def test_the_steward_of_a_source_reads_it_and_changes_nothing(people: People, made: dict[str, Any]) -> None:
    assert act("regional_source_show", people.editor, id="neighbour")["name"] == "neighbour"
    assert [one["name"] for one in act("regional_source_list", people.editor)] == ["neighbour"]
    assert act("regional_run_list", people.editor, source="neighbour")["count"] == 0
    assert act("regional_record_list", people.editor, source="neighbour")["count"] == 0
    for name, data in (
        ("regional_source_patch", {"id": "neighbour", "title": "x"}),
        ("regional_source_delete", {"id": "neighbour"}),
        ("regional_harvest_run", {"source": "neighbour"}),
    ):
        with pytest.raises(tk.NotAuthorized):
            act(name, people.editor, **data)


def test_an_admin_elsewhere_sees_nothing_of_it(people: People, made: dict[str, Any]) -> None:
    members = [{"name": people.outsider, "capacity": "admin"}]
    act("organization_create", people.sysadmin, name="elsewhere", users=members)
    assert act("regional_source_list", people.outsider) == []
    with pytest.raises(tk.NotAuthorized):
        act("regional_source_show", people.outsider, id="neighbour")


def test_a_source_that_is_off_does_not_run(people: People, made: dict[str, Any]) -> None:
    act("regional_source_patch", people.org_admin, id="neighbour", enabled=False)
    with pytest.raises(tk.ValidationError, match="switched off"):
        act("regional_harvest_run", people.org_admin, source="neighbour")


def test_a_second_run_is_the_first(people: People, made: dict[str, Any]) -> None:
    first = act("regional_harvest_run", people.org_admin, source="neighbour")
    assert act("regional_harvest_run", people.org_admin, source="neighbour")["id"] == first["id"]


def test_an_aborted_run_makes_room(people: People, made: dict[str, Any]) -> None:
    first = act("regional_harvest_run", people.org_admin, source="neighbour")
    assert act("regional_run_abort", people.org_admin, id=first["id"])["state"] == "aborted"
    assert act("regional_harvest_run", people.org_admin, source="neighbour")["id"] != first["id"]


def test_only_a_held_run_can_be_confirmed(people: People, made: dict[str, Any]) -> None:
    run = act("regional_harvest_run", people.org_admin, source="neighbour")
    with pytest.raises(tk.ValidationError, match="queued"):
        act("regional_run_confirm", people.org_admin, id=run["id"])


def test_a_removed_source_is_gone(people: People, made: dict[str, Any]) -> None:
    act("regional_source_delete", people.org_admin, id="neighbour")
    with pytest.raises(tk.ObjectNotFound):
        act("regional_source_show", people.org_admin, id="neighbour")


def test_lists_may_come_as_text(people: People, made: dict[str, Any]) -> None:
    found = act("regional_record_list", people.org_admin, source="neighbour", state="failed,conflict", rows="5")
    assert found == {"count": 0, "results": [], "next": None}


@pytest.mark.parametrize("field", ["name", "title", "url"])
@pytest.mark.parametrize("character", ["\x00", "\ud800"])
def test_what_cannot_be_stored_is_refused_at_its_field(people: People, field: str, character: str) -> None:
    with pytest.raises(tk.ValidationError) as refused:
        act("regional_source_create", people.sysadmin, **(source(people) | {field: f"a{character}b"}))
    assert field in refused.value.error_dict


def test_defaults_that_cannot_be_stored_are_refused(people: People) -> None:
    wrong = source(people)
    wrong["defaults"] = {**wrong["defaults"], "notes": "a\x00b"}
    with pytest.raises(tk.ValidationError) as refused:
        act("regional_source_create", people.sysadmin, **wrong)
    assert "defaults" in refused.value.error_dict
