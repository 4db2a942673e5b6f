"""Tell one dataset's whole way, on the two running sites, and check every sentence of it.

``python -m dev.demo.story --demo .dev/demo.json [--third INI] [--with FILE [--voisin-url URL --voisin-token TOKEN]]``

The text is the same at every telling: no ids, no times. A claim that does not hold ends the story with exit code 1.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dev.demo import needs, neighbour
from dev.demo.api import Api, Refused, Unreachable
from dev.demo.conflict import conflict
from dev.demo.data import NEIGHBOUR, SITES, STORY_FILE, load_site, uri
from dev.demo.published import change, standing
from dev.demo.telling import ClaimError, Place, Teller
from dev.demo.third import third_site

NAME = "marches-de-plein-air-saint-brieuc"
ORGANIZATION = "ville-de-saint-brieuc"
TITLE = "Marchés de plein air de Saint-Brieuc"
NOTES = (
    "Marchés de plein air de Saint-Brieuc : lieu, jour, heures d'ouverture, nombre d'étals et, parmi eux, d'étals tenus"
    " par des producteurs. Les marchés de Noël et les braderies n'y figurent pas."
)
FILE_NAME = "Marchés, jours et horaires"
CORRECTION = " Les horaires sont ceux de la vente ; l'installation commence une heure plus tôt."
REQUEST = "Merci Anne, c'est attendu ! Pourriez-vous dire si les heures comprennent l'installation des étals ?"
MEDICAL = "medecins-generalistes-cantons-vendee-2025"
COUNTED = ("created", "updated", "unchanged", "skipped", "conflict", "failed")
RUN_TIMEOUT = 600
_NOTES_QUOTED = 3


def main() -> int:
    """Tell the story; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dev.demo.story", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--demo", required=True, type=Path, help="the demonstration's demo.json")
    parser.add_argument("--with", dest="records", type=Path, help="a DCAT-US catalogue for the third site")
    parser.add_argument("--third", help="configuration of an empty site without processes, which pulls both")
    parser.add_argument("--voisin-url", help="address of the third site, a plain CKAN; else that of demo.json")
    parser.add_argument("--voisin-token", help="token of one of its sysadmins; else one is made")
    arguments = parser.parse_args()
    try:
        sites = json.loads(arguments.demo.read_text(encoding="utf-8"))["sites"]
        bretagne, loire = (_place(name, sites[name]) for name in SITES)
    except (OSError, ValueError, KeyError) as error:
        return _stop(f"{arguments.demo} does not describe both sites ({error!r}); ./demo up writes it.")
    if arguments.records and not (NEIGHBOUR in sites or (arguments.voisin_url and arguments.voisin_token)):
        parser.error("--with needs --voisin-url and --voisin-token, since demo.json has no third site")
    teller = Teller()
    print("Each step names the page to look at. Pages of the review want a sign-in: the accounts stand at the end.")
    try:
        publication(teller, bretagne)
        standing(teller, bretagne, NAME)
        change(teller, bretagne, NAME)
        needs.chapter(teller, bretagne, NAME)
        exchange(teller, bretagne, loire)
        conflict(teller, bretagne, loire, NAME, _run)
        review_of_a_neighbour(teller, bretagne, loire)
        if arguments.third:
            third_site(teller, bretagne, loire, arguments.third)
        if arguments.records:
            url = arguments.voisin_url or sites[NEIGHBOUR]["url"]
            token = arguments.voisin_token or _token(sites[NEIGHBOUR]["config"])
            real_neighbour(teller, loire, arguments.records, url, token)
        teller.end()
    except (ClaimError, Unreachable, neighbour.LoadError) as error:
        return _stop(str(error))
    except Refused as error:
        return _stop(f"A step that should have passed was refused: {error}")
    farewell(bretagne, loire)
    return 0


def _place(name: str, site: Mapping[str, Any]) -> Place:
    return Place(site["url"].rstrip("/"), site["organization"], site["users"], load_site(name))


