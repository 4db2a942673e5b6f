"""What the e-mails say, in the language in which their reader wrote."""

from __future__ import annotations

from dataclasses import dataclass

import ckan.plugins.toolkit as tk

from ckanext.regional.needs.asking import people
from ckanext.regional.needs.model import Need, Person, Step
from ckanext.regional.needs.showing import wording
from ckanext.regional.needs.showing.masking import masked


@dataclass(frozen=True, slots=True)
class Message:
    """An e-mail; ``leave`` is the address of the page where its reader stops more of them."""

    subject: str
    body: str
    leave: str


def confirming(need: Need, person: Person, token: str) -> Message:
    """Ask whether it was they who wrote or supported a need."""
    title, site = masked(need.title), tk.config["ckan.site_title"]
    address = tk.h.url_for("regional_needs.confirm", token=token, qualified=True)
    leave = _leave(person)
    if person.role == "author":
        subject = tk._("Please confirm what you need: {title}").format(title=title)
        said = tk._(
            "Somebody, most likely you, wrote on {site} what they need: “{title}”. Open this page and press the button;"
            " then somebody of the region looks at it before everybody can read it."
        )
    else:
        subject = tk._("Please confirm your support: {title}").format(title=title)
        said = tk._(
            "Somebody, most likely you, wants to support on {site}: “{title}”. Open this page and press the button,"
            " and you are counted."
        )
    lines = [
        said.format(site=site, title=title),
        address,
        tk._("If it was not you, do nothing: we forget this address by ourselves."),
    ]
    return Message(subject, "\n\n".join(lines), leave)


def of_step(need: Need, step: Step, person: Person, target: Need) -> Message:
    """Tell what became of a need.

    :param target: where its address leads now: another one after a merge
    """
    title = masked(need.title)
    leave = _leave(person)
    lines = [_sentence(step, title, masked(target.title))]
    if step.reason:
        lines.append(f"« {step.reason} »" if person.language.startswith("fr") else f"“{step.reason}”")
    if step.action != "rejected":
        lines.append(tk.h.url_for("regional_needs.read", number=target.number, qualified=True))
    lines.append(tk._("You asked to be told. To hear no more of it, and to let us forget your address:") + f"\n{leave}")
    return Message(_subject(step, title), "\n\n".join(lines), leave)


def _subject(step: Step, title: str) -> str:
    if step.action == "published":
        return tk._("Now public: {title}").format(title=title)
    if step.action == "rejected":
        return tk._("Not published: {title}").format(title=title)
    if step.action == "merged":
        return tk._("Joined with another need: {title}").format(title=title)
    return tk._("{state}: {title}").format(state=wording.state_label(step.state or "new"), title=title)


def _sentence(step: Step, title: str, target: str) -> str:
    sentences = {
        "published": tk._("“{title}” was looked at and everybody can read and support it now."),
        "rejected": tk._("“{title}” was looked at and is not published."),
        "merged": tk._("“{title}” was joined with “{target}”, which asks for the same. You are counted there."),
    }
    if step.action in sentences and not (step.action == "published" and step.state not in (None, "new")):
        return sentences[step.action].format(title=title, target=target)
    return wording.state_sentence(step.state or "new").format(title=title)


def _leave(person: Person) -> str:
    return tk.h.url_for("regional_needs.stop", token=people.stop_token(person), qualified=True)
