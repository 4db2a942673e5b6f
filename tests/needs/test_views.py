"""Pages of needs: full pages without scripts, in two languages; what they take and what they refuse."""

from __future__ import annotations

import csv
import html
import io
from typing import Any

import pytest
from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.tests import factories
from ckan.tests.helpers import CKANTestApp

from ckanext.regional.needs.model import Need
from tests.conftest import BREST, People, act
from tests.needs.conftest import TEXT, TITLE, a_need
from tests.needs.forms import send
from tests.smtp import MailServer

SCRIPT = "<script>alert(1)</script>"


def shown(app: CKANTestApp, address: str, status: int = 200, user: str | None = None) -> str:
    headers = {"Authorization": factories.APIToken(user=user)["token"]} if user else {}
    return html.unescape(app.get(address, status=status, headers=headers).text)


def test_the_list_its_feed_and_its_table(app: CKANTestApp, people: People, public: dict[str, Any]) -> None:
    a_need(people.member, title="Nobody has looked at this")
    for address in ("/besoin", "/fr/besoin", "/besoin?territory=Finistère&q=defibrillateurs&sector=medical&state=new"):
        page = shown(app, address)
        assert TITLE in page
        assert "Nobody has looked" not in page
    assert TITLE not in shown(app, "/besoin?kind=correction")
    assert "No territory is called" in shown(app, "/besoin?territory=Nulle-Part")
    assert shown(app, "/besoin?page=900&state=&sort=")
    assert TITLE in shown(app, "/besoin.atom?sector=medical")
    (row,) = csv.DictReader(io.StringIO(app.get("/besoin.csv").text.lstrip("\ufeff")))
    assert (row["title"], row["territory"], row["supports"]) == (TITLE, BREST, "0")


def test_a_table_computes_nothing(app: CKANTestApp, people: People) -> None:
    mine = a_need(people.outsider, title="=HYPERLINK(1)", text="@SUM(A1)")
    act("regional_need_update", people.steward, id=mine["id"], state="new")
    (row,) = csv.DictReader(io.StringIO(app.get("/besoin.csv").text.lstrip("\ufeff")))
    assert (row["title"], row["text"]) == ("'=HYPERLINK(1)", "'@SUM(A1)")


def test_a_page_says_what_there_is(
    app: CKANTestApp, people: People, public: dict[str, Any], published: dict[str, Any]
) -> None:
    act(
        "regional_need_update", people.steward, id=public["id"], state="answered", reason="La carte est là.",
        datasets=["menus"],
    )  # fmt: skip
    page = shown(app, f"/besoin/{public['number']}")
    for text in (TITLE, TEXT, "Answered", "La carte est là.", "/dataset/menus", "Brest"):
        assert text in page
    assert "Répondu" in shown(app, f"/fr/besoin/{public['number']}")
    assert TITLE in shown(app, "/dataset/menus")
    for address in (f"/territoire/{BREST}", "/secteur/medical"):
        assert "What inhabitants need" in shown(app, address)
    assert "For stewards" not in page
    assert "For stewards" in shown(app, f"/besoin/{public['number']}", user=people.steward)
    assert "For stewards" not in shown(app, f"/besoin/{public['number']}", user=people.steward_elsewhere)


def test_what_waits_is_not_there_for_others(app: CKANTestApp, people: People, need: dict[str, Any]) -> None:
    for user in (None, people.editor, people.steward_elsewhere):
        shown(app, f"/besoin/{need['number']}", 404, user)
    assert TITLE in shown(app, f"/besoin/{need['number']}", user=people.outsider)
    assert TITLE in shown(app, "/regional/needs", user=people.steward)
    shown(app, "/regional/needs", 403, people.outsider)
    assert "Needs to look at" in shown(app, "/about", user=people.steward)
    assert "Needs to look at" not in shown(app, "/about", user=people.steward_elsewhere)
    shown(app, "/besoin/99999", 404)
    shown(app, "/besoin/" + "9" * 50, 404)


def test_the_address_of_a_merged_need_leads_on(app: CKANTestApp, people: People, public: dict[str, Any]) -> None:
    other = a_need(people.member, title="Trouver un défibrillateur")
    act("regional_need_merge", people.steward, id=other["id"], into=public["id"])
    answer = app.get(f"/besoin/{other['number']}", follow_redirects=False, status=302)
    assert answer.headers["Location"].endswith(f"/besoin/{public['number']}")
    answer = app.get(f"/besoin/{public['id']}", follow_redirects=False, status=302)
    assert answer.headers["Location"].endswith(f"/besoin/{public['number']}")


def test_scripts_are_words(app: CKANTestApp, people: People) -> None:
    mine = a_need(people.outsider, title=f"Un titre {SCRIPT}", text=f"{SCRIPT}\n\nDeux.")
    act("regional_need_update", people.steward, id=mine["id"], state="declined", reason=SCRIPT)
    for address in ("/besoin", f"/besoin/{mine['number']}", "/besoin.atom", f"/territoire/{BREST}"):
        assert SCRIPT not in app.get(address).text
    assert "<br>" not in app.get(f"/besoin/{mine['number']}").text.split("regional-need-text")[1].split("</div>")[0]


