"""The plugin ``regional_curation``: a review by named stewards before anything is public."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import ckan.plugins.toolkit as tk
import click
from ckan import model
from ckan import plugins as p
from ckan.common import CKANConfig
from ckan.types import Context

from ckanext.regional import actor, signals
from ckanext.regional.curation import cases, diagnosis, guards, helpers, leaving, linking
from ckanext.regional.curation import config as guard_settings
from ckanext.regional.curation.applying import files
from ckanext.regional.curation.cli.audit import audit
from ckanext.regional.curation.cli.commands import curation, steward
from ckanext.regional.curation.doors import enforcement
from ckanext.regional.curation.hiding import ahead, labels, readers, unseen
from ckanext.regional.curation.history import forgetting
from ckanext.regional.curation.logic import auth
from ckanext.regional.curation.logic.action import many, notices, reading, revisions, steps, waivers
from ckanext.regional.curation.logic.action import stewards as appointing
from ckanext.regional.curation.notices import expiring, jobs
from ckanext.regional.curation.people import stewards
from ckanext.regional.curation.queue import case_scope
from ckanext.regional.curation.revisions import copies
from ckanext.regional.curation.status import reviewed, seen_status, status_of, statuses
from ckanext.regional.curation.views import cases as views
from ckanext.regional.interfaces import Check, IRegional
from ckanext.regional.retention import Expiry
from ckanext.regional.types import Admission, Duty, Trust, Waiting

#: In the index of a working copy, which every search leaves out.
WORKING_COPY = "vocab_regional_working_copy"


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
    p.implements(p.IUploader, inherit=True)
    p.implements(IRegional, inherit=True)

    def update_config(self, config: CKANConfig) -> None:
        tk.add_template_directory(config, "../templates/curation")

    def configure(self, config: CKANConfig) -> None:
        if not p.plugin_loaded("regional"):
            raise p.PluginNotFoundException("regional_curation needs the plugin regional: add it to ckan.plugins")
        guard_settings.check_guards()
        jobs.register()

    def get_actions(self) -> dict[str, Any]:
        ours = {
            name: getattr(module, name)
            for module in (many, notices, reading, revisions, appointing, steps, waivers)
            for name in module.__all__
        }
        mended = enforcement.get_actions() | readers.get_actions() | ahead.get_actions()
        return unseen.around(ours | mended)

    def get_resource_uploader(self, data_dict: dict[str, Any]) -> Any:
        # Another plugin's uploader keeps its files where it likes: it goes before ours, wherever it is listed.
        if any(plugin is not self for plugin in p.PluginImplementations(p.IUploader)):
            return None
        return files.resource_uploader(data_dict)

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        if pkg_dict.get("capacity") == "private" and cases.of_copy(pkg_dict["id"]) is not None:
            pkg_dict[WORKING_COPY] = ["yes"]
        return pkg_dict

    def before_dataset_search(self, search_params: dict[str, Any]) -> dict[str, Any]:
        # A proposal is in nobody's lists and counts; who works on it comes by the dataset or the review.
        search_params["fq_list"] = [*(search_params.get("fq_list") or []), f"-{WORKING_COPY}:yes"]
        return search_params

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
            case = cases.of_copy(package.id) if package.private else None
            if case is None:
                pkg_dict["regional_status"] = seen_status(package)
            else:
                pkg_dict["regional_status"] = "unpublished"
                pkg_dict["regional_revision_of"] = case.dataset_id

    def after_dataset_search(self, search_results: dict[str, Any], search_params: dict[str, Any]) -> dict[str, Any]:
        found = [one for one in search_results["results"] if isinstance(one, dict) and "private" in one]
        known = statuses((one["id"], one["state"], one["private"]) for one in found)
        for one in found:
            one["regional_status"] = known[one["id"]]
        return search_results

    def admit(self, context: Context, dataset: dict[str, Any], trust: Trust) -> Admission:
        package = model.Package.get(dataset["id"]) if dataset.get("id") else None
        status = status_of(package) if package is not None else "unpublished"
        if status == "retired":
            return Admission("refuse", tk._("It was removed here."))
        blocked = guards.blocking(guards.check(dataset, context, only_blocking=True))
        reason = " ".join(result.message for result in blocked)
        if package is None or status == "unpublished":
            suspended = package is not None and cases.locate(package.id).position.suspended
            reviewed = blocked or trust == "review" or suspended
            return Admission("review", reason) if reviewed else Admission("publish")
        if not blocked and trust == "publish":
            return Admission("publish")
        user = actor.of(context)
        if obstacle := copies.proposable(package, user.id if user is not None else None):
            return Admission("refuse", obstacle)
        return Admission("review", reason)

    def get_copies(self, dataset_id: str) -> list[str]:
        return forgetting.copies(dataset_id)

    def forget(self, dataset_id: str, actor: model.User, reason: str) -> None:
        forgetting.forget(dataset_id, actor, reason)

    def may_review(self, user: str, dataset: dict[str, Any]) -> bool:
        return stewards.name_reviews(user, dataset["id"])

    def reviewed(self, dataset_ids: Sequence[str]) -> set[str]:
        return reviewed(dataset_ids)

    def get_duties(self) -> Collection[Duty]:
        return stewards.duties()

    def get_waiting(self) -> Iterable[Waiting]:
        return case_scope.waiting()

    def get_commands(self) -> list[click.Command]:
        return [audit, curation, steward]

    def get_expiries(self) -> Iterable[Expiry]:
        return expiring.all_kinds()

    def get_queues(self) -> Collection[str]:
        return {guard_settings.notice_queue()}

    def get_checks(self) -> dict[str, Check]:
        return diagnosis.checks()

    def get_leaving(self) -> dict[str, Check]:
        return leaving.checks()
