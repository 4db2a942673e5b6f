"""The plugin ``regional``: governance metadata."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import plugins as p
from ckan.common import CKANConfig
from ckan.lib.plugins import DefaultTranslation
from ckan.types import Context

from ckanext.regional import cli, config, helpers, language, licences, territory, views, vocabulary
from ckanext.regional.indexing import INDEX_FIELDS, index_fields
from ckanext.regional.interfaces import IRegional
from ckanext.regional.logic import action, auth, chained, strictness, validators

_FACETS = ("territory", "sector", "governance_level")


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

    def get_actions(self) -> dict[str, Any]:
        return {
            function.__name__: function
            for module in (*action.MODULES, chained)
            for function in (getattr(module, name) for name in module.__all__)
        }

    def dataset_facets(self, facets_dict: dict[str, Any], package_type: str) -> dict[str, Any]:
        ours = {
            INDEX_FIELDS["territory"]: tk._("Territories"),
            INDEX_FIELDS["sector"]: tk._("Sectors"),
            INDEX_FIELDS["governance_level"]: tk._("Levels"),
        }
        # First: they are what a reader of a regional catalogue looks for.
        rest = dict(facets_dict)
        facets_dict.clear()
        facets_dict.update(ours | rest)
        return facets_dict

    def organization_facets(
        self, facets_dict: dict[str, Any], organization_type: str, package_type: str | None
    ) -> dict[str, Any]:
        return self.dataset_facets(facets_dict, package_type or "dataset")

    def group_facets(self, facets_dict: dict[str, Any], group_type: str, package_type: str | None) -> dict[str, Any]:
        return self.dataset_facets(facets_dict, package_type or "dataset")

    def after_dataset_create(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        strictness.refuse_incomplete(context, pkg_dict["id"])

    def after_dataset_update(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        strictness.refuse_incomplete(context, pkg_dict["id"])

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        return index_fields(pkg_dict)

    def after_dataset_search(self, search_results: dict[str, Any], search_params: dict[str, Any]) -> dict[str, Any]:
        facets = search_results.get("search_facets", {})
        for field in _FACETS:
            for item in facets.get(INDEX_FIELDS[field], {}).get("items", []):
                item["display_name"] = _label(field, item["name"])
        if places := facets.get(INDEX_FIELDS["territory"]):
            # What contains the whole site (its country) would be an entry that leaves nothing out.
            above = territory.ancestors(config.territory())
            places["items"] = [item for item in places["items"] if item["name"] not in above]
        return search_results


def _label(field: str, value: str) -> str:
    if field == "territory":
        return territory.label(value, language.current())
    return vocabulary.label(field, value, language.current())


__all__ = ["IRegional", "RegionalPlugin"]
