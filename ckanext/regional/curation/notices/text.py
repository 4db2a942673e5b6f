"""What notices say: a subject, a text, the way to go. All of it in the language that is spoken now."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from flask import has_request_context

from ckanext.regional import dates, language, preferences
from ckanext.regional.curation.model import Case, Event, EventText, Notice
from ckanext.regional.curation.notices import recipients
from ckanext.regional.helpers import regional_field_label
from ckanext.regional.speaking import speaking

#: So many datasets of a list are named; the queue has the others.
_NAMED = 20


@dataclass(frozen=True, slots=True)
class Message:
    """``headline`` is one sentence, ``url`` where to go on; the others are those of the e-mail."""

    subject: str
    headline: str
    body: str
    url: str


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a notice is about."""

    title: str
    person: str
    kind: str
    comment: str
    remarks: dict[str, str]
    due: str
    #: Whether it comes back after changes were requested.
    again: bool
    case_url: str
    dataset_url: str


def of(notice: Notice, reader: model.User) -> Message | None:
    """What to tell ``reader``; None where there is nothing left to tell."""
    if notice.kind in recipients.LISTS:
        return _list(notice, reader)
    package = model.Session.get(model.Package, notice.dataset_id) if notice.dataset_id else None
    case = model.Session.get(Case, notice.case_id) if notice.case_id else None
    if package is None or case is None:
        return None
    facts = _facts(notice, package, case)
    subject, headline, following, url = _SAID.get(notice.kind, _to_review)(facts)
    subject, headline = (said.format(person=facts.person, title=facts.title) for said in (subject, headline))
    return _message(reader, subject, [headline, *_words(facts), following, url], url)


def _to_review(facts: _Facts) -> tuple[str, str, str, str]:
    asked = {
        "publication": tk._("{person} asks you to review “{title}”, which is to be published."),
        "revision": tk._("{person} asks you to review a change of “{title}”."),
        "retirement": tk._("{person} asks you to decide whether “{title}” is removed."),
    }
    following = tk._("Please answer by {day}: approve it, ask for changes or reject it.").format(day=facts.due)
    if facts.again:
        headline = tk._("{person} has corrected “{title}” and asks you to look again.")
        return tk._("To review again: {title}"), headline, following, facts.case_url
    return tk._("To review: {title}"), asked.get(facts.kind, asked["publication"]), following, facts.case_url


def _hidden(facts: _Facts) -> tuple[str, str, str, str]:
    headline = tk._("{person} has hidden “{title}” from the public at once.")
    following = tk._("Decide whether it is removed or shown again.")
    return tk._("Hidden: {title}"), headline, following, facts.case_url


def _assigned(facts: _Facts) -> tuple[str, str, str, str]:
    headline = tk._("{person} gave you “{title}” to review.")
    following = tk._("Please answer by {day}: approve it, ask for changes or reject it.").format(day=facts.due)
    return tk._("To review: {title}"), headline, following, facts.case_url


def _taken_back(facts: _Facts) -> tuple[str, str, str, str]:
    headline = tk._("{person} took “{title}”, which you had in hand, back from review.")
    return tk._("Taken back: {title}"), headline, tk._("There is nothing left for you to do."), facts.case_url


def _changes(facts: _Facts) -> tuple[str, str, str, str]:
    headline = tk._("{person} has read “{title}” and asks for changes.")
    following = tk._("Correct it and submit it again: it goes back to the same person.")
    return tk._("Changes requested: {title}"), headline, following, facts.dataset_url


def _approved(facts: _Facts) -> tuple[str, str, str, str]:
    if facts.kind == "retirement":
        headline = tk._("{person} agreed that “{title}” is removed. It is no longer public.")
        return tk._("Removed: {title}"), headline, tk._("You need to do nothing more."), facts.dataset_url
    if facts.kind == "revision":
        headline = tk._("{person} approved the change of “{title}”. It is online.")
        return tk._("Change approved: {title}"), headline, tk._("You need to do nothing more."), facts.dataset_url
    headline = tk._("{person} approved “{title}”. It is public now.")
    following = tk._("You need to do nothing more. To change something later, propose a change on its page.")
    return tk._("Published: {title}"), headline, following, facts.dataset_url


def _rejected(facts: _Facts) -> tuple[str, str, str, str]:
    if facts.kind == "retirement":
        headline = tk._("{person} decided that “{title}” is not removed.")
        return tk._("Not removed: {title}"), headline, tk._("You need to do nothing more."), facts.dataset_url
    headline = tk._("{person} has read “{title}” and rejected it.")
    following = tk._("Read why. If you can mend it, a new attempt is possible.")
    return tk._("Rejected: {title}"), headline, following, facts.dataset_url


