"""The chapter of the story that an inhabitant begins."""

from __future__ import annotations

from dev.demo.telling import Place, Teller

SAINT_BRIEUC = "fr:commune:22278"
TITLE = "Savoir où et quand acheter aux producteurs de Saint-Brieuc"
TEXT = (
    "Je travaille en semaine et je voudrais savoir quels jours et à quelles heures des producteurs d'ici vendent sur un"
    " marché, et lesquels restent ouverts le soir."
)
REASON = "Voici les marchés de plein air, avec leurs horaires et le nombre d'étals de producteurs. Bonnes courses !"


def chapter(teller: Teller, site: Place, dataset: str) -> None:
    """An inhabitant says what they need; a steward answers with the dataset of the story."""
    teller.chapter("An inhabitant is heard")
    inhabitant, steward, reader, visitor = site.api("outsider"), site.api("steward"), site.api("member"), site.api()
    tanguy, mai = site.who("outsider"), site.who("steward")
    teller.step(f"{tanguy} lives in Saint-Brieuc and says what he needs.", site.page("/besoin/nouveau"), inhabitant)
    teller.quote(TITLE)
    need = inhabitant.call(
        "regional_need_create", title=TITLE, text=TEXT, kind="data", territory=[SAINT_BRIEUC], sector=["commercial"]
    )
    page = site.page(f"/besoin/{need['number']}")
    teller.claim("nobody else reads it yet", visitor.refuses("regional_need_show", id=need["id"]) is not None)

    teller.step(f"{mai}, in whose region it is, finds it and publishes it.", site.page("/regional/needs"), steward)
    waiting = steward.call("regional_need_list", visibility="waiting")["results"]
    teller.claim("it waits for her", need["id"] in [one["id"] for one in waiting])
    elsewhere = site.api("steward_elsewhere").refuses("regional_need_update", id=need["id"], state="new")
    teller.claim("the steward of another region may not decide", elsewhere is not None and elsewhere.status == 403)
    steward.call("regional_need_update", id=need["id"], state="studied", reason="La ville prépare une réponse.")

    teller.step("Others need the same. Each counts once.", page, visitor)
    counts = [reader.call("regional_need_support", id=need["id"])["supports"] for _time in range(2)]
    teller.claim("said twice, counted once", counts == [1, 1], counts)
    alike = visitor.call("regional_need_similar", title="acheter aux producteurs à Saint-Brieuc")
    teller.claim("who types something alike is led to it", need["id"] in [one["id"] for one in alike], alike)

    teller.step(f"{mai} answers with the dataset of the markets.", page, steward)
    steward.call("regional_need_update", id=need["id"], state="answered", reason=REASON, datasets=[dataset])
    teller.quote(REASON)
    shown = visitor.call("package_show", id=dataset)
    answered = [one["url"] for one in shown.get("citizen_needs") or []]
    teller.claim("the dataset's page says whose need it answers", answered == [need["url"]], answered)
    turtle = visitor.get(site.page(f"/dataset/{dataset}.ttl")).text
    teller.claim("and so does its RDF", need["url"] in turtle and "dct:relation" in turtle)

    teller.step("The observatory holds demand against supply.", site.page("/observatoire"), visitor)
    totals = visitor.call("regional_observatory_show")["totals"]
    teller.claim(
        f"{totals['datasets']} datasets, {totals['needs']} needs, {totals['empty']} searches in vain in a year",
        min(totals["datasets"], totals["needs"], totals["empty"]) > 0,
        totals,
    )
