"""Pages of sources and runs."""

from __future__ import annotations

from ckanext.regional.harvest.views import run_pages as run_pages
from ckanext.regional.harvest.views import source_pages as source_pages
from ckanext.regional.harvest.views.blueprint import regional_harvest

__all__ = ["regional_harvest"]
