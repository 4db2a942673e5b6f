"""What an address looks like: a page, a URI, an e-mail address. Whether anybody answers there is another question."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

# No IRI has these (RFC 3987); RDF that carried them could not be read.
_FORBIDDEN = re.compile(r"[\s\x00-\x20<>\"{}|\\^`\x7f]")
_SCHEMES = frozenset({"http", "https", "urn", "ark", "doi", "info", "tag"})
# What can be written to: no spaces, one @, a domain with a dot.
_EMAIL = re.compile(r"[^\s@<>\"',;:()\[\]\\]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_][\w-]{1,62}")


def is_page(value: str) -> bool:
    """Say whether a text is ``http`` or ``https`` and a host."""
    return is_uri(value) and value.split(":", 1)[0].lower() in ("http", "https")


def is_uri(value: str) -> bool:
    """Say whether a text is a URI of a scheme that names things: ``https``, ``urn``, ``doi``…"""
    if _FORBIDDEN.search(value):
        return False
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError:
        return False
    scheme = parts.scheme.lower()
    if scheme not in _SCHEMES:
        return False
    return bool(host) if scheme in ("http", "https") else bool(parts.path)


def is_email(value: str) -> bool:
    """Say whether a text is one e-mail address."""
    return len(value) <= 254 and _EMAIL.fullmatch(value) is not None
