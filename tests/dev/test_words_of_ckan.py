"""Our French beside CKAN's: both stand in one catalogue of texts, so ours would be read on CKAN's own pages, too."""

from __future__ import annotations

import gettext
from pathlib import Path

import ckan
from babel.messages.pofile import read_po

import ckanext.regional

_OURS = Path(ckanext.regional.__file__).parent / "i18n/fr/LC_MESSAGES/ckanext-regional.po"
_CKAN = Path(ckan.__file__).parent / "i18n/fr/LC_MESSAGES/ckan.mo"
#: CKAN misspells the one, and calls “unavailable” what is not there.
_MENDED = ("Filter Results", "Not found")


def test_a_text_that_ckan_has_too_says_the_same() -> None:
    with _CKAN.open("rb") as file:
        known = gettext.GNUTranslations(file)
    with _OURS.open("rb") as file:
        ours = {str(one.id): str(one.string) for one in read_po(file) if one.id and not one.pluralizable}
    changed = {
        text: (theirs, said)
        for text, said in ours.items()
        if text not in _MENDED and said and (theirs := known.gettext(text)) != text and theirs.strip() != said.strip()
    }
    assert changed == {}
