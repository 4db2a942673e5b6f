"""``docs/fields.md``, the form's fields in the words of the form; ``python3 -m dev.fields_page`` writes it anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from dev.paths import ROOT

PAGE = ROOT / "docs" / "fields.md"
_SCHEMA = ROOT / "ckanext" / "regional" / "schemas" / "dataset.yaml"
_GROUPS = {
    "what": "Quoi · What",
    "where_when": "Où et quand · Where and when",
    "who": "Qui · Who",
    "rights": "Droits · Rights",
    "quality": "Qualité · Quality",
}
_HEAD = """# Les champs du formulaire · The form's fields

Pour les personnes qui remplissent le formulaire : les champs, dans leur ordre, avec l'aide que le formulaire affiche.
Un brouillon peut tout laisser vide ; le formulaire dit ce qu'il faut avant la relecture.

For people who fill in the form: its fields in their order, with the help that it shows. A draft may leave everything
empty; the form says what is needed before the review. For programs: [metadata.md](metadata.md).

This page is made from `ckanext/regional/schemas/dataset.yaml` by `python3 -m dev.fields_page`.
"""


def page() -> str:
    """The page as the schema would have it now."""
    schema: dict[str, Any] = yaml.safe_load(_SCHEMA.read_text(encoding="utf-8"))
    fields = schema["dataset_fields"]
    parts = [_HEAD]
    for group, title in _GROUPS.items():
        parts.append(_section(title, [field for field in fields if field.get("form_group") == group]))
    parts.append(_section("Le fichier · The file", schema["resource_fields"]))
    return "\n".join(parts)


def _section(title: str, fields: list[Mapping[str, Any]]) -> str:
    return f"## {title}\n\n| | |\n|---|---|\n" + "".join(f"{row}\n" for field in fields for row in _rows(field))


def _rows(field: Mapping[str, Any], above: str = "") -> Iterator[str]:
    # The schema's validators make this one; nobody types it.
    if field.get("field_name") == "spatial_coverage":
        return
    fr, en = (_words(field.get("label"), lang) for lang in ("fr", "en"))
    helped = [_words(field.get("help_text"), lang) for lang in ("fr", "en")]
    name = f"{above}**{fr}**" if fr == en else f"{above}**{fr}** · {en}"
    yield f"| {name} | {'<br>'.join(dict.fromkeys(text for text in helped if text))} |"
    for subfield in field.get("repeating_subfields") or ():
        yield from _rows(subfield, f"{fr} › ")


def _words(value: Any, lang: str) -> str:
    text = value.get(lang, "") if isinstance(value, Mapping) else value or ""
    return " ".join(str(text).split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
