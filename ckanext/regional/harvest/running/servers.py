"""Which of this site's own servers is down, as a sentence without passwords."""

from __future__ import annotations

import redis.exceptions
import sqlalchemy.exc
from ckan.lib import search
from ckan.lib.redis import connect_to_redis

from ckanext.regional import config, exceptions

_REDIS_ERRORS = (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError)
_DATABASE_ERRORS = (sqlalchemy.exc.OperationalError, sqlalchemy.exc.InterfaceError)
#: Connection, transactions in each other's way, resources, objects in use, intervention, the system: all of these pass.
_SERVER_TROUBLE = frozenset({"08", "40", "53", "55", "57", "58"})


class ServerDown(exceptions.ServerDown):
    """A server that this site needs does not answer; the work waits for its return."""

    def __init__(self, server: str) -> None:
        address = config.server_address(server)
        super().__init__(server, f"{server} at {address} does not answer; the run goes on when it is back.")


def behind(error: BaseException) -> ServerDown | None:
    """Tell a server that is down from a dataset that is bad.

    :param error: what came out of a write
    :returns: the server that is behind it, or None
    """
    if isinstance(error, ServerDown):
        return error
    if (isinstance(error, _DATABASE_ERRORS) and _is_of_server(error)) or getattr(
        error, "connection_invalidated", False
    ):
        return ServerDown("PostgreSQL")
    if isinstance(error, _REDIS_ERRORS):
        return ServerDown("Redis")
    if isinstance(error, search.SearchError | search.SearchIndexError) and not search.is_available():
        return ServerDown("Solr")
    return None


def _is_of_server(error: sqlalchemy.exc.DBAPIError) -> bool:
    """Whether PostgreSQL itself is in trouble; psycopg2 names statements that are too big for it likewise.

    The classes are those of PostgreSQL's manual, appendix A; without one there was no answer at all.
    """
    code = getattr(error.orig, "pgcode", None)
    return code is None or code[:2] in _SERVER_TROUBLE


def require_redis() -> None:
    """Make sure that a wake-up can be sent.

    :raises ServerDown: when Redis does not answer.
    """
    try:
        connect_to_redis().ping()
    except redis.exceptions.RedisError as error:
        raise ServerDown("Redis") from error
