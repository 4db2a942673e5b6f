"""Pages of the review: the queue, a case, the author's own list and the stewards."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.pagination import Page as Pager
from flask import Blueprint, Response, request

from ckanext.regional import dates
from ckanext.regional.curation import pages, stewards, wording
from ckanext.regional.curation.notice_views import regional_notices
from ckanext.regional.curation.queue import SORTS
from ckanext.regional.curation.scope import ROLES
from ckanext.regional.curation.states import DECISIONS
from ckanext.regional.exceptions import RegionalRefused

__all__ = ["regional_curation", "regional_notices"]

regional_curation = Blueprint("regional_curation", __name__)

_ROWS = 20
#: How far down its queue a case page looks for what comes next.
_LOOK_AHEAD = 100
_SHOWN = ("mine", "all", "unassigned")
_FILTERS = ("territory", "sector", "kind", "q", "overdue")
#: What the case page can do; submitting has a page of its own.
_STEPS = (*DECISIONS, "claim", "release", "withdraw")

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
    arguments = {key: request.args[key] for key in _FILTERS if request.args.get(key)}
    asked = request.args.get("show", "")
    show = asked if asked in _SHOWN else _default_show()
    sort = request.args.get("sort", "")
    sort = sort if sort in SORTS else "due"
    number = tk.h.get_page_number(request.args)
    found = _queue(show, arguments, sort=sort, start=(number - 1) * _ROWS, rows=_ROWS)
    if found["count"] and not found["results"]:
        return tk.h.redirect_to("regional_curation.queue", show=show, sort=sort, **arguments)

    def address(**changes: Any) -> str:
        kept = {"show": show, "sort": sort, **arguments} | changes
        return tk.h.url_for("regional_curation.queue", **{key: value for key, value in kept.items() if value})

    page = Pager(
        collection=found["results"], page=number, presliced_list=True, item_count=found["count"], items_per_page=_ROWS,
        url=lambda page, **_rest: address(page=page),
    )  # fmt: skip
    rows = found["results"]
    extra_vars = {
        "count": found["count"],
        "rows": rows,
        "facets": found["facets"],
        "late": _queue(show, {"overdue": "1"}, rows=0)["count"] if found["count"] else 0,
        "arguments": arguments,
        "show": show,
        "sort": sort,
        "page": page,
        "address": address,
        "appointments": _appointments({"user": tk.current_user.name}),
        "tabs": _tabs(),
        "people": pages.display_names(person for row in rows for person in (row["submitted_by"], row["claimed_by"])),
    }
    return tk.render("regional_curation/queue.html", extra_vars)


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
    following = _next(dataset["id"])["row"] if step in DECISIONS else None
    try:
        tk.get_action(f"regional_curation_{step}")(pages.context(), _decision(step, dataset))
    except tk.ValidationError as error:
        code = 409 if {"fingerprint", "state"} & error.error_dict.keys() else 400
        return _case_page(*_dataset(id), errors=error.error_dict), code
    except tk.NotAuthorized as error:
        return _case_page(*_dataset(id), errors={"state": [str(error)]}), 403
    return _after(step, dataset, shown, following)


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
    extra_vars = {"groups": pages.own_datasets(user), "user_dict": user.as_dict()}
    return tk.render("regional_curation/mine.html", extra_vars)


@regional_curation.route("/regional/stewards", methods=["GET", "POST"])
def appointments() -> Page:
    """List who reviews what; sysadmins and coordinators appoint."""
    if request.method == "GET":
        return _stewards_page()
    # The territory field without JavaScript is text, with it a list; one appointment is for one place.
    places = [place.strip() for given in request.form.getlist("territory") for place in given.split(",")]
    given = {key: request.form.get(key, "").strip() for key in ("user", "sector", "role", "until")}
    given["territory"] = next((place for place in places if place), "")
    try:
        made = tk.get_action("regional_steward_create")(pages.context(), dict(given))
    except tk.ValidationError as error:
        return _stewards_page(given, error.error_dict), 400
    except tk.NotAuthorized as error:
        return tk.abort(403, str(error))
    person = pages.display_names([made["user"]]).get(made["user"], made["user"])
    tk.h.flash_success(tk._("{person} now reviews: {scope}.").format(
        person=person, scope=tk.h.regional_scope_label(made)))  # fmt: skip
    return tk.h.redirect_to("regional_curation.appointments")


@regional_curation.route("/regional/stewards/<id>/remove", methods=["POST"])
def dismiss(id: str) -> Page:
    """End an appointment."""
    try:
        tk.get_action("regional_steward_delete")(pages.context(), {"id": id})
    except tk.NotAuthorized as error:
        return tk.abort(403, str(error))
    except (tk.ObjectNotFound, tk.ValidationError):
        tk.h.flash_notice(tk._("This appointment had ended already."))
    else:
        tk.h.flash_success(tk._("The appointment has ended."))
    return tk.h.redirect_to("regional_curation.appointments")


@regional_curation.app_errorhandler(RegionalRefused)
def refused(error: RegionalRefused) -> tuple[str, int]:
    """Say why a write was refused, where CKAN's own page did not."""
    back = request.referrer or ""
    here = urlsplit(tk.h.url_for("home.index", qualified=True)).netloc
    safe = urlsplit(back).netloc in (here, request.host) and urlsplit(back).scheme in ("http", "https")
    extra_vars = {"message": str(error), "back": back if safe else tk.h.url_for("home.index")}
    return tk.render("regional_curation/refused.html", extra_vars), 403


