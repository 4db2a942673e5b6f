"""What ``regional`` costs: ``package_create`` and ``package_show`` against plain ckanext-scheming with the same fields.

Two sites on one stack, in one run, in turn: one with our plugin, schema and presets, the other with ckanext-scheming
alone and a schema of the same fields, each of the plain kind that stores the same (a text, a list of texts, a list of
objects). Both get the same datasets, every field filled. Goal: a ratio of at most 1.15 (design, issue 4).

    python3 -m dev up bench
    .dev/venv/bin/python -m bench.metadata [--rounds 200] [--stack bench]
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from bench import arguments
from bench.side_by_side import EDITOR, ORGANISATION, Process, Samples, ask_each, report, running
from ckanext.regional.schemas import reading
from ckanext.regional.schemas.merge import SECTIONS, expanded
from dev.stack import Stack

GOAL = 1.15
#: Fields of CKAN's own, with the presets that a plain schema has for them.
_CORE_PRESETS = ("title", "dataset_slug", "tag_string_autocomplete", "dataset_organization", "resource_url_upload")
_PLAIN_TEXT = {"validators": "ignore_missing unicode_safe"}
_PLAIN: Mapping[str, dict[str, str]] = {
    "texts": {"preset": "multiple_text"},
    "translated": {"preset": "json_object"},
    "number": {"validators": "ignore_missing int_validator"},
}
#: What is computed by us, and given to the plain site in the same shape.
_COMPUTED = {"spatial_coverage": ("uri", "text", "bbox", "centroid")}
_WARM_UP = 10


def main() -> None:
    """Print medians and ratios."""
    parser = arguments.parser(__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    stack = arguments.running_stack(options)
    with beside_plain(stack, "bench-regional", "regional", "scheming_datasets") as (theirs, ours):
        samples = measure({"plain": theirs, "regional": ours}, options.rounds)
        report(samples, dict.fromkeys(samples, GOAL), peer="plain", ours="regional")


@contextmanager
def beside_plain(stack: Stack, name: str, plugins: str, both: str) -> Iterator[tuple[Process, Process]]:
    """A site whose schema stores the same by plain kinds of fields, and one of ours beside it.

    :param plugins: those of ours
    :param both: those that the two have
    """
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.yaml"
        plain.write_text(yaml.safe_dump(plain_schema(), sort_keys=False, allow_unicode=True))
        settings = {"scheming.dataset_schemas": plain.as_uri()}
        with (
            running(stack, "bench-plain", settings, both) as theirs,
            running(stack, name, {}, f"{plugins} {both}") as ours,
        ):
            yield theirs, ours


def plain_schema() -> dict[str, Any]:
    """Our schema with every field of ours turned into the plain kind that stores the same."""
    ours = reading.dataset_schema(reading.OUR_DATASET)
    known = reading.presets(reading.SCHEMING_PRESETS) | reading.presets(reading.OUR_PRESETS)
    return {
        "scheming_version": 2,
        "dataset_type": "dataset",
        **{section: [_plain(field, known) for field in ours[section]] for section in SECTIONS},
    }


def _plain(field: Mapping[str, Any], presets: Mapping[str, Any]) -> dict[str, Any]:
    name = {"field_name": field["field_name"], "label": field.get("label", field["field_name"])}
    if field.get("preset") in _CORE_PRESETS:
        return {**name, "preset": field["preset"]}
    subfields = field.get("repeating_subfields") or [
        {"field_name": inner} for inner in _COMPUTED.get(field["field_name"], ())
    ]
    if subfields:
        return {**name, "repeating_subfields": [_plain(inner, presets) for inner in subfields]}
    return {**name, **_PLAIN.get(expanded(field, presets).get("value_kind", "text"), _PLAIN_TEXT)}


def measure(sites: Mapping[str, Process], rounds: int) -> Samples:
    """Call every action on each site in turn."""
    found: Samples = {}
    _require_the_same(sites)
    for number in range(-_WARM_UP, rounds):
        name = f"menus-{number + _WARM_UP}"
        show = {"action": "package_show", "data": {"id": name}}
        tasks = {
            "package_create": {"action": "package_create", "data": dataset(number + _WARM_UP), "user": EDITOR},
            "package_show": show,
            "package_show, editor": show | {"user": EDITOR},
            "package_show, without cache": show | {"context": {"use_cache": False}},
        }
        ask_each(sites, tasks, number, found)
    return found


def _require_the_same(sites: Mapping[str, Process]) -> None:
    """Make sure that both sites keep all that they are given, or the comparison says nothing."""
    sent = dataset(0) | {"name": "the-same"}
    for name, site in sites.items():
        kept = site.call("package_create", sent, user=EDITOR)["result"]
        lost = {key for key in sent if not kept.get(key)}
        lost |= {f"resource.{key}" for key in sent["resources"][0] if not kept["resources"][0].get(key)}
        if lost:
            raise SystemExit(f"{name} does not keep {', '.join(sorted(lost))}")


def dataset(number: int) -> dict[str, Any]:
    """A dataset whose every field is filled, in the shapes that both sites store as they are."""
    frequency = "http://publications.europa.eu/resource/authority/frequency/ANNUAL"
    agent = {
        "name": "Ville de Brest",
        "identifier": "212900195",
        "type": "http://purl.org/adms/publishertype/LocalAuthority",
        "email": "donnees@brest.example.org",
        "url": "https://brest.example.org",
        "uri": "https://brest.example.org/#ville",
    }
    resource = {
        "url": "https://example.org/menus.csv",
        "name": "Menus",
        "description": "Un menu par jour et par cantine",
        "format": "CSV",
        "mimetype": "text/csv",
        "size": 120000,
        "hash": "d41d8cd98f00b204e9800998ecf8427e",
        "hash_algorithm": "MD5",
        "rights": "Citer la ville",
        "availability": "http://publications.europa.eu/resource/authority/planned-availability/STABLE",
        "license": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
        "access_url": "https://example.org/menus",
        "download_url": "https://example.org/menus.csv",
        "applicable_legislation": ["https://www.legifrance.gouv.fr/loi"],
        "conforms_to": ["https://schema.data.gouv.fr/scdl/menus"],
        "language": ["fr"],
        "documentation": ["https://example.org/doc"],
        "status": "http://purl.org/adms/status/Completed",
        "issued": "2026-01-02",
        "modified": "2026-05-04",
    }
    return {
        "name": f"menus-{number}",
        "title": f"Menus des cantines {number}",
        "notes": "Ce que mangent les enfants de Brest, jour par jour, avec les allergènes.",
        "owner_org": ORGANISATION,
        "url": "https://example.org/menus",
        "version": "2026-1",
        "license_id": "cc-by",
        "tags": [{"name": "cantine"}, {"name": "menu"}],
        "title_translated": {"fr": "Menus des cantines", "en": "School menus"},
        "notes_translated": {"fr": "Ce que mangent les enfants", "en": "What the children eat"},
        "theme": ["http://publications.europa.eu/resource/authority/data-theme/EDUC"],
        "sector": ["school"],
        "territory": ["fr:commune:29019"],
        "spatial_coverage": [{"uri": "http://id.insee.fr/geo/commune/29019", "text": "Brest"}],
        "governance_level": "local",
        "temporal_coverage": [{"start": "2026-01-01", "end": "2026-12-31"}],
        "temporal_coverage_not_applicable": "true",
        "frequency": frequency,
        "issued": "2026-01-02",
        "modified": "2026-05-04",
        "steward": EDITOR,
        "publisher": [agent],
        "creator": [agent],
        "custodian": [agent],
        "contact": [{"name": "Service", "email": "menus@brest.example.org", "url": "https://brest.example.org/c"}],
        "access_rights": "http://publications.europa.eu/resource/authority/access-right/PUBLIC",
        "personal_data_class": "none",
        "legal_basis": ["RGPD, article 6.1 e)"],
        "personal_data": ["nom"],
        "applicable_legislation": ["https://www.legifrance.gouv.fr/loi"],
        "provenance": "Saisi par les cuisines.",
        "conforms_to": ["https://schema.data.gouv.fr/scdl/menus"],
        "language": ["fr"],
        "documentation": ["https://example.org/doc"],
        "is_referenced_by": ["https://example.org/article"],
        "identifier": f"menus-{number}",
        "alternate_identifier": [f"10.1234/menus-{number}"],
        "version_notes": "Première version",
        "qualified_relation": [{"relation": "https://example.org/r", "role": "https://example.org/role"}],
        "provenance_activity": [{"label": "Saisie", "wasAssociatedWith": [{"name": "Cuisines"}]}],
        "citizen_needs": [{"need_id": "7", "label": "Savoir ce que mangent les enfants"}],
        "resources": [resource, {**resource, "name": "Menus de mai"}, {**resource, "name": "Menus de juin"}],
    }


if __name__ == "__main__":
    main()
