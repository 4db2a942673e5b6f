"""Write the demonstration's data into an empty site, each step by the person whose step it is.

``python -m dev.demo.seed --config INI --site bretagne --out FILE.json``

Inside one CKAN process: the same actions as over HTTP, so that validation, review and activity run as in life, in a
fraction of the time.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.cli import load_config
from ckan.config.middleware import make_app
from ckan.exceptions import CkanConfigurationException
from ckan.lib import search
from ckan.types import Context
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import FileStorage

from dev.demo import asked
from dev.demo.data import CAPACITIES, DataError, Dataset, File, Organization, Person, SiteData, load_site


class SeedError(Exception):
    """A step of the seed was refused."""


def main() -> int:
    """Seed the site named on the command line; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dev.demo.seed", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--config", required=True, help="the site's configuration file")
    parser.add_argument("--site", required=True, help="bretagne or pays-de-la-loire")
    parser.add_argument("--out", required=True, type=Path, help="where to write the accounts, as JSON")
    arguments = parser.parse_args()
    started = time.monotonic()
    try:
        data = load_site(arguments.site)
        app = make_app(load_config(arguments.config))
        with app._wsgi_app.test_request_context():  # pyright: ignore[reportAttributeAccessIssue]
            users = seed(data)
    except (DataError, SeedError, CkanConfigurationException) as error:
        print(f"seed: {arguments.site}: {error}", file=sys.stderr)
        return 1
    except search.SearchError as error:
        print(f"seed: {arguments.site}: Solr does not answer as it should: {error}", file=sys.stderr)
        return 1
    except OperationalError as error:
        print(f"seed: {arguments.site}: PostgreSQL does not answer as it should: {error.orig}", file=sys.stderr)
        return 1
    result = {"organization": data.main_organization, "users": users}
    arguments.out.touch(mode=0o600)
    arguments.out.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(f"{data.name}: {len(data.datasets)} datasets, {len(data.people)} people, {time.monotonic() - started:.0f} s")
    return 0


def seed(data: SiteData) -> dict[str, dict[str, str]]:
    """Write everything; the accounts by role, with a token each.

    :raises SeedError: when a step is refused
    """
    # One commit of Solr at the end instead of three a dataset. Nothing below reads the index: package_show compares the
    # cached document's date with the database and goes there.
    tk.config["ckan.search.solr_commit"] = False
    # What a site logs about each write is noise here; a refusal is raised.
    logging.getLogger("ckan").setLevel(logging.WARNING)
    try:
        users = _create_people(data.people)
        sysadmin = data.person("sysadmin").name
        for organization in data.organizations:
            _create_organization(organization, data.people, sysadmin)
        for steward in data.stewards:
            appointment = {"user": steward.user, "territory": steward.territory, "sector": steward.sector}
            given = {key: value for key, value in appointment.items() if value}
            _act(sysadmin, "regional_steward_create", {**given, "role": steward.role})
        for dataset in data.datasets:
            _create_dataset(dataset)
            _review(dataset)
        # The observatory reads scores from Solr.
        search.commit()
        asked.seed(data, _act)
    finally:
        tk.config["ckan.search.solr_commit"] = True
    search.commit()
    return users


def _create_people(people: tuple[Person, ...]) -> dict[str, dict[str, str]]:
    accounts: dict[str, dict[str, str]] = {}
    for person in people:
        fields = {"name": person.name, "fullname": person.fullname, "email": person.email, "password": person.password}
        sysadmin = {"sysadmin": True} if person.role == "sysadmin" else {}
        # Nobody exists yet who could create the first account.
        _act("", "user_create", fields | sysadmin, ignore_auth=True)
        if person.role:
            token = _act(person.name, "api_token_create", {"user": person.name, "name": "demo"})["token"]
            accounts[person.role] = {"name": person.name, "password": person.password, "token": token}
    return accounts


def _create_organization(organization: Organization, people: tuple[Person, ...], sysadmin: str) -> None:
    members = [
        {"name": person.name, "capacity": CAPACITIES[person.role]} for person in people if person.role in CAPACITIES
    ]
    data = {"name": organization.name, "title": organization.title, "description": organization.description}
    data |= organization.defaults
    _act(sysadmin, "organization_create", {**data, "users": members})


def _create_dataset(dataset: Dataset) -> None:
    created = _act(dataset.author, "package_create", {"name": dataset.name, **dataset.metadata}, of=dataset.name)
    # package_create takes no uploads; one update takes all files at once.
    uploads = [_upload(file) for file in dataset.files]
    updated = _act(dataset.author, "package_update", {**created, "resources": uploads}, of=dataset.name)
    tk.get_action("package_create_default_resource_views")(
        {"user": dataset.author, "ignore_auth": True}, {"package": updated}
    )


def _upload(file: File) -> dict[str, Any]:
    return {
        "name": file.name,
        "description": file.description,
        "format": "CSV",
        "url": file.path.name,
        "url_type": "upload",
        "upload": FileStorage(file.path.open("rb"), filename=file.path.name, content_type="text/csv"),
    }


def _review(dataset: Dataset) -> None:
    """Bring the dataset to its state in the story."""
    if dataset.state == "draft":
        return
    _decide(dataset, dataset.author, "submit", dataset.submitted_with)
    reviewer = dataset.reviewer or ""
    steps: dict[str, Callable[[], None]] = {
        "submitted": lambda: None,
        "in_review": lambda: _decide(dataset, reviewer, "claim", ""),
        "withdrawn": lambda: _decide(dataset, dataset.author, "withdraw", dataset.comment),
        "changes_requested": lambda: _decide(
            dataset, reviewer, "request_changes", dataset.comment, fingerprint=True, fields=dataset.fields
        ),
        "rejected": lambda: _decide(dataset, reviewer, "reject", dataset.comment, fingerprint=True),
        "approved": lambda: _decide(dataset, reviewer, "approve", dataset.comment, fingerprint=True),
    }
    steps[dataset.state]()


def _decide(
    dataset: Dataset,
    user: str,
    step: str,
    comment: str,
    *,
    fingerprint: bool = False,
    fields: dict[str, str] | None = None,
) -> None:
    data: dict[str, Any] = {"id": dataset.name}
    if fingerprint:
        # As a person does it: decide on what one has just read.
        shown = _act(user, "regional_curation_show", {"id": dataset.name}, of=dataset.name)
        data["fingerprint"] = shown["fingerprint"]
    if comment:
        data["comment"] = comment
    if fields:
        data["fields"] = fields
    _act(user, f"regional_curation_{step}", data, of=dataset.name)


def _act(user: str, action: str, data: dict[str, Any], *, of: str = "", ignore_auth: bool = False) -> dict[str, Any]:
    """Call an action as a user, and say who did what to which dataset when it is refused."""
    context: Context = {"user": user, "ignore_auth": ignore_auth}
    if user:
        context["auth_user_obj"] = model.User.get(user)
    try:
        return tk.get_action(action)(context, data)
    except (tk.ValidationError, tk.NotAuthorized, tk.ObjectNotFound) as error:
        model.Session.rollback()
        reason = getattr(error, "error_dict", None) or str(error) or type(error).__name__
        what = of or data.get("name") or data.get("user") or ""
        raise SeedError(f"{action} of {what} by {user or 'the seed'} was refused: {reason}") from error
    except KeyError as error:
        if f"'{action}'" not in str(error):
            raise
        raise SeedError(f"The site has no action {action}; is its plugin in ckan.plugins?") from error


if __name__ == "__main__":
    sys.exit(main())
