"""Pages of needs: the list, one need, a new one, the links of e-mails."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, request

from ckanext.regional import forged
from ckanext.regional.exceptions import InvalidInput, NotHere, ServerDown
from ckanext.regional.needs import service, waking
from ckanext.regional.needs.asking import links, people
from ckanext.regional.needs.model import Need, Person
from ckanext.regional.needs.showing import masking, pages
from ckanext.regional.needs.showing.pages import Page
from ckanext.regional.needs.views import exports, moderating
from ckanext.regional.views.asking import ask

regional_needs = Blueprint("regional_needs", __name__)
forged.guard(regional_needs)

_TEXTS = ("title", "text", "kind", "email")
#: Pages whose address is a secret of its reader: no other site is told it, and nothing keeps them.
_SECRET = ("regional_needs.confirm", "regional_needs.send_again", "regional_needs.stop")


@regional_needs.after_request
def keep_to_oneself(answer: Response) -> Response:
    """Let the link of an e-mail go no further than to its reader."""
    if request.endpoint in _SECRET:
        # Within the site it is wanted: over TLS, forms are taken with it only.
        answer.headers["Referrer-Policy"] = "same-origin"
        answer.headers["Cache-Control"] = "no-store"
    return answer


@regional_needs.route("/besoin")
def index() -> Page:
    """The public needs, narrowed by what the address says."""
    arguments = pages.asked_for()
    number = pages.page_number()
    errors: dict[str, Any] = {}
    asked = {**arguments, "start": (number - 1) * pages.ROWS, "rows": pages.ROWS}
    try:
        found = ask("regional_need_list", asked)
    except tk.ValidationError as error:
        errors = error.error_dict
        kept = {key: value for key, value in asked.items() if key not in errors}
        arguments = {key: value for key, value in arguments.items() if key not in errors}
        found = ask("regional_need_list", kept)
    extra_vars = {
        "found": found,
        "page": pages.pager("regional_needs.index", found, number, arguments),
        "arguments": arguments,
        "errors": errors,
    }
    return tk.render("regional_needs/index.html", extra_vars)


@regional_needs.route("/besoin/nouveau", methods=["GET", "POST"])
def new() -> Page:
    """Say what one needs."""
    if request.method == "GET":
        given = {"kind": request.args.get("kind", "data"), "title": request.args.get("title", "")[:200]}
        given |= {key: request.args.getlist(key) for key in ("territory", "sector")}
        return _form(given, {})
    given = pages.form_data(*_TEXTS, lists=("territory", "sector"), ticks=("notify",))
    if pages.is_robot():
        return tk.redirect_to("regional_needs.thanks")
    if request.form.get("look"):
        # Without scripts: show what is like it before anything is sent.
        return _form(given, {})
    try:
        made = ask("regional_need_create", given)
    except tk.ValidationError as error:
        return _form(given, error.error_dict), 400
    if made.get("pending"):
        return tk.redirect_to("regional_needs.thanks")
    tk.h.flash_success(tk._("Thank you. A steward looks at it, then everybody can read and support it."))
    return tk.redirect_to("regional_needs.read", number=made["number"])


@regional_needs.route("/besoin/merci")
def thanks() -> Page:
    """Say that an e-mail is on its way."""
    return tk.render("regional_needs/thanks.html")


@regional_needs.route("/besoin/semblables")
def similar() -> Page:
    """Needs like what is being typed, as a part of the form."""
    typed = request.args.get("title", "").strip()[:200]
    return tk.render("regional_needs/snippets/similar.html", {"needs": _similar(typed), "typed": typed})


@regional_needs.route("/besoin/<number>")
def read(number: str) -> Page:
    """One need; the address of a merged one leads to where it went."""
    shown = ask("regional_need_show", {"id": number})
    if str(shown["number"]) != number:
        if not _is_id(shown, number):
            tk.h.flash_notice(tk._("This need was joined with the one that you see now, which asks for the same."))
        return tk.redirect_to("regional_needs.read", number=shown["number"])
    return _page(shown)


@regional_needs.route("/besoin/<number>/soutien", methods=["POST"])
def support(number: str) -> Page:
    """Need the same."""
    data = pages.form_data("email", ticks=("notify", "withdraw")) | {"id": number}
    if pages.is_robot():
        return tk.redirect_to("regional_needs.thanks")
    try:
        done = ask("regional_need_support", data)
    except tk.ValidationError as error:
        return _page(ask("regional_need_show", {"id": number}), error.error_dict), 400
    if done["pending"]:
        return tk.redirect_to("regional_needs.thanks")
    if data["withdraw"]:
        tk.h.flash_success(tk._("You do not support it any more."))
    elif done["already"]:
        tk.h.flash_notice(tk._("You are counted already: everybody counts once."))
    else:
        tk.h.flash_success(tk._("Thank you, you are counted."))
    return tk.redirect_to("regional_needs.read", number=number)


@regional_needs.route("/besoin/confirmer/<token>", methods=["GET", "POST"])
def confirm(token: str) -> Page:
    """The link of an e-mail. Opening it changes nothing, since programs open links too; the button does."""
    if request.method == "GET":
        return _confirmation(token)
    try:
        done = ask("regional_need_confirm", {"token": token})
    except tk.ValidationError:
        page, code = _confirmation(token)
        return page, code
    if done["role"] == "author":
        tk.h.flash_success(tk._("Thank you. A steward looks at it, then everybody can read and support it."))
    else:
        tk.h.flash_success(tk._("Thank you, you are counted."))
    if done["visibility"] == "public":
        return tk.redirect_to("regional_needs.read", number=done["number"])
    return tk.redirect_to("regional_needs.index")


@regional_needs.route("/besoin/confirmer/<token>/encore", methods=["POST"])
def send_again(token: str) -> Page:
    """Send a fresh link to whom an old one was sent."""
    try:
        service.send_again(token)
    except InvalidInput as error:
        for texts in error.errors.values():
            tk.h.flash_error(" ".join(texts))
        return tk.redirect_to("regional_needs.confirm", token=token)
    except ServerDown as error:
        return tk.abort(503, str(error))
    waking.mail()
    return tk.redirect_to("regional_needs.thanks")


@regional_needs.route("/besoin/stop/<token>", methods=["GET", "POST"])
def stop(token: str) -> Page:
    """Hear nothing more of a need."""
    if request.method == "POST":
        ask("regional_need_stop", {"token": token})
        tk.h.flash_success(tk._("You will hear nothing more of it, and your address was deleted here."))
        return tk.redirect_to("regional_needs.index")
    person = people.by_stop_token(token)
    if person is None:
        return tk.render("regional_needs/link.html", {"problem": "stopped", "token": token}), 404
    return tk.render("regional_needs/stop.html", {"token": token, "title": _title(service.get(person.need_id))})


regional_needs.add_url_rule("/besoin.atom", "feed", exports.feed)
regional_needs.add_url_rule("/besoin.csv", "as_csv", exports.as_csv)
regional_needs.add_url_rule("/regional/needs", "waiting", moderating.waiting)
regional_needs.add_url_rule("/besoin/<number>/decision", "decide", moderating.decide, methods=["POST"])


def _page(shown: dict[str, Any], errors: dict[str, Any] | None = None) -> str:
    return tk.render("regional_needs/read.html", moderating.page(shown) | {"errors": errors or {}})


def _form(given: dict[str, Any], errors: dict[str, Any]) -> str:
    extra_vars = {
        "given": given,
        "errors": errors,
        "similar": _similar(str(given.get("title") or "")),
        "private": masking.kinds(str(given.get("title") or ""), str(given.get("text") or "")),
    }
    return tk.render("regional_needs/new.html", extra_vars)


def _similar(typed: str) -> list[dict[str, Any]]:
    return ask("regional_need_similar", {"title": typed[:200]}) if typed.strip() else []


def _confirmation(token: str) -> tuple[str, int]:
    """The page behind the link of an e-mail: its button, or why it has none."""
    try:
        _link, person = links.read(token)
    except links.LinkExpired as expired:
        return _about(expired.person, token, "expired"), 410
    except links.LinkUsed as used:
        return _about(used.person, token, "used"), 410
    except links.LinkUnknown:
        return tk.render("regional_needs/link.html", {"problem": "unknown", "token": token}), 404
    return _about(person, token, ""), 200


def _about(person: Person, token: str, problem: str) -> str:
    need = service.get(person.need_id)
    target = service.followed(need)
    extra_vars = {
        "problem": problem, "token": token, "title": _title(need), "role": person.role,
        "number": target.number if target.visibility == "public" else None,
    }  # fmt: skip
    return tk.render("regional_needs/link.html", extra_vars)


def _title(need: Need) -> str:
    return masking.masked(need.title)


def _is_id(shown: dict[str, Any], reference: str) -> bool:
    try:
        return service.get(reference).id == shown["id"]
    except NotHere:
        return False


__all__ = ["regional_needs"]