def publication(teller: Teller, site: Place) -> None:
    """From a town's form to the public page."""
    editor, steward, visitor = site.api("editor"), site.api("steward"), site.api()
    anne, mai = site.who("editor"), site.who("steward")
    page = site.page(f"/dataset/{NAME}")
    case_page = site.page(f"/regional/case/{NAME}")
    teller.chapter("A town publishes")
    _describe(teller, site, page)
    _hidden(teller, site, page)
    teller.step(f"{anne} submits it for review. It is not complete, and the site says what is missing.", page, editor)
    refusal = editor.refuses("regional_curation_submit", id=NAME)
    missing = sorted(refusal.errors) if refusal else None
    teller.claim("refused: licence and update frequency are missing", missing == ["frequency", "license_id"], missing)
    teller.quote(refusal.sentence if refusal else "")

    teller.step(f"{anne} fills in both and submits again.", page, editor)
    editor.call("package_patch", id=NAME, license_id="lov2", frequency=uri("frequency", "ANNUAL"))
    editor.call("regional_curation_submit", id=NAME, comment="Vérifié avec le service du commerce.")
    teller.claim("the case is submitted", _case(editor)["state"] == "submitted", _case(editor))

    teller.step(f"{mai}, steward for Bretagne, finds it in her queue.", site.page("/regional/queue"), steward)
    teller.claim("it waits in her queue", NAME in _queue(steward))
    elsewhere = site.api("steward_elsewhere")
    teller.claim(
        f"{site.who('steward_elsewhere')}, who answers for another region, does not see it", _unseen(elsewhere)
    )
    seen = steward.call("regional_curation_show", id=NAME)["fingerprint"]
    own = editor.refuses("regional_curation_approve", id=NAME, fingerprint=seen)
    teller.claim(f"{anne} cannot approve her own dataset", own is not None and own.status == 403, own)

    teller.step(f"{mai} asks for a change and says which.", case_page, steward)
    teller.quote(REQUEST)
    steward.call(
        "regional_curation_request_changes", id=NAME, fingerprint=seen, comment=REQUEST, fields={"notes": REQUEST}
    )
    teller.claim("the case is back with its author", _case(editor)["state"] == "changes_requested", _case(editor))

    teller.step(f"{anne} adds a sentence to the description and submits again.", page, editor)
    editor.call("package_patch", id=NAME, notes=NOTES + CORRECTION)
    editor.call("regional_curation_submit", id=NAME)
    state = _case(editor)["state"]
    teller.claim("it is back with its steward", state in ("submitted", "in_review"), state)

    teller.step(f"{mai}'s page is still the one from before; she approves there.", case_page, steward)
    stale = steward.refuses("regional_curation_approve", id=NAME, fingerprint=seen)
    teller.claim("refused, nothing is changed: this is not the version she read", _is_stale(stale), stale)
    teller.claim("and still nobody else sees the dataset", _unseen(visitor))
    teller.quote(stale.sentence if stale else "")

    teller.step(f"{mai} reads the new version and approves it.", case_page, steward)
    fingerprint = steward.call("regional_curation_show", id=NAME)["fingerprint"]
    steward.call("regional_curation_approve", id=NAME, fingerprint=fingerprint, comment="Merci, c'est parfait.")
    _public(teller, site, page)

    teller.step(f"{anne} edits the published dataset as if nothing had happened.", page, editor)
    refused = editor.refuses("package_patch", id=NAME, title="Autre titre")
    teller.claim("refused, with a sentence that says why", refused is not None and len(refused.sentence) > 20, refused)
    teller.claim("the public page is unchanged", visitor.call("package_show", id=NAME)["title"] == TITLE)
    teller.quote(refused.sentence if refused else "")
    history = [event["action"] for event in editor.call("regional_curation_history", id=NAME)["results"]]
    told = {"submit", "request_changes", "approve"}
    teller.claim("the history has every step: submitted, changes asked for, approved", told <= set(history), history)


