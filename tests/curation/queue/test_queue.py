"""The queue: SQL that says what the pure rules say, facets that count what a click shows, columns that do not drift."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories

from ckanext.regional.curation.applying.content import scope_of
from ckanext.regional.curation.model import Case, CaseScope, Contributor
from ckanext.regional.curation.people import appointments, stewards
from ckanext.regional.curation.queue import case_scope, listing
from ckanext.regional.curation.queue.listing import Filters
from ckanext.regional.curation.scope import covers, reviewers
from ckanext.regional.database import now
from tests import statements
from tests.conftest import BRETAGNE, People, act, appoint, complete

PLACES = ("fr:commune:29019", "fr:commune:22278", "fr:departement:29", "fr:region:53", "fr:region:52", "country:fr")
SECTORS = ("school", "medical", "tourist")


def open_case(organization: str, number: int, **given: Any) -> tuple[model.Package, Case]:
    """A hidden dataset with a case, written straight into the tables: the queue asks only these."""
    extras = {"territory": given.get("territory", []), "sector": given.get("sector", [])}
    package = model.Package(
        name=f"dataset-{number}", title=given.get("title", f"Jeu {number}"), type="dataset", private=True,
        owner_org=organization, creator_user_id=given.get("creator"), extras=extras,
    )  # fmt: skip
    model.Session.add(package)
    model.Session.flush()
    at = now()
    case = Case(
        dataset_id=package.id, kind="publication", state=given.get("state", "submitted"), submitted_at=at,
        submitted_by=given.get("submitter"), due=at + datetime.timedelta(given.get("days", 5)),
    )  # fmt: skip
    model.Session.add(case)
    for user in given.get("contributors", ()):
        model.Session.add(Contributor(dataset_id=package.id, user_id=user))
    return package, case


def user_of(name: str) -> model.User:
    user = model.User.get(name)
    assert user is not None
    return user


def found(user: model.User, **filters: Any) -> set[str]:
    return {entry.package.id for entry in listing.entries(user, Filters(**{"rows": 1000, **filters}))[1]}


@pytest.fixture
def crowd(clean_regional: None) -> tuple[str, list[model.User]]:
    """An organisation, and people who are appointed for this and that by chance."""
    organization = factories.Organization()["id"]
    people = [user_of(factories.User()["name"]) for _ in range(8)] + [user_of(factories.Sysadmin()["name"])]
    chance, today = random.Random(2026), datetime.date.today()
    for user in people[:7]:
        for role in chance.sample(("steward", "deputy", "coordinator", "dpo"), 2):
            appointments.appoint(
                user, chance.choice((*PLACES, None)), chance.choice((*SECTORS, None)), role,
                chance.choice((None, None, today, today - datetime.timedelta(1))), None,
            )  # fmt: skip
    # Whose account is gone decides nothing, and stands in nobody's way.
    people[2].state = "deleted"
    for number in range(80):
        some = [user.id for user in people]
        open_case(
            organization, number, territory=chance.sample(PLACES, chance.randint(0, 2)),
            sector=chance.sample(SECTORS, chance.randint(0, 2)), creator=chance.choice((*some, None)),
            submitter=chance.choice((*some, None)), contributors=chance.sample(some, chance.randint(0, 7)),
        )  # fmt: skip
    model.Session.commit()
    return organization, people


def test_the_sql_says_what_the_rules_say(crowd: tuple[str, list[model.User]]) -> None:
    _organization, people = crowd
    rows = list(model.Session.execute(sa.select(model.Package, Case).join(Case, Case.dataset_id == model.Package.id)))
    appointed, today = stewards.appointed(), datetime.date.today()
    kinds: set[str] = set()
    for user in (one for one in people if one.state == "active"):
        mine, readable, unassigned = set(), set(), set()
        for package, case in rows:
            excluded = stewards.excluded_by_four_eyes(package, case.submitted_by)
            who = reviewers(appointed, scope_of(package), excluded, today)
            if stewards.may_decide(user, package, case.submitted_by, four_eyes=True):
                mine.add(package.id)
                kinds.add("approver" if user.id in who.approvers else "stands in")
            if user.sysadmin or any(covers(one, scope_of(package), today) for one in stewards.of_user(user.id)):
                readable.add(package.id)
                unassigned |= {package.id} if who.unassigned else set()
        assert found(user, mine=True) == mine
        assert found(user) == readable
        assert found(user, unassigned=True) == unassigned
        assert listing.waiting_for(user) == len(mine)
        assert [listing.waiting_for(user, most) for most in (1, 1000)] == [min(1, len(mine)), len(mine)]
        assert listing.unassigned_for(user) == len(unassigned)
    assert kinds == {"approver", "stands in"}


def test_a_facet_counts_what_a_click_on_it_shows(crowd: tuple[str, list[model.User]]) -> None:
    sysadmin = crowd[1][-1]
    _count, _page, facets = listing.entries(sysadmin, Filters())
    for name, shown in (("territory", facets["territory"]), ("sector", facets["sector"])):
        assert shown
        assert {value: len(found(sysadmin, **{name: value})) for value, _count in shown} == dict(shown)


@pytest.fixture
def cases(people: People) -> Callable[..., None]:
    organization = model.Group.get(people.organization)
    assert organization is not None

    def make(*given: dict[str, Any]) -> None:
        for number, one in enumerate(given):
            open_case(organization.id, number, **one)
        model.Session.commit()

    return make


def test_late_and_by_state(people: People, cases: Callable[..., None]) -> None:
    cases({"days": -1}, {"days": 2}, {"state": "in_review"}, {"state": "changes_requested"}, {"state": "rejected"})
    sysadmin = user_of(people.sysadmin)
    count, page, facets = listing.entries(sysadmin, Filters(overdue=True))
    assert (count, len(page), facets["overdue"]) == (1, 1, [("1", 1)])
    # Where one filter is on, its own facet still offers what it leaves out.
    count, _page, facets = listing.entries(sysadmin, Filters(states=("in_review",)))
    assert count == 1
    assert facets["state"] == [("submitted", 2), ("changes_requested", 1), ("in_review", 1)]


def test_paging_and_order(people: People, cases: Callable[..., None]) -> None:
    cases(*({"title": title, "days": days} for title, days in (("Écoles", 3), ("Eaux", 1), ("Fêtes", 2))))
    sysadmin = user_of(people.sysadmin)

    def titles(**filters: Any) -> list[str]:
        return [entry.package.title for entry in listing.entries(sysadmin, Filters(**filters))[1]]

    assert titles() == ["Eaux", "Fêtes", "Écoles"]
    assert titles(sort="title") == ["Eaux", "Écoles", "Fêtes"]
    assert titles(sort="title", start=1, rows=1) == ["Écoles"]
    assert listing.entries(sysadmin, Filters(start=7))[:2] == (3, [])


def test_words_are_found_without_their_accents(people: People, cases: Callable[..., None]) -> None:
    cases({"title": "Écoles de l’Île-de-Sein"}, {"title": "100 % bio"})
    sysadmin = user_of(people.sysadmin)
    counts = {q: len(found(sysadmin, q=q)) for q in ("ecoles", "SEIN île", "ecoles bio", "100", "%", "_", "")}
    assert counts == {"ecoles": 1, "SEIN île": 1, "ecoles bio": 0, "100": 1, "%": 2, "_": 2, "": 2}


def test_the_number_of_questions_does_not_grow(people: People, cases: Callable[..., None]) -> None:
    def asked(user: str) -> int:
        model.Session.remove()
        with statements.asked() as found:
            act("regional_curation_queue", user, rows=50)
        return len(found)

    cases({"territory": ["fr:commune:29019"], "sector": ["school"]})
    few = asked(people.steward)
    organization = model.Group.get(people.organization)
    assert organization is not None
    for number in range(100, 140):
        open_case(organization.id, number, territory=[PLACES[number % 4]], sector=[SECTORS[number % 3]])
    model.Session.commit()
    assert asked(people.steward) == few


def row_of(dataset_id: str) -> CaseScope:
    row = model.Session.get(CaseScope, dataset_id, populate_existing=True)
    assert row is not None
    return row


def test_an_edit_moves_a_case_to_its_new_stewards(people: People, submitted: dict[str, Any]) -> None:
    other = appoint(people.editor2, territory="fr:departement:22", sector="medical")["user"]
    before = {user: act("regional_curation_queue", user, mine=True)["count"] for user in (people.steward, other)}
    act("package_patch", people.editor, id=submitted["id"], territory=["fr:commune:22278"], sector=["medical"])
    after = {user: act("regional_curation_queue", user, mine=True)["count"] for user in (people.steward, other)}
    assert (before, after) == ({people.steward: 1, other: 0}, {people.steward: 1, other: 1})
    assert BRETAGNE in row_of(submitted["id"]).territories


def test_what_drifted_is_found_and_mended(people: People, submitted: dict[str, Any]) -> None:
    assert case_scope.differing() == set()
    gone = CaseScope(dataset_id="gone", territories=[], sectors=[], words="")
    model.Session.add(gone)
    model.Session.execute(sa.update(CaseScope).where(CaseScope.dataset_id == submitted["id"]).values(sectors=["x"]))
    model.Session.commit()
    assert case_scope.differing() == {"gone", submitted["id"]}
    assert case_scope.rebuild() == 2
    assert (case_scope.differing(), row_of(submitted["id"]).sectors) == (set(), ["school"])
    # A case whose row was lost altogether.
    model.Session.execute(sa.delete(CaseScope))
    assert (case_scope.rebuild(), act("regional_curation_queue", people.steward)["count"]) == (1, 1)


def test_a_dataset_that_was_never_submitted_needs_no_row(people: People) -> None:
    made = act("package_create", people.editor, **complete(people))
    assert model.Session.get(CaseScope, made["id"]) is None


def test_each_kind_has_its_days(people: People, published: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(tk.config, "ckanext.regional.curation.due_days", 4)
    monkeypatch.setitem(tk.config, "ckanext.regional.curation.due_days_revision", 2)

    def days(shown: dict[str, Any]) -> int:
        case = model.Session.get(Case, shown["case"]["id"], populate_existing=True)
        assert case is not None
        assert case.due
        assert case.submitted_at
        return (case.due - case.submitted_at).days

    copy = act("regional_revision_create", people.editor, id=published["id"])
    act("package_patch", people.editor, id=copy["id"], notes="Autrement dit")
    revised = act("regional_curation_submit", people.editor, id=copy["id"])
    made = act("package_create", people.editor, **complete(people, name="second"))
    assert (days(revised), days(act("regional_curation_submit", people.editor, id=made["id"]))) == (2, 4)
