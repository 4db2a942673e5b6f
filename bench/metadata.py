"""What ``regional`` costs: ``package_create`` and ``package_show`` against plain ckanext-scheming with the same fields.

Two sites on one stack, in one run, in turn: one with our plugin, schema and presets, the other with ckanext-scheming
alone and a schema of the same fields, each of the plain kind that stores the same (a text, a list of texts, a list of
objects). Both get the same datasets, every field filled. Goal: a ratio of at most 1.15 (design, issue 4).

    python3 -m dev up bench
    .dev/venv/bin/python -m bench.metadata [--rounds 200] [--stack bench]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from bench.called import Called
from ckanext.regional.schemas import reading
from ckanext.regional.schemas.merge import SECTIONS, expanded
from dev.site import Site
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

Sample = dict[str, float]


def main() -> None:
    """Print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--stack", default="bench")
    options = parser.parse_args()
    stack = Stack(options.stack)
    if not stack.running:
        parser.error(f"the stack does not run: python3 -m dev up {options.stack}")
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.yaml"
        plain.write_text(yaml.safe_dump(plain_schema(), sort_keys=False, allow_unicode=True))
        settings = {"scheming.dataset_schemas": plain.as_uri()}
        with (
            _site(stack, "bench-plain", settings, "scheming_datasets") as theirs,
            _site(stack, "bench-regional", {}, "regional scheming_datasets") as ours,
        ):
            _report(measure({"plain": theirs, "regional": ours}, options.rounds))


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


@contextmanager
def _site(stack: Stack, name: str, settings: dict[str, str], plugins: str) -> Iterator[Called]:
    """A site without web server and worker, and a process that calls its actions."""
    site = Site(
        stack, name, plugins=plugins.split(), settings={"ckan.site_url": "http://bench.example.org", **settings}
    )
    site.reset()
    process = Called(site)
    try:
        _settle(process)
        yield process
    finally:
        process.end()
        site.drop()


def _settle(site: Called) -> None:
    """Give an empty site an organisation and its editor."""
    everything = {"ignore_auth": True}
    admin = site.call("get_site_user", {}, context=everything)["result"]["name"]
    for action, data in (
        ("organization_create", {"name": "ville", "title": "Ville"}),
        ("user_create", {"name": "clerk", "email": "clerk@example.org", "password": "not-a-secret"}),
        ("organization_member_create", {"id": "ville", "username": "clerk", "role": "editor"}),
    ):
        site.call(action, data, context=everything, user=admin)


def measure(sites: Mapping[str, Called], rounds: int) -> dict[str, dict[str, list[Sample]]]:
    """Call every action on each site in turn; samples by action and site."""
    actor: dict[str, Any] = {"user": "clerk"}
    found: dict[str, dict[str, list[Sample]]] = {}
    _require_the_same(sites)
    for number in range(-_WARM_UP, rounds):
        # Who comes second finds warmer caches in the machine: they change places.
        turn = list(sites.items())[:: 1 if number % 2 else -1]
        calls = {
            "package_create": ("package_create", dataset(number + _WARM_UP), actor),
            "package_show": ("package_show", {"id": f"menus-{number + _WARM_UP}"}, {}),
            "package_show, editor": ("package_show", {"id": f"menus-{number + _WARM_UP}"}, actor),
            "package_show, without cache": (
                "package_show",
                {"id": f"menus-{number + _WARM_UP}"},
                {"context": {"use_cache": False}},
            ),
        }
        for label, (action, data, more) in calls.items():
            for name, site in turn:
                took = site.call(action, data, **more)
                if number >= 0:
                    sample = {"wall": took["wall"], "cpu": took["cpu"]}
                    found.setdefault(label, {}).setdefault(name, []).append(sample)
    return found


def _require_the_same(sites: Mapping[str, Called]) -> None:
    """Make sure that both sites keep all that they are given, or the comparison says nothing."""
    sent = dataset(0) | {"name": "the-same"}
    for name, site in sites.items():
        kept = site.call("package_create", sent, user="clerk")["result"]
        lost = {key for key in sent if not kept.get(key)}
        lost |= {f"resource.{key}" for key in sent["resources"][0] if not kept["resources"][0].get(key)}
        if lost:
            raise SystemExit(f"{name} does not keep {', '.join(sorted(lost))}")


def _report(found: Mapping[str, Mapping[str, list[Sample]]]) -> None:
    print(f"{'':28} {'plain':>9} {'regional':>9} {'ratio':>7}   {'CPU: plain':>10} {'regional':>9} {'ratio':>7}")
    for label, sites in found.items():
        row = []
        for clock in ("wall", "cpu"):
            plain, regional = (
                statistics.median(sample[clock] for sample in sites[name]) * 1000 for name in ("plain", "regional")
            )
            row += [plain, regional, regional / plain]
        print("{:28} {:6.1f} ms {:6.1f} ms {:7.2f}   {:7.1f} ms {:6.1f} ms {:7.2f}".format(label, *row))
    calls = len(next(iter(found.values()))["plain"])
    print(f"Medians of {calls} calls each. Goal: {GOAL} at most.")


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
        "owner_org": "ville",
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
        "steward": "clerk",
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
