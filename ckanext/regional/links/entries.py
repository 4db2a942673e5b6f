"""Which addresses are looked at: they come in with their dataset and go when no resource has them any more."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from ckan import model
from ckan.model.package import package_table
from ckan.model.resource import resource_table
from sqlalchemy.dialects.postgresql import JSONB, insert

from ckanext.regional.database import now
from ckanext.regional.links.knowledge import leads_here
from ckanext.regional.links.model import Link
from ckanext.regional.links.verdict import host_of

#: A row that has just been entered may belong to a dataset whose commit is still to come.
_GRACE = sa.text("interval '1 hour'")
#: Rows of one INSERT; PostgreSQL takes 65,535 parameters.
_BATCH = 5000


def enter(urls: Iterable[str]) -> int:
    """Note addresses in the running transaction, by one statement; those that are known stay as they are.

    :returns: how many are new
    """
    hosts = {url.strip(): host_of(url.strip()) for url in urls if not leads_here(url)}
    at = now()
    # In one order, so that two who enter the same addresses do not wait for one another for ever.
    rows = [
        {"url": url, "host": host, "next_host": host, "entered": at, "due": at}
        for url, host in sorted(hosts.items())
        if host
    ]
    new = 0
    for start in range(0, len(rows), _BATCH):
        done = model.Session.execute(
            insert(Link)
            .values([_DEFAULTS | row for row in rows[start : start + _BATCH]])
            .on_conflict_do_nothing(index_elements=["url"])
        )
        new += done.rowcount  # pyright: ignore[reportAttributeAccessIssue]
    return new


_DEFAULTS = {"outcome": "unknown", "reason": "", "failures": 0, "method": "HEAD", "hops": 0, "waits": 0}


#: Addresses that a resource has besides its own, where its page or its file are elsewhere.
BESIDES = ("access_url", "download_url")


def _addresses() -> sa.Subquery:
    """Every address of every resource but those of uploaded files: ``package_id``, ``state``, ``url``."""
    resource = resource_table.c
    own = sa.select(resource.package_id, resource.state, sa.func.btrim(resource.url).label("url")).where(
        sa.func.coalesce(resource.url_type, "") != "upload"
    )
    text = sa.type_coerce(resource.extras, sa.Text)
    besides = [
        sa.select(resource.package_id, resource.state, sa.func.btrim(sa.cast(text, JSONB)[name].astext)).where(
            text.contains(f'"{name}"')
        )
        for name in BESIDES
    ]
    return sa.union_all(own, *besides).subquery("address")


def public_urls() -> list[str]:
    """The addresses of every public dataset's resources that are not known yet."""
    address, package = _addresses().c, package_table.c
    query = (
        sa.select(address.url)
        .join(package_table, package.id == address.package_id)
        .where(
            address.state == "active",
            package.state == "active",
            package.private.is_(False),
            ~sa.exists().where(Link.url == address.url),
        )
        .distinct()
    )
    return [url for url in model.Session.scalars(query) if url and host_of(url) and not leads_here(url)]


def urls_of(package: model.Package) -> list[str]:
    """The addresses of a dataset's resources that are no uploaded files."""
    own = [one.url for one in package.resources if one.url_type != "upload"]
    besides = [one.extras.get(name) for one in package.resources for name in BESIDES]
    return [url for url in (*own, *besides) if isinstance(url, str) and url.strip()]


def make_due(urls: Iterable[str] | None = None) -> int:
    """Have addresses looked at as soon as their hosts allow, all of them by default; commits.

    :returns: how many
    """
    statement = sa.update(Link).values(due=now())
    if urls is not None:
        statement = statement.where(Link.url.in_([url.strip() for url in urls]))
    made = model.Session.execute(statement.execution_options(synchronize_session=False))
    model.Session.commit()
    return made.rowcount  # pyright: ignore[reportAttributeAccessIssue]


def prune() -> int:
    """Forget what no resource of a dataset that is not deleted has any more; commits.

    :returns: how many
    """
    addresses, package = _addresses(), package_table.c
    address = addresses.c
    used = (
        sa.select(sa.literal(1))
        .select_from(addresses.join(package_table, package.id == address.package_id))
        .where(address.url == Link.url, address.state == "active", package.state != "deleted")
        .exists()
    )
    gone = model.Session.execute(
        sa.delete(Link).where(Link.entered < sa.func.now() - _GRACE, ~used).execution_options(synchronize_session=False)
    )
    model.Session.commit()
    return gone.rowcount  # pyright: ignore[reportAttributeAccessIssue]


def forget(urls: Iterable[str]) -> None:
    """Remove what is known of these addresses where no resource has them any more, in the running transaction."""
    address = _addresses().c
    used = sa.select(sa.literal(1)).where(address.url == Link.url)
    model.Session.execute(
        sa.delete(Link).where(Link.url.in_(list(urls)), ~used.exists()).execution_options(synchronize_session=False)
    )
