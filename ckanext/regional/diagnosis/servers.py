"""PostgreSQL, Solr, Redis and the worker."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator
from pathlib import Path

import pysolr
import redis as redis_client
import requests
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from ckan import model
from ckan import plugins as p
from ckan.lib.redis import connect_to_redis
from ckan.lib.search.common import make_connection
from sqlalchemy.exc import SQLAlchemyError

from ckanext.regional import config
from ckanext.regional.diagnosis import workers
from ckanext.regional.indexing import INDEX_FIELDS
from ckanext.regional.types import Finding

_PLUGINS = ("regional", "regional_curation", "regional_harvest", "regional_needs")


def postgresql() -> Iterator[Finding]:
    """Say whether the database answers."""
    try:
        model.Session.execute(sa.text("SELECT 1"))
    except SQLAlchemyError:
        address = config.server_address("PostgreSQL")
        yield Finding(
            "error",
            "postgresql",
            f"PostgreSQL at {address} does not answer.",
            "Start it, or correct sqlalchemy.url in ckan.ini.",
        )
        return
    yield Finding("ok", "postgresql", "PostgreSQL answers.")


def migrations() -> Iterator[Finding]:
    """Say for each plugin of ours whether its tables are those of its code."""
    for name, (found, heads) in revisions().items():
        if found == heads:
            yield Finding("ok", f"migrations.{name}", f"The tables of {name} are up to date.")
        else:
            yield Finding(
                "error",
                f"migrations.{name}",
                f"The tables of {name} are {'of another version' if found else 'not there'}.",
                "Run: ckan db upgrade",
            )


def revisions() -> dict[str, tuple[set[str], set[str]]]:
    """For each enabled plugin of ours the revision of its tables, and the one that its code wants."""
    tables = set(sa.inspect(model.Session.connection()).get_table_names())
    return {name: (_found(name, tables), set(_heads(name))) for name in _PLUGINS if p.plugin_loaded(name)}


def _found(plugin: str, tables: set[str]) -> set[str]:
    table = f"{plugin}_alembic_version"
    if table not in tables:
        return set()
    return set(model.Session.scalars(sa.select(sa.column("version_num")).select_from(sa.table(table))))


@functools.cache
def _heads(plugin: str) -> list[str]:
    package = Path(inspect.getfile(config)).parent
    return ScriptDirectory(str(package / "migration" / plugin)).get_heads()


def solr() -> Iterator[Finding]:
    """Say whether Solr answers, and whether its schema takes our fields."""
    connection = make_connection()
    try:
        connection.search("*:*", rows=0)
    except (pysolr.SolrError, requests.RequestException):
        address = config.server_address("Solr")
        yield Finding(
            "error", "solr", f"Solr at {address} does not answer.", "Start it, or correct solr_url in ckan.ini."
        )
        return
    yield Finding("ok", "solr", "Solr answers.")
    if not _takes_lists(connection, INDEX_FIELDS["territory"]):
        yield Finding(
            "error",
            "solr.fields",
            "Solr takes no lists in the fields vocab_regional_*: its schema lacks CKAN's dynamic field vocab_*.",
            "Give Solr the schema.xml of CKAN 2.12, then run: ckan search-index rebuild",
        )
        return
    yield Finding("ok", "solr.fields", "Solr finds territories, sectors and themes.")


def _takes_lists(connection: pysolr.Solr, field: str) -> bool:
    """Ask Solr's schema what a field is; one that it has no rule for falls to ``*``, which is a single text."""
    answer = connection.get_session().get(
        f"{connection.url.rstrip('/')}/schema/fields/{field}",
        params={"includeDynamic": "true", "showDefaults": "true", "wt": "json"},
        timeout=connection.timeout,
    )
    return answer.ok and bool(answer.json().get("field", {}).get("multiValued"))


def redis() -> Iterator[Finding]:
    """Say whether Redis answers, and whether a worker takes this site's jobs."""
    connection = connect_to_redis()
    try:
        connection.ping()
    except redis_client.RedisError:
        address = config.server_address("Redis")
        yield Finding(
            "error",
            "redis",
            f"Redis at {address} does not answer; CKAN's pages and jobs need it.",
            "Start it, or correct ckan.redis.url in ckan.ini.",
        )
        return
    yield Finding("ok", "redis", "Redis answers.")
    yield from workers.alive()
