"""One French site with all plugins and with data of all kinds, made through the actions as people and neighbours do."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

from dev.site import Site
from tests.e2e.conftest import BRETAGNE
from tests.faults.hostile import HostileServer
from tests.harvest.pretending import Pretended
from tests.harvest.sites import dataset as of_any_ckan
from tests.harvest.sites import wait_for
from tests.smtp import MailServer

ORGANIZATION = "ville-de-brest"
BREST = "fr:commune:29019"
_EU = "http://publications.europa.eu/resource/authority"
#: Names and what they are called; ``admin`` is made with the site.
PEOPLE = {
    "anne": "Anne Le Gall", "mai": "Maï Riou", "yann": "Yann Kerbrat", "lena": "Lena Morvan", "zoe": "Zoé Passante",
}  # fmt: skip
MEMBERS = {"anne": "editor", "yann": "admin", "lena": "member"}
COMPLETE: dict[str, Any] = {
    "notes": "Ce que la ville compte, mois par mois.", "owner_org": ORGANIZATION, "steward": "anne",
    "territory": [BREST], "sector": ["tourist"], "frequency": f"{_EU}/frequency/ANNUAL",
    "access_rights": f"{_EU}/access-right/PUBLIC", "license_id": "lov2", "personal_data_class": "none",
    "publisher": [{"name": "Ville de Brest"}], "contact": [{"name": "Mairie", "email": "mairie@example.org"}],
    "resources": [{"url": "https://example.org/a.csv", "name": "Chiffres", "format": "CSV"}],
}  # fmt: skip
#: What datasets and sources are called, where that is more than their name with a capital.
TITLES = {
    "phares": "Phares de la rade", "feux": "Feux d'entrée du port", "epaves": "Épaves", "marees": "Marées du port",
    "bouees": "Bouées", "quais": "Quais et places de port", "digues": "Digues et jetées",
    "region-voisine": "Région voisine", "ckan-voisin": "Villes de la côte", "muet": "Un port qui se tait",
}  # fmt: skip
_FILE = "port,places\nLe Moulin Blanc,1460\nLe Château,625\n"
_NEW_FILE = "port,places,profondeur\nLe Moulin Blanc,1465,3\nLe Château,625,4\nRoscoff,670,5\n"


@dataclass
class Everything:
    """The site, its people's tokens, and by a short name what the pages' addresses need."""

    site: Site
    password: str
    mails: MailServer
    tokens: dict[str, str] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.site.url

    def act(self, by: str, action: str, /, files: Any = None, **data: Any) -> Any:
        """Call an action as somebody; nobody is the empty name."""
        body: dict[str, Any] = {"data": data, "files": files} if files else {"json": data}
        answer = _session().post(
            f"{self.url}/api/action/{action}", headers={"Authorization": self.tokens.get(by, "")}, timeout=60, **body
        )
        assert answer.ok, (action, data, answer.text)
        return answer.json()["result"]

    def link(self, pattern: str, *, but: str = "") -> str:
        """The last part of the latest link of this kind in an e-mail."""

        def found() -> list[str]:
            texts = [mail.get_content() for mail in list(self.mails.mails)]
            links = [link for text in texts for link in re.findall(pattern + r"/([\w.-]*[\w-])", text)]
            return [link for link in links if link != but]

        wait_for(lambda: bool(found()), f"an e-mail with {pattern}")
        return found()[-1]


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # a proxy of the machine has no business with loopback
    return session


def fill(it: Everything, servers: Callable[[], HostileServer]) -> None:
    """Make people, datasets in every state of the review, sources with every kind of run, and needs.

    :param servers: starts a server that can be a neighbour
    """
    _people(it)
    _datasets(it)
    _changes(it)
    _needs(it)
    _neighbours(it, servers(), servers())
    it.site.ckan("regional", "needs", "refresh")


def _people(it: Everything) -> None:
    it.tokens["admin"] = it.site.add_administrator(it.password)
    for name, fullname in PEOPLE.items():
        it.act("admin", "user_create", name=name, fullname=fullname, email=f"{name}@example.org", password=it.password)
        it.tokens[name] = it.act("admin", "api_token_create", user=name, name="tests")["token"]
    members = [{"name": name, "capacity": capacity} for name, capacity in MEMBERS.items()]
    it.act("admin", "organization_create", name=ORGANIZATION, title="Ville de Brest", users=members)
    appointment = it.act("admin", "regional_steward_create", user="mai", territory=BRETAGNE)
    it.act("admin", "regional_steward_create", user="mai", role="dpo")
    it.act("admin", "regional_steward_create", user="yann", territory="fr:departement:56", until="2001-01-01")
    it.refs["appointment"] = appointment["id"]


def titled(name: str) -> str:
    return TITLES.get(name, name.title())


def _datasets(it: Everything) -> None:
    """One for each state of a first review."""
    it.act("anne", "package_create", name="brouillon", title="Brouillon", owner_org=ORGANIZATION, private=True)
    states = {
        "phares": {}, "balises": {"decision": "request_changes", "fields": {"notes": "Dites d'où viennent ces mois."}},
        "epaves": {"decision": "reject"}, "feux": {"decision": "claim"},
    }  # fmt: skip
    for name, step in states.items():
        it.act("anne", "package_create", name=name, title=titled(name), **COMPLETE)
        seen = it.act("anne", "regional_curation_submit", id=name, comment="Merci !")
        if step:
            data = {key: value for key, value in step.items() if key != "decision"}
            if step["decision"] != "claim":
                data |= {"comment": "Il manque le mois de mars.", "fingerprint": seen["fingerprint"]}
            it.act("mai", f"regional_curation_{step['decision']}", id=name, **data)
    it.act("anne", "package_create", name="brume", title="Brume", **COMPLETE)
    it.act("anne", "regional_curation_submit", id="brume")
    it.act("anne", "regional_curation_withdraw", id="brume")
    personal = {**COMPLETE, "notes": "Questions à jean.martin@example.org ou au 06 12 34 56 78."}
    it.act("anne", "package_create", name="registre", title="Registre des visites", **personal)
    it.act("anne", "regional_curation_submit", id="registre")
    # A number that only looks like a person's, and that a data protection officer lets pass.
    numbers = {"upload": ("numeros.csv", "numero;objet\n184127645108946;bouée\n184127645108946;coffre\n")}
    it.act("anne", "package_create", name="numeros", title="Numéros d'inventaire", **{**COMPLETE, "resources": []})
    it.act("anne", "resource_create", files=numbers, package_id="numeros", name="Inventaire", format="CSV")


def publish(it: Everything, name: str, **changes: Any) -> dict[str, Any]:
    """A dataset that the steward has approved, with a file."""
    it.act("anne", "package_create", name=name, **{"title": titled(name), **COMPLETE, "resources": [], **changes})
    upload = {"upload": ("ports.csv", _FILE.encode())}
    it.act("anne", "resource_create", files=upload, package_id=name, name="Ports", format="CSV")
    approve(it, name)
    return it.act("anne", "package_show", id=name)


def approve(it: Everything, name: str) -> None:
    seen = it.act("anne", "regional_curation_submit", id=name)
    it.act("mai", "regional_curation_approve", id=name, fingerprint=seen["fingerprint"])


def _changes(it: Everything) -> None:
    """What is published: as it is, with a proposal in review and one being written, to be removed, hidden at once."""
    for name in ("quais", "marees", "bouees", "digues", "fuites"):
        made = publish(it, name)
        it.refs[f"file_{name}"] = made["resources"][0]["id"]
    copy = it.act("anne", "regional_revision_create", id="marees")
    changed = {"notes": "Ce que le port compte, saison par saison.", "tags": [{"name": "mer"}], "sector": ["maritime"]}
    it.act("anne", "package_patch", id=copy["id"], **changed)
    new = {"upload": ("ports.csv", _NEW_FILE.encode())}
    resource = it.act("anne", "package_show", id=copy["id"])["resources"][0]
    it.act("anne", "resource_patch", files=new, id=resource["id"])
    it.act("anne", "regional_curation_submit", id=copy["id"])
    it.refs["proposal"] = it.act("anne", "regional_revision_create", id="bouees")["name"]
    it.act("yann", "regional_curation_retire", id="digues", comment="La digue n'est plus là.")
    it.act("yann", "regional_curation_suspend", id="fuites", comment="Des noms y sont restés.")


def _needs(it: Everything) -> None:
    place: dict[str, Any] = {"territory": [BREST], "sector": ["medical"]}

    def need(by: str, title: str, **more: Any) -> dict[str, Any]:
        said = {"text": "En cas d'urgence, pour trouver le plus proche.", **place, **more}
        return it.act(by, "regional_need_create", title=title, **said)

    waiting = need("zoe", "Savoir où sont les défibrillateurs", text="Appelez-moi au 06 12 34 56 78.")
    answered, other = (
        need(by, title, text="Pour savoir quand sortir du port, et quand y rentrer.")
        for by, title in (("zoe", "Connaître les horaires des marées"), ("lena", "Avoir les heures des marées"))
    )
    planned = need("lena", "Corriger l'adresse de la piscine", kind="correction", text="Elle a déménagé en mai.")
    for one in (answered, other):
        it.act("mai", "regional_need_update", id=one["id"], state="new")
    it.act(
        "mai", "regional_need_update", id=answered["id"], state="answered", reason="Les voici.", datasets=["quais"]
    )  # fmt: skip
    it.act("mai", "regional_need_update", id=planned["id"], state="planned", reason="Avant l'été.")
    it.act("anne", "regional_need_support", id=answered["id"])
    it.act("mai", "regional_need_merge", id=other["id"], into=answered["id"], reason="La même chose.")
    refused = need("lena", "Vendre des crêpes")
    it.act("mai", "regional_need_reject", id=refused["id"], reason="Ce n'est pas une donnée.")
    it.refs |= {
        "waiting": str(waiting["number"]), "answered": str(answered["number"]), "planned": str(planned["number"]),
    }  # fmt: skip
    pattern = "/besoin/confirmer"
    need(
        "", "Repérer les fontaines", text="Pour remplir sa gourde en ville.", email="habitant@example.org", notify=True
    )
    it.refs["used"] = it.link(pattern)
    it.act("", "regional_need_confirm", token=it.refs["used"])
    need("", "Repérer les bancs publics", email="habitante@example.org", notify=True)
    it.refs["link"] = it.link(pattern, but=it.refs["used"])
    found = it.act("mai", "regional_need_list", visibility="waiting")["results"]
    confirmed = next(one for one in found if "fontaines" in one["title"])
    it.act("mai", "regional_need_update", id=confirmed["id"], state="studied", reason="Nous demandons au service.")
    it.refs["stop"] = it.link("/besoin/stop")


def _neighbours(it: Everything, region: HostileServer, plain: HostileServer) -> None:
    """A region whose last run left a conflict, a CKAN whose run is held, and one that does not answer."""
    defaults = {key: COMPLETE[key] for key in ("steward", "license_id", "sector", "frequency", "access_rights")}
    defaults |= {key: COMPLETE[key] for key in ("personal_data_class", "publisher", "contact")}

    def source(name: str, url: str, **more: Any) -> None:
        it.act(
            "admin", "regional_source_create", name=name, title=titled(name), url=url,
            owner_org=ORGANIZATION, trust="publish", territory=BRETAGNE, defaults=defaults, **more,
        )  # fmt: skip

    neighbour = Pretended(region)
    source("region-voisine", neighbour.url, kind="regional", frequency="0 3 * * *")
    theirs = {**of_any_ckan("criees"), "id": str(uuid.uuid4())}
    neighbour.tells(theirs["id"], "upsert", dataset=theirs)
    broken = {**of_any_ckan("casse"), "id": str(uuid.uuid4()), "resources": "aucune"}
    neighbour.tells(broken["id"], "upsert", dataset=broken)
    it.refs["run"] = harvest(it, "region-voisine")
    record = _records(it, "region-voisine")[theirs["id"]]
    copy = it.act("anne", "regional_revision_create", id=record["dataset_id"])
    it.act("anne", "package_patch", id=copy["id"], title="Les criées du pays", notes="Écrit ici.")
    approve(it, copy["id"])
    neighbour.tells(theirs["id"], "upsert", dataset={**theirs, "title": "Criées et halles", "notes": "Écrit là-bas."})
    harvest(it, "region-voisine")
    it.refs["conflict"] = _records(it, "region-voisine")[theirs["id"]]["id"]
    it.refs["harvested"] = it.act("", "package_show", id=record["dataset_id"])["name"]

    datasets = [{**of_any_ckan(f"halle-{number}"), "id": str(uuid.uuid4())} for number in range(4)]
    plain.be_a_ckan(datasets)
    source("ckan-voisin", plain.url, kind="ckan")
    harvest(it, "ckan-voisin")
    del datasets[1:]
    it.refs["held"] = harvest(it, "ckan-voisin")
    source("muet", "http://127.0.0.1:1", kind="ckan")
    it.refs["failed"] = harvest(it, "muet")


def harvest(it: Everything, source: str) -> str:
    """Run a source to its end; the run's id."""
    run = it.act("admin", "regional_harvest_run", source=source)["id"]
    ended = ("finished", "failed", "aborted", "held")
    wait_for(lambda: it.act("admin", "regional_run_show", id=run)["state"] in ended, f"the end of {source}'s run")
    return run


def _records(it: Everything, source: str) -> dict[str, dict[str, Any]]:
    found = it.act("admin", "regional_record_list", source=source, rows=100)["results"]
    return {one["remote_id"]: one for one in found}
