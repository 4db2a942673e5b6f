"""Pages of the review: the queue, a case, the author's own list and the stewards."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
from ckan import model
from flask import Blueprint, Response, request

from ckanext.regional import dates, forged
from ckanext.regional.curation.showing import pages, reviewing, wording
from ckanext.regional.curation.states import DECISIONS
from ckanext.regional.curation.views import proposals, stewards, together
from ckanext.regional.curation.views import queue as queue_page
from ckanext.regional.curation.views.notices import regional_notices
from ckanext.regional.exceptions import RegionalRefused

__all__ = ["regional_curation", "regional_notices"]

regional_curation = Blueprint("regional_curation", __name__)
forged.guard(regional_curation)
proposals.register(regional_curation)

#: How far down its queue a case page looks for what comes next.
_LOOK_AHEAD = 100
#: What the case page can do; submitting has a page of its own.
_STEPS = (*DECISIONS, "claim", "release", "assign", "withdraw", "override")

Page = str | Response | tuple[str, int]


@regional_notices.before_request
@regional_curation.before_request
def log_in_first() -> Response | None:
    """Send visitors to the login form and back."""
    if tk.current_user.is_authenticated:
        return None
    back = tk.h.current_url() if request.method == "GET" else None
    return tk.h.redirect_to("user.login", next=back)


@regional_curation.route("/regional/queue")
def queue() -> Page:
    """Show what waits for a decision."""
    return queue_page.show()


@regional_curation.route("/regional/case/<id>", methods=["GET", "POST"])
def case(id: str) -> Page:
    """Show a case, and take the step that its form asks for."""
    dataset, shown = _dataset(id)
    if request.method == "GET":
        return _case_page(dataset, shown)
    step = request.form.get("decision", "")
    if step not in _STEPS:
        return tk.abort(400, tk._("Choose one of the decisions."))
    # Asked before the step: after it the case is no longer in the queue, and what followed it is not known.
    following = _next(shown["dataset_id"])["row"] if step in DECISIONS else None
    try:
        after = tk.get_action(f"regional_curation_{step}")(pages.context(), _decision(step, dataset))
    except tk.ValidationError as error:
        code = 409 if {"fingerprint", "state"} & error.error_dict.keys() else 400
        return _case_page(*_dataset(id), errors=error.error_dict), code
    except tk.NotAuthorized as error:
        return _case_page(*_dataset(id), errors={"state": [str(error)]}), 403
    return _after(step, dataset, shown, after, following)


@regional_curation.route("/regional/case/<id>/waive", methods=["POST"])
def waive(id: str) -> Page:
    """Let one check pass; after an error the case is shown again with what was typed."""
    dataset, _shown = _dataset(id)
    given = {key: request.form.get(key, "") for key in ("code", "field", "fingerprint", "comment")}
    try:
        tk.get_action("regional_curation_waive")(pages.context(), {"id": dataset["id"], **given})
    except tk.ValidationError as error:
        code = 409 if {"fingerprint", "state"} & error.error_dict.keys() else 400
        # Its comment is not that of the decision, which has a place of its own.
        errors = {"waive" if key == "comment" else key: texts for key, texts in error.error_dict.items()}
        return _case_page(*_dataset(id), errors=errors), code
    except tk.NotAuthorized as error:
        return _case_page(*_dataset(id), errors={"state": [str(error)]}), 403
    tk.h.flash_success(tk._("The check passes for this version of the dataset."))
    return tk.h.redirect_to("regional_curation.case", id=dataset["name"])


@regional_curation.route("/regional/dataset/<id>/submit", methods=["GET", "POST"])
def submit(id: str) -> Page:
    """Send a dataset to the stewards; on GET and after an error, a page that says what is missing."""
    dataset, shown = _dataset(id)
    errors: dict[str, Any] = {}
    code = 200
    if request.method == "POST":
        data = {"id": dataset["id"], "comment": request.form.get("comment", "").strip()}
        try:
            shown = tk.get_action("regional_curation_submit")(pages.context(), data)
        except tk.ValidationError as error:
            errors, code = error.error_dict, 400
        except tk.NotAuthorized as error:
            errors, code = {"state": [str(error)]}, 403
        else:
            tk.h.flash_success(_submitted(dataset, shown))
            return tk.h.redirect_to(f"{dataset['type']}.read", id=dataset["name"])
    extra_vars = {
        "pkg": dataset,
        "pkg_dict": dataset,
        "banner": pages.banner(dataset, shown),
        "errors": errors,
        "comment": request.form.get("comment", ""),
    }
    return tk.render("regional_curation/submit.html", extra_vars), code


@regional_curation.route("/regional/mine")
def mine() -> Page:
    """Show an author's own datasets by whose turn it is."""
    user = pages.reader()
    assert user is not None  # visitors were sent to the login form
    groups = pages.own_datasets(user)
    answers = reviewing.answers(row["case_id"] for row in groups["yours"] if row["case_id"])
    extra_vars = {"groups": groups, "answers": answers, "user_dict": user.as_dict()}
    return tk.render("regional_curation/mine.html", extra_vars)


