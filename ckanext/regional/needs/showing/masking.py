"""What of a text everybody may read: what identifies people is masked. No CKAN import."""

from __future__ import annotations

from ckanext.regional.personal_data import find, mask


def masked(text: str) -> str:
    """A text in which addresses, telephones and numbers of people cannot be read."""
    found = sorted(find(text), key=lambda one: (one.start, -len(one.text)))
    parts: list[str] = []
    position = 0
    for one in found:
        if one.start < position:
            continue
        parts += [text[position : one.start], mask(one.kind, one.text)]
        position = one.start + len(one.text)
    return "".join([*parts, text[position:]])


def kinds(*texts: str) -> list[str]:
    """The kinds of personal data in some texts, each once."""
    return sorted({one.kind for text in texts for one in find(text)})
