"""The translations: that template, French catalogue and compiled catalogue say the same as the sources.

``python3 -m dev translations`` looks for differences, ``python3 -m dev translations update`` writes the files anew.
"""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

from dev.errors import DevError, last_lines
from dev.french import typeset
from dev.paths import ROOT, VENV_PYTHON
from dev.process import call

DOMAIN = "ckanext-regional"
LANGUAGES = ("fr",)
#: What a language's typography makes of a text.
_TYPESET = {"fr": typeset}
I18N = ROOT / "ckanext" / "regional" / "i18n"
POT = I18N / f"{DOMAIN}.pot"


def problems() -> list[str]:
    """All differences, one sentence each; none means that nothing is to do."""
    if not POT.exists():
        return [f"{POT.relative_to(ROOT)} is missing: run `python3 -m dev translations update`"]
    template = extract()
    found = _drift(keys(_read(POT)), keys(template), POT)
    for language in LANGUAGES:
        found += _language_problems(language, template)
    return found


def update() -> None:
    """Write the template, bring the catalogues up to it, compile them."""
    template = extract()
    I18N.mkdir(parents=True, exist_ok=True)
    with POT.open("wb") as file:
        write_po(file, template, width=120, omit_header=False, include_lineno=False, sort_output=True)
    for language in LANGUAGES:
        path = _po(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue = _read(path, language) if path.exists() else Catalog(locale=language, domain=DOMAIN)
        # A guess from a similar sentence is worse than a gap that the check names.
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        for message in catalogue:
            if message.id:
                message.string = _set(message.string, language)
        with path.open("wb") as file:
            write_po(file, catalogue, width=120, include_lineno=False, sort_output=True)
        path.with_suffix(".mo").write_bytes(_compiled(catalogue))


def extract() -> Catalog:
    """The messages of the sources, found by the mapping in ``setup.py``.

    :raises DevError: when Babel cannot read a source.
    """
    with tempfile.TemporaryDirectory() as folder:
        pot = Path(folder) / "messages.pot"
        options = ["--output-file", pot, "--sort-output", "--project", DOMAIN, "--version", "", "--no-wrap"]
        env = {key: value for key, value in os.environ.items() if key != "CKAN_INI"}
        done = call([VENV_PYTHON, "setup.py", "-q", "extract_messages", *options], env=env, cwd=ROOT)
        if done.returncode != 0:
            raise DevError(f"the messages could not be extracted:\n{last_lines(done.stdout + done.stderr)}")
        return _read(pot)


def keys(catalogue: Catalog) -> set[tuple[str, str]]:
    """What identifies the messages of a catalogue: context and text, with the plural."""
    return {(message.context or "", _text(message.id)) for message in catalogue if message.id}


def _language_problems(language: str, template: Catalog) -> list[str]:
    path = _po(language)
    name = path.relative_to(ROOT)
    if not path.exists():
        return [f"{name} is missing: run `python3 -m dev translations update`"]
    catalogue = _read(path, language)
    found = _drift(keys(catalogue), keys(template), path)
    for message in catalogue:
        if not message.id:
            continue
        strings = message.string if isinstance(message.string, (list, tuple)) else [message.string]
        if not all(strings):
            found.append(f"{name}: no translation of {_text(message.id)!r}")
        elif message.fuzzy:
            found.append(f"{name}: the translation of {_text(message.id)!r} is marked fuzzy")
        elif message.string != _set(message.string, language):
            found.append(
                f"{name}: apostrophes or spaces of {_text(message.id)!r}: `python3 -m dev translations update`"
            )
        found += [f"{name}: {_text(message.id)!r}: {error}" for error in message.check()]
    compiled = path.with_suffix(".mo")
    if not compiled.exists() or _messages(compiled.read_bytes()) != _messages(_compiled(catalogue)):
        found.append(
            f"{compiled.relative_to(ROOT)} is not compiled from {path.name}: `python3 -m dev translations update`"
        )
    return found


def _set(string: Any, language: str) -> Any:
    """A translation, or its singular and plural, as the language sets it."""
    typography = _TYPESET.get(language, str)
    return typography(string) if isinstance(string, str) else tuple(typography(one) for one in string)


def _drift(have: set[tuple[str, str]], want: set[tuple[str, str]], path: Path) -> list[str]:
    name = path.relative_to(ROOT)
    lacking = [f"{name} lacks {text!r}" for _, text in sorted(want - have)]
    left_over = [f"{name} still has {text!r}, which no source has" for _, text in sorted(have - want)]
    hint = [f"{name}: run `python3 -m dev translations update`"] if lacking or left_over else []
    return [*lacking, *left_over, *hint]


def _po(language: str) -> Path:
    return I18N / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def _read(path: Path, language: str | None = None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def _compiled(catalogue: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def _messages(compiled: bytes) -> dict[tuple[str, str], str]:
    return {
        (message.context or "", _text(message.id)): _text(message.string)
        for message in read_mo(io.BytesIO(compiled))
        if message.id
    }


def _text(value: str | list[str] | tuple[str, ...] | None) -> str:
    return value or "" if isinstance(value, str | None) else " | ".join(value)
