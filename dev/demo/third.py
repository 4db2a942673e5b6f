"""A third region, which pulls both: without web server or worker, by what ``ckan regional harvest run --wait`` does.

``python -m dev.demo.third --config INI --source NAME=URL …`` prints as JSON what each run made of what it saw, a full
second turn included, and what is public then.
"""

from __future__ import annotations

import argparse
import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

from dev.demo.telling import ClaimError, Place, Teller


def third_site(teller: Teller, bretagne: Place, loire: Place, config: str) -> None:
    """The chapter: both regions have each other's datasets, and the third one gets each once."""
    teller.chapter("A third region takes from both")
    places = {"bretagne": bretagne, "pays-de-la-loire": loire}
    public = {name: _public_by_birth(place) for name, place in places.items()}
    own = {name: public[name].get("", 0) for name in places}
    text = (
        "Centre-Val de Loire harvests Bretagne and Pays de la Loire on the command line. Each has datasets of its own,"
        " and some that it got from the other."
    )
    teller.step(text, loire.page("/interconnexion"), loire.api())
    told = _harvested(config, {name: place.url for name, place in places.items()})
    first, second = told["first"], told["second"]
    total = sum(own.values())
    count = own["bretagne"]
    teller.claim(f"{count} came from Bretagne, which were born there", first["bretagne"]["created"] == count, first)
    came, left = (first["pays-de-la-loire"][key] for key in ("created", "skipped"))
    teller.claim(f"{came} came from Pays de la Loire, which were born there", came == own["pays-de-la-loire"], first)
    back = sum(public["pays-de-la-loire"].values()) - own["pays-de-la-loire"]
    teller.claim(f"{left} more are Bretagne’s, and come directly from there: left out", left == back, first)
    teller.claim(f"{total} datasets are public there, none of them twice", told["public"] == total, told)
    teller.claim("each came straight from where it was born", told["longest_path"] == 1, told)
    quiet = all(run["created"] == run["updated"] == run["withdrawn"] == 0 for run in second.values())
    teller.claim("a second turn of all of it changes nothing", quiet, second)


def _public_by_birth(place: Place) -> dict[str, int]:
    """How many public datasets a site has, by the site where they were born; its own under the empty name."""
    counts: dict[str, int] = {}
    found = place.api().call("package_search", rows=1000)["results"]
    for dataset in found:
        site = (dataset.get("origin") or {}).get("site", "")
        counts[site] = counts.get(site, 0) + 1
    return counts


def _harvested(config: str, sources: dict[str, str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "dev.demo.third", "--config", config]
    command += [word for name, url in sources.items() for word in ("--source", f"{name}={url}")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ClaimError(f"The third region could not harvest: {done.stderr.strip()[-1500:]}")
    return json.loads(done.stdout.splitlines()[-1])


def main() -> int:
    """Settle the site, run its sources twice; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dev.demo.third", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--config", required=True, type=Path)
    parser.add_argument("--source", required=True, action="append", help="NAME=URL")
    arguments = parser.parse_args()
    from ckan.cli import load_config
    from ckan.config.middleware import make_app

    app = make_app(load_config(str(arguments.config)))
    logging.getLogger("ckan").setLevel(logging.WARNING)
    logging.getLogger("ckanext").setLevel(logging.WARNING)
    with app._wsgi_app.test_request_context():  # pyright: ignore[reportAttributeAccessIssue]
        print(json.dumps(_turns(dict(source.split("=", 1) for source in arguments.source))))
    return 0


def _turns(sources: dict[str, str]) -> dict[str, Any]:
    from ckan.plugins.toolkit import get_action

    from ckanext.regional.harvest import sources as known

    admin = {"name": "admin", "email": "admin@example.org", "password": "centre-val-de-loire", "sysadmin": True}
    get_action("user_create")({"ignore_auth": True, "user": ""}, admin)
    context: Any = {"ignore_auth": True, "user": "admin"}
    get_action("organization_create")(context.copy(), {"name": "region-centre-val-de-loire", "title": "Région"})
    for name, url in sources.items():
        source = {
            "name": name, "url": url, "kind": "regional", "owner_org": "region-centre-val-de-loire", "trust": "publish",
            "defaults": {"steward": "admin"},
        }  # fmt: skip
        known.create(source)
    first, second = ({name: _run(name, full=full) for name in sources} for full in (False, True))
    found = get_action("package_search")({"user": ""}, {"rows": 1000})
    paths = [len(dataset["origin"]["path"]) for dataset in found["results"]]
    return {"first": first, "second": second, "public": found["count"], "longest_path": max(paths, default=0)}


def _run(name: str, *, full: bool) -> dict[str, int]:
    from ckan import model

    from ckanext.regional.harvest import sources
    from ckanext.regional.harvest.running import jobs, runs

    run, _new = runs.begin(sources.get(name), None, full=full)
    run_id = run.id
    jobs.work_here(run_id, lambda sentence: print(sentence, file=sys.stderr))
    model.Session.rollback()
    return runs.counts(runs.get(run_id))


if __name__ == "__main__":
    sys.exit(main())
