"""The plugin ``regional``: governance metadata."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan import plugins as p
from ckan.common import CKANConfig
from ckan.lib.plugins import DefaultTranslation
from ckan.types import Context

from ckanext.regional import cli, facets, helpers, licences, scoring, startup, views
from ckanext.regional.indexing import index_fields
from ckanext.regional.interfaces import IRegional
from ckanext.regional.links import watching
from ckanext.regional.logic import action, auth, chained, strictness, validators


@tk.blanket.config_declarations
@tk.blanket.auth_functions(auth)
@tk.blanket.validators(validators)
@tk.blanket.helpers(helpers)
@tk.blanket.blueprints(views)
@tk.blanket.cli(cli)
class RegionalPlugin(DefaultTranslation, p.SingletonPlugin):
    """Which territory, which sector, who answers for the data: in form, page, search and index."""

    p.implements(p.IConfigurer)
    p.implements(p.IConfigurable)
    p.implements(p.IActions)
    p.implements(p.IFacets, inherit=True)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.ITranslation)

    def update_config(self, config_: CKANConfig) -> None:
        tk.add_template_directory(config_, "templates/regional")
        tk.add_resource("assets", "regional")

    def configure(self, config_: CKANConfig) -> None:
        licences.register()
        startup.learn_sectors()

    def get_actions(self) -> dict[str, Any]:
        return {
            function.__name__: function
            for module in (*action.MODULES, chained)
            for function in (getattr(module, name) for name in module.__all__)
        }

    def dataset_facets(self, facets_dict: dict[str, Any], package_type: str) -> dict[str, Any]:
        return facets.titles(facets_dict)

    def organization_facets(
        self, facets_dict: dict[str, Any], organization_type: str, package_type: str | None
    ) -> dict[str, Any]:
        return self.dataset_facets(facets_dict, package_type or "dataset")

    def group_facets(self, facets_dict: dict[str, Any], group_type: str, package_type: str | None) -> dict[str, Any]:
        return self.dataset_facets(facets_dict, package_type or "dataset")

    def after_dataset_create(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        strictness.refuse_incomplete(context, pkg_dict["id"])
        watching.saved(model.Session.get(model.Package, pkg_dict["id"]))

    def after_dataset_update(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        strictness.refuse_incomplete(context, pkg_dict["id"])
        watching.saved(model.Session.get(model.Package, pkg_dict["id"]))

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        return index_fields(pkg_dict) | scoring.index_fields(pkg_dict)

    def before_dataset_search(self, search_params: dict[str, Any]) -> dict[str, Any]:
        return facets.before_search(search_params)

    def after_dataset_search(self, search_results: dict[str, Any], search_params: dict[str, Any]) -> dict[str, Any]:
        return facets.after_search(search_results, search_params)


__all__ = ["IRegional", "RegionalPlugin"]
