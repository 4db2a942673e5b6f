"""The table of all pages: for each endpoint of our blueprints the pages to look at, or what it is instead of a page."""

from __future__ import annotations

from dataclasses import dataclass

BRETAGNE, FINISTERE, BREST = "fr:region:53", "fr:departement:29", "fr:commune:29019"


@dataclass(frozen=True)
class Page:
    """A page as somebody meets it; ``{…}`` in the path stands for what the site's ``refs`` know."""

    path: str
    who: str = ""
    status: int = 200
    #: A button to press first: the page is what comes then.
    press: str = ""
    #: Of pages that CKAN draws: the part that is ours.
    inside: str = ""
    #: Pictures of it for ``docs/pictures``: a name, and the language that it is taken in.
    pictures: tuple[str, ...] = ()


#: ``endpoint: pages``. Whoever adds a page adds it here; a test fails until then.
PAGES: dict[str, tuple[Page, ...]] = {
    "regional_territory.index": (Page("/territoire"), Page("/territoire?q=Brest")),
    "regional_territory.read": (
        Page(f"/territoire/{BRETAGNE}"), Page(f"/territoire/{FINISTERE}"), Page(f"/territoire/{BREST}"),
        Page("/territoire/nowhere", status=404),
    ),
    "regional_sector.index": (Page("/secteur"),),
    "regional_sector.read": (Page("/secteur/tourist"), Page("/secteur/school")),
    "regional_curation.queue": (
        Page("/regional/queue", "mai", pictures=("queue-fr", "queue-en")),
        Page("/regional/queue?sector=medical", "mai"), Page("/regional/queue?show=unassigned", "admin"),
        Page("/regional/queue?show=all", "anne"),
    ),
    "regional_curation.case": (
        Page("/regional/case/marees", "mai", pictures=("case-fr", "case-en")),
        Page("/regional/case/phares", "mai"), Page("/regional/case/feux", "mai"), Page("/regional/case/epaves", "mai"),
        Page("/regional/case/digues", "mai"),
        Page("/regional/case/registre", "mai"), Page("/regional/case/balises", "anne"),
        Page("/regional/case/phares", "mai", status=400, press="button[value=reject]"),
        Page("/regional/case/phares", "zoe", status=404),
    ),
    "regional_curation.submit": (
        Page("/regional/dataset/brouillon/submit", "anne"),
        Page("/regional/dataset/numeros/submit", "anne", status=400, press=".regional-submit button[type=submit]"),
    ),
    "regional_curation.mine": (Page("/regional/mine", "anne"), Page("/regional/mine", "zoe")),
    "regional_curation.appointments": (
        Page("/regional/stewards", "mai"), Page("/regional/stewards", "admin"),
        Page("/regional/stewards?for_territory=fr:commune:29019&for_sector=medical", "admin"),
        Page("/regional/stewards", "admin", status=400, press="form[action$='/regional/stewards'] .btn-primary"),
    ),
    "regional_curation.together": (Page("/regional/queue/together?id=phares&id=marees&id=registre", "mai"),),
    "regional_curation.remove": (
        Page("/regional/dataset/quais/remove?how=suspend", "yann"),
        Page("/regional/dataset/quais/remove?how=retire", "zoe", status=403),
    ),
    "regional_notices.index": (Page("/regional/notices", "anne"),),
    "regional_harvest.source_list": (
        Page("/regional/sources", "admin", pictures=("sources-en",)), Page("/regional/sources", "zoe", status=403),
    ),
    "regional_harvest.source_new": (Page("/regional/sources/new", "admin"),),
    "regional_harvest.source_edit": (
        Page("/regional/sources/ckan-voisin/edit", "admin"),
        Page("/regional/sources/ckan-voisin/edit", "admin", press="button[value=preview]"),
        Page("/regional/sources/muet/edit", "admin", press="button[value=preview]"),
    ),
    "regional_harvest.source_show": (
        Page("/regional/sources/region-voisine", "admin"), Page("/regional/sources/ckan-voisin", "anne"),
    ),
    "regional_harvest.source_delete": (Page("/regional/sources/muet/delete", "admin"),),
    "regional_harvest.run_show": (
        Page("/regional/runs/{run}", "admin"), Page("/regional/runs/{held}", "admin"),
        Page("/regional/runs/{failed}", "admin"),
    ),
    "regional_conflicts.record": (Page("/regional/records/{conflict}", "admin"),),
    "regional_conflicts.listed": (
        Page("/regional/sources/region-voisine/conflicts", "admin"),
    ),
    "regional_neighbours.index": (Page("/interconnexion"),),
    "regional_needs.index": (
        Page("/besoin", pictures=("needs-fr",)), Page("/besoin?territory=nowhere"),
    ),
    "regional_needs.new": (
        Page("/besoin/nouveau?territory=fr:commune:29019&title=marées"),
        Page("/besoin/nouveau", status=400, press=".regional-needs-form button.btn-primary"),
    ),
    "regional_needs.thanks": (Page("/besoin/merci"),),
    "regional_needs.read": (
        Page("/besoin/{answered}"), Page("/besoin/{waiting}", "mai"),
        Page("/besoin/{answered}", "mai"), Page("/besoin/{waiting}", "zoe"),
    ),
    "regional_needs.confirm": (
        Page("/besoin/confirmer/{link}"), Page("/besoin/confirmer/{used}", status=410),
        Page("/besoin/confirmer/nothing", status=404),
    ),
    "regional_needs.stop": (Page("/besoin/stop/{stop}"), Page("/besoin/stop/nothing", status=404)),
    "regional_needs.waiting": (
        Page("/regional/needs", "mai"), Page("/regional/needs?visibility=rejected", "mai"),
    ),
    "regional_observatory.index": (
        Page("/observatoire"),
        Page(f"/observatoire?territory={BREST}&sector=medical"),
    ),
    "regional_observatory.listed": (
        Page("/observatoire/liste?of=late"), Page("/observatoire/liste?of=views"),
    ),
}  # fmt: skip

#: What is no page: answers for programs and parts of pages, and forms that stand on other pages.
DATA = (
    "regional.territory_autocomplete", "regional_form.steward", "regional_form.of_organisation",
    "regional_scdl.catalogue", "regional_vocabulary.read", "regional_harvest.source_records",
    "regional_harvest.run_records", "regional_harvest.source_next_time", "regional_needs.similar",
    "regional_needs.feed", "regional_needs.as_csv", "regional_observatory.as_csv",
)  # fmt: skip

#: What we put on CKAN's own pages.
WITHIN_CKAN = (
    Page("/dataset/quais"), Page("/dataset/quais", "anne"),
    Page("/dataset/brouillon", "anne"), Page("/dataset/{proposal}", "anne"), Page("/dataset/registre", "anne"),
    Page("/dataset/{harvested}"), Page("/dataset/edit/quais", "anne", status=403),
    Page("/dataset/new", "anne", pictures=("form-fr", "form-en")), Page("/dataset/edit/phares", "anne"),
    Page(f"/dataset/?vocab_regional_territory={FINISTERE}"),
    Page("/organization/ville-de-brest", "anne", inside=".regional-quality-box"),
    Page("/user/edit/anne", "anne", inside="fieldset:has(#field-regional-public-name)"),
    Page("/user/edit/anne", "anne", inside="[aria-labelledby=regional-notices]"),
    Page("/dashboard/", "anne", inside=".regional-counts"),
)  # fmt: skip
