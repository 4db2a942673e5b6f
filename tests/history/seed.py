"""Fill a plain CKAN with years of work: ``python -m tests.history.seed CKAN.INI``, in the environment of the site.

Some dozens of datasets of each kind by CKAN's actions, in one process; then copies of them by SQL, for the number.
Prints the people's tokens as JSON. The search index is to be rebuilt afterwards.
"""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.cli import load_config
from ckan.config.middleware import make_app
from werkzeug.datastructures import FileStorage

#: Each costs what CKAN takes for it; of a copy only the index is made.
OF_EACH_KIND = 6
COPIES = 438
#: By role: who, and in which organisation as what. The sysadmin makes them and is in none.
PEOPLE = {
    "sysadmin": ("root", "", ""),
    "editor": ("eva", "ville", "editor"),
    "member": ("max", "ville", "member"),
    "elsewhere": ("piotr", "pays", "editor"),
    "steward": ("stella", "", ""),
}
ROWS = [{"plat": "soupe", "jours": 3}, {"plat": "riz", "jours": 2}]
CSV = b"plat,jours\nsoupe,3\nriz,2\n"


def main(ini: str) -> None:
    """Seed the site and print the tokens."""
    app = make_app(load_config(ini))
    with app._wsgi_app.test_request_context():  # pyright: ignore[reportAttributeAccessIssue]
        logging.getLogger("ckan").setLevel(logging.WARNING)
        # Solr is told of everything afterwards, since the copies want that anyway.
        tk.config["ckan.search.solr_commit"] = False
        tokens = _people()
        for kind, make in KINDS.items():
            for number in range(OF_EACH_KIND):
                make(f"{kind}-{number:02}", number)
        _copy(COPIES)
    print(json.dumps(tokens))


def act(action: str, user: str, /, *, ignore_auth: bool = False, **data: Any) -> Any:
    """Call an action as somebody."""
    who = model.User.get(user) if user else None
    context: Any = {"user": user, "auth_user_obj": who, "ignore_auth": ignore_auth}
    return tk.get_action(action)(context, data)


def upload() -> FileStorage:
    """A file as a browser sends it."""
    return FileStorage(io.BytesIO(CSV), filename="menus.csv", content_type="text/csv")


def _people() -> dict[str, str]:
    for role, (name, _organization, _capacity) in PEOPLE.items():
        act(
            "user_create", "", ignore_auth=True, name=name, fullname=name.title(), email=f"{name}@example.org",
            password="only-for-tests", sysadmin=role == "sysadmin",
        )  # fmt: skip
    for organization in ("ville", "pays"):
        users = [{"name": name, "capacity": role} for name, belongs, role in PEOPLE.values() if belongs == organization]
        act("organization_create", "root", name=organization, title=organization.title(), users=users)
    act("group_create", "root", name="transports", title="Transports")
    return {
        role: act("api_token_create", name, user=name, name="tests")["token"] for role, (name, _o, _c) in PEOPLE.items()
    }


def _make(name: str, number: int, user: str = "eva", **changes: Any) -> dict[str, Any]:
    return act(
        "package_create",
        user,
        **{
            "name": name,
            "title": f"Menus {name}",
            "notes": f"Ce que mangent les enfants, {name}.",
            "owner_org": "ville",
            "author": "Jeanne",
            "license_id": ("notspecified", "odc-odbl", "other-open")[number % 3],
            "tags": [{"name": "cantine"}, {"name": f"mot-{number}"}],
            "audience": "everybody",
            "quarters": ["port", "centre"][: number % 3],
            "received": f"20{number + 1:02}-05-04",
            "resources": [_link(name)],
            **changes,
        },
    )


def _link(name: str) -> dict[str, Any]:
    return {"url": f"https://example.org/{name}.csv", "name": "Menus", "format": "CSV", "sheet": "2"}


def _open(name: str, number: int) -> None:
    made = _make(name, number)
    if number % 2:
        act("package_patch", "eva", id=made["id"], notes=f"Relu, {name}.")
        act("package_patch", "eva", id=made["id"], title=f"Menus relus {name}")
        act("member_create", "root", id="transports", object=made["id"], object_type="package", capacity="public")


def _file(name: str, number: int) -> dict[str, Any]:
    _make(name, number, resources=[])
    return act("resource_create", "eva", package_id=name, upload=upload(), url="menus.csv", name="Menus", format="CSV")


def _table(name: str, number: int) -> None:
    resource = _file(name, number)
    fields = [{"id": "plat", "type": "text"}, {"id": "jours", "type": "int"}]
    act("datastore_create", "eva", resource_id=resource["id"], fields=fields, records=ROWS, force=True)


def _private(name: str, number: int) -> None:
    _make(name, number, private=True, resources=[])
    if number % 2:
        act("resource_create", "eva", package_id=name, **_link(name))
    else:
        act("resource_create", "eva", package_id=name, upload=upload(), url="menus.csv", name="Menus", format="CSV")


def _draft(name: str, number: int) -> None:
    _make(name, number, "root", state="draft", resources=[])


def _deleted(name: str, number: int) -> None:
    _make(name, number)
    act("package_delete", "eva", id=name)


def _staff(name: str, number: int) -> None:
    _make(name, number, audience="staff")


KINDS: dict[str, Callable[[str, int], Any]] = {
    "open": _open,
    "file": _file,
    "table": _table,
    "private": _private,
    "draft": _draft,
    "deleted": _deleted,
    "staff": _staff,
}
#: Whose rows are all that there is of them: no file, no table.
_COPIED = ("open", "draft", "deleted", "staff")


def _copy(number: int) -> None:
    """Copy datasets with their resources and tags under ids and names that follow from theirs."""
    model.Session.execute(
        sa.text(
            "CREATE TEMPORARY TABLE copies AS SELECT p.id AS old, md5(p.id || k)::uuid::text AS new, k"
            " FROM package p, generate_series(1, 19) k WHERE split_part(p.name, '-', 1) = ANY(:kinds)"
            " ORDER BY k, p.name LIMIT :number"
        ),
        {"kinds": list(_COPIED), "number": number},
    )
    changed = {
        "package": "'id', c.new, 'name', t.name || '-' || c.k",
        "resource": "'id', md5(t.id || c.k)::uuid::text, 'package_id', c.new",
        "package_tag": "'id', md5(t.id || c.k)::uuid::text, 'package_id', c.new",
    }
    for table, values in changed.items():
        key = "t.id" if table == "package" else "t.package_id"
        model.Session.execute(
            sa.text(
                f"INSERT INTO {table} SELECT r.* FROM {table} t JOIN copies c ON {key} = c.old,"
                f" jsonb_populate_record(t, jsonb_build_object({values})) r"
            )
        )
    model.Session.commit()


if __name__ == "__main__":
    main(sys.argv[1])
