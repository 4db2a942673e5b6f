"""What the pages of the review say: states, steps and dates in the reader's words."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.regional import dates


def kind_label(kind: str) -> str:
    """What somebody asks for with a case of this kind."""
    labels = {
        "publication": tk._("First publication"),
        "revision": tk._("Change"),
        "retirement": tk._("Removal"),
    }
    return labels.get(kind, kind)


def state_label(state: str) -> str:
    """Where a case or an unsubmitted dataset stands."""
    labels = {
        "draft": tk._("Draft"),
        "submitted": tk._("Waits for a steward"),
        "in_review": tk._("Being reviewed"),
        "changes_requested": tk._("Changes requested"),
        "approved": tk._("Approved"),
        "published": tk._("Published"),
        "rejected": tk._("Rejected"),
        "withdrawn": tk._("Withdrawn"),
        "retired": tk._("Removed"),
    }
    return labels.get(state, state)


def event_label(action: str) -> str:
    """What happened, as one line of the history."""
    labels = {
        "created": tk._("Dataset created"),
        "edited": tk._("Edited during the review"),
        "submit": tk._("Submitted"),
        "withdraw": tk._("Withdrawn"),
        "claim": tk._("Taken on"),
        "release": tk._("Given back to the other stewards"),
        "request_changes": tk._("Changes requested"),
        "approve": tk._("Approved"),
        "reject": tk._("Rejected"),
        "assign": tk._("Given to a steward"),
        "retire": tk._("Removal asked for"),
        "suspend": tk._("Hidden at once; removal asked for"),
        "override": tk._("Approved by an administrator past the review"),
        "set_aside": tk._("Set aside: a removal was asked for"),
        "proposed": tk._("Change of the published dataset begun"),
        "discarded": tk._("Proposal discarded"),
        "fed": tk._("Data updated by the account that feeds them"),
        "feed_allowed": tk._("Account allowed to update data"),
        "feed_revoked": tk._("Account no longer updates data"),
        "related": tk._("Relationship with another dataset set"),
        "unrelated": tk._("Relationship with another dataset removed"),
        "waive": tk._("A check was let pass"),
        "received": tk._("Received from another site"),
        "published_by_trust": tk._("Published: it comes from a trusted site"),
        "withdrawn_by_origin": tk._("Withdrawn by its site of origin"),
        "adopted": tk._("Public before the review began"),
        "deleted": tk._("Deleted"),
        "purged": tk._("Deleted for good"),
    }
    return labels.get(action, action)


def decided(before: dict[str, Any], after: dict[str, Any]) -> dict[str, str]:
    """What a decision did, by step; ``{title}`` and ``{person}`` are still to be filled in.

    :param before: as ``regional_curation_show`` returned it before the decision
    :param after: the same after it
    """
    kind = (before["case"] or {}).get("kind")
    if kind == "retirement":
        removed = tk._("“{title}” is removed: nobody finds it any more.")
        public = before["status"] == "published"
        kept = tk._("“{title}” stays public.") if public else tk._("“{title}” is public again.")
        return {"approve": removed, "override": removed, "reject": kept}
    if kind == "revision":
        taken = tk._("The change of “{title}” is published.")
        refused = tk._(
            "The change of “{title}” is rejected; {person} can read why. The published dataset is unchanged."
        )
        return {"approve": taken, "override": taken, "reject": refused}
    published = tk._("“{title}” is published.")
    rejected = tk._("“{title}” is rejected; {person} can read why.")
    return {"approve": published, "override": published, "reject": rejected}


def role_label(role: str) -> str:
    """What somebody is appointed as."""
    labels = {
        "steward": tk._("Steward"),
        "deputy": tk._("Deputy"),
        "coordinator": tk._("Coordinator"),
        "dpo": tk._("Data protection officer"),
    }
    return labels.get(role, role)


def due_label(due: str | None) -> str:
    """How far away a deadline is, in days as people count them: midnight to midnight on their clock."""
    if not due:
        return ""
    days = (dates.local(due).date() - dates.today()).days
    if days < 0:
        return tk.ungettext("{n} day late", "{n} days late", -days).format(n=-days)
    if days == 0:
        # Said in words, since the page also says it in colour.
        return tk._("late since today") if dates.local(due) < datetime.datetime.now(datetime.UTC) else tk._("due today")
    if days == 1:
        return tk._("due tomorrow")
    return tk.ungettext("due in {n} day", "due in {n} days", days).format(n=days)


def people(names: list[str]) -> str:
    """Names as a list in a sentence: “Anne, Maï or Yann”."""
    if len(names) < 2:
        return "".join(names)
    return tk._("{names} or {last}").format(names=", ".join(names[:-1]), last=names[-1])
