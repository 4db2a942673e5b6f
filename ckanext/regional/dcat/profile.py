"""The profile: ckanext-dcat's for DCAT-AP 3, with what it lacks and with what its own readers would refuse mended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from rdflib import RDF, BNode, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF
from rdflib.term import Node

from ckanext.dcat.profiles.base import CleanedURIRef  # pyright: ignore[reportMissingImports]
from ckanext.dcat.profiles.euro_dcat_ap_3 import EuropeanDCATAP3Profile  # pyright: ignore[reportMissingImports]
from ckanext.dcat.utils import resource_uri  # pyright: ignore[reportMissingImports]
from ckanext.regional import config, territory, vocabulary
from ckanext.regional.dcat import about, files, people, places, rights
from ckanext.regional.dcat.graph import (
    DCAT,
    PREFIXES,
    SKOS,
    describe_terms,
    read_said,
    read_terms,
    texts,
    write_said,
)

#: What we write ourselves; ckanext-dcat must not see it, or would write it otherwise.
_OURS = (
    "title", "notes", "title_translated", "notes_translated", "identifier", "guid", "language", "conforms_to",
    "documentation", "alternate_identifier", "is_referenced_by", "qualified_relation", "provenance_activity",
    "qualified_attribution", "spatial_coverage", "maintainer", "maintainer_email", "author", "author_email",
    *places.LEGACY,
)  # fmt: skip
#: What ckanext-dcat reads and no schema of ours wants.
_NOT_OURS = ("homepage", "related_resource", "contact_uri", *places.LEGACY)


class RegionalDCATAP3Profile(EuropeanDCATAP3Profile):
    """DCAT-AP 3 with the governance of the data.

    In place of ``euro_dcat_ap_3`` in ``ckanext.dcat.rdf.profiles``, not beside it: the two would write agents twice.
    """

    g: Graph

    def graph_from_dataset(self, dataset_dict: dict[str, Any], dataset_ref: Node) -> None:
        """Write a dataset.

        :param dataset_dict: as ``package_show`` gives it to whoever asks; it stays as it is
        """
        for prefix, namespace in PREFIXES.items():
            self.g.bind(prefix, namespace)
        super().graph_from_dataset(self._for_ckanext_dcat(dataset_dict), dataset_ref)
        about.write(self.g, dataset_ref, dataset_dict, self._language())
        places.write(self.g, dataset_ref, dataset_dict, self)
        people.write(self.g, dataset_ref, dataset_dict, self)
        for standard in texts(dataset_dict.get("conforms_to")):
            write_said(self.g, dataset_ref, DCTERMS.conformsTo, standard, DCTERMS.Standard)
        for page in texts(dataset_dict.get("documentation")):
            write_said(self.g, dataset_ref, FOAF.page, page, FOAF.Document)
        describe_terms(self.g, "frequency", self.g.objects(dataset_ref, DCTERMS.accrualPeriodicity), DCTERMS.Frequency)
        describe_terms(self.g, "theme", self.g.objects(dataset_ref, DCAT.theme))
        for resource in dataset_dict.get("resources") or ():
            files.write(self.g, CleanedURIRef(resource_uri(resource)), resource)
        rights.write(self.g, dataset_ref, dataset_dict)

    def parse_dataset(self, dataset_dict: dict[str, Any], dataset_ref: Node) -> dict[str, Any]:
        """Read a dataset in the shapes of our schema; fields that the site's schema lacks are left out."""
        super().parse_dataset(dataset_dict, dataset_ref)
        found = {
            **about.read(self.g, dataset_ref, self._language()),
            **places.read(self.g, dataset_ref, self, self._language()),
            **people.read(self.g, dataset_ref, self),
            **rights.read(self.g, dataset_ref),
            "conforms_to": read_said(self.g, dataset_ref, DCTERMS.conformsTo),
            "documentation": read_said(self.g, dataset_ref, FOAF.page),
            "frequency": next(read_terms(self.g, dataset_ref, DCTERMS.accrualPeriodicity, "frequency"), None),
        }
        for field, value in found.items():
            if value in (None, "", [], {}):
                dataset_dict.pop(field, None)
            elif field in ("title", "notes", "origin") or self._schema_field(field):
                dataset_dict[field] = value
        self._parse_resources(dataset_dict, dataset_ref)
        self._tidy(dataset_dict, dataset_ref)
        return dataset_dict

    def graph_from_catalog(self, catalog_dict: dict[str, Any] | None, catalog_ref: Node) -> None:
        """Write the catalogue with what DCAT-AP 3 demands of one: a publisher, a description, terms as URIs."""
        super().graph_from_catalog(catalog_dict, catalog_ref)
        title = tk.config["ckan.site_title"] or tk.config["ckan.site_url"]
        if (catalog_ref, DCTERMS.title, None) not in self.g:
            self.g.add((catalog_ref, DCTERMS.title, Literal(title)))
        if (catalog_ref, DCTERMS.description, None) not in self.g:
            self.g.add((catalog_ref, DCTERMS.description, Literal(title)))
        self.g.remove((catalog_ref, DCTERMS.language, None))
        about.write_languages(self.g, catalog_ref, [self._language()])
        for homepage in self.g.objects(catalog_ref, FOAF.homepage):
            self.g.add((homepage, RDF.type, FOAF.Document))
        publisher = BNode()
        self.g.add((catalog_ref, DCTERMS.publisher, publisher))
        self.g.add((publisher, RDF.type, FOAF.Agent))
        self.g.add((publisher, FOAF.name, Literal(title)))
        themes = URIRef(vocabulary.scheme("theme"))
        self.g.add((catalog_ref, DCAT.themeTaxonomy, themes))
        self.g.add((themes, RDF.type, SKOS.ConceptScheme))
        self.g.add((themes, DCTERMS.title, Literal("Data theme", lang="en")))
        if territory.exists(config.territory()):
            places.write(self.g, catalog_ref, {"territory": [config.territory()]}, self)

    def _language(self) -> str:
        return self._get_default_locale_lang() or "en"

    def _for_ckanext_dcat(self, dataset: Mapping[str, Any]) -> dict[str, Any]:
        """A copy with what ckanext-dcat writes well: it changes what it is given."""
        kept = {key: value for key, value in dataset.items() if key not in _OURS}
        kept["extras"] = [extra for extra in dataset.get("extras") or [] if extra.get("key") not in _OURS]
        kept["resources"] = [
            {key: value for key, value in resource.items() if key not in files.WRITTEN}
            for resource in dataset.get("resources") or []
        ]
        kept["contact"] = people.contacts(dataset)
        # A dict that did not come from package_show knows its licence by name only.
        licence = model.Package.get_license_register().get(str(dataset.get("license_id") or ""))
        if licence is not None and not kept.get("license_url"):
            kept["license_url"] = licence.url
        # Taken for the title's fallback otherwise; the identifier is written by us.
        kept.pop("id", None)
        return kept

    def _parse_resources(self, dataset: dict[str, Any], dataset_ref: Node) -> None:
        references = {str(node): node for node in self.g.objects(dataset_ref, DCAT.distribution)}
        read = [
            files.read(self.g, references[resource["distribution_ref"]], resource)
            for resource in dataset.get("resources") or []
        ]
        licence = self._licence_of(read)
        if licence is not None:
            dataset["license_id"] = licence.id
            for resource in read:
                if resource.get("license") == licence.url:
                    del resource["license"]
        elif not dataset.get("license_id"):
            dataset.pop("license_id", None)
        dataset["resources"] = sorted(read, key=lambda resource: (resource.get("uri", ""), resource.get("url", "")))

    def _licence_of(self, resources: list[dict[str, Any]]) -> Any:
        """The licence of the first file with one that this site knows; the files that differ keep theirs."""
        register = model.Package.get_license_register()
        known = {licence.url: licence for licence in register.values() if licence.url}
        ours = {str(CleanedURIRef(url)): licence for url, licence in known.items()}
        return next((ours[one["license"]] for one in resources if one.get("license") in ours), None)

    def _tidy(self, dataset: dict[str, Any], dataset_ref: Node) -> None:
        """Leave nothing behind that our schema would refuse: extras by a field's name, keys that are no fields."""
        dataset.pop("qualified_attribution", None)
        dataset.pop("steward", None)
        dataset["tags"] = sorted(dataset.get("tags") or [], key=lambda tag: tag["name"])
        dataset["extras"] = [
            extra
            for extra in dataset.get("extras") or []
            if extra["key"] not in _NOT_OURS and not self._schema_field(extra["key"])
        ]
        if others := about.other_relations(self.g, dataset_ref):
            dataset["extras"].append({"key": "related_resource", "value": tk.h.dump_json(others)})