regional_curation.add_url_rule("/regional/stewards", "appointments", stewards.show, methods=["GET", "POST"])
regional_curation.add_url_rule("/regional/stewards/<id>/remove", "dismiss", stewards.dismiss, methods=["POST"])
regional_curation.add_url_rule("/regional/queue/together", "together", together.together, methods=["GET", "POST"])


@regional_curation.app_errorhandler(RegionalRefused)
def refused(error: RegionalRefused) -> tuple[str, int]:
    """Say why a write was refused, where CKAN's own page did not."""
    back = request.referrer or ""
    here = urlsplit(tk.h.url_for("home.index", qualified=True)).netloc
    safe = urlsplit(back).netloc in (here, request.host) and urlsplit(back).scheme in ("http", "https")
    extra_vars = {
        "message": str(error),
        "back": back if safe else tk.h.url_for("home.index"),
        "proposal": pages.proposal_of(error.dataset) if error.dataset else None,
    }
    return tk.render("regional_curation/refused.html", extra_vars), 403


def _dataset(id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A dataset as it is now with its place in the review; whom it does not concern learns nothing, not even that."""
    try:
        shown = tk.get_action("regional_curation_show")(pages.context(), {"id": id})
        under_review = pages.under_review(shown)
        dataset = tk.get_action("package_show")({**pages.context(), "use_cache": False}, {"id": under_review})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("There is no such dataset, or it is none of yours to review."))
    return dataset, shown


def _decision(step: str, dataset: dict[str, Any]) -> dict[str, Any]:
    comment = request.form.get("comment", "").strip()
    field = request.form.get("field", "")
    data: dict[str, Any] = {"id": dataset["id"]}
    if step in (*DECISIONS, "override"):
        data |= {"comment": comment, "fingerprint": request.form.get("fingerprint", "")}
    if step == "assign":
        data["user"] = request.form.get("user", "")
    if step == "request_changes" and comment and field in {target["value"] for target in pages.targets(dataset)}:
        data["fields"] = {field: comment}
    return data


def _case_page(dataset: dict[str, Any], shown: dict[str, Any], errors: dict[str, Any] | None = None) -> str:
    events = tk.get_action("regional_curation_history")(pages.context(), {"id": dataset["id"]})["results"]
    extra_vars = {
        **pages.case_page(dataset, shown, events),
        "errors": errors or {},
        "comment": request.form.get("comment", ""),
        "field": request.form.get("field", ""),
        "queue": _next(shown["dataset_id"]),
    }
    return tk.render("regional_curation/case.html", extra_vars)


def _next(dataset_id: str) -> dict[str, Any]:
    """What comes after a dataset in the reader's queue, from its top again after the last.

    :returns: ``{"row": of the queue or None, "before": likewise, "position": of the dataset or None, "count"}``
    """
    if queue_page.default_show() != "mine":
        return {"row": None, "before": None, "position": None, "count": 0}
    found = queue_page.ask("mine", {}, rows=_LOOK_AHEAD)
    ids = [row["dataset_id"] for row in found["results"]]
    at = ids.index(dataset_id) if dataset_id in ids else None
    others = [row for row in found["results"] if row["dataset_id"] != dataset_id]
    after = others[(at or 0) % len(others)] if others else None
    before = found["results"][at - 1] if at else None
    return {"row": after, "before": before, "position": None if at is None else at + 1, "count": found["count"]}


def _after(
    step: str,
    dataset: dict[str, Any],
    before: dict[str, Any],
    after: dict[str, Any],
    following: dict[str, Any] | None,
) -> Response:
    """Say what was done and lead on: to the next case after a decision."""
    title = tk.h.dataset_display_name(dataset)
    submitter = (before["case"] or {}).get("submitted_by") or ""
    person = pages.display_names([submitter]).get(submitter) or tk._("the author")
    told = wording.decided(before, after) | {
        "request_changes": tk._("“{title}” went back to {person} with your message."),
        "assign": tk._("You gave this to another steward, who finds it in their queue."),
        "claim": tk._("You took this on. The other stewards see that."),
        "release": tk._("You gave this back to the other stewards."),
        "withdraw": tk._("“{title}” is no longer under review."),
    }
    tk.h.flash_success(told[step].format(title=title, person=person))
    if step in ("claim", "release", "assign"):
        return tk.h.redirect_to("regional_curation.case", id=dataset["name"])
    if step == "withdraw":
        return tk.h.redirect_to(f"{dataset['type']}.read", id=dataset["name"])
    if step == "override":
        return tk.h.redirect_to("regional_curation.case", id=before["dataset_id"])
    if following is None:
        return tk.h.redirect_to("regional_curation.queue")
    return tk.h.redirect_to("regional_curation.case", id=following["dataset"]["name"])


def _submitted(dataset: dict[str, Any], shown: dict[str, Any]) -> str:
    package = model.Package.get(shown["dataset_id"])
    names = wording.people(pages.reviewer_names(package, shown)) if package is not None else ""
    day = dates.day((shown["case"] or {}).get("due"))
    if names:
        return tk._("Submitted. {names} will look at it, by {day}.").format(names=names, day=day)
    return tk._("Submitted. No steward covers its territory and sector yet: an administrator will look at it.")