def test_somebody_without_an_account_writes(
    app: CKANTestApp, people: People, mails: MailServer, public: dict[str, Any]
) -> None:
    given = {"title": "Horaires des bus", "text": "Le soir.", "territory": "Brest", "email": "anne@example.org"}
    first = given | {"title": "Où est un défibrillateur", "look": "yes"}
    looked = send(app, "/besoin/nouveau", "/besoin/nouveau", **first)
    assert TITLE in html.unescape(looked.get_data(as_text=True))
    wrong = send(app, "/besoin/nouveau", "/besoin/nouveau", **(given | {"email": "anne", "territory": "Nulle-Part"}))
    text = html.unescape(wrong.get_data(as_text=True))
    assert wrong.status_code == 400
    for part in ("no e-mail address", "No territory is called “Nulle-Part”", "Horaires des bus"):
        assert part in text
    done = send(app, "/besoin/nouveau", "/besoin/nouveau", **given)
    assert done.headers["Location"].endswith("/besoin/merci")
    assert "Look into your e-mails" in shown(app, "/besoin/merci")
    assert model.Session.query(Need).count() == 2


def test_what_fills_in_the_hidden_field_is_told_the_same(
    app: CKANTestApp, people: People, mails: MailServer, public: dict[str, Any]
) -> None:
    given = {"title": "Buy now", "text": "Cheap.", "email": "spam@example.org", "website": "https://spam.example"}
    done = send(app, "/besoin/nouveau", "/besoin/nouveau", **given)
    assert done.headers["Location"].endswith("/besoin/merci")
    place = f"/besoin/{public['number']}"
    assert send(app, place, f"{place}/soutien", **given).headers["Location"].endswith("/besoin/merci")
    assert model.Session.query(Need).count() == 1


@pytest.mark.parametrize("kind", ["nouveau", "soutien", "confirmer", "stop", "decision"])
def test_a_form_from_elsewhere_is_refused(
    app: CKANTestApp, people: People, mails: MailServer, public: dict[str, Any], kind: str
) -> None:
    place = f"/besoin/{public['number']}"
    addresses = {
        "nouveau": "/besoin/nouveau", "soutien": f"{place}/soutien", "confirmer": "/besoin/confirmer/x",
        "stop": "/besoin/stop/x", "decision": f"{place}/decision",
    }  # fmt: skip
    given = {"title": "Horaires", "text": "x", "email": "a@example.org"}
    assert app.test_client().post(addresses[kind], data=given, follow_redirects=False).status_code == 400
    assert model.Session.query(Need).count() == 1


def test_one_network_sends_a_few_an_hour(
    app: CKANTestApp, people: People, mails: MailServer, ckan_config: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ckan_config, "ckanext.regional.needs.rate_address", 2)
    # An hour that does not end.
    monkeypatch.setattr("ckanext.regional.limiting._number", lambda _window: 1)
    codes = []
    for number in range(3):
        given = {"title": f"Besoin numéro {number}", "text": "Oui.", "email": f"anne{number}@example.org"}
        codes.append(send(app, "/besoin/nouveau", "/besoin/nouveau", **given).status_code)
    assert codes == [302, 302, 400]
    kept: Any = connect_to_redis()
    keys = [key.decode() for key in kept.scan_iter(match="ckan:test.regional:regional:needs:address:*")]
    assert keys
    assert all(kept.ttl(key) > 0 and "127.0.0.1" not in key for key in keys)


def test_a_steward_decides_by_forms(
    app: CKANTestApp, people: People, need: dict[str, Any], published: dict[str, Any]
) -> None:
    place = f"/besoin/{need['number']}"

    def decide(**data: Any) -> Any:
        return send(app, place, f"{place}/decision", user=people.steward, **data)

    assert decide(form="state", state="new", reason="", datasets="").status_code == 302
    wrong = decide(form="state", state="answered", reason="Voici.", datasets="nulle-part")
    assert wrong.status_code == 400
    assert "There is no public dataset “nulle-part”" in html.unescape(wrong.get_data(as_text=True))
    assert "Voici." in wrong.get_data(as_text=True)
    done = decide(form="state", state="answered", reason="Voici.", datasets="http://test.ckan.net/dataset/menus")
    assert done.status_code == 302
    edited = {"title": "Les défibrillateurs", "text": "Où ?", "kind": "use", "territory": BREST, "sector": "medical"}
    assert decide(form="edit", **edited).status_code == 302
    now = act("regional_need_show", None, id=need["id"])
    assert (now["state"], now["datasets"], now["title"], now["kind"]) == (
        "answered", [published["id"]], "Les défibrillateurs", "use",
    )  # fmt: skip
    assert decide(form="nothing").status_code == 400
    assert decide(form="merge", into="9999").status_code == 400
    elsewhere = send(app, place, f"{place}/decision", user=people.steward_elsewhere, form="reject", reason="Non.")
    assert elsewhere.status_code == 403


def test_a_search_in_vain_offers_to_say_it(app: CKANTestApp, people: People) -> None:
    assert "/besoin/nouveau?title=h%C3%A9rissons" in app.get("/dataset/?q=hérissons").text
