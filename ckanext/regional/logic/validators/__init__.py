"""Validators of the governance fields, by what they check; CKAN finds them all here.

They check a value's form, never that it is there (see ``completeness``). What shape a value has (a text, a list, a list
of objects) is already sure: ``incoming`` refuses another before CKAN validates.
"""

from __future__ import annotations

from ckanext.regional.logic.validators.agents import (
    regional_agent_name,
    regional_email,
    regional_only_one,
    regional_siret,
)
from ckanext.regional.logic.validators.dates import regional_date, regional_period_end
from ckanext.regional.logic.validators.links import regional_uri, regional_uris, regional_url
from ckanext.regional.logic.validators.people import regional_steward
from ckanext.regional.logic.validators.places import (
    regional_governance_level,
    regional_spatial_coverage,
    regional_territory,
)
from ckanext.regional.logic.validators.terms import regional_licence, regional_term, regional_terms, regional_theme
from ckanext.regional.logic.validators.texts import (
    regional_size,
    regional_text,
    regional_texts,
    regional_tick,
    regional_tick_output,
    regional_translated,
)

__all__ = [
    "regional_agent_name",
    "regional_date",
    "regional_email",
    "regional_governance_level",
    "regional_licence",
    "regional_only_one",
    "regional_period_end",
    "regional_siret",
    "regional_size",
    "regional_spatial_coverage",
    "regional_steward",
    "regional_term",
    "regional_terms",
    "regional_territory",
    "regional_text",
    "regional_texts",
    "regional_theme",
    "regional_tick",
    "regional_tick_output",
    "regional_translated",
    "regional_uri",
    "regional_uris",
    "regional_url",
]
