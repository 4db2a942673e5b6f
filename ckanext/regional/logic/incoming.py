"""The shape of what is sent, made sure before CKAN and ckanext-scheming look at it.

Their validation takes for granted that a text is a text and that objects stand where objects belong; a list in a title
or a text among the publishers ends there in an error page. Here each field of ours has a kind (``value_kind`` in the
schema, see ``schemas/presets.yaml``), the form's flat names (``publisher-0-name``, ``title_translated-fr``) become
lists and dicts as the API sends them, what is empty goes, and what has another shape is answered at the field. A text
that shows nothing is empty, and what would turn the rest of its line round is taken out of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk

from ckanext.regional.characters import tidy
from ckanext.regional.logic.text import LONGEST_LINE, is_storable

Errors = dict[str, Any]
Field = Mapping[str, Any]

#: CKAN's own fields, where a site's schema says nothing of their kind.
_CORE_KINDS = {
    "title": "text", "name": "text", "notes": "long_text", "url": "text", "version": "text", "license_id": "text",
    "owner_org": "text", "author": "text", "author_email": "text", "maintainer": "text", "maintainer_email": "text",
    "tag_string": "text",
}  # fmt: skip
_CORE_RESOURCE_KINDS = {
    "url": "address", "name": "text", "description": "long_text", "format": "text", "mimetype": "text", "hash": "text",
    "size": "number",
}  # fmt: skip
#: Characters of a text of several lines.
_PAGE = 100_000
_LONGEST = {
    "text": LONGEST_LINE, "address": LONGEST_LINE, "long_text": _PAGE, "number": LONGEST_LINE, "tick": LONGEST_LINE,
    "texts": LONGEST_LINE,
    "translated": _PAGE, "computed": 0,
}  # fmt: skip
_MOST_OBJECTS = 100
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,2}")
#: What follows a repeating field's name in a form.
_FLAT = re.compile(r"-(\d{1,4})-(.+)", re.DOTALL)
#: Kinds whose value is made, not given.
_COMPUTED = "computed"


def prepare(data: dict[str, Any], schema: Mapping[str, Any]) -> Errors:
    """Bring a dataset dict into the shapes of its scheming schema, in place.

    What is wrong stays in ``data`` in a shape that the form can show again.

    :param data: what ``package_create`` or ``package_update`` was given
    :param schema: the schema of the dataset's type, with its presets expanded
    :returns: messages by field, those of repeating fields as lists of dicts, as CKAN gives them; empty if all is well.
    """
    errors = _prepare_fields(data, schema.get("dataset_fields", ()), _CORE_KINDS)
    if problem := _not_objects(data.get("tags")):
        errors["tags"] = [problem]
        data["tags"] = []
    if problem := _not_objects(data.get("resources")):
        errors["resources"] = [{"url": [problem]}]
        data["resources"] = []
    found = [
        _prepare_fields(resource, schema.get("resource_fields", ()), _CORE_RESOURCE_KINDS)
        for resource in data.get("resources") or ()
    ]
    if any(found):
        errors["resources"] = found
    return errors


def _not_objects(value: Any) -> str | None:
    if value is None or (isinstance(value, list) and all(isinstance(item, dict) for item in value)):
        return None
    return tk._("Give a list of objects.")


def _prepare_fields(data: dict[str, Any], fields: Iterable[Field], core: Mapping[str, str]) -> Errors:
    errors: Errors = {}
    kinds = dict(core)
    longest: dict[str, int] = {}
    for field in fields:
        name = field["field_name"]
        if subfields := field.get("repeating_subfields"):
            _unflatten(data, name)
            if name in data and _has_kinds(subfields):
                _prepare_objects(data, name, subfields, errors)
        elif kind := field.get("value_kind"):
            kinds[name] = kind
            longest[name] = field.get("max_length", _LONGEST[kind])
    for name, kind in kinds.items():
        if kind == "translated":
            _gather_languages(data, name)
        if name in data:
            _prepare_value(data, name, kind, longest.get(name, _LONGEST[kind]), errors)
    return errors


def _has_kinds(subfields: Iterable[Field]) -> bool:
    """Whether any of the subfields are ours; those of another extension are its own business."""
    return any("value_kind" in subfield for subfield in subfields)


def _prepare_value(data: dict[str, Any], name: str, kind: str, longest: int, errors: Errors) -> None:
    value = data[name]
    if kind == _COMPUTED:
        # Its validator replaces it. It stays so that what was shown and is sent back looks unchanged.
        return
    if value is tk.missing:
        data.pop(name)
        return
    if value is None or value in ([], {}):
        data[name] = None
        if name not in _CORE_KINDS and name not in _CORE_RESOURCE_KINDS:
            data.pop(name)
        return
    kept, problem = _CHECKS[kind](value, longest)
    data[name] = kept
    if problem:
        errors[name] = [problem]


def _text(value: Any, most: int) -> tuple[Any, str | None]:
    """One text; a number is taken as it is written, since JSON and spreadsheets make numbers of what looks like one."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return _shown(value), tk._("Give one text.")
    if len(value) > most:
        return value, tk._("The text is too long: {most} characters at most.").format(most=most)
    if not is_storable(value):
        # The form looks things up by what it shows again.
        readable = value.replace("\x00", "").encode(errors="ignore").decode()
        return readable, tk._("The text contains a character that cannot be stored.")
    return tidy(value), None


def _address(value: Any, most: int) -> tuple[Any, str | None]:
    """A link as CKAN takes it, also the name of an uploaded file; one that cannot be read would end its upload."""
    kept, problem = _text(value, most)
    if problem is None:
        try:
            urlsplit(kept)
            # CKAN shows an address without a scheme with this one, and gets it back so.
            urlsplit(f"http://{kept}")
        except ValueError:
            problem = tk._("This is not a web address.")
    return kept, problem


