"""What the lines of a case's history say, in the reader's words."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.regional.curation.showing import wording

#: What colours a line; the words say it too.
_TONES = {
    "approve": "good", "published_by_trust": "good", "override": "warn", "request_changes": "warn", "reject": "bad",
    "denied": "bad", "suspend": "bad", "erased": "bad",
}  # fmt: skip


def title(event: dict[str, Any]) -> str:
    """What happened, in a few words.

    :param event: as ``regional_curation_history`` returns it
    """
    own = {
        "denied": tk._("Refused: {step}").format(step=_step(event.get("subject") or "")),
        "redacted": tk._("Words of an earlier event removed"),
        "erased": tk._("Erased with everything that belonged to it"),
    }
    return own.get(event["action"]) or wording.event_label(event["action"])


def why(event: dict[str, Any]) -> str:
    """Why a step was refused; empty for everything else."""
    rules = {
        "four_eyes": tk._("This person made, edited or submitted the dataset."),
        "scope": tk._("The dataset is none of this person’s territories and sectors."),
        "role": tk._("This person has no such role here."),
        "state": tk._("The dataset was not in a state for it: somebody else may have been first."),
        "fingerprint": tk._("The dataset had changed since this person looked at it."),
    }
    return rules.get(event.get("reason") or "", "") if event["action"] == "denied" else ""


def tone(event: dict[str, Any]) -> str:
    """``good``, ``warn``, ``bad`` or nothing, for the mark beside the line."""
    return _TONES.get(event["action"], "")


def _step(action: str) -> str:
    """A step that somebody wanted to take."""
    steps = {
        "submit": tk._("submit"),
        "withdraw": tk._("withdraw"),
        "claim": tk._("take on"),
        "release": tk._("give back"),
        "assign": tk._("assign"),
        "request_changes": tk._("ask for changes"),
        "waive": tk._("set a check aside"),
        "approve": tk._("approve"),
        "reject": tk._("reject"),
        "retire": tk._("remove"),
        "suspend": tk._("hide at once"),
        "override": tk._("approve against the rules"),
    }
    return steps.get(action, action)
