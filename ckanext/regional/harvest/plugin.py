"""The plugin ``regional_harvest``: neighbours' datasets come in, this site's changes go out."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import ckan.plugins.toolkit as tk
import click
from ckan import model
from ckan import plugins as p
from ckan.common import CKANConfig
from ckan.types import Context, SignalMapping

from ckanext.regional import signals
from ckanext.regional.harvest import config as settings
from ckanext.regional.harvest import diagnosis, expiring, helpers, leaving, views
from ckanext.regional.harvest.cli import harvest, source
from ckanext.regional.harvest.feed import feed
from ckanext.regional.harvest.from_harvest.command import import_from_harvest
from ckanext.regional.harvest.logic import action, auth, chained
from ckanext.regional.harvest.provenance import origin_extras, origins
from ckanext.regional.harvest.writing import records, writer
from ckanext.regional.interfaces import Check, IRegional
from ckanext.regional.retention import Expiry


@tk.blanket.config_declarations
@tk.blanket.auth_functions(auth)
@tk.blanket.helpers(helpers)
@tk.blanket.blueprints(views)
class RegionalHarvestPlugin(p.SingletonPlugin):
    """Sources and runs, the origin of what came, and the feed for those who pull from here."""

    p.implements(p.IConfigurer)
    p.implements(p.IConfigurable)
    p.implements(p.IActions)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.IFacets, inherit=True)
    p.implements(p.ISignal)
    p.implements(IRegional, inherit=True)

    def update_config(self, config: CKANConfig) -> None:
        tk.add_template_directory(config, "../templates/harvest")

    def configure(self, config: CKANConfig) -> None:
        if not p.plugin_loaded("regional"):
            raise p.PluginNotFoundException("regional_harvest needs the plugin regional: add it to ckan.plugins")

    def get_actions(self) -> dict[str, Any]:
        return {name: getattr(module, name) for module in (action, chained) for name in module.__all__}

    def get_commands(self) -> list[click.Command]:
        source.add_command(import_from_harvest)
        return [source, harvest]

    def get_expiries(self) -> Iterable[Expiry]:
        return expiring.all_kinds()

    def get_queues(self) -> Collection[str]:
        return {settings.queue()}

    def get_checks(self) -> dict[str, Check]:
        return diagnosis.checks()

    def get_leaving(self) -> dict[str, Check]:
        return leaving.checks()

    def get_signal_subscriptions(self) -> SignalMapping:
        return {signals.published: [_after_publication], signals.hidden: [_after_hiding]}

    def forget(self, dataset_id: str, actor: model.User, reason: str) -> None:
        records.forget(dataset_id)
        feed.note_erased(dataset_id)

    def after_dataset_create(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        feed.note(pkg_dict["id"])

    def after_dataset_update(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        feed.note(pkg_dict["id"])

    def after_dataset_delete(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        feed.note(pkg_dict["id"], deleted=True)

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        writer.note_written(pkg_dict["id"], pkg_dict["validated_data_dict"])
        pkg_dict[origins.INDEX_FIELD] = [origins.indexed(pkg_dict["id"])]
        return pkg_dict

    def after_dataset_show(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        if origin := origins.of([pkg_dict["id"]]).get(pkg_dict["id"]):
            pkg_dict["origin"] = origin

    def after_dataset_search(self, search_results: dict[str, Any], search_params: dict[str, Any]) -> dict[str, Any]:
        datasets = [found for found in search_results["results"] if isinstance(found, dict) and found.get("id")]
        by_id = origins.of(dataset["id"] for dataset in datasets)
        for dataset in datasets:
            if origin := by_id.get(dataset["id"]):
                dataset["origin"] = origin
                # Harvesters of others read this answer; what they know to keep are extras. One who asked for some
                # fields gets no others.
                if "resources" in dataset:
                    dataset["extras"] = origin_extras.added(dataset.get("extras") or [], origin)
        facet = search_results.get("search_facets", {}).get(origins.INDEX_FIELD, {}).get("items", [])
        titles = origins.source_titles(item["name"] for item in facet) if facet else {}
        for item in facet:
            own = item["name"] == origins.LOCAL
            item["display_name"] = tk._("This site") if own else titles.get(item["name"], item["name"])
        return search_results

    def dataset_facets(self, facets_dict: dict[str, Any], package_type: str) -> dict[str, Any]:
        facets_dict[origins.INDEX_FIELD] = tk._("Origins")
        return facets_dict


def _after_publication(sender: str, **kwargs: Any) -> None:
    writer.note_approved(sender, kwargs.get("contributors"))


def _after_hiding(sender: str, **kwargs: Any) -> None:
    feed.note(sender)
    model.Session.commit()