def _default_show() -> str:
    """What is theirs first for those who review; everything that concerns them for the others."""
    user = pages.reader()
    return "mine" if user is not None and (user.sysadmin or stewards.of_user(user.id)) else "all"


def _tabs() -> list[str]:
    """The queues worth a link: who reviews nothing has none of their own, who oversees nothing assigns nothing."""
    user = pages.reader()
    if user is not None and (user.sysadmin or stewards.is_coordinator(user)):
        return ["mine", "all", "unassigned"]
    return ["mine", "all"] if _default_show() == "mine" else ["all"]


def _queue(show: str, arguments: dict[str, Any], **paging: Any) -> dict[str, Any]:
    data = {**arguments, **paging, "mine": show == "mine", "unassigned": show == "unassigned"}
    try:
        return tk.get_action("regional_curation_queue")(pages.context(), data)
    except tk.ValidationError as error:
        return tk.abort(400, str(error.error_summary))


def _dataset(id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A dataset as it is now with its place in the review; whom it does not concern learns nothing, not even that."""
    try:
        shown = tk.get_action("regional_curation_show")(pages.context(), {"id": id})
        dataset = tk.get_action("package_show")({**pages.context(), "use_cache": False}, {"id": shown["dataset_id"]})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("There is no such dataset, or it is none of yours to review."))
    return dataset, shown


def _decision(step: str, dataset: dict[str, Any]) -> dict[str, Any]:
    comment = request.form.get("comment", "").strip()
    field = request.form.get("field", "")
    data: dict[str, Any] = {"id": dataset["id"]}
    if step in DECISIONS:
        data |= {"comment": comment, "fingerprint": request.form.get("fingerprint", "")}
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
        "queue": _next(dataset["id"]),
    }
    return tk.render("regional_curation/case.html", extra_vars)


def _next(dataset_id: str) -> dict[str, Any]:
    """What comes after a dataset in the reader's queue, from its top again after the last.

    :returns: ``{"row": of the queue or None, "position": of the dataset or None, "count"}``
    """
    if _default_show() != "mine":
        return {"row": None, "position": None, "count": 0}
    found = _queue("mine", {}, rows=_LOOK_AHEAD)
    ids = [row["dataset_id"] for row in found["results"]]
    at = ids.index(dataset_id) if dataset_id in ids else None
    others = [row for row in found["results"] if row["dataset_id"] != dataset_id]
    after = others[(at or 0) % len(others)] if others else None
    return {"row": after, "position": None if at is None else at + 1, "count": found["count"]}


def _after(step: str, dataset: dict[str, Any], before: dict[str, Any], following: dict[str, Any] | None) -> Response:
    """Say what was done and lead on: to the next case after a decision."""
    title = tk.h.dataset_display_name(dataset)
    submitter = (before["case"] or {}).get("submitted_by") or ""
    person = pages.display_names([submitter]).get(submitter) or tk._("the author")
    told = {
        "approve": tk._("“{title}” is published."),
        "request_changes": tk._("“{title}” went back to {person} with your message."),
        "reject": tk._("“{title}” is rejected; {person} can read why."),
        "claim": tk._("You took this on. The other stewards see that."),
        "release": tk._("You gave this back to the other stewards."),
        "withdraw": tk._("“{title}” is no longer under review."),
    }
    tk.h.flash_success(told[step].format(title=title, person=person))
    if step in ("claim", "release"):
        return tk.h.redirect_to("regional_curation.case", id=dataset["name"])
    if step == "withdraw":
        return tk.h.redirect_to(f"{dataset['type']}.read", id=dataset["name"])
    if following is None:
        return tk.h.redirect_to("regional_curation.queue")
    return tk.h.redirect_to("regional_curation.case", id=following["dataset"]["name"])


def _submitted(dataset: dict[str, Any], shown: dict[str, Any]) -> str:
    package = model.Package.get(dataset["id"])
    names = wording.people(pages.reviewer_names(package, shown)) if package is not None else ""
    day = dates.day((shown["case"] or {}).get("due"))
    if names:
        return tk._("Submitted. {names} will look at it, by {day}.").format(names=names, day=day)
    return tk._("Submitted. No steward covers its territory and sector yet: an administrator will look at it.")


def _appointments(data: dict[str, Any]) -> list[dict[str, Any]]:
    return tk.get_action("regional_steward_list")(pages.context(), data)


def _stewards_page(given: dict[str, str] | None = None, errors: dict[str, Any] | None = None) -> str:
    rows = _appointments({})
    extra_vars = {
        "rows": rows,
        "people": pages.display_names(row["user"] for row in rows),
        "appoints": tk.h.check_access("regional_steward_create", {}),
        "given": given or {},
        "errors": errors or {},
        "roles": [{"value": role, "text": wording.role_label(role)} for role in ROLES],
    }
    return tk.render("regional_curation/stewards.html", extra_vars)
