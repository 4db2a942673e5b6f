"""What every test of the plugins stands on: real servers, an empty catalogue, people with their roles."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan import plugins as p
from ckan.config import middleware
from ckan.config.middleware import make_app
from ckan.lib.redis import connect_to_redis
from ckan.tests import factories
from ckan.tests.helpers import CKANTestApp, call_action
from passlib.hash import pbkdf2_sha512  # pyright: ignore[reportAttributeAccessIssue]

from ckanext.regional.database import Base
from dev.testing import take_own_stack
from tests import rows
from tests.smtp import MailServer

take_own_stack()
# A password in tests protects nothing, and people are made by the thousand.
pbkdf2_sha512.default_rounds = 1000

BREST = "fr:commune:29019"
BRETAGNE = "fr:region:53"
PAYS_DE_LA_LOIRE = "fr:region:52"
ANNUAL = "http://publications.europa.eu/resource/authority/frequency/ANNUAL"
PUBLIC = "http://publications.europa.eu/resource/authority/access-right/PUBLIC"


@dataclass(frozen=True)
class People:
    """User names by role, in one organisation; the roles are those of ``.dev/demo.json``."""

    organization: str
    sysadmin: str
    org_admin: str
    editor: str
    editor2: str
    member: str
    steward: str
    steward_elsewhere: str
    outsider: str


#: Folders and files whose tests start sites and browsers: begun first, since a file stays with one worker.
_LONG = ("faults", "e2e", "harvest", "cli", "test_packaging")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files, so that no worker is left alone with one at the end."""
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    path = item.path.relative_to(Path(__file__).parent).as_posix()
    return next((place for place, start in enumerate(_LONG) if path.startswith(start)), len(_LONG))


@pytest.fixture(scope="session", autouse=True)
def _migrated_database() -> None:
    """The stack hands over a migrated database: emptying it is enough, dropping it would lose plugins' migrations."""
    model.repo.tables_created_and_initialised = True


@pytest.fixture
def our_plugins() -> None:
    """The plugins of ``test.ini``. Loading them costs half a second, so they stay for the next test."""
    if not p.plugin_loaded("regional_curation"):
        p.load_all()
    application()


#: The application and a plugin that was loaded with it.
_made: dict[str, Any] = {}


@pytest.fixture
def app(our_plugins: None) -> CKANTestApp:
    """CKAN's fixture of this name, but one application for all tests: to make one costs as much as many tests."""
    return application()


def application() -> CKANTestApp:
    """The application; the plugins must be loaded. To make one reads the configuration anew."""
    if _made.get("plugin") is not p.get_plugin("regional_curation"):
        tk.config["testing"] = True
        _made["app"] = make_app(tk.config)
        _made["plugin"] = p.get_plugin("regional_curation")
        _made["context"] = middleware._internal_test_request_context
    # Outside a request CKAN makes addresses by the application made last: another test's may know other plugins.
    middleware._internal_test_request_context = _made["context"]
    return CKANTestApp(_made["app"])


@pytest.fixture
def clean_db() -> None:
    """CKAN's fixture of this name, some times as fast."""
    rows.empty()


@pytest.fixture
def clean_regional(our_plugins: None, clean_db: None, clean_index: None) -> Iterator[None]:
    """An empty site with our plugins on. CKAN's ``clean_db`` knows nothing of our tables."""
    empty_our_tables()
    forget_counts()
    yield
    model.Session.rollback()


def forget_counts() -> None:
    """Take out of Redis who did how much: people have the same ids in every test, and rates are of the site."""
    connection: Any = connect_to_redis()
    for key in connection.scan_iter(match=f"ckan:{tk.config['ckan.site_id']}:regional:*", count=1000):
        connection.delete(key)


def empty_our_tables() -> None:
    """Empty every table of ours; those that are append-only have to be told that this is a test."""
    assert model.meta.engine is not None
    with model.meta.engine.begin() as connection:
        for table in rows.filled(connection, Base.metadata):
            connection.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            connection.execute(sa.text(f"DELETE FROM {table}"))
            connection.execute(sa.text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))


@pytest.fixture
def people(clean_regional: None) -> People:
    """An organisation in Bretagne with one person for each role."""
    names = {role: role.replace("_", "-") for role in _ROLES}
    everyone = People(organization="region-bretagne", sysadmin="sysadmin", **names)
    # Seven passwords to hash are half a second: they are made once, then put back as rows.
    alone = rows.is_empty()
    if alone and _people_as_rows:
        rows.write(_people_as_rows)
    else:
        # An application that was made since has written the site's own user.
        _create(everyone)
        if alone and not _people_as_rows:
            _people_as_rows.extend(rows.read())
    if "regional_steward_create" in _actions():
        appoint(everyone.steward, territory=BRETAGNE)
        appoint(everyone.steward_elsewhere, territory=PAYS_DE_LA_LOIRE)
    return everyone


