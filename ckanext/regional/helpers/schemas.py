"""Helpers for the schema of a dataset's type."""

from __future__ import annotations

from ckanext.regional import site_schema

__all__ = ["regional_dataset_schema"]

regional_dataset_schema = site_schema.of_type
