"""Template helpers of the needs and the observatory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from markupsafe import Markup

from ckanext.regional import language, territory, vocabulary
from ckanext.regional.needs import config
from ckanext.regional.needs.asking import moderation
from ckanext.regional.needs.showing import listing, wording
from ckanext.regional.needs.states import KINDS, STATES

__all__ = [
    "regional_map_words",
    "regional_measure_label",
    "regional_need_datasets",
    "regional_need_kind_label",
    "regional_need_kinds",
    "regional_need_places",
    "regional_need_state_label",
    "regional_need_states",
    "regional_need_step_label",
    "regional_need_visibility_label",
    "regional_needs_about",
    "regional_needs_anonymous",
    "regional_needs_moderates",
    "regional_needs_sectors",
    "regional_needs_waiting",
    "regional_paragraphs",
    "regional_personal_labels",
]

regional_measure_label = wording.measure_label
regional_need_kind_label = wording.kind_label
regional_need_state_label = wording.state_label
regional_need_visibility_label = wording.visibility_label


def regional_need_kinds() -> list[dict[str, str]]:
    """The kinds of needs, for a form."""
    return [{"value": kind, "text": wording.kind_label(kind)} for kind in KINDS]


def regional_need_states() -> list[dict[str, str]]:
    """The states of needs, for a form."""
    return [{"value": state, "text": wording.state_label(state)} for state in STATES]


def regional_need_step_label(step: dict[str, Any]) -> str:
    """What happened to a need, in a word."""
    if step["action"] == "published" and step["state"] in (None, "new"):
        return tk._("Published")
    if step["action"] in ("published", "state"):
        return wording.state_label(step["state"])
    return {
        "merged": tk._("Joined with another need"),
        "rejected": tk._("Not published"),
        "edited": tk._("Corrected by a steward"),
    }[step["action"]]


def regional_needs_sectors() -> list[dict[str, str]]:
    """The sectors, for a form."""
    return [{"value": one["value"], "text": one["label"]} for one in vocabulary.choices("sector", language.current())]


def regional_paragraphs(text: str) -> Markup:
    """A text that people wrote, with its line breaks and nothing else that means anything to a browser."""
    return Markup("").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(part.split("\n"))) for part in text.split("\n\n") if part.strip()
    )


def regional_personal_labels(kinds: list[str]) -> str:
    """What a text has that everybody must not read, in a line."""
    return ", ".join(wording.personal_label(kind) for kind in kinds)


def regional_map_words(whole: str, measure: str, sector: str | None, list_of: Callable[..., Any]) -> dict[str, Any]:
    """What the observatory's map and its table say."""
    title = tk._("{measure} by territory: {territory}").format(
        measure=wording.measure_label(measure), territory=territory.label(whole, language.current())
    )
    return {
        "title": title,
        "column": wording.measure_label(measure),
        "note": tk._("The number on each area is what the table says. Outlines: Natural Earth."),
        "list": lambda code: list_of(measure, code, sector),
    }


def regional_need_places(need: dict[str, Any]) -> str:
    """Territories and sectors of a need, in a line."""
    spoken = language.current()
    places = [territory.label(code, spoken) for code in need["territory"]]
    return ", ".join([*places, *(vocabulary.label("sector", code, spoken) for code in need["sector"])])


def regional_need_datasets(need: dict[str, Any]) -> list[dict[str, Any]]:
    """The datasets that answer a need, as far as the reader may see them."""
    if not need["datasets"]:
        return []
    ids = " OR ".join(f'"{one}"' for one in need["datasets"])
    found = tk.get_action("package_search")({}, {"fq": f"id:({ids})", "rows": len(need["datasets"])})
    by_id = {dataset["id"]: dataset for dataset in found["results"]}
    return [by_id[one] for one in need["datasets"] if one in by_id]


def regional_needs_about(place: str = "", sector: str = "", most: int = 5) -> dict[str, Any]:
    """What is needed in a territory or sector: ``{"count", "open", "needs"}``, the most supported open ones."""
    count, still_open = listing.counts_for(place, sector)
    asked: dict[str, Any] = {"sort": "supports", "rows": most, "state": ["new", "studied", "planned"]}
    asked |= {"territory": place} if place else {}
    asked |= {"sector": sector} if sector else {}
    found = tk.get_action("regional_need_list")({}, asked)["results"] if still_open else []
    return {"count": count, "open": still_open, "needs": found}


def regional_needs_anonymous() -> bool:
    """Whether somebody without an account may take part."""
    return config.anonymous() and bool(tk.config["smtp.server"] and tk.config["smtp.mail_from"])


def regional_needs_moderates() -> bool:
    """Whether the reader moderates any need."""
    return moderation.moderates_any(_reader())


def regional_needs_waiting() -> int:
    """How many needs wait for the reader's look."""
    user = _reader()
    return listing.waiting_for(user) if user is not None and moderation.moderates_any(user) else 0


def _reader() -> model.User | None:
    return model.User.get(tk.current_user.name) if tk.current_user.is_authenticated else None
