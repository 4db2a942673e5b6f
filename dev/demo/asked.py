"""What inhabitants of the demonstration's first site have asked and searched for before the story begins."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.regional.needs import config
from ckanext.regional.needs.demand import storing
from ckanext.regional.needs.observatory import refreshing
from dev.demo.data import SiteData

Act = Callable[[str, str, dict[str, Any]], dict[str, Any]]

BRETAGNE = "bretagne"
#: Title, text, kind, territory, sector, state, what the steward says.
NEEDS = (
    ("Connaître les temps d'attente chez les médecins", "Pour choisir un cabinet qui prend encore des patients.",
     "data", "fr:departement:22", "medical", "studied", "La région en parle avec l'agence de santé."),
    ("Savoir si l'eau de baignade est propre ce matin", "Avec mes enfants, plage par plage, avant de partir.",
     "data", "fr:commune:35288", "tourist", "planned", "Les relevés sont publiés avant l'été."),
    ("Trouver une place en crèche près du travail", "Places libres par quartier et par mois.",
     "data", "fr:commune:35238", "school", "new", ""),
    ("Corriger les horaires de la déchèterie de Quimper", "Elle ferme à 17 h l'hiver, la fiche dit 18 h.",
     "correction", "fr:commune:29232", "administration", "new", ""),
    ("Comparer les loyers par commune", "Pour s'installer, en Morbihan, avec un petit salaire.",
     "use", "fr:departement:56", "employment", "declined", "Ces données sont à l'État : voyez data.gouv.fr."),
    ("Savoir comment votent les conseils municipaux", "Qui était là, qui a voté quoi, en une table.",
     "data", "fr:departement:35", "democratic", "studied", "Deux communes essaient déjà."),
    ("Connaître les menus des cantines et les allergènes", "Pour ma fille, allergique à l'arachide.",
     "data", "fr:commune:29019", "school", "new", ""),
)  # fmt: skip
#: Words, territory, whether anything is found, how often a week.
SEARCHES = (
    ("medecin qui prend des patients", "fr:departement:22", False, 6),
    ("places en creche", "fr:commune:35238", False, 4),
    ("qualite eau baignade", "", True, 5),
    ("loyers par commune", "fr:departement:56", False, 3),
    ("velo stationnement", "fr:commune:35238", True, 4),
    ("menus cantines", "fr:commune:29019", True, 3),
    ("marche producteurs", "fr:departement:22", False, 2),
)
_WEEKS = 50


def seed(data: SiteData, act: Act) -> None:
    """Write what inhabitants of Bretagne have asked and searched for, and make the observatory's figures."""
    if data.name != BRETAGNE:
        return
    steward = data.person("steward").name
    readers = [data.person(role).name for role in ("member", "editor", "editor2", "org_admin")]
    author = data.person("outsider").name
    for number, (title, text, kind, place, sector, state, reason) in enumerate(NEEDS):
        said = {"title": title, "text": text, "kind": kind, "territory": [place], "sector": [sector], "notify": False}
        need = act(author, "regional_need_create", said)
        act(steward, "regional_need_update", {"id": need["id"], "state": state, "reason": reason})
        for reader in readers[: number % 4 + 1]:
            act(reader, "regional_need_support", {"id": need["id"]})
    storing.write(_counts(), "the demonstration")
    refreshing.refresh()


def _counts() -> Iterator[storing.Counted]:
    """A year of searches, views and downloads; the same numbers in each demonstration."""
    chance = random.Random(53)
    today = config.today()
    public = sa.select(model.Package.id).where(model.Package.private.is_(False), model.Package.state == "active")
    datasets = sorted(model.Session.scalars(public.order_by(model.Package.name)))
    for week in range(_WEEKS):
        day = today - datetime.timedelta(days=7 * week + chance.randrange(7))
        for term, place, found, often in SEARCHES:
            results = str(chance.randrange(1, 9)) if found else "0"
            yield storing.Counted("search", day, (term, place, "", results), chance.randrange(1, often + 1))
        for dataset_id in datasets:
            yield storing.Counted("view", day, (dataset_id,), chance.randrange(1, 12))
            yield storing.Counted("download", day, (dataset_id,), chance.randrange(0, 4))
