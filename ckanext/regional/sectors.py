"""A site's own sectors: read from a file or given by plugins, checked, and put beside ours.

An entry adds a sector, or changes or hides one of ours: ``{"code": "breton", "fr": "Langue bretonne", "en": "Breton",
"themes": ["EDUC"]}``, ``{"code": "maritime", "hidden": true}``. No CKAN here; sentences are for the administrator who
starts the site.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from ckanext.regional import vocabulary
from ckanext.regional.vocabulary import Term

#: Who gives entries (a file, a plugin), and the entries.
Given = tuple[str, object]

_TEXTS = ("fr", "en", "uri", "help_fr", "help_en")
_KEYS = ("code", *_TEXTS, "labels", "themes", "close_theme", "hidden")
_LONGEST = 500


def from_file(name: str) -> object:
    """Read YAML or JSON.

    :param name: a path, or ``module:file`` for a file inside a Python package.
    :raises ValueError: it cannot be found or read; the sentence names the file.
    :returns: what it holds, of whatever shape.
    """
    module, colon, inside = name.partition(":")
    try:
        if colon and not Path(name).exists():
            text = files(module).joinpath(inside).read_text(encoding="utf-8")
        else:
            text = Path(name).read_text(encoding="utf-8")
        return json.loads(text) if name.endswith(".json") else yaml.safe_load(text)
    except (yaml.YAMLError, json.JSONDecodeError) as error:
        raise ValueError(f"{name} is no valid {'JSON' if name.endswith('.json') else 'YAML'}: {error}") from error
    except (OSError, ImportError, TypeError, ValueError) as error:
        raise ValueError(
            f"{name} cannot be read ({error}). Give the path of a YAML or JSON file, or module:file."
        ) from error


def merged(given: Iterable[Given]) -> list[Term]:
    """Put a site's entries beside our sectors, later ones over earlier ones.

    :raises ValueError: an entry is wrong; the sentence names who gave it, the entry, and what to do.
    """
    terms = vocabulary.shipped("sector")
    for origin, rows in given:
        if not isinstance(rows, list | tuple):
            raise ValueError(f"{origin} has to be a list of sectors, such as [{{code: breton, fr: Langue bretonne}}].")
        seen: set[str] = set()
        for number, row in enumerate(rows, 1):
            try:
                entry = checked(row, {term.code for term in terms})
                if entry["code"] in seen:
                    raise ValueError("this code is here twice; leave one of the entries out.")
                terms = vocabulary.merge(terms, [entry])
            except ValueError as error:
                raise ValueError(f"{origin}, entry {number}{_code_of(row)}: {error}") from error
            seen.add(entry["code"])
    return terms


def checked(row: object, known: Collection[str]) -> dict[str, Any]:
    """Check one entry.

    :param known: codes that it may change instead of adding one.
    :raises ValueError: something of it is wrong; the sentence says what to do.
    :returns: the entry, its themes as codes.
    """
    if isinstance(row, Term):
        row = {**row.extra, "code": row.code, "uri": row.uri, "labels": dict(row.labels)}
    if not isinstance(row, Mapping):
        raise ValueError("write an entry as keys and values, such as code: breton.")
    entry: dict[Any, Any] = dict(row)
    unknown = [str(key) for key in entry if key not in _KEYS]
    if unknown:
        raise ValueError(f"there is no key {', '.join(unknown)}; there are {', '.join(_KEYS)}.")
    if not isinstance(entry.get("code"), str):
        raise ValueError("give it a code: letters, digits, hyphens and underscores, in quotes if it is a number.")
    for key in _TEXTS:
        if key in entry and not _is_text(entry[key]):
            raise ValueError(f"{key} has to be a text of at most {_LONGEST} characters.")
    labels = entry.get("labels", {})
    if not isinstance(labels, Mapping) or not all(map(_is_text, [*labels, *labels.values()])):
        raise ValueError("labels has to be texts by language, such as {fr: Langue bretonne, br: Brezhoneg}.")
    if not isinstance(entry.get("hidden", False), bool):
        raise ValueError("hidden has to be true or false.")
    if entry["code"] not in known and not any([entry.get("fr"), entry.get("en"), labels]):
        raise ValueError("a new sector needs a name: give fr, en or both.")
    if "themes" in entry:
        if not isinstance(entry["themes"], list | tuple):
            raise ValueError("themes has to be a list, such as [EDUC].")
        entry["themes"] = [_theme(value) for value in entry["themes"]]
    if "close_theme" in entry:
        entry["close_theme"] = _theme(entry["close_theme"])
    return entry


def _theme(value: object) -> str:
    theme = vocabulary.get("theme", value)
    if theme is None:
        codes = ", ".join(term.code for term in vocabulary.vocabulary("theme") if not term.hidden)
        raise ValueError(f"{value!r} is no EU theme; there are {codes}.")
    return theme.code


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= _LONGEST and value.isprintable()


def _code_of(row: object) -> str:
    code = row.get("code") if isinstance(row, Mapping) else None
    return f" ({code})" if isinstance(code, str) else ""
