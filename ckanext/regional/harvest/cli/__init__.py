"""``ckan regional source`` and ``ckan regional harvest``."""

from __future__ import annotations

from ckanext.regional.harvest.cli.run_commands import harvest
from ckanext.regional.harvest.cli.source_commands import source

__all__ = ["harvest", "source"]
