"""Where a machine's write meets the site's rules: the harvester asks here, the review answers."""

from __future__ import annotations

from typing import Any

from ckan import plugins as p
from ckan.types import Context

from ckanext.regional.interfaces import IRegional
from ckanext.regional.types import Admission, Trust

#: Context key under which a writer hands the verdict to ``package_create`` and ``package_update``. A context never
#: comes from outside, so its presence says that our own code is writing.
CONTEXT_KEY = "regional_admission"

_STRICTNESS = {"publish": 0, "review": 1, "refuse": 2, "withdraw": 3}


def admit(context: Context, dataset: dict[str, Any], trust: Trust) -> Admission:
    """Ask every plugin what may become of ``dataset``; the strictest verdict holds.

    Without any opinion (``regional_curation`` is off) a trusted source publishes and another one is refused, because
    nobody could review what it brings.
    """
    opinions = [
        opinion
        for plugin in p.PluginImplementations(IRegional)
        if (opinion := plugin.admit(context, dataset, trust)) is not None
    ]
    if opinions:
        return max(opinions, key=lambda opinion: _STRICTNESS[opinion.verdict])
    if trust == "publish":
        return Admission("publish")
    return Admission("refuse", "nobody reviews here: the plugin regional_curation is off")


def given(context: Context) -> Admission | None:
    """Return the verdict under which ``context`` writes, if one of our own writers made it."""
    admission = context.get(CONTEXT_KEY)
    return admission if isinstance(admission, Admission) else None
