"""Plugins switched on where plain CKAN had datasets: what the doctor says, and how it goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan.config.middleware import make_app
from ckan.lib import search
from ckan.tests import factories
from ckan.tests.helpers import CKANTestApp

from ckanext.regional import diagnosis
from ckanext.regional.diagnosis.before import as_objects
from tests.conftest import BREST, act
from tests.diagnosis.conftest import found, level

OURS = "regional scheming_datasets scheming_organizations activity"
#: Extras that a plain site may well have under names of ours: datasets of five kinds.
EXTRAS: tuple[dict[str, str], ...] = (
    {},
    {"contact": "donnees@brest.example.org", "territory": "Brest"},
    {"theme": "transports", "frequency": "souvent"},
    {"publisher": "Ville de Brest", "temporal_coverage": "de 2019 à 2021"},
    {"contact": "https://brest.example.org/contact", "language": "français", "spatial": '{"type": "Point"}'},
)


@pytest.fixture
def old_site(reload: Callable[..., None]) -> Callable[..., None]:
    """Twenty datasets without schema, and then our plugins; returns what loads plugins."""
    reload(ckan__plugins="activity")
    clerk = factories.User(name="clerk")
    factories.Organization(name="ville", users=[{"name": "clerk", "capacity": "editor"}])
    for number in range(20):
        extras = EXTRAS[number % len(EXTRAS)]
        act(
            "package_create",
            clerk["name"],
            name=f"vieux-{number}",
            title=f"Vieux jeu {number}",
            owner_org="ville",
            author="Jeanne",
            license_id="notspecified",
            extras=[{"key": key, "value": value} for key, value in extras.items()],
            resources=[{"url": "https://example.org/a.csv", "format": "CSV"}],
        )
    reload(ckan__plugins=OURS)
    return reload


def test_the_doctor_says_what_lacks(old_site: Callable[..., None]) -> None:
    assert found("index")["index.before"].message.startswith("Solr knows 20 of 20")
    lacking = found("datasets")["datasets"].message
    assert "Of 20 datasets" in lacking
    assert "steward (20)" in lacking
    assert "license_id (20)" in lacking
    assert "territory (16)" in lacking
    stuck = found("before")["before"]
    assert stuck.level == "error"
    assert "12 datasets" in stuck.message
    with pytest.raises(ValueError, match="Expecting value"):
        search.rebuild()
    assert "contact (8), publisher (4), temporal_coverage (4)" in stuck.message


def test_after_the_repair_everything_works(old_site: Callable[..., None]) -> None:
    (mended,) = diagnosis.repair(found("before").values())
    assert mended.message == "12 texts from before were written as objects, 4 moved to an extra field."
    assert level("before") == "ok"
    search.rebuild()
    assert level("index") == "ok"

    unknown = [finding.message for finding in diagnosis.examine({"values": diagnosis.CHECKS["values"]})]
    assert len(unknown) == 3
    assert "Datasets have values of frequency that its list lacks: souvent (4)." in unknown

    shown = act("package_show", "clerk", id="vieux-1")
    assert shown["contact"] == [{"email": "donnees@brest.example.org"}]
    shown = act("package_show", "clerk", id="vieux-3")
    assert shown["publisher"] == [{"name": "Ville de Brest"}]
    assert shown["extras"] == [{"key": "temporal_coverage_before", "value": "de 2019 à 2021"}]

    app = CKANTestApp(make_app(tk.config))
    headers = {"Authorization": factories.APIToken(user="clerk")["token"]}
    for number in range(len(EXTRAS)):
        for path in (f"/dataset/vieux-{number}", f"/dataset/edit/vieux-{number}"):
            assert app.get(path, headers=headers).status_code == 200, path
    assert "20" in app.get("/dataset/?q=vieux").text
    assert app.get("/organization/ville").status_code == 200
    assert app.get("/dataset/?vocab_regional_territory=Brest").status_code == 200


def test_editing_one_in_the_form_works(old_site: Callable[..., None]) -> None:
    diagnosis.repair(found("before").values())
    search.rebuild()
    app = CKANTestApp(make_app(tk.config))
    headers = {"Authorization": factories.APIToken(user="clerk")["token"]}
    form: dict[str, Any] = {
        "title": "Transports", "name": "vieux-2", "owner_org": "ville", "territory": BREST, "theme": "transports",
        "frequency": "souvent", "save": "",
    }  # fmt: skip
    refused = app.post("/dataset/edit/vieux-2", headers=headers, data=form, follow_redirects=False)
    assert refused.status_code == 200
    assert "is not one of the choices" in refused.text
    form |= {"theme": "TRAN", "frequency": "ANNUAL"}
    answer = app.post("/dataset/edit/vieux-2", headers=headers, data=form, follow_redirects=False)
    assert answer.status_code == 302, answer.text
    saved = act("package_show", "clerk", id="vieux-2")
    assert saved["territory"] == [BREST]
    assert saved["theme"] == ["http://publications.europa.eu/resource/authority/data-theme/TRAN"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a@b.example.org", [{"email": "a@b.example.org"}]),
        ("Service des eaux", [{"name": "Service des eaux"}]),
        ("https://a.example", [{"url": "https://a.example"}]),
        ('["A", "B"]', [{"name": "A"}, {"name": "B"}]),
        ('{"name": "A", "fax": "02"}', [{"name": "A"}]),
        ('[{"name": "A"}, "B"]', [{"name": "A"}, {"name": "B"}]),
        ("   ", []),
        ("[", [{"name": "["}]),
        ("null", []),
        ("12", [{"name": "12"}]),
    ],
)
def test_an_old_value_as_objects(text: str, expected: list[dict[str, str]]) -> None:
    assert as_objects(text, ["name", "email", "url"]) == expected


def test_a_period_needs_a_date() -> None:
    assert as_objects("2019", ["start", "end"]) == [{"start": "2019"}]
    assert as_objects("depuis toujours", ["start", "end"]) == []
