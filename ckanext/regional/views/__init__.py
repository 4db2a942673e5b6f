"""Pages and small endpoints of the plugin ``regional``: one module for each blueprint."""

from __future__ import annotations

from ckanext.regional.views.finding import regional_sector, regional_territory
from ckanext.regional.views.form import regional_form
from ckanext.regional.views.scdl import regional_scdl
from ckanext.regional.views.territory import regional
from ckanext.regional.views.vocabulary import regional_vocabulary

__all__ = ["regional", "regional_form", "regional_scdl", "regional_sector", "regional_territory", "regional_vocabulary"]
