"""The plugin ``regional_curation``: a review by named stewards before anything is public."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ckan.plugins.toolkit as tk
import click
from ckan import model
from ckan import plugins as p
from ckan.common import CKANConfig
from ckan.types import Context

from ckanext.regional import signals
from ckanext.regional.curation import (
    diagnosis,
    enforcement,
    forgetting,
    guards,
    helpers,
    hiding,
    labels,
    linking,
    stewards,
    views,
)
from ckanext.regional.curation.audit_cli import audit
from ckanext.regional.curation.cli import curation, steward
from ckanext.regional.curation.logic import action, auth, notices
from ckanext.regional.curation.notices import jobs
from ckanext.regional.curation.status import reviewed, status_of, statuses
from ckanext.regional.interfaces import Check, IRegional
from ckanext.regional.types import Admission, Trust


@tk.blanket.config_declarations
@tk.blanket.auth_functions(auth)
@tk.blanket.helpers(helpers)
@tk.blanket.blueprints(views)
class RegionalCurationPlugin(labels.ReviewLabels, p.SingletonPlugin):
    """Hides what nobody has approved, refuses what would pass the review by, and gives stewards their pages."""

    p.implements(p.IConfigurer)
    p.implements(p.IConfigurable)
    p.implements(p.IActions)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.IPermissionLabels)
    p.implements(p.ISignal)
    p.implements(IRegional, inherit=True)

    def update_config(self, config: CKANConfig) -> None:
        tk.add_template_directory(config, "../templates/curation")

    def configure(self, config: CKANConfig) -> None:
        if not p.plugin_loaded("regional"):
            raise p.PluginNotFoundException("regional_curation needs the plugin regional: add it to ckan.plugins")
        jobs.register()

    def get_actions(self) -> dict[str, Any]:
        ours = {name: getattr(module, name) for module in (action, notices) for name in module.__all__}
        return ours | enforcement.get_actions() | hiding.get_actions()

    def get_signal_subscriptions(self) -> dict[Any, list[Any]]:
        return {signals.decided: [linking.decided]}

    def after_dataset_create(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        enforcement.after_create(context, pkg_dict)
        linking.saved(pkg_dict["id"])

    def after_dataset_update(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        enforcement.after_update(context, pkg_dict)
        linking.saved(pkg_dict["id"])

    def after_dataset_show(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        package = context.get("package") or model.Package.get(pkg_dict["id"])
        if package is not None and package.id == pkg_dict["id"]:
            pkg_dict["regional_status"] = status_of(package)

    def after_dataset_search(self, search_results: dict[str, Any], search_params: dict[str, Any]) -> dict[str, Any]:
        found = [one for one in search_results["results"] if isinstance(one, dict) and "private" in one]
        known = statuses((one["id"], one["state"], one["private"]) for one in found)
        for one in found:
            one["regional_status"] = known[one["id"]]
        return search_results

    def admit(self, context: Context, dataset: dict[str, Any], trust: Trust) -> Admission:
        package = model.Package.get(dataset["id"]) if dataset.get("id") else None
        published = package is not None and status_of(package) != "unpublished"
        if published and trust == "review":
            return Admission("refuse", tk._("It is published here, and a change from this source must be reviewed."))
        blocked = guards.blocking(guards.check(dataset, context))
        reason = " ".join(result.message for result in blocked)
        if published:
            return Admission("refuse", reason) if blocked else Admission("publish")
        return Admission("review", reason) if blocked or trust == "review" else Admission("publish")

    def get_copies(self, dataset_id: str) -> list[str]:
        return forgetting.copies(dataset_id)

    def forget(self, dataset_id: str, actor: model.User, reason: str) -> None:
        forgetting.forget(dataset_id, actor, reason)

    def may_review(self, user: str, dataset: dict[str, Any]) -> bool:
        reader, package = model.User.get(user), model.Package.get(dataset["id"])
        return reader is not None and package is not None and stewards.reviews(reader, package)

    def reviewed(self, dataset_ids: Sequence[str]) -> set[str]:
        return reviewed(dataset_ids)

    def get_commands(self) -> list[click.Command]:
        return [audit, curation, steward]

    def get_checks(self) -> dict[str, Check]:
        return diagnosis.checks()