def _number(value: Any, most: int) -> tuple[Any, str | None]:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value, None
    return _text(value, most)


def _tick(value: Any, most: int) -> tuple[Any, str | None]:
    return (value, None) if isinstance(value, bool) else _text(value, most)


def _texts(value: Any, most: int) -> tuple[Any, str | None]:
    if isinstance(value, str):
        return _text(value, _PAGE)
    if not isinstance(value, list) or len(value) > _PAGE:
        return [_shown(value)], tk._("Give a list of texts.")
    value = [item for item in value if item is not None]
    if not all(isinstance(item, str) for item in value):
        return [_shown(item) for item in value], tk._("Give a list of texts.")
    read = [_text(item, most) for item in value]
    problem = next((problem for _item, problem in read if problem), None)
    return [item for item, _problem in read], problem


def _translated(value: Any, most: int) -> tuple[Any, str | None]:
    if isinstance(value, str):
        value = _from_json(value) if value.strip() else {}
    if not isinstance(value, dict):
        return {}, tk._("Give a text for each language, such as {example}.").format(example='{"fr": "…", "en": "…"}')
    kept: dict[str, Any] = {}
    problem = None
    for lang, text in value.items():
        if text is None:
            continue
        kept[str(lang)], wrong = _text(text, most)
        if not _LANGUAGE.fullmatch(str(lang)):
            wrong = tk._("“{value}” is not a language, such as fr.").format(value=str(lang)[:20])
        problem = problem or wrong
    return kept, problem


_CHECKS = {
    "text": _text,
    "address": _address,
    "long_text": _text,
    "number": _number,
    "tick": _tick,
    "texts": _texts,
    "translated": _translated,
}


def _prepare_objects(data: dict[str, Any], name: str, subfields: list[Field], errors: Errors) -> None:
    """Read a list of objects; messages are a list of dicts, since the form looks for them so."""
    value = data[name]
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = _from_json(value)
    if value in (None, "", []) or value is tk.missing:
        data.pop(name)
        return
    first = subfields[0]["field_name"]
    if not isinstance(value, list) or len(value) > _MOST_OBJECTS:
        data[name] = [{first: _shown(value)}]
        errors[name] = [{first: [_objects_wanted(value)]}]
        return
    kept: list[dict[str, Any]] = []
    problems: list[Errors] = []
    for item in value:
        if item is None:
            continue
        if isinstance(item, dict):
            read, wrong = _object(item, subfields)
        else:
            read, wrong = {first: _shown(item)}, {first: [_objects_wanted(item)]}
        if read or wrong:
            kept.append(read)
            problems.append(wrong)
    if kept:
        data[name] = kept
    else:
        data.pop(name)
    if any(problems):
        errors[name] = problems


def _objects_wanted(value: Any) -> str:
    if isinstance(value, list):
        return tk._("Give {most} values at most.").format(most=_MOST_OBJECTS)
    return tk._("Give a list of objects.")


def _object(item: dict[str, Any], subfields: list[Field]) -> tuple[dict[str, Any], Errors]:
    """Read one object: what is empty goes, what is unknown is answered, since it would be lost."""
    read = dict(item)
    errors: Errors = {}
    known = {subfield["field_name"]: subfield for subfield in subfields}
    for name, subfield in known.items():
        if inner := subfield.get("repeating_subfields"):
            _unflatten(read, name)
            if name in read:
                _prepare_objects(read, name, inner, errors)
        elif name in read:
            problem = None
            if kind := subfield.get("value_kind"):
                read[name], problem = _CHECKS[kind](_given(read[name]), subfield.get("max_length", _LONGEST[kind]))
            if problem:
                errors[name] = [problem]
            elif isinstance(read[name], str) and not read[name].strip():
                del read[name]
    for name in [name for name in read if name not in known]:
        if read.pop(name) not in (None, "", [], {}):
            errors[_shown(name)] = [tk._("There is no such key here.")]
    if not errors and read and all("repeating_subfields" in known[name] for name in read):
        # CKAN finds objects within an object only beside a value: neither to keep nor to show them could it go on.
        first = next(name for name, subfield in known.items() if "repeating_subfields" not in subfield)
        errors[first] = [tk._("Fill this in: what belongs to it cannot be kept alone.")]
    return read, errors


def _given(value: Any) -> Any:
    return "" if value is None else value


def _unflatten(data: dict[str, Any], name: str) -> None:
    """Gather ``name-0-sub`` of a form into ``name: [{"sub": …}]``; what stands under the name itself goes first."""
    given = [key for key in data if isinstance(key, str) and key.startswith(f"{name}-")]
    flat = {key: match for key in given if (match := _FLAT.fullmatch(key, len(name)))}
    if not flat:
        return
    objects: dict[int, dict[str, Any]] = {}
    for key, match in flat.items():
        objects.setdefault(int(match[1]), {})[match[2]] = data.pop(key)
    if data.get(name) in (None, "", []):
        data[name] = [objects[number] for number in sorted(objects)]


def _gather_languages(data: dict[str, Any], name: str) -> None:
    """Gather ``name-fr`` of a form into ``name: {"fr": …}``."""
    flat = [key for key in data if isinstance(key, str) and key.startswith(f"{name}-")]
    texts = {key.removeprefix(f"{name}-"): data.pop(key) for key in flat}
    if texts and data.get(name) in (None, "", {}):
        data[name] = texts


def _from_json(value: str) -> Any:
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _shown(value: Any) -> str:
    """What a form shows again of a value that has no place in it."""
    try:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        text = "…"
    return text if len(text) <= 200 else text[:199] + "…"
