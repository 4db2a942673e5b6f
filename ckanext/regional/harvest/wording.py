"""What is stored in English, in the reader's language: reasons of records and what stands in a run's way."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk


def N_(sentence: str) -> str:
    """Mark a sentence for translation without translating it yet; Babel looks for this name."""
    return sentence


#: Reasons that are always the same, as the importer writes them.
_REASONS = frozenset(
    {
        N_("it is a dataset of this site that came back"),
        N_("it already comes directly from its site"),
        N_("it comes another way"),
        N_("it already comes another way"),
        N_("it was erased here"),
        N_("it was erased"),
        N_("it has no id"),
        N_("it was purged here"),
        N_("a dataset with this id is here that no harvest brought"),
        N_("it was deleted here"),
        N_("it was edited here since it was harvested"),
        N_("it was made private here"),
        N_("this site's rules refuse it"),
        N_("its origin no longer has it"),
        N_("its source was removed here"),
        N_("… workers ended while they imported it"),
    }
)
_BEGINNINGS = (N_("it has been on this site on its way: "),)


def reason(text: str | None) -> str:
    """A record's reason, or a kind of reasons. What a validator said stays as it was said."""
    if not text:
        return tk._("no reason was kept")
    if text in _REASONS:
        return tk._(text)
    for beginning in _BEGINNINGS:
        if text.startswith(beginning):
            return tk._(beginning) + text.removeprefix(beginning)
    return text


def obstacle(run: dict[str, Any]) -> str:
    """What stands in a run's way. A hold is said in the reader's language; what a neighbour answered, as it came.

    :param run: as ``regional_run_show`` answers
    """
    if run["state"] == "held" and run.get("held"):
        gone, of = run["held"]["gone"], run["held"]["of"]
        return tk.ungettext(
            "The neighbour no longer has {n} of the {of} datasets that came from it. It stays until you decide.",
            "The neighbour no longer has {n} of the {of} datasets that came from it. They stay until you decide.",
            gone,
        ).format(n=gone, of=of)
    return run["error"] or ""