_people_as_rows: list[rows.Rows] = []


def _create(everyone: People) -> None:
    names = {role: factories.User(name=getattr(everyone, role))["name"] for role in _ROLES}
    members = [
        {"name": names["org_admin"], "capacity": "admin"},
        {"name": names["editor"], "capacity": "editor"},
        {"name": names["editor2"], "capacity": "editor"},
        {"name": names["steward"], "capacity": "editor"},
        {"name": names["member"], "capacity": "member"},
    ]
    factories.Sysadmin(name=everyone.sysadmin)
    factories.Organization(name=everyone.organization, title="Région Bretagne", users=members)


_ROLES = ("org_admin", "editor", "editor2", "member", "steward", "steward_elsewhere", "outsider")


def _actions() -> set[str]:
    from ckan.logic import _actions as known
    from ckan.logic import get_action

    get_action("status_show")
    return set(known)


def appoint(user: str, **scope: str) -> dict[str, Any]:
    """Appoint a steward as the command line would."""
    return call_action("regional_steward_create", user=user, **scope)


def act(action: str, user: str | None, /, **data: Any) -> Any:
    """Call an action as ``user`` (None: nobody), with authorization, as the API does."""
    context: dict[str, Any] = {"user": user or "", "auth_user_obj": model.User.get(user) if user else None}
    return tk.get_action(action)(context, data)  # pyright: ignore[reportArgumentType]


def complete(people: People, **changes: Any) -> dict[str, Any]:
    """A dataset dict that lacks nothing for a review."""
    return {
        "name": "menus",
        "title": "Menus des cantines",
        "notes": "Ce que mangent les enfants de Brest.",
        "owner_org": people.organization,
        "territory": [BREST],
        "sector": ["school"],
        "steward": people.editor,
        "publisher": [{"name": "Ville de Brest", "identifier": "212900195"}],
        "contact": [{"name": "Service restauration", "email": "menus@brest.example.org"}],
        "frequency": ANNUAL,
        "access_rights": PUBLIC,
        "license_id": "lov2",
        "personal_data_class": "none",
        "tags": [{"name": "cantine"}],
        "resources": [{"url": "https://example.org/menus.csv", "name": "Menus", "format": "CSV"}],
        **changes,
    }


@pytest.fixture
def named(people: People, app: CKANTestApp) -> People:
    """The people, with addresses by which a test knows them."""
    for name in vars(people).values():
        if (user := model.User.get(name)) is not None:
            user.email = f"{name}@example.org"
    model.Session.commit()
    return people


@pytest.fixture
def mails(ckan_config: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """The mail server that CKAN sends by."""
    server = MailServer()
    server.start()
    monkeypatch.setitem(ckan_config, "smtp.server", f"127.0.0.1:{server.port}")
    monkeypatch.setitem(ckan_config, "smtp.mail_from", "ckan@example.org")
    yield server
    server.stop()


@pytest.fixture
def dataset(people: People) -> dict[str, Any]:
    """A complete dataset that the editor has made and nobody has submitted."""
    return act("package_create", people.editor, **complete(people))


@pytest.fixture
def submitted(people: People, dataset: dict[str, Any]) -> dict[str, Any]:
    """The dataset, waiting for a steward."""
    act("regional_curation_submit", people.editor, id=dataset["id"])
    return dataset


@pytest.fixture
def published(people: People, submitted: dict[str, Any]) -> dict[str, Any]:
    """The dataset, approved by the steward."""
    act("regional_curation_approve", people.steward, id=submitted["id"], fingerprint=fingerprint(people, submitted))
    return act("package_show", people.editor, id=submitted["id"])


def fingerprint(people: People, dataset: dict[str, Any]) -> str:
    """What the steward sees now."""
    return act("regional_curation_show", people.steward, id=dataset["id"])["fingerprint"]


@pytest.fixture(autouse=True)
def _everybody_logs() -> Iterator[None]:
    """Loggers stay as they are: CKAN's command line reads the ini's logging, which silences those made before."""
    loggers = [logger for logger in logging.Logger.manager.loggerDict.values() if isinstance(logger, logging.Logger)]
    before = [(logger, logger.disabled, logger.propagate, logger.level) for logger in loggers]
    yield
    for logger, disabled, propagate, level in before:
        logger.disabled = disabled
        logger.propagate = propagate
        if logger.level != level:
            # It forgets what is enabled, for all loggers.
            logger.setLevel(level)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is reached directly, whatever the machine's environment says."""
    monkeypatch.setenv("NO_PROXY", ",".join(filter(None, [os.environ.get("NO_PROXY"), "127.0.0.1,localhost"])))
