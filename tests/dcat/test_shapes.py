"""What SEMIC's shapes say of the demonstration's datasets, and that none of it is lost on the way there and back."""

from __future__ import annotations

from typing import Any

import pyshacl
import pytest
from rdflib import RDF, Graph, Namespace
from rdflib.compare import isomorphic

from dev.paths import ROOT
from tests.dcat.conftest import emitted, parsed

_SHAPES = ROOT / "tests" / "data" / "shacl"
_SH = Namespace("http://www.w3.org/ns/shacl#")


def violations(graph: Graph, shapes: str, inference: str = "none") -> list[str]:
    """What a file of shapes does not accept; its warnings are advice."""
    _conforms, report, _text = pyshacl.validate(graph, shacl_graph=Graph().parse(_SHAPES / shapes), inference=inference)
    assert isinstance(report, Graph)
    return sorted(
        f"{report.value(found, _SH.focusNode)} {report.value(found, _SH.resultPath)} "
        f"{report.value(found, _SH.value)}: {report.value(found, _SH.resultMessage)}"
        for found in report.subjects(RDF.type, _SH.ValidationResult)
        if report.value(found, _SH.resultSeverity) == _SH.Violation
    )


def test_the_catalogue_keeps_to_dcat_ap(demo: list[dict[str, Any]]) -> None:
    assert len(demo) >= 40
    graph = emitted(*demo, catalogue=True)
    assert violations(graph, "shapes.ttl") == []
    assert violations(graph, "dcat-ap-3.0.1.ttl") == []


@pytest.mark.parametrize("inference", ["none", "rdfs"])
def test_the_high_value_datasets_keep_to_their_shapes(demo: list[dict[str, Any]], inference: str) -> None:
    high = [dataset for dataset in demo if dataset.get("hvd_category")]
    assert len(high) >= 5
    assert violations(emitted(*high), "hvd.ttl", inference) == []


def test_a_mistake_would_be_found(demo: list[dict[str, Any]]) -> None:
    bare = {**demo[0], "notes": "", "notes_translated": {}}
    assert any("description" in found for found in violations(emitted(bare), "shapes.ttl"))


def test_nothing_is_lost_there_and_back(demo: list[dict[str, Any]]) -> None:
    for dataset in demo:
        first = emitted(dataset)
        assert isomorphic(emitted(parsed(first)), first), dataset["name"]
