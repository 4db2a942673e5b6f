"""How scores are spread, sorted and filtered by: on pages and in the search."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from ckan.tests.helpers import CKANTestApp, call_action, changed_config

from ckanext.regional import facets, finding, quality
from tests.catalogue import BRETAGNE, FINISTERE, LAVAL, publish, publish_all
from tests.conftest import People, act, appoint, complete


def shown(app: CKANTestApp, address: str, user: str | None = None) -> str:
    headers = {"Authorization": call_action("api_token_create", user=user, name="t")["token"]} if user else {}
    return html.unescape(app.get(address, headers=headers, status=200).text)


def spread(text: str) -> dict[str, int]:
    """What a page says of ratings."""
    part = text[text.index("regional-quality-shares") :].split("</ul>")[0]
    plain = re.sub(r"\s+", " ", re.sub("<[^>]+>", "", part))
    return {name: int(count) for name, count in re.findall(r"(Excellent|Good|Sufficient|Bad) (\d+)", plain)}


def found_facets(**totals: dict[str, int]) -> dict[str, Any]:
    return {
        facets.TOTALS[name]: {"items": [{"name": points, "count": count} for points, count in datasets.items()]}
        for name, datasets in totals.items()
    }


def test_no_dataset_has_no_spread(app: CKANTestApp) -> None:
    assert quality.of_facets({}) is None
    assert quality.of_facets(found_facets(mqa={}, datagouv={})) is None


def test_ratings_and_means(app: CKANTestApp) -> None:
    with app.flask_app.test_request_context():
        found = quality.of_facets(found_facets(mqa={"400": 1, "221": 1, "220": 2, "000": 996}, datagouv={"008": 1000}))
    assert found is not None
    assert [(one.rating, one.count, one.percent) for one in found.shares] == [
        ("excellent", 1, "1%"), ("good", 1, "1%"), ("sufficient", 2, "1%"), ("bad", 996, "100%"),
    ]  # fmt: skip
    assert [(mean.name, mean.points, mean.max) for mean in found.means] == [("mqa", 1, 405), ("datagouv", 8, 9)]


def test_pages_of_territories_and_sectors(app: CKANTestApp, people: People) -> None:
    """Nothing, one and several datasets."""
    assert "regional-quality" not in shown(app, f"/territoire/{FINISTERE}")
    publish_all(people)
    assert spread(shown(app, f"/territoire/{LAVAL}")) == {"Excellent": 0, "Good": 1, "Sufficient": 0, "Bad": 0}
    for address, count in ((f"/territoire/{BRETAGNE}", 3), (f"/territoire/{FINISTERE}", 2), ("/secteur/school", 2)):
        assert sum(spread(shown(app, address)).values()) == count
    assert "regional_rating=" not in shown(app, f"/territoire/{BRETAGNE}")


def test_the_page_of_an_organisation_is_for_its_editors(app: CKANTestApp, people: People) -> None:
    address = f"/organization/{people.organization}"
    assert "regional-quality" not in shown(app, address, people.editor)
    act("package_create", people.editor, **complete(people))
    told = [user for user in (people.editor, people.sysadmin, people.org_admin, people.member, people.outsider, None)
            if "regional-quality-shares" in shown(app, address, user)]  # fmt: skip
    assert told == [people.editor, people.sysadmin, people.org_admin]


@pytest.fixture
def weak_and_strong(people: People) -> People:
    appoint(people.sysadmin, territory="country:fr")
    publish(people, "weak", tags=[], resources=[])
    publish(people, "strong", temporal_coverage=[{"start": "2026"}], citizen_needs=[{"label": "x"}])
    return people


def test_scores_sort_and_range(app: CKANTestApp, weak_and_strong: People) -> None:
    def names(**search: str) -> list[str]:
        return [one["name"] for one in call_action("package_search", **search)["results"]]

    assert names(sort="regional_score_mqa asc") == ["weak", "strong"]
    assert names(sort="regional_score_governance desc") == ["strong", "weak"]
    assert names(fq="regional_score_mqa:[221 TO *]") == ["strong"]
    assert names(fq="regional_rating:sufficient") == ["weak"]


def test_orders_and_filter_are_for_who_edits_or_reviews(app: CKANTestApp, weak_and_strong: People) -> None:
    people = weak_and_strong
    with changed_config("ckanext.regional.territory", BRETAGNE):
        offered = {}
        for user in (people.editor, people.steward, people.sysadmin, people.member, people.outsider, None):
            text = shown(app, "/dataset/", user)
            offered[user] = ("regional_score_mqa desc" in text, "Quality of the description" in text)
    comparing = (people.editor, people.steward, people.sysadmin)
    assert offered == {user: (user in comparing,) * 2 for user in offered}


def test_the_page_is_filtered_and_says_so(app: CKANTestApp, weak_and_strong: People) -> None:
    text = shown(app, "/dataset/?regional_rating=sufficient&sort=regional_score_mqa+asc", weak_and_strong.editor)
    assert "1 dataset found" in text
    assert re.search(r'filtered pill">\s*Sufficient', text)
    assert re.search(r'<option value="regional_score_mqa asc[^"]*"', text)


def test_a_score_is_no_word_of_the_search(weak_and_strong: People) -> None:
    assert call_action("package_search", q="sufficient")["count"] == 0


# A dataset's page ----------------------------------------------------------------------------------------------------


def test_the_public_sees_nine_ticks(app: CKANTestApp, weak_and_strong: People) -> None:
    text = shown(app, "/dataset/strong")
    part = text[text.index('class="regional-scores"') :].split("</section>")[0]
    assert (part.count("regional-score-mark"), "regional-score-remedy" in part) == (9, False)
    assert weak_and_strong.editor not in part


def test_an_editor_is_led_to_each_field(app: CKANTestApp, people: People) -> None:
    made = act("package_create", people.editor, **complete(people, tags=[], territory=[]))
    text = shown(app, "/dataset/menus", people.editor)
    part = text[text.index('class="regional-scores"') :].split("</section>")[0]
    file = made["resources"][0]["id"]
    for address in (
        "/dataset/edit/menus#field-tag_string", "/dataset/edit/menus#field-territory",
        f"/dataset/menus/resource/{file}/edit#field-download_url",
    ):  # fmt: skip
        assert f'href="{address}"' in part
    assert "Add a few tags" in part


def test_every_link_leads_to_a_field_of_the_form(app: CKANTestApp, people: People) -> None:
    """An empty dataset with an empty file loses nearly everything: each link has its place in the form."""
    made = act(
        "package_create", people.editor, name="bare", owner_org=people.organization,
        resources=[{"url": "http://example.org/x", "hash": "xyz"}],
    )  # fmt: skip
    text = shown(app, "/dataset/bare", people.editor)
    part = text[text.index('class="regional-scores"') :].split("</section>")[0]
    links = set(re.findall(r'href="([^"#]*)#([^"]*)"', part))
    forms = {page: shown(app, page, people.editor) for page in {page for page, _anchor in links}}
    assert len(links) > 15
    assert [(page, anchor) for page, anchor in sorted(links) if f'id="{anchor}"' not in forms[page]] == []
    assert made["id"]


def test_a_steward_without_the_right_to_edit_gets_no_link(app: CKANTestApp, people: People) -> None:
    act("package_create", people.editor, **complete(people))
    act("regional_curation_submit", people.editor, id="menus")
    appoint(people.outsider, territory=BRETAGNE)
    part = shown(app, "/dataset/menus", people.outsider)
    assert "regional-score-remedy" in part
    assert "/dataset/edit/menus#" not in part


def test_finding_counts_scores(app: CKANTestApp, weak_and_strong: People) -> None:
    with app.flask_app.test_request_context():
        assert finding.find().quality().count == 2  # pyright: ignore[reportOptionalMemberAccess]
