"""Settings that are allowed and do not do what one thinks."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
from ckan import model
from ckan import plugins as p

from ckanext.regional import config, territory
from ckanext.regional.licences import LICENCES
from ckanext.regional.translations import RegionalTranslationsPlugin
from ckanext.regional.types import Finding

_LANGUAGES = frozenset({"fr", "en"})
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
#: The profile that has our fields, and those of ckanext-dcat that write the same as it.
_OUR_PROFILE = "regional_dcat_ap_3"
_PROFILES = ("euro_dcat_ap", "euro_dcat_ap_2", "euro_dcat_ap_3", "euro_dcat_ap_scheming", "euro_health_dcat_ap")


def order() -> Iterator[Finding]:
    """Say whether our templates come before those that they change."""
    plugins: list[str] = tk.config["ckan.plugins"]
    late = [
        name
        for name in ("scheming_datasets", "scheming_organizations")
        if name in plugins and plugins.index(name) < plugins.index("regional")
    ]
    if late:
        yield Finding(
            "warning",
            "order",
            f"regional stands after {', '.join(late)} in ckan.plugins, so that parts of our pages are not shown.",
            "List regional, regional_curation and regional_harvest first.",
        )
    else:
        yield Finding("ok", "order", "Our plugins stand before those whose pages they change.")


def site() -> Iterator[Finding]:
    """Look at who this site says it is."""
    url = tk.config["ckan.site_url"] or ""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        yield Finding(
            "error",
            "site.url",
            f"ckan.site_url is “{url}”; links in RDF, feeds and e-mails are made of it.",
            "Set it to the address that readers use, such as https://data.example.org, without a path.",
        )
    elif parts.hostname in _LOOPBACK:
        yield Finding(
            "warning",
            "site.url",
            f"ckan.site_url is {url}: nobody else can follow the links in RDF, feeds and e-mails.",
            "Set it to the address that readers use.",
        )
    else:
        yield Finding("ok", "site.url", f"The site says of itself that it is {url}.")
    if tk.config["ckan.site_id"] == "default":
        yield Finding(
            "warning",
            "site.id",
            "ckan.site_id is “default”; two sites on one Solr or Redis would see each other's datasets and jobs.",
            "Give it a name of your own before there are datasets; afterwards run: ckan search-index rebuild",
        )
    else:
        yield Finding("ok", "site.id", f"ckan.site_id is “{tk.config['ckan.site_id']}”.")
    if territory.exists(config.territory()):
        yield Finding("ok", "site.territory", f"The site is for {territory.label(config.territory(), 'en')}.")
    else:
        yield Finding(
            "error",
            "site.territory",
            f"ckanext.regional.territory is “{config.territory()}”, which is no territory.",
            "Find the code with: ckan regional territory search NAME",
        )


def languages() -> Iterator[Finding]:
    """Say whether the site speaks a language that our pages have."""
    offered = {tk.config["ckan.locale_default"], *tk.config["ckan.locales_offered"]} - {""}
    spoken = _LANGUAGES.union(*(plugin.i18n_locales() for plugin in _translations()))
    said = f"The site offers {', '.join(sorted(offered))}; our pages speak {', '.join(sorted(spoken))}"
    if offered & spoken:
        yield Finding("ok", "languages", f"{said}.")
    else:
        yield Finding(
            "warning",
            "languages",
            f"{said}, and will be in English.",
            "Add fr or en to ckan.locales_offered, or a translation of your own (docs/languages.md).",
        )


def _translations() -> list[RegionalTranslationsPlugin]:
    return [one for one in p.PluginImplementations(p.ITranslation) if isinstance(one, RegionalTranslationsPlugin)]


def licences() -> Iterator[Finding]:
    """Say whether the licences that French public bodies may use can be chosen."""
    known = list(model.Package.get_license_register().keys())
    missing = [licence["id"] for licence in LICENCES if licence["id"] not in known]
    if missing:
        yield Finding(
            "warning",
            "licences",
            f"The licences {', '.join(missing)} cannot be chosen.",
            "Restart CKAN; if they are still missing, look for a plugin that replaces CKAN's list of licences.",
        )
    else:
        yield Finding("ok", "licences", "Licence Ouverte 2.0 and ODbL can be chosen.")


def dcat() -> Iterator[Finding]:
    """Look at ckanext-dcat's settings, if it is on."""
    if not p.plugin_loaded("dcat"):
        return
    yield _profiles(_words(tk.config.get("ckanext.dcat.rdf.profiles")))
    if tk.asbool(tk.config.get("ckanext.dcat.resource.inherit.license")):
        yield Finding("ok", "dcat.licence", "Files say the licence of their dataset in RDF.")
    else:
        yield Finding(
            "warning",
            "dcat.licence",
            "In RDF the files say no licence: DCAT-AP has it there, and yours is the dataset's.",
            "Set ckanext.dcat.resource.inherit.license = true",
        )
    if tk.asbool(tk.config.get("ckanext.dcat.translate_keys", True)):
        yield Finding(
            "warning",
            "dcat.keys",
            "ckanext-dcat renames keys of datasets that pages show, so that some of our fields are not found there.",
            "Set ckanext.dcat.translate_keys = false",
        )
    else:
        yield Finding("ok", "dcat.keys", "ckanext-dcat leaves the keys of datasets as they are.")


def _profiles(chosen: set[str]) -> Finding:
    """One profile for datasets, ours: each of the others would write and read the same once more, in its own way."""
    others = [name for name in _PROFILES if name in chosen]
    if _OUR_PROFILE not in chosen:
        named = f"names {', '.join(others)}" if others else "is not set"
        return Finding(
            "warning",
            "dcat.profiles",
            f"ckanext.dcat.rdf.profiles {named}: territory, level, sector, custodian and more are missing from RDF.",
            f"Set ckanext.dcat.rdf.profiles = {_OUR_PROFILE}",
        )
    if others:
        return Finding(
            "warning",
            "dcat.profiles",
            f"ckanext.dcat.rdf.profiles names {_OUR_PROFILE} and {', '.join(others)}: agents are written twice.",
            f"Take {', '.join(others)} out: {_OUR_PROFILE} has all of it.",
        )
    return Finding("ok", "dcat.profiles", f"RDF is written and read by {_OUR_PROFILE}, with all our fields.")


def _words(value: object) -> set[str]:
    return set(value if isinstance(value, list) else str(value or "").split())
