"""The example schemas that ckanext-scheming and ckanext-dcat bring, which stand for the sites' own ones."""

from __future__ import annotations

from typing import Any

from ckanext.regional.schemas import reading

#: Those that load with the extensions that are installed here.
LOADABLE = (
    "ckanext.scheming:ckan_dataset.yaml",
    "ckanext.scheming:ckan_formpages.yaml",
    "ckanext.scheming:camel_photos.yaml",
    "ckanext.scheming:subfields.yaml",
    "ckanext.scheming:codelist.json",
    "ckanext.dcat.schemas:dcat_ap_full.yaml",
    "ckanext.dcat.schemas:dcat_ap_recommended.yaml",
    "ckanext.dcat.schemas:health_dcat_ap.yaml",
    "ckanext.dcat.schemas:dcat_us_full.yaml",
    "ckanext.dcat.schemas:dcat_us_recommended.yaml",
    "ckanext.dcat.schemas:croissant.yaml",
)
#: Those that need ckanext-fluent or ckanext-dataset-series.
OTHERS = (
    "ckanext.dcat.schemas:dcat_ap_multilingual.yaml",
    "ckanext.dcat.schemas:health_dcat_ap_multilingual.yaml",
    "ckanext.dcat.schemas:dcat_ap_dataset_series.yaml",
    "ckanext.dcat.schemas:dcat_ap_in_series.yaml",
)


def ours() -> dict[str, Any]:
    """Our dataset schema."""
    return reading.dataset_schema(reading.OUR_DATASET)


def presets() -> dict[str, dict[str, Any]]:
    """Keys by preset, of all three extensions."""
    return {name: keys for file in reading.KNOWN_PRESETS for name, keys in reading.presets(file).items()}
