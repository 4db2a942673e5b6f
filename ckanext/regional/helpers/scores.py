"""Helpers of scores: on a dataset's page, in the search, on pages about many datasets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan.lib.search import SearchError

from ckanext.regional import access, facets, finding, quality, score_wording, scorecard, site_schema
from ckanext.regional.helpers.fields import regional_field_label

__all__ = [
    "regional_dimension_label",
    "regional_may_compare",
    "regional_quality_of_organisation",
    "regional_rating_label",
    "regional_score_label",
    "regional_score_sentence",
    "regional_scores",
    "regional_sort_options",
]

regional_may_compare = access.may_compare
regional_dimension_label = score_wording.dimension_label
regional_rating_label = score_wording.rating_label
regional_score_label = score_wording.score_label
regional_score_sentence = score_wording.score_sentence

#: CKAN's form gives this field another id than ``field-<name>``.
_FORM_IDS = {"owner_org": "field-organizations"}


def regional_scores(dataset: Mapping[str, Any]) -> dict[str, Any] | None:
    """The scores of a dataset as the reader may see them; None for types of dataset that have none of our fields.

    :param dataset: as on its page
    :returns: as ``regional_score_show``. Where a criterion is lost and the reader may edit, it has ``url`` (the form
        field) and ``label`` (what that field is called) besides.
    """
    kind = dataset.get("type") or "dataset"
    if kind != "dataset" and not _has_our_fields(kind):
        return None
    package = model.Session.get(model.Package, dataset["id"])
    if package is None:
        return None
    # Who reads the page has been let in, and what stands on it was read with it: the action would ask for both again.
    reader: Any = {"user": tk.current_user.name, "auth_user_obj": tk.current_user, "package": package}
    found = scorecard.of_dataset(
        scorecard.with_steward(dataset, package), in_full=access.concerns(reader, {"id": package.id})
    )
    may_edit = tk.h.check_access("package_update", {"id": dataset["id"]})
    names = {one["id"]: tk.h.resource_display_name(one) for one in dataset.get("resources") or () if one.get("id")}
    for one in found.values():
        for criterion in one.get("criteria", ()):
            if criterion["ok"] or "field" not in criterion:
                continue
            criterion["label"] = _label(kind, criterion)
            criterion["file"] = names.get(criterion["resource"]) if len(names) > 1 else None
            criterion["url"] = _address(kind, dataset["name"], criterion) if may_edit else None
    return found


def _has_our_fields(kind: str) -> bool:
    return any(field["field_name"] == "territory" for field in site_schema.of_type(kind).get("dataset_fields", ()))


def _label(kind: str, criterion: Mapping[str, Any]) -> str:
    field = criterion["field"]
    if field is None:
        return ""
    if field == "resources":
        return tk._("Add a file")
    if not criterion["resource"]:
        return regional_field_label(field, kind)
    for candidate in site_schema.of_type(kind).get("resource_fields", ()):
        if candidate["field_name"] == field:
            return tk.h.scheming_language_text(candidate.get("label", field))
    return field


def _address(kind: str, name: str, criterion: Mapping[str, Any]) -> str | None:
    """Where a criterion is mended: the form, at its field."""
    field, resource = criterion["field"], criterion["resource"]
    if field is None:
        return None
    if field == "resources":
        return tk.url_for(f"{kind}_resource.new", id=name)
    if resource:
        return tk.url_for(f"{kind}_resource.edit", id=name, resource_id=resource, _anchor=f"field-{field}")
    return tk.url_for(f"{kind}.edit", id=name, _anchor=_FORM_IDS.get(field, f"field-{field}"))


def regional_sort_options(options: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The orders that a search offers; for who edits or reviews, by score as well.

    :param options: CKAN's, label and value
    """
    given = list(options)
    if not any("title_string" in (value or "") for _label, value in given) or not access.may_compare():
        return given
    mqa, governance = facets.TOTALS["mqa"], facets.TOTALS["governance"]
    return [
        *given,
        (tk._("Description: best first"), f"{mqa} desc, title_string asc"),
        (tk._("Description: weakest first"), f"{mqa} asc, title_string asc"),
        (tk._("Governance: best first"), f"{governance} desc, title_string asc"),
        (tk._("Governance: weakest first"), f"{governance} asc, title_string asc"),
    ]


def regional_quality_of_organisation(organisation: Mapping[str, Any]) -> quality.Quality | None:
    """How well an organisation's datasets are described, for those who edit them; None for everybody else."""
    reader = tk.current_user
    if not isinstance(reader, model.User):
        return None
    if not authz.is_sysadmin(reader.name) and not authz.has_user_permission_for_group_or_org(
        organisation["id"], reader.name, "update_dataset"
    ):
        return None
    try:
        found = finding.find(
            finding.condition("organization", organisation["name"]), counted=facets.TOTALS.values(), private=True
        )
    except SearchError:
        return None
    return found.quality()
