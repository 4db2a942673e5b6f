"""JSON from outside, made fit for PostgreSQL and Solr before anything else touches it."""

from __future__ import annotations

import math
import re
from typing import Any

from ckanext.regional.characters import TURNING

#: NUL and what XML forbids, lone surrogates among it: PostgreSQL refuses the first, Solr the others. And what would
#: turn the rest of a line round wherever the text is shown.
_FORBIDDEN = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff{TURNING}]")
_DEEPEST = 40


def clean(value: Any, depth: int = 0) -> Any:
    """Return ``value`` without characters and numbers that cannot be stored or shown.

    :param value: what ``json.loads`` gave
    :returns: the same shape; branches deeper than 40 are cut to None
    """
    if isinstance(value, str):
        # Most texts are printable, which is told much faster and excludes all that is forbidden.
        if value.isprintable():
            return value
        return _FORBIDDEN.sub("", value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if depth > _DEEPEST:
        return None
    if isinstance(value, list):
        return [clean(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {clean(str(key)): clean(item, depth + 1) for key, item in value.items()}
    return value
