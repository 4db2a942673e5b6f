"""Pages on which a change of a published dataset is begun or discarded, and its removal asked for."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from flask import Blueprint, request

from ckanext.regional.curation.doors import refusing
from ckanext.regional.curation.people import stewards
from ckanext.regional.curation.showing import pages
from ckanext.regional.curation.status import is_exempt, status_of
from ckanext.regional.exceptions import RegionalRefused

#: CKAN's pages that change a dataset, by the end of their endpoint's name.
_EDITING = (".edit", ".resources", "_resource.new", "_resource.edit", "_resource.views", "_resource.edit_view")


def register(blueprint: Blueprint) -> None:
    """Add the pages to the blueprint of the review."""
    blueprint.add_url_rule("/regional/dataset/<id>/propose", view_func=propose, methods=["POST"])
    blueprint.add_url_rule("/regional/dataset/<id>/discard", view_func=discard, methods=["POST"])
    blueprint.add_url_rule("/regional/dataset/<id>/remove", view_func=remove, methods=["GET", "POST"])
    blueprint.before_app_request(name_the_way)


def propose(id: str) -> Any:
    """Make or open the working copy, and lead to its form."""
    copy = _called("regional_revision_create", id)
    tk.h.flash_notice(
        tk._("This is your proposal: the published dataset stays as it is until a steward has approved the change.")
    )
    return tk.h.redirect_to(f"{copy['type']}.edit", id=copy["name"])


def discard(id: str) -> Any:
    """Throw the working copy away, and lead back to the published dataset."""
    shown = _called("regional_curation_show", id)
    live = model.Package.get(shown["dataset_id"])
    assert live is not None
    kind, name = live.type, live.name
    _called("regional_revision_discard", id)
    tk.h.flash_success(tk._("The proposal is discarded; the published dataset is unchanged."))
    return tk.h.redirect_to(f"{kind}.read", id=name)


def remove(id: str) -> Any:
    """Ask for the removal of a published dataset, or hide it at once; both say why."""
    how = request.values.get("how", "")
    if how not in pages.REMOVALS:
        return tk.abort(400, tk._("Choose one of the decisions."))
    shown = _called("regional_curation_show", id)
    dataset = tk.get_action("package_show")(pages.context(), {"id": shown["dataset_id"]})
    errors: dict[str, Any] = {}
    comment = request.form.get("comment", "").strip()
    code = 200 if how in shown["allowed_actions"] else 403
    if request.method == "POST":
        data = {"id": dataset["id"], "comment": comment}
        try:
            tk.get_action(f"regional_curation_{how}")(pages.context(), data)
        except tk.ValidationError as error:
            errors, code = error.error_dict, 400
        except tk.NotAuthorized as error:
            errors, code = {"state": [str(error)]}, 403
        else:
            title = tk.h.dataset_display_name(dataset)
            told = {
                "retire": tk._(
                    "You asked for the removal of “{title}”; it stays public until a steward approves that."
                ),
                "suspend": tk._("“{title}” is hidden now. A steward decides whether it stays so."),
            }
            tk.h.flash_success(told[how].format(title=title))
            return tk.h.redirect_to("regional_curation.case", id=dataset["name"])
    extra_vars = {
        "pkg": dataset,
        "how": how,
        "allowed": how in shown["allowed_actions"],
        "errors": errors,
        "comment": comment,
    }
    return tk.render("regional_curation/remove.html", extra_vars), code


def name_the_way() -> None:
    """Say on CKAN's forms for a published dataset what to do instead, to those who edit it."""
    endpoint, id = request.endpoint or "", (request.view_args or {}).get("id")
    if not id or not endpoint.endswith(_EDITING):
        return
    user, package = pages.reader(), model.Package.get(id)
    if user is None or package is None or is_exempt(package.type) or status_of(package) == "unpublished":
        return
    if endpoint.split(".")[0] in (package.type, f"{package.type}_resource") and stewards.edits(user, package):
        raise RegionalRefused(refusing.refusal(package), dataset=package.name, kind=package.type)


def _called(action: str, id: str) -> Any:
    try:
        return tk.get_action(action)(pages.context(), {"id": id})
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("There is no such dataset, or it is none of yours to review."))
    except tk.NotAuthorized as error:
        return tk.abort(403, str(error))
    except tk.ValidationError as error:
        return tk.abort(409, " ".join(str(text) for text in error.error_summary.values()))
