"""Appointments: who makes them, for what, until when; and what happens to cases when stewards come and go."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan import model

from ckanext.regional import people as public
from ckanext.regional.curation.people import appointments
from ckanext.regional.curation.scope import Stewardship, gaps, includes
from tests.conftest import BRETAGNE, People, act, appoint, complete, fingerprint

FINISTERE, MORBIHAN, BREST = "fr:departement:29", "fr:departement:56", "fr:commune:29019"
YESTERDAY = (datetime.date.today() - datetime.timedelta(1)).isoformat()
COMMENT = "Personne d’autre ne peut décider."


def refusal(action: str, user: str, /, **data: Any) -> str:
    with pytest.raises(tk.NotAuthorized) as error:
        act(action, user, **data)
    return str(error.value)


def approve(user: str, dataset: dict[str, Any], **more: Any) -> str:
    seen = act("regional_curation_show", "sysadmin", id=dataset["id"])["fingerprint"]
    act("regional_curation_approve", user, id=dataset["id"], fingerprint=seen, **more)
    return act("package_show", "sysadmin", id=dataset["id"])["regional_status"]


def stewards_of(people: People) -> list[dict[str, Any]]:
    return [one for one in act("regional_steward_list", people.sysadmin) if one["user"] == people.steward]


def mine(user: str) -> int:
    return act("regional_curation_queue", user, mine=True)["count"]


@pytest.mark.parametrize(
    ("place", "sector", "asked", "inside"),
    [
        (None, None, (None, None), True),
        (BRETAGNE, None, (BRETAGNE, None), True),
        (BRETAGNE, None, (BREST, "school"), True),
        (BRETAGNE, None, (None, None), False),
        (BRETAGNE, None, ("fr:region:52", None), False),
        (BREST, None, (BRETAGNE, None), False),
        (BRETAGNE, "school", (BREST, "school"), True),
        (BRETAGNE, "school", (BREST, None), False),
        (None, "school", (BREST, "medical"), False),
    ],
)
def test_what_a_coordinator_appoints_for(
    place: str | None, sector: str | None, asked: tuple[str | None, str | None], inside: bool
) -> None:
    assert includes(Stewardship("anna", place, sector, "coordinator"), *asked) is inside


@pytest.mark.parametrize(
    ("appointed", "expected"),
    [
        ([(None, None)], ([], {})),
        ([(BRETAGNE, "school")], (["medical"], {})),
        ([(FINISTERE, None)], ([], {"school": [MORBIHAN], "medical": [MORBIHAN]})),
        ([(FINISTERE, "school"), (MORBIHAN, None)], ([], {"medical": [FINISTERE]})),
        # A commune's steward is not its departement's.
        ([(BREST, "school"), (None, "medical")], ([], {"school": [FINISTERE, MORBIHAN]})),
    ],
)
def test_what_nobody_reviews(appointed: list[tuple[str | None, str | None]], expected: Any) -> None:
    people = [Stewardship("anna", place, sector, "steward") for place, sector in appointed]
    assert gaps(people, [FINISTERE, MORBIHAN], ["school", "medical"]) == expected
    others = [Stewardship("anna", None, None, role) for role in ("coordinator", "dpo")]
    assert gaps(people + others, [FINISTERE, MORBIHAN], ["school", "medical"]) == expected


def test_the_parts_of_a_territory() -> None:
    assert set(appointments.parts_of(BRETAGNE)) == {f"fr:departement:{number}" for number in (22, 29, 35, 56)}
    assert appointments.parts_of(BREST) == [BREST]
    assert BRETAGNE in appointments.parts_of("country:fr")


def test_a_coordinator_appoints_within_what_they_coordinate(people: People) -> None:
    appoint(people.editor2, territory=FINISTERE, role="coordinator")
    made = act("regional_steward_create", people.editor2, user=people.member, territory=BREST, sector="school")
    assert (made["created_by"], made["in_force"], made["ended"]) == (people.editor2, True, False)
    for wider in ({}, {"territory": BRETAGNE}, {"territory": MORBIHAN, "sector": "school"}):
        assert "coordinator" in refusal("regional_steward_create", people.editor2, user=people.member, **wider)
    assert "coordinator" in refusal("regional_steward_delete", people.editor2, id=stewards_of(people)[0]["id"])
    act("regional_steward_delete", people.editor2, id=made["id"])
    for nobody in (people.steward, people.org_admin, people.outsider):
        refusal("regional_steward_create", nobody, user=nobody, territory=BREST)
        refusal("regional_steward_delete", nobody, id=stewards_of(people)[0]["id"])


def test_an_appointment_that_has_ended_coordinates_nothing(people: People) -> None:
    appoint(people.editor2, role="coordinator", until=YESTERDAY)
    refusal("regional_steward_create", people.editor2, user=people.member)


def test_what_has_ended_can_begin_anew_and_what_is_in_force_cannot(people: People) -> None:
    appoint(people.member, territory=BREST, until=YESTERDAY)
    again = appoint(people.member, territory=BREST)
    rows = act("regional_steward_list", people.sysadmin, user=people.member)
    assert [(row["id"], row["in_force"]) for row in rows] == [(again["id"], True)]
    with pytest.raises(tk.ValidationError) as error:
        appoint(people.member, territory=BREST)
    assert list(error.value.error_dict) == ["user"]


def test_the_list_answers_who_is_asked_about_a_place(people: People) -> None:
    appoint(people.member, territory=MORBIHAN)
    appoint(people.outsider, sector="medical", until=YESTERDAY)
    appoint(people.editor2, sector="school", role="coordinator")

    def users(**wanted: Any) -> set[str]:
        return {row["user"] for row in act("regional_steward_list", people.editor, **wanted)}

    assert users(for_territory=BREST) == {people.steward, people.outsider, people.editor2}
    assert users(for_territory=BREST, in_force=True) == {people.steward, people.editor2}
    assert users(for_territory=BREST, for_sector="medical", in_force=True) == {people.steward}
    assert users(role="coordinator") == {people.editor2}
    assert users(territory=MORBIHAN) == {people.member}


def test_a_case_goes_to_whom_is_left(people: People, submitted: dict[str, Any]) -> None:
    """The last steward goes, then the coordinator: the next in line decides, and nobody before."""
    appoint(people.editor2, territory=BRETAGNE, role="coordinator")
    everybody = (people.steward, people.editor2, people.sysadmin)
    assert [mine(user) for user in everybody] == [1, 0, 0]
    refusal("regional_curation_approve", people.editor2, id=submitted["id"], fingerprint=fingerprint(people, submitted))
    for row in stewards_of(people):
        act("regional_steward_delete", people.sysadmin, id=row["id"])
    assert [mine(user) for user in everybody] == [0, 1, 0]
    seen = act("regional_curation_show", people.sysadmin, id=submitted["id"])["fingerprint"]
    refusal("regional_curation_approve", people.steward, id=submitted["id"], fingerprint=seen)
    refusal("regional_curation_approve", people.sysadmin, id=submitted["id"], fingerprint=seen, comment=COMMENT)
    coordinator = model.User.get(people.editor2)
    assert coordinator is not None
    # A user who is deleted and not dismissed must not hold the place of one who decides.
    act("user_delete", people.sysadmin, id=coordinator.id)
    assert [mine(user) for user in (people.steward, people.sysadmin)] == [0, 1]
    with pytest.raises(tk.ValidationError) as error:
        approve(people.sysadmin, submitted)
    assert list(error.value.error_dict) == ["comment"]
    assert approve(people.sysadmin, submitted, comment=COMMENT) == "published"


def test_an_appointment_ends_by_itself(people: People, submitted: dict[str, Any]) -> None:
    for row in stewards_of(people):
        act("regional_steward_delete", people.sysadmin, id=row["id"])
    appoint(people.steward, territory=BRETAGNE, until=YESTERDAY)
    assert (mine(people.steward), mine(people.sysadmin)) == (0, 1)
    seen = act("regional_curation_show", people.sysadmin, id=submitted["id"])["fingerprint"]
    refusal("regional_curation_approve", people.steward, id=submitted["id"], fingerprint=seen)


def test_a_sysadmin_who_made_it_does_not_stand_in(people: People) -> None:
    made = act("package_create", people.sysadmin, **complete(people, name="corse", territory=["fr:region:94"]))
    act("regional_curation_submit", people.sysadmin, id=made["id"])
    assert mine(people.sysadmin) == 0
    seen = act("regional_curation_show", people.sysadmin, id=made["id"])["fingerprint"]
    refusal("regional_curation_approve", people.sysadmin, id=made["id"], fingerprint=seen, comment=COMMENT)
    # No deadlock: whoever is appointed decides at once.
    appoint(people.outsider, territory="fr:region:94")
    assert approve(people.outsider, made) == "published"


def test_a_changed_territory_takes_the_decision_along(people: People, submitted: dict[str, Any]) -> None:
    old = fingerprint(people, submitted)
    act("regional_curation_claim", people.steward, id=submitted["id"])
    act("package_patch", people.editor, id=submitted["id"], territory=["fr:region:52"])
    assert (mine(people.steward), mine(people.steward_elsewhere)) == (0, 1)
    refusal("regional_curation_approve", people.steward, id=submitted["id"], fingerprint=old)
    assert approve(people.steward_elsewhere, submitted) == "published"


def test_what_comes_back_does_not_return_to_who_has_left(people: People, submitted: dict[str, Any]) -> None:
    data = {"id": submitted["id"], "fingerprint": fingerprint(people, submitted), "comment": "Trop court."}
    act("regional_curation_request_changes", people.steward, **data)
    appoint(people.outsider, territory=BRETAGNE)
    for row in stewards_of(people):
        act("regional_steward_delete", people.sysadmin, id=row["id"])
    case = act("regional_curation_submit", people.editor, id=submitted["id"])["case"]
    assert (case["state"], case["claimed_by"]) == ("submitted", None)


def test_a_new_user_of_an_old_name_inherits_nothing(people: People, submitted: dict[str, Any]) -> None:
    former = model.User.get(people.steward)
    assert former is not None
    former.name, former.state = "somebody-else", "deleted"
    model.Session.commit()
    act("user_create", people.sysadmin, name=people.steward, email="new@example.org", password="correct-horse")
    assert (mine(people.steward), mine(people.sysadmin)) == (0, 1)
    refusal("regional_curation_show", people.steward, id=submitted["id"])


def test_the_public_learns_who_reviewed_only_where_they_agreed(
    app: Any, people: People, published: dict[str, Any]
) -> None:
    def page() -> str:
        return app.get(f"/dataset/{published['name']}").body

    def agree(agreed: bool) -> str:
        # A request ends the session of what was read before it.
        steward = model.User.get(people.steward)
        assert steward is not None
        public.set_public_name(steward, agreed)
        return steward.display_name

    assert "Reviewed by" not in page()
    assert f"Reviewed by {agree(True)} on " in page()
    agree(False)
    assert "Reviewed by" not in page()
