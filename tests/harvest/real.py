"""402 real records of a city, as the file has them (DCAT-US 1.1) and as JSON-LD that says the same in DCAT.

The file is in the public domain (GSA datagov-harvester, example_data). It is not part of this repository;
``REGIONAL_REAL_CATALOGUE`` names it, or it lies beside the checkout as ``shared/data/neighbour-catalogue-402.json``.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from dev.paths import ROOT

CATALOGUE = Path(
    os.environ.get("REGIONAL_REAL_CATALOGUE") or ROOT.parent / "shared" / "data" / "neighbour-catalogue-402.json"
)

_DCT = "http://purl.org/dc/terms/"
_DCAT = "http://www.w3.org/ns/dcat#"
_CONTEXT = {
    "dataset": {"@id": f"{_DCAT}dataset", "@container": "@set"},
    "distribution": {"@id": f"{_DCAT}distribution", "@container": "@set"},
    "title": f"{_DCT}title",
    "description": f"{_DCT}description",
    "identifier": f"{_DCT}identifier",
    "keyword": f"{_DCAT}keyword",
    "modified": f"{_DCT}modified",
    "issued": f"{_DCT}issued",
    "publisher": f"{_DCT}publisher",
    "name": "http://xmlns.com/foaf/0.1/name",
    "contactPoint": f"{_DCAT}contactPoint",
    "fn": "http://www.w3.org/2006/vcard/ns#fn",
    "hasEmail": "http://www.w3.org/2006/vcard/ns#hasEmail",
    "license": {"@id": f"{_DCT}license", "@type": "@id"},
    "spatial": f"{_DCT}spatial",
    "landingPage": {"@id": f"{_DCAT}landingPage", "@type": "@id"},
    "downloadURL": {"@id": f"{_DCAT}downloadURL", "@type": "@id"},
    "accessURL": {"@id": f"{_DCAT}accessURL", "@type": "@id"},
    "mediaType": f"{_DCAT}mediaType",
    "format": f"{_DCT}format",
}


def as_json_ld(catalogue: Path, every: int = 1) -> tuple[bytes, int]:
    """Give a DCAT-US file the context and the types that make it DCAT.

    :param every: of so many datasets one
    :returns: the document, and how many datasets it has
    """
    read = json.loads(catalogue.read_text())
    datasets = [
        {
            **dataset,
            "@type": f"{_DCAT}Dataset",
            "distribution": [{**file, "@type": f"{_DCAT}Distribution"} for file in dataset.get("distribution") or ()],
        }
        for dataset in read["dataset"][::every]
    ]
    document = {"@context": _CONTEXT, "@type": f"{_DCAT}Catalog", "dataset": datasets}
    return json.dumps(document).encode(), len(datasets)