def exchange(teller: Teller, bretagne: Place, loire: Place) -> None:
    """From one region's catalogue to the next one's, by trust."""
    sysadmin, visitor = loire.api("sysadmin"), loire.api()
    teller.chapter("The next region takes it over")
    source_page = loire.page("/regional/sources/bretagne")
    who = loire.who("sysadmin")
    teller.step(f"{who}, of Pays de la Loire, names Bretagne as a source that is trusted.", source_page, sysadmin)
    sysadmin.call(
        "regional_source_create", name="bretagne", url=bretagne.url, kind="regional", title="Bretagne",
        territory="fr:region:53", owner_org=loire.organization, trust="publish", frequency="manual",
        defaults={"steward": loire.users["editor"]["name"]},
    )  # fmt: skip
    before = visitor.call("package_search", rows=0)["count"]
    public = bretagne.api().call("package_search", rows=0)["count"]
    counts = _run(teller, sysadmin, "bretagne", "The source runs.", source_page)
    teller.claim(f"{public} datasets are public in Bretagne, and as many came", counts["created"] == public, counts)
    after = visitor.call("package_search", rows=0)["count"]
    teller.claim("all of them are public here too", after == before + public, after)

    teller.step("The markets of Saint-Brieuc have a page here, which says where they come from.", _page(loire), visitor)
    original, copy = bretagne.api().call("package_show", id=NAME), visitor.call("package_show", id=NAME)
    origin = copy.get("origin") or {}
    federation = bretagne.api().call("regional_federation")
    teller.claim("same title and text", (copy["title"], copy["notes"]) == (original["title"], original["notes"]))
    teller.claim("its origin is Bretagne's dataset", origin.get("dataset_id") == original["id"], origin)
    teller.claim("and Bretagne's site", origin.get("site") == federation["site"], origin)
    teller.claim("it has an id of its own", copy["id"] != original["id"])
    teller.claim("the page names the origin", bretagne.url in loire.api().get(_page(loire)).text)

    written = _versions(visitor)
    text = "The source runs again; nothing has changed in Bretagne, and the run asks only for what has."
    counts = _run(teller, sysadmin, "bretagne", text, source_page)
    teller.claim("nothing is seen", counts["seen"] == 0, counts)
    counts = _run(teller, sysadmin, "bretagne", "It runs in full.", source_page, full=True)
    teller.claim("all is unchanged", counts["unchanged"] == counts["seen"] == public, counts)
    teller.claim("nothing was written: no dataset here has a new date of change", _versions(visitor) == written)


def review_of_a_neighbour(teller: Teller, bretagne: Place, loire: Place) -> None:
    """The other way round, with a review in between."""
    admin, steward, visitor = bretagne.api("org_admin"), bretagne.api("steward_elsewhere"), bretagne.api()
    teller.chapter("The other way round, with a review")
    source_page = bretagne.page("/regional/sources/pays-de-la-loire")
    who = bretagne.who("org_admin")
    teller.step(
        f"{who}, of Bretagne, names Pays de la Loire as a source whose datasets are reviewed.", source_page, admin
    )
    admin.call(
        "regional_source_create", name="pays-de-la-loire", url=loire.url, kind="regional", title="Pays de la Loire",
        territory="fr:region:52", owner_org=bretagne.organization, trust="review", frequency="manual",
        defaults={"steward": bretagne.users["editor"]["name"]},
    )  # fmt: skip
    before = visitor.call("package_search", rows=0)["count"]
    counts = _run(teller, admin, "pays-de-la-loire", "The source runs.", source_page)
    own = len(loire.data.datasets)
    teller.claim(f"the {own} datasets of Pays de la Loire came", counts["created"] == own, counts)
    teller.claim(f"the {before} of Bretagne, coming home, were left out", counts["skipped"] == before, counts)
    teller.claim("all that came wait for a review", counts["pending"] == own, counts)
    teller.claim("none of them is public", visitor.call("package_search", rows=0)["count"] == before)

    who = bretagne.who("steward_elsewhere")
    text = f"They wait for {who}, the steward in Bretagne's catalogue for Pays de la Loire."
    teller.step(text, bretagne.page("/regional/queue"), steward)
    title = next(dataset.metadata["title"] for dataset in loire.data.datasets if dataset.name == MEDICAL)
    teller.claim(f"“{title}” is in the queue", MEDICAL in _queue(steward), _queue(steward))


