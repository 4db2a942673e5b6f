"""The plugin ``regional_needs``: what inhabitants and sectors want, and what of it the catalogue has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import ckan.plugins.toolkit as tk
import click
from ckan import model
from ckan import plugins as p
from ckan.common import CKANConfig
from ckan.types import CKANApp, Context

from ckanext.regional.interfaces import Check, IRegional
from ckanext.regional.needs import answers, diagnosis, expiring, helpers, leaving, views
from ckanext.regional.needs import config as settings
from ckanext.regional.needs.cli import needs
from ckanext.regional.needs.demand import counting
from ckanext.regional.needs.logic import action, auth
from ckanext.regional.retention import Expiry


@tk.blanket.config_declarations
@tk.blanket.actions(action)
@tk.blanket.auth_functions(auth)
@tk.blanket.helpers(helpers)
@tk.blanket.blueprints(views)
class RegionalNeedsPlugin(p.SingletonPlugin):
    """Needs with their supporters and answers, counts of demand, the observatory."""

    p.implements(p.IConfigurer)
    p.implements(p.IConfigurable)
    p.implements(p.IMiddleware, inherit=True)
    p.implements(p.IPackageController, inherit=True)
    p.implements(IRegional, inherit=True)

    def update_config(self, config: CKANConfig) -> None:
        tk.add_template_directory(config, "../templates/needs")

    def configure(self, config: CKANConfig) -> None:
        if not p.plugin_loaded("regional"):
            raise p.PluginNotFoundException("regional_needs needs the plugin regional: add it to ckan.plugins")

    def make_middleware(self, app: CKANApp, config: CKANConfig) -> CKANApp:
        counting.register(app)
        return app

    def get_commands(self) -> list[click.Command]:
        return [needs]

    def get_expiries(self) -> Iterable[Expiry]:
        return expiring.all_kinds()

    def get_queues(self) -> Collection[str]:
        return {settings.queue()}

    def get_checks(self) -> dict[str, Check]:
        return diagnosis.checks()

    def get_leaving(self) -> dict[str, Check]:
        return leaving.checks()

    def answering_needs(self, dataset_ids: Sequence[str]) -> Collection[str]:
        return answers.answering(dataset_ids)

    def take_back(self, dataset_id: str, dataset: dict[str, Any]) -> bool:
        return answers.take_back(dataset_id, dataset)

    def forget(self, dataset_id: str, actor: model.User, reason: str) -> None:
        answers.forget(dataset_id)

    def after_dataset_show(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        # Who passes the cache by asks for what is stored, to compare or to index it; a form asks for what it may save.
        if context.get("use_cache", True) and not context.get("for_edit"):
            answers.show([pkg_dict])
        counting.note_visit(pkg_dict)

    def after_dataset_search(self, search_results: dict[str, Any], search_params: dict[str, Any]) -> dict[str, Any]:
        counting.note_results(search_params, search_results["count"])
        answers.show(search_results["results"])
        return search_results
