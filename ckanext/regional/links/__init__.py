"""Whether the addresses of resources lead anywhere, found out by jobs and never by the request that asks.

``results`` tells what is known of addresses; ``watch`` has those of a dataset looked at.
"""

from __future__ import annotations

from ckanext.regional.links.knowledge import LinkResult, asked_together, results
from ckanext.regional.links.watching import watch

__all__ = ["LinkResult", "asked_together", "results", "watch"]