def real_neighbour(teller: Teller, loire: Place, records: Path, url: str, token: str) -> None:
    """A catalogue as real ones are, from a CKAN without our plugins."""
    sysadmin, visitor = loire.api("sysadmin"), loire.api()
    teller.chapter("A real neighbour")
    count = len(neighbour.read(records))
    teller.step(
        f"A plain CKAN, Voisin, is filled with the {count} records of {records.name}.", f"{url}/dataset/", Api(url)
    )
    result = neighbour.load(records, url, token, log=lambda line: print(f"      {line}", flush=True))
    accounted = result.created + len(result.refused)
    teller.claim(f"all {count} records are accounted for", accounted == count, accounted)

    source_page = loire.page("/regional/sources/voisin")
    text = "Pays de la Loire names Voisin as a source; what a plain CKAN cannot say is given by the source's defaults."
    teller.step(text, source_page, sysadmin)
    sysadmin.call(
        "regional_source_create", name="voisin", url=url, kind="ckan", title="Voisin", territory="country-group:world",
        owner_org=loire.organization, trust="publish", frequency="manual", defaults=_defaults(loire),
    )  # fmt: skip
    before = visitor.call("package_search", rows=0)["count"]
    counts = _run(teller, sysadmin, "voisin", "The source runs.", source_page)
    teller.claim(f"all {result.created} datasets were seen", counts["seen"] == result.created, counts)
    teller.claim("none failed", counts["failed"] == 0, counts)
    known = sysadmin.call("regional_record_list", source="voisin", rows=1000)
    teller.claim("each has a record of its own", known["count"] == result.created, known["count"])
    noted = sorted(f"{record['name']}: {record['reason']}" for record in known["results"] if record["reason"])
    for note in noted[:_NOTES_QUOTED]:
        teller.quote(note)
    if len(noted) > _NOTES_QUOTED:
        teller.quote(f"… and so on for {len(noted)} records: the page lists them all")
    public = visitor.call("package_search", rows=0)["count"] - before
    teller.claim("those that wait for no review are public", public == counts["created"] - counts["pending"], public)

    written = _versions(visitor)
    counts = _run(teller, sysadmin, "voisin", "The source runs again, in full.", source_page, full=True)
    teller.claim("all is unchanged", counts["unchanged"] == counts["seen"] == result.created, counts)
    teller.claim("nothing was written: no dataset here has a new date of change", _versions(visitor) == written)


def farewell(*places: Place) -> None:
    """Say where the sites are, who may sign in, and how to end it all."""
    print("\nBoth sites are running. Sign in with:")
    for place in places:
        print(f"\n  {place.url}/user/login")
        for role, account in place.users.items():
            print(f"    {role:<18} {place.who(role):<18} {account['name']:<18} {account['password']}")
    print("\nEnd them with: ./demo down")


def _describe(teller: Teller, site: Place, page: str) -> None:
    editor = site.api("editor")
    text = f"{site.who('editor')}, editor at Ville de Saint-Brieuc, describes the open-air markets and adds a table."
    teller.step(text, page, editor)
    refusal = editor.refuses(
        "package_create", name=NAME, title=TITLE, notes=NOTES, owner_org=ORGANIZATION,
        territory=["fr:commune:22278"], sector=["commercial"], governance_level="local",
        access_rights=uri("access_rights", "PUBLIC"), personal_data_class="none",
        steward=site.users["editor"]["name"], tags=[{"name": "marché"}, {"name": "producteurs"}],
    )  # fmt: skip
    if refusal and "name" in refusal.errors:
        raise ClaimError("The story has been told on these sites already; ./demo up makes them new.")
    if refusal:
        raise refusal
    editor.upload("resource_create", STORY_FILE, package_id=NAME, name=FILE_NAME, format="CSV")
    shown = editor.call("package_show", id=NAME)
    teller.claim("it is saved with its file, and private", shown["private"] and len(shown["resources"]) == 1)
    teller.claim("it is not published", shown["regional_status"] == "unpublished", shown["regional_status"])


def _hidden(teller: Teller, site: Place, page: str) -> None:
    visitor = site.api()
    teller.step("Nobody outside the town hall sees it.", page, visitor)
    resource = site.api("editor").call("package_show", id=NAME)["resources"][0]
    teller.claim("a visitor is not shown the dataset", _unseen(visitor))
    found = visitor.call("package_search", fq=f"name:{NAME}", include_private=True)["count"]
    teller.claim("it is not in the search", found == 0, found)
    teller.claim("nor in the list of datasets", NAME not in visitor.call("package_list"))
    found = visitor.call("resource_search", query=f"name:{FILE_NAME}")["count"]
    teller.claim("nor its file among the files", found == 0, found)
    statuses = [visitor.get(address).status_code for address in (page, resource["url"])]
    teller.claim("neither page nor file open", not {200, 302} & set(statuses) and max(statuses) < 500, statuses)
    teller.claim("the neighbours' feed says nothing of it", not _in_feed(visitor, resource["package_id"]))


