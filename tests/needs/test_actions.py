"""A need on its way: said, looked at, supported, answered, merged; and who may do which."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan import plugins as p

from ckanext.regional.needs.showing import listing
from tests.conftest import BREST, BRETAGNE, People, act, appoint, complete
from tests.needs.conftest import TITLE, a_need

LAVAL = "fr:commune:53130"


def names(result: dict[str, Any]) -> list[str]:
    return [one["title"] for one in result["results"]]


def test_a_need_is_hidden_until_a_steward_has_looked_at_it(people: People, need: dict[str, Any]) -> None:
    assert (need["visibility"], need["state"], need["supports"]) == ("waiting", "new", 0)
    for user in (None, people.editor, people.steward_elsewhere):
        with pytest.raises(tk.ObjectNotFound):
            act("regional_need_show", user, id=need["id"])
    assert act("regional_need_show", people.outsider, id=need["id"])["mine"] is True
    assert act("regional_need_list", None)["count"] == 0
    act("regional_need_update", people.steward, id=need["id"], state="studied", reason="Nous demandons au SAMU.")
    shown = act("regional_need_show", None, id=str(need["number"]))
    assert (shown["visibility"], shown["state"], shown["reason"]) == ("public", "studied", "Nous demandons au SAMU.")
    assert [step["action"] for step in shown["history"]] == ["published"]
    assert names(act("regional_need_list", None)) == [TITLE]


def test_only_who_is_in_scope_decides(people: People, need: dict[str, Any]) -> None:
    steps = {
        "regional_need_update": {"state": "new"},
        "regional_need_reject": {"reason": "Non."},
        "regional_need_merge": {"into": need["id"]},
    }
    for action, data in steps.items():
        for user in (None, people.outsider, people.editor, people.org_admin, people.steward_elsewhere):
            with pytest.raises(tk.NotAuthorized):
                act(action, user, id=need["id"], **data)
            with pytest.raises(tk.NotAuthorized):
                act(action, user, id="nowhere", **data)
    with pytest.raises(tk.NotAuthorized):
        act("regional_need_list", people.outsider, visibility="waiting")
    assert act("regional_need_list", people.steward, visibility="waiting")["count"] == 1
    assert act("regional_need_list", people.steward_elsewhere, visibility="waiting")["count"] == 0
    assert act("regional_need_update", people.sysadmin, id=need["id"], state="new")["visibility"] == "public"


def test_who_stands_in_has_what_nobody_else_has(people: People) -> None:
    elsewhere = a_need(people.outsider, title="Connaître les marchés", territory=["fr:departement:75"])
    appoint(people.editor2, role="coordinator")
    assert names(act("regional_need_list", people.editor2, visibility="waiting")) == ["Connaître les marchés"]
    assert act("regional_need_update", people.editor2, id=elsewhere["id"], state="new")["visibility"] == "public"


def test_without_appointments_administrators_of_organisations_moderate(
    people: People, need: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(p.get_plugin("regional_curation"), "get_duties", lambda: None)
    for user in (people.editor, people.steward):
        with pytest.raises(tk.NotAuthorized):
            act("regional_need_update", user, id=need["id"], state="new")
    assert act("regional_need_update", people.org_admin, id=need["id"], state="new")["visibility"] == "public"


def test_a_person_supports_once(people: People, public: dict[str, Any]) -> None:
    def support(user: str, **data: Any) -> tuple[int, bool]:
        done = act("regional_need_support", user, id=public["id"], **data)
        return done["supports"], done["already"]

    assert support(people.editor) == (1, False)
    assert support(people.editor) == (1, True)
    assert support(people.member) == (2, False)
    # Who wrote it has said so.
    assert support(people.outsider) == (2, True)
    assert support(people.editor, withdraw=True) == (1, False)
    assert support(people.editor) == (2, False)


def test_what_waits_cannot_be_supported(people: People, need: dict[str, Any]) -> None:
    with pytest.raises(tk.ObjectNotFound):
        act("regional_need_support", people.editor, id=need["id"])
    with pytest.raises(tk.ValidationError) as refused:
        act("regional_need_support", people.steward, id=need["id"])
    assert list(refused.value.error_dict) == ["state"]


def test_an_answer_names_public_datasets_and_says_why(
    people: People, public: dict[str, Any], published: dict[str, Any]
) -> None:
    def refused(**data: Any) -> list[str]:
        with pytest.raises(tk.ValidationError) as error:
            act("regional_need_update", people.steward, id=public["id"], **data)
        return list(error.value.error_dict)

    hidden = act("package_create", people.editor, **complete(people, name="caches"))
    assert refused(state="answered", reason="Voici.") == ["datasets"]
    assert refused(state="answered", datasets=["menus"]) == ["reason"]
    assert refused(state="answered", reason="Voici.", datasets=["nulle-part"]) == ["datasets"]
    assert refused(state="answered", reason="Voici.", datasets=[hidden["id"]]) == ["datasets"]
    assert refused(state="declined") == ["reason"]
    assert refused(state="published") == ["state"]
    assert act("regional_need_show", None, id=public["id"])["state"] == "new"
    done = act(
        "regional_need_update", people.steward, id=public["id"], state="answered", reason="Voici.", datasets=["menus"]
    )
    assert (done["state"], done["datasets"]) == ("answered", [published["id"]])
    assert names(act("regional_need_list", None, dataset="menus")) == [TITLE]


def test_merged_needs_are_one(people: People, public: dict[str, Any], published: dict[str, Any]) -> None:
    other = a_need(people.member, title="Trouver un défibrillateur")
    act("regional_need_update", people.steward, id=other["id"], state="studied", datasets=["menus"])
    for user in (people.editor, people.editor2):
        act("regional_need_support", user, id=other["id"])
    act("regional_need_support", people.editor, id=public["id"])
    kept = act("regional_need_merge", people.steward, id=other["id"], into=public["id"], reason="La même demande.")
    # The author of the other one, and the two who supported it; one of them did already.
    assert (kept["id"], kept["supports"], kept["datasets"]) == (public["id"], 3, [published["id"]])
    assert act("regional_need_show", None, id=other["id"])["id"] == public["id"]
    assert act("regional_need_list", None)["count"] == 1
    with pytest.raises(tk.ValidationError):
        act("regional_need_merge", people.steward, id=public["id"], into=other["id"])
    with pytest.raises(tk.ValidationError):
        act("regional_need_update", people.steward, id=other["id"], state="new")
    third = a_need(people.outsider, title="Où est le défibrillateur")
    act("regional_need_update", people.steward, id=third["id"], state="new")
    act("regional_need_merge", people.steward, id=public["id"], into=third["id"])
    assert act("regional_need_show", None, id=other["id"])["id"] == third["id"]


def test_what_is_rejected_stays_hidden_and_can_come_back(people: People, need: dict[str, Any]) -> None:
    rejected = act("regional_need_reject", people.steward, id=need["id"], reason="Ce n'est pas une donnée.")
    assert rejected["visibility"] == "rejected"
    with pytest.raises(tk.ObjectNotFound):
        act("regional_need_show", None, id=need["id"])
    assert act("regional_need_show", people.outsider, id=need["id"])["reason"] == "Ce n'est pas une donnée."
    with pytest.raises(tk.ValidationError) as refused:
        act("regional_need_reject", people.steward, id=need["id"], reason="\u200b\u00ad")
    assert refused.value.error_dict == {"reason": ["Missing value"]}
    assert act("regional_need_update", people.steward, id=need["id"], state="new")["visibility"] == "public"


def test_personal_data_are_for_who_moderates(people: People) -> None:
    mine = a_need(people.outsider, title="Rappeler le 06 12 34 56 78", text="Mon adresse : anne.legall@example.org.")
    public = act("regional_need_update", people.steward, id=mine["id"], state="new")
    assert public["personal_data"] == ["email", "phone"]
    assert "06 12 34 56 78" in public["title"]
    for shown in (act("regional_need_show", None, id=mine["id"]), act("regional_need_list", None)["results"][0]):
        assert "12 34" not in shown["title"]
        assert "anne.legall@" not in shown["text"]
        assert "personal_data" not in shown
    assert act("regional_need_list", None, q="legall")["count"] == 0
    act("regional_need_update", people.steward, id=mine["id"], title="Rappeler", text="Sans adresse.")
    assert act("regional_need_show", None, id=mine["id"])["title"] == "Rappeler"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "x"),
        ("title", "a" * 100_000),
        ("title", ["une", "liste"]),
        ("text", ""),
        ("text", "a" * 100_000),
        ("text", "\x00"),
        ("title", "\u200b" * 6),
        ("text", "\u00ad\u3164"),
        ("kind", "wish"),
        ("territory", ["fr:commune:99999"]),
        ("territory", ["Nulle-Part-sur-Rien"]),
        ("territory", [{"code": BREST}]),
        ("sector", ["nothing"]),
        ("notify", "perhaps"),
    ],
)
def test_bad_input_is_named_by_its_field(people: People, field: str, value: object) -> None:
    with pytest.raises(tk.ValidationError) as error:
        a_need(people.outsider, **{field: value})
    assert list(error.value.error_dict) == [field]
    assert act("regional_need_list", people.sysadmin, visibility="waiting")["count"] == 0


def test_places_have_names_and_successors(people: People) -> None:
    shown = a_need(people.outsider, territory="Brest, fr:departement:29", sector="school,medical")
    assert shown["territory"] == [BREST, "fr:departement:29"]
    assert shown["sector"] == ["school", "medical"]


def test_the_list_is_narrowed(people: People, public: dict[str, Any]) -> None:
    other = a_need(people.outsider, title="Horaires des piscines", kind="correction", territory=[LAVAL], sector=[])
    act("regional_need_update", people.steward_elsewhere, id=other["id"], state="planned")

    def found(**asked: Any) -> list[str]:
        return names(act("regional_need_list", None, **asked))

    assert found(territory=BRETAGNE) == found(sector="medical") == found(q="DEFIBRILLATEURS") == [TITLE]
    assert found(kind="correction") == found(state="planned,studied") == ["Horaires des piscines"]
    assert found(q="de la piscine") == ["Horaires des piscines"]
    assert len(found(territory="country:fr", sort="supports")) == 2
    facets = act("regional_need_list", None, state="planned")["facets"]
    assert (facets["state"], facets["kind"]) == ({"new": 1, "planned": 1}, {"correction": 1})
    for bad in ({"sort": "best"}, {"territory": "fr:region:99"}, {"start": -1}, {"start": 2**40}, {"state": "x"}):
        with pytest.raises(tk.ValidationError):
            found(**bad)
    assert act("regional_need_list", people.outsider, mine=True)["count"] == 2
    assert act("regional_need_list", None, mine=True)["count"] == 0


@pytest.mark.parametrize("trigrams", [True, False])
def test_similar_needs_are_found(
    people: People, public: dict[str, Any], monkeypatch: pytest.MonkeyPatch, trigrams: bool
) -> None:
    if not trigrams:
        monkeypatch.setattr("ckanext.regional.needs.showing.listing.has_trigrams", lambda: False)

    def like(title: str) -> list[str]:
        return [one["title"] for one in act("regional_need_similar", None, title=title)]

    assert like("les defibrillateur de Brest") == [TITLE]
    assert like("Horaires des bus scolaires") == []
    assert like("le") == []


def test_the_database_compares_texts_itself(people: People) -> None:
    assert listing.has_trigrams()


def test_users_are_kept_from_flooding(people: People, ckan_config: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ckan_config, "ckanext.regional.needs.rate_user", 2)
    # A day that does not end.
    monkeypatch.setattr("ckanext.regional.limiting._number", lambda _window: 1)
    for number in range(2):
        a_need(people.outsider, title=f"Besoin numéro {number}")
    with pytest.raises(tk.ValidationError) as error:
        a_need(people.outsider)
    assert list(error.value.error_dict) == ["rate"]
    assert a_need(people.member)["visibility"] == "waiting"


def test_two_supports_at_once_count_once(people: People, public: dict[str, Any]) -> None:
    def support(_number: int) -> int:
        try:
            return act("regional_need_support", people.editor, id=public["id"])["supports"]
        finally:
            model.Session.remove()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(support, range(4))) == [1, 1, 1, 1]
