"""Pages of needs and of the observatory: one module for each blueprint."""

from __future__ import annotations

from ckanext.regional.needs.views.needs import regional_needs
from ckanext.regional.needs.views.observatory import regional_observatory

__all__ = ["regional_needs", "regional_observatory"]
