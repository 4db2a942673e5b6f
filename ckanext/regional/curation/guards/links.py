"""The links lead somewhere, by what the last look told; nothing is asked here, and nobody waits for a look."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.regional.curation.guards.personal.texts import RESOURCE
from ckanext.regional.curation.guards.saying import Details, said
from ckanext.regional.links import results
from ckanext.regional.types import GuardResult


def links(dataset: dict[str, Any], context: Context) -> Iterator[GuardResult]:
    """Warn of each link that was found broken."""
    linked = [one for one in dataset.get("resources") or [] if one.get("url") and one.get("url_type") != "upload"]
    found = results(one["url"] for one in linked)
    for resource in linked:
        result = found[resource["url"]]
        if result.ok is False:
            field = f"{RESOURCE}{resource.get('id', '')}"
            yield said(sentence, "warn", "links.broken", field, url=resource["url"], reason=result.reason)


def sentence(code: str, field: str | None, details: Details) -> str | None:
    """The sentence for a finding of this guard, in the reader's language."""
    if code != "links.broken":
        return None
    if details.get("reason"):
        return tk._("The link {url} leads nowhere. {reason} Correct it or take it out.").format(**details)
    return tk._("The link {url} leads nowhere. Correct it or take it out.").format(**details)


def for_everybody(details: Details) -> Details:
    """Details that may be stored: the reason is a sentence in one reader's language."""
    return {key: value for key, value in details.items() if key != "reason"}
