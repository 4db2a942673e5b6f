"""The demonstration's datasets in a test site, made once for a module, and what our profile makes of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.tests import factories
from ckanext.dcat.processors import RDFParser, RDFSerializer  # pyright: ignore[reportMissingImports]
from rdflib import Graph

from dev.demo import data
from tests.conftest import act

PROFILE = "regional_dcat_ap_3"


def emitted(*datasets: Mapping[str, Any], catalogue: bool = False) -> Graph:
    """The RDF of some datasets as one graph, read from Turtle as somebody else would."""
    serializer = RDFSerializer(profiles=[PROFILE])
    if catalogue:
        serializer.graph_from_catalog()
    for dataset in datasets:
        serializer.graph_from_dataset(dict(dataset))
    return Graph().parse(data=serializer.g.serialize(format="turtle"), format="turtle")


def parsed(graph: Graph) -> dict[str, Any]:
    """The one dataset of a graph as our profile reads it."""
    parser = RDFParser(profiles=[PROFILE])
    parser.parse(graph.serialize(format="turtle"), _format="turtle")
    (dataset,) = parser.datasets()
    return dataset


@pytest.fixture(scope="module")
def _kept() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def demo(
    _kept: list[dict[str, Any]], our_plugins: None, request: pytest.FixtureRequest
) -> Iterator[list[dict[str, Any]]]:
    """The datasets of the demonstration's first site that somebody submitted, as ``package_show`` gives them.

    Their files are links: to upload them and to review them would take a minute and change no triple that counts.
    """
    if not _kept:
        request.getfixturevalue("clean_regional")
        tk.config["ckan.search.solr_commit"] = False
        try:
            _kept.extend(_make())
        finally:
            tk.config["ckan.search.solr_commit"] = True
    yield _kept
    model.Session.rollback()
    model.Session.remove()


def _make() -> Iterator[dict[str, Any]]:
    sysadmin = factories.Sysadmin(name="sysadmin")["name"]
    for organization in data.load_site("bretagne").organizations:
        own = {"name": organization.name, "title": organization.title, **organization.defaults}
        act("organization_create", sysadmin, **own)
        for dataset in organization.datasets:
            if dataset.state == "draft":
                continue
            metadata = {key: value for key, value in dataset.metadata.items() if key != "steward"}
            files = [
                {
                    "name": file.name,
                    "description": file.description,
                    "format": "CSV",
                    "mimetype": "text/csv",
                    "size": file.path.stat().st_size,
                    "url": f"https://example.org/{file.path.name}",
                }
                for file in dataset.files
            ]
            made = act("package_create", sysadmin, **{**metadata, "name": dataset.name, "resources": files})
            yield act("package_show", sysadmin, id=made["id"])
