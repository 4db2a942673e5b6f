"""Pages and small endpoints of the plugin ``regional``: one module for each blueprint."""

from __future__ import annotations

from ckanext.regional.views.territory import regional

__all__ = ["regional"]
