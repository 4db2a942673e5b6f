"""The feed over HTTP: a cache between us and a neighbour asks whether it still holds, and what goes out is packed."""

from __future__ import annotations

import gzip
import hashlib

import ckan.plugins.toolkit as tk
from ckan.types import Response

#: Both are answered as anonymous whoever asks, so that one copy serves everybody.
_SHARED = ("regional_changes", "regional_federation")
#: Less is not worth the packing.
_WORTH_PACKING = 1_000
_LEVEL = 5


def negotiated(response: Response) -> Response:
    """Mark an answer of the feed by its content, answer 304 where the asker has it, and pack the rest.

    CKAN adds ``Cache-Control: public, must-revalidate``, with ``ckan.cache_expires`` as its age (0 by default).
    """
    if not _is_feed() or response.status_code != 200 or response.direct_passthrough:
        return response
    body = response.get_data()
    # Weak: the packed answer says the same in other bytes.
    response.set_etag(hashlib.sha256(body).hexdigest()[:32], weak=True)
    response.vary.add("Accept-Encoding")
    response.make_conditional(tk.request.environ)
    if response.status_code == 200 and len(body) > _WORTH_PACKING and _takes_gzip():
        response.set_data(gzip.compress(body, _LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def _is_feed() -> bool:
    request = tk.request
    named = (request.view_args or {}).get("logic_function")
    return request.endpoint == "api.action" and request.method in ("GET", "HEAD") and named in _SHARED


def _takes_gzip() -> bool:
    return tk.request.accept_encodings.quality("gzip") > 0
