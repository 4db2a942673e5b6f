"""The WSGI application of the site whose configuration file ``CKAN_INI`` names.

Gunicorn loads it once and forks: half the time of a start. A database connection that was opened before the fork must
not be used by two processes, so each process leaves alone what another one has opened.
"""

from __future__ import annotations

import os
from typing import Any

from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
from sqlalchemy import event, exc
from sqlalchemy.pool import Pool


@event.listens_for(Pool, "connect")
def _sign(connection: Any, record: Any) -> None:
    record.info["pid"] = os.getpid()


@event.listens_for(Pool, "checkout")
def _check(connection: Any, record: Any, proxy: Any) -> None:
    if record.info["pid"] != os.getpid():
        # Dropped, not closed: closing would end it for the process that it belongs to.
        record.dbapi_connection = proxy.dbapi_connection = None
        raise exc.DisconnectionError("opened by another process")


application = make_app(CKANConfigLoader(os.environ["CKAN_INI"]).get_config())
