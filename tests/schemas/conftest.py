"""A CKAN whose dataset schema is a site's own one with our fields merged in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ckan import plugins as p
from ckan.config.middleware import make_app
from ckan.tests.helpers import CKANTestApp

from ckanext.regional.schemas import reading, writing
from ckanext.regional.schemas.merge import merge
from tests.conftest import empty_our_tables
from tests.schemas.schemas import ours, presets

Start = Callable[..., CKANTestApp]


@pytest.fixture
def with_schema(ckan_config: dict[str, Any], clean_db: None, clean_index: None, tmp_path: Path) -> Iterator[Start]:
    """Start CKAN with the plugins and the schema given; afterwards the next test loads its own plugins."""

    def start(name: str, plugins: str) -> CKANTestApp:
        schema = merge(reading.dataset_schema(name), ours(), presets()).schema
        path = tmp_path / "site.yaml"
        path.write_text(writing.to_yaml(schema))
        ckan_config["scheming.dataset_schemas"] = path.as_uri()
        ckan_config["scheming.presets"] = " ".join(reading.KNOWN_PRESETS)
        ckan_config["ckan.plugins"] = plugins
        p.unload_all()
        p.load_all()
        empty_our_tables()
        return CKANTestApp(make_app(ckan_config))

    yield start
    p.unload_all()
