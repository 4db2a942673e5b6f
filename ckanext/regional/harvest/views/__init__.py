"""Pages of sources, runs, conflicts and neighbours."""

from __future__ import annotations

from ckanext.regional.harvest.views import run_pages as run_pages
from ckanext.regional.harvest.views import source_pages as source_pages
from ckanext.regional.harvest.views.blueprint import regional_harvest
from ckanext.regional.harvest.views.conflict_pages import regional_conflicts
from ckanext.regional.harvest.views.neighbour_pages import regional_neighbours

__all__ = ["regional_conflicts", "regional_harvest", "regional_neighbours"]