def _public(teller: Teller, site: Place, page: str) -> None:
    visitor = site.api()
    shown = visitor.call("package_show", id=NAME)
    teller.claim("it is public", not shown["private"] and shown["regional_status"] == "published")
    teller.claim("a search finds it", visitor.call("package_search", fq=f"name:{NAME}")["count"] == 1)
    teller.claim("the page opens", visitor.get(page).status_code == 200)
    same = visitor.get(shown["resources"][0]["url"]).content == STORY_FILE.read_bytes()
    teller.claim("the file is the one that was uploaded", same)
    teller.claim("the name of its steward is not public", not shown.get("steward"), shown.get("steward"))


def _run(teller: Teller, api: Api, source: str, text: str, page: str, *, full: bool = False) -> dict[str, int]:
    """Run a source to its end; its counts, which must add up."""
    teller.step(text, page, api)
    run = api.call("regional_harvest_run", source=source, full=full)
    deadline = time.monotonic() + RUN_TIMEOUT
    while run["state"] in ("queued", "running"):
        if time.monotonic() > deadline:
            raise ClaimError(f"The run of {source} has not ended after {RUN_TIMEOUT} s; is a worker running?")
        time.sleep(0.5)
        run = api.call("regional_run_show", id=run["id"])
    teller.claim("the run has finished", run["state"] == "finished", f"{run['state']}: {run.get('error')}")
    counts: dict[str, int] = run["counts"]
    told = ", ".join(f"{counts[key]} {key}" for key in ("seen", *COUNTED, "pending", "withdrawn"))
    teller.claim(told, counts["seen"] == sum(counts[key] for key in COUNTED), counts)
    return counts


def _defaults(site: Place) -> dict[str, Any]:
    return {
        "steward": site.users["editor"]["name"],
        "territory": ["country-group:world"],
        "sector": ["administration"],
        "governance_level": "international",
        "license_id": "other-open",
        "frequency": uri("frequency", "UNKNOWN"),
        "access_rights": uri("access_rights", "PUBLIC"),
        "personal_data_class": "none",
    }


def _token(config: str) -> str:
    """Make the third site's sysadmin; the token."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "accounts.json"
        command = [sys.executable, "-m", "dev.demo.seed", "--config", config, "--site", NEIGHBOUR, "--out", str(out)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ClaimError(f"The third site did not take its sysadmin: {done.stderr.strip()[-500:]}")
        return json.loads(out.read_text(encoding="utf-8"))["users"]["sysadmin"]["token"]


def _page(site: Place) -> str:
    return site.page(f"/dataset/{NAME}")


def _case(api: Api) -> dict[str, Any]:
    return api.call("regional_curation_show", id=NAME)["case"] or {"state": "none"}


def _queue(api: Api) -> list[str]:
    """Names of the datasets that wait for this person's decision."""
    found = api.call("regional_curation_queue", mine=True, rows=100)
    return [case["dataset"]["name"] for case in found["results"]]


def _unseen(api: Api) -> bool:
    refusal = api.refuses("package_show", id=NAME)
    return refusal is not None and refusal.status in (403, 404)


def _is_stale(refusal: Refused | None) -> bool:
    return refusal is not None and refusal.status == 409 and "fingerprint" in refusal.errors


def _in_feed(api: Api, dataset_id: str) -> bool:
    return any(change["id"] == dataset_id for change in api.call("regional_changes", limit=1000)["changes"])


def _versions(api: Api) -> dict[str, str]:
    """Each public dataset's date of change."""
    versions: dict[str, str] = {}
    while True:
        found = api.call("package_search", rows=500, start=len(versions), sort="id asc", fl="id,metadata_modified")
        versions |= {row["id"]: row["metadata_modified"] for row in found["results"]}
        if len(versions) >= found["count"] or not found["results"]:
            return versions


def _stop(sentence: str) -> int:
    print(f"\nThe story ends here: {sentence}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
