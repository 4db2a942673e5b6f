"""Actions of the plugin ``regional``, by what they speak of; :data:`MODULES` is where CKAN finds them."""

from __future__ import annotations

from ckanext.regional.logic.action import score, status, territory

MODULES = (territory, score, status)
