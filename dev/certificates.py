"""Whom the downloads trust: the same for pip and for the jars, what the person or the machine says."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path


def for_pip(environment: Mapping[str, str]) -> dict[str, str]:
    """What pip needs in its environment so that it heeds ``SSL_CERT_FILE``, which its own copy of requests does not."""
    given = environment.get("SSL_CERT_FILE")
    return {"PIP_CERT": given} if given and "PIP_CERT" not in environment else {}


def for_requests(environment: Mapping[str, str]) -> dict[str, str]:
    """What the library requests needs so that it trusts what the machine trusts, not only its own list."""
    if "REQUESTS_CA_BUNDLE" in environment or "CURL_CA_BUNDLE" in environment:
        return {}
    # The second one heeds SSL_CERT_FILE by itself.
    bundle = environment.get("PIP_CERT") or ssl.get_default_verify_paths().cafile
    return {"REQUESTS_CA_BUNDLE": bundle} if bundle and Path(bundle).is_file() else {}