_SAID: dict[str, Callable[[_Facts], tuple[str, str, str, str]]] = {
    "suspend": _hidden,
    "assign": _assigned,
    "withdraw": _taken_back,
    "request_changes": _changes,
    "approve": _approved,
    "override": _approved,
    "reject": _rejected,
}


def _message(reader: model.User, subject: str, paragraphs: list[str], url: str) -> Message:
    settings = tk.h.url_for("regional_notices.index", qualified=True, _anchor="regional-notice-settings")
    end = [
        tk._("— {site}. You get this because it concerns you there. E-mails off, or in another language: {url}").format(
            site=tk.config["ckan.site_title"], url=settings
        )
    ]
    greeting = tk._("Hello {name},").format(name=reader.display_name)
    body = "\n\n".join([greeting, *(paragraph for paragraph in paragraphs if paragraph), *end]) + "\n"
    # A title may hold anything; a subject is one line.
    return Message(" ".join(subject.splitlines())[:200], paragraphs[0], body, url)


def _list(notice: Notice, reader: model.User) -> Message | None:
    rows = recipients.waiting_for(reader, notice.details.get("cases", []))
    if not rows:
        return None
    count = len(rows)
    if notice.kind == "overdue":
        headline = tk.ungettext(
            "A review that waits for you is late.", "{n} reviews that wait for you are late.", count
        ).format(n=language.number(count))
        following = tk._("The authors are waiting for your answer.")
    else:
        headline = tk.ungettext(
            "A dataset came from another site and waits for your review.",
            "{n} datasets came from other sites and wait for your review.",
            count,
        ).format(n=language.number(count))
        following = tk._("Approve each, ask for changes or reject it.")
    url = tk.h.url_for("regional_curation.queue", qualified=True)
    lines = [_line(case, package) for case, package in rows[:_NAMED]]
    if count > _NAMED:
        lines.append(tk._("… and {n} more").format(n=language.number(count - _NAMED)))
    return _message(reader, headline.rstrip("."), [headline, "\n".join(lines), following, url], url)


def _line(case: Case, package: model.Package) -> str:
    due = dates.day(case.due.isoformat()) if case.due else ""
    return tk._("- {title} (by {day})").format(title=package.title or package.name, day=due)


def _words(facts: _Facts) -> list[str]:
    """The comment as a quotation, and the remarks by field."""
    quoted = "\n".join(f"> {line}" for line in facts.comment.splitlines())
    line = tk._("- {field}: {words}")
    told = {field: words for field, words in facts.remarks.items() if words != facts.comment}
    remarks = "\n".join(line.format(field=field, words=words) for field, words in told.items())
    about = ""
    if not remarks and facts.remarks:
        about = tk._("It is about: {fields}").format(fields=", ".join(facts.remarks))
    return [quoted, remarks or about]


def _facts(notice: Notice, package: model.Package, case: Case) -> _Facts:
    event = model.Session.get(Event, notice.event_id) if notice.event_id else None
    text = model.Session.get(EventText, notice.event_id) if notice.event_id else None
    actor = model.Session.get(model.User, event.actor_id) if event is not None and event.actor_id else None
    kind = package.type or "dataset"
    fields = (text.fields if text is not None else None) or {}
    return _Facts(
        title=package.title or package.name,
        person=actor.display_name if actor is not None else tk._("Somebody"),
        kind=case.kind,
        comment=(text.comment if text is not None else None) or "",
        remarks={_target(field, package): words for field, words in fields.items()},
        due=dates.day(case.due.isoformat()) if case.due else "",
        again=event is not None and event.from_state == "changes_requested",
        case_url=tk.h.url_for("regional_curation.case", id=package.name, qualified=True),
        dataset_url=tk.h.url_for(f"{kind}.read", id=package.name, qualified=True),
    )


def _target(field: str, package: model.Package) -> str:
    """A form field's label, or a file's name."""
    if not field.startswith("resources/"):
        return regional_field_label(field, package.type or "dataset")
    resource = model.Session.get(model.Resource, field.removeprefix("resources/"))
    return (resource.name if resource is not None else "") or tk._("a file")


def headlines(notices: list[Notice], reader: model.User) -> list[dict[str, Any]]:
    """Notices as the page shows them.

    :returns: ``[{"id", "kind", "at", "text", "url", "new"}]``
    """
    found = []
    # Programs have no language of their own; pages have the reader's.
    spoken = nullcontext() if has_request_context() else speaking(preferences.language_of(reader))
    with spoken:
        told = [(notice, of(notice, reader)) for notice in notices]
    for notice, message in told:
        if message is not None:
            found.append(
                {
                    "id": notice.id, "kind": notice.kind, "at": notice.created.isoformat(),
                    "text": message.headline, "url": message.url, "new": notice.seen is None,
                }
            )  # fmt: skip
    return found


__all__ = ["Message", "headlines", "of"]
