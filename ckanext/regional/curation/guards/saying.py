"""How guards speak: a code and plain details are stored, the sentence is made in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ckanext.regional.types import GuardResult, Level

Details = Mapping[str, Any]
#: Of a code, a field and details; None for a code of another guard.
Sentence = Callable[[str, str | None, Details], str | None]


def said(sentence: Sentence, level: Level, code: str, field: str | None = None, **details: Any) -> GuardResult:
    """A result with its sentence."""
    return GuardResult(level, code, sentence(code, field, details) or code, field, details)
